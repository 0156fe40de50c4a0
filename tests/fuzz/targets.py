"""Every reader of foreign text, as a function that holds what it read to its promises.

A target takes the bytes of one input. It returns whether the reader accepted them, or raises: `Broken`
where a promise is broken, and whatever the reader let through. A reader may refuse with `LcaError`
(of the command line also click's own) and with nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fuzz import documents, tables, texts
from fuzz.promises import accepted

REPOSITORY = Path(__file__).parents[2]
SEEDS = Path(__file__).parent / "seeds"
FOUND = Path(__file__).parent / "found"
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Target:
    """A reader under attack.

    Attributes
    ----------
    name
        Also the folder of its own seeds and past findings.
    read
        Takes a text or bytes; returns if they are accepted and all promises hold.
    what
        One sentence for the manual.
    runs
        Executions of the long form.
    shape
        How inputs are changed beside bytes: ``yaml``, ``table``, ``json`` or ``text``.
    seeds
        Packaged files to start from, as patterns below the repository.
    """

    name: str
    read: Callable[[bytes], None]
    what: str
    runs: int = 100_000
    shape: str = "text"
    seeds: tuple[str, ...] = ()

    def __call__(self, raw: bytes) -> bool:
        """Read an input; return whether it was accepted."""
        return accepted(self.read, raw)

    def corpus(self) -> dict[str, bytes]:
        """Return the inputs to start from: packaged files, own seeds, past findings."""
        packaged = [path for pattern in self.seeds for path in sorted(REPOSITORY.glob(pattern))]
        own = [path for folder in (SEEDS, FOUND) for path in _files(folder / self.name)]
        return {str(path.relative_to(REPOSITORY)): path.read_bytes() for path in [*packaged, *own]}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file())


_ALL = (
    Target(
        "document", documents.document_, "YAML into plain data with positions", 1_000_000, "yaml",
        ("tests/broken/key_*.yaml", "scenarios/cloud*.yaml"),
    ),
    Target(
        "scenario", documents.scenario, "a scenario loaded and checked", shape="yaml",
        seeds=("scenarios/*.yaml",),
    ),
    Target(
        "evaluation", documents.evaluation, "an accepted scenario computed", 20_000, "yaml",
        ("scenarios/*.yaml",),
    ),
    Target("unit", texts.unit, "a number with its unit", 1_000_000),
    Target("value", texts.value, "an expression of a distribution", 1_000_000),
    Target("axis", texts.axis, "sweep --over PATH=VALUES", 1_000_000),
    Target("change", texts.change, "--set PATH=VALUE of a scenario", 50_000),
    Target("limit", texts.limit, "--fail-if, constraints, amounts, functional units", 1_000_000),
    Target(
        "hourly", tables.hourly, "a CSV of hours, plain or packed", shape="table",
    ),
    Target(
        "inference", tables.inference, "measured rows of lca infer --validate", shape="table",
    ),
    Target("readings", tables.readings, "paired readings of a calibration", 200_000, "table"),
    Target(
        "codecarbon", tables.codecarbon, "emissions.csv of CodeCarbon", 200_000, "table",
        ("tests/measure/imported/codecarbon*",),
    ),
    Target("zeus", tables.zeus, "the log of ZeusMonitor", 200_000, "table", ("tests/measure/imported/*zeus*",)),
    Target("dcgm", tables.dcgm, "power samples of DCGM", 200_000, "table", ("tests/measure/imported/*dcgm*",)),
    Target("telemetry", tables.telemetry, "a CSV of a fleet's samples", 5_000, "table"),
    Target("record", documents.record, "a workload record", 200_000, "yaml"),
    Target("device", documents.device, "a device file of a --db folder", 100_000, "yaml", ("hardware_db/gpu/nvidia-[al]*.yaml",)),
    Target("sources", documents.bibliography, "sources.yaml of a --db folder", 100_000, "yaml"),
    Target("card", documents.card, "a model card", 100_000),
    Target("claims", documents.claims, "a YAML of claims", 50_000, "yaml"),
    Target("cases", documents.cases, "a file of published cases", 100_000, "yaml"),
    Target("result", documents.result, "a result file of lca diff", 100_000, "json"),
    Target("meta", documents.meta, "the facts of an export", 100_000, "yaml"),
)  # fmt: skip

TARGETS = {target.name: target for target in _ALL}
