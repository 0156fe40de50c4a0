"""What this project is meant to keep to by itself: starting, asking, drawing, loading, large fleets."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from measuring import ROOT, child

SCENARIO = "scenarios/inference_fleet_eu.yaml"
DEVICES = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x", "google-tpu-v6e-trillium")
COMPARE = ("compare", *DEVICES, "--region", "FR", "--years", "5", "--samples", "16384", "--json")
PROGRAM = "import sys; sys.argv[0] = 'lca'; from lca.cli import main; sys.exit(main())"
USE = f"import lca; print(lca.evaluate(lca.load({SCENARIO!r})).total())"
HEAVY = ("pandas", "scipy.stats", "torch")
FLEET_ENTRIES, LINES = "3000", "3000"


class Figure(NamedTuple):
    """One row, in a unit, with a target (0 for none).

    ``busy`` is the time of the processor in the quickest run: what is left where nothing else runs.
    ``median`` is the clock's, of several runs. For memory both are the same kind.
    """

    what: str
    busy: float
    median: float
    unit: str
    target: float = 0.0

    @property
    def verdict(self) -> str:
        """Say whether the clock keeps to the target, or the processor alone, or neither by how much."""
        if not self.target:
            return ""
        if self.median <= self.target:
            return "met"
        clock = f"{self.median / self.target:.2g} times the bar by the clock"
        if self.busy <= self.target:
            return f"met by the processor's time; {clock}"
        return (
            f"missed: {self.busy / self.target:.2f} times the bar by the processor's time, {clock}"
        )


def start_up(rounds: int) -> Iterator[Figure]:
    """Time whole processes: nothing, the import, the help text, first answers.

    Python's compiled files are kept in a folder of the benchmark, as an installation keeps them.
    """
    commands = {
        "python -c pass": (("-c", "pass"), 0.0),
        "import lca": (("-c", "import lca"), 0.35),
        "lca --help": (("-c", PROGRAM, "--help"), 0.15),
        "first use: import, load, evaluate 16,384 draws, total": (("-c", USE), 0.0),
        "lca compare, three devices, 16,384 draws": (("-c", PROGRAM, *COMPARE), 1.5),
    }
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        taken = _in_turns(
            {what: words for what, (words, _) in commands.items()}, environment, rounds
        )
    for what, (_, target) in commands.items():
        clock, busy = zip(*taken[what], strict=True)
        yield Figure(what, min(busy), statistics.median(clock), "s", target)


def _in_turns(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], rounds: int
) -> dict[str, list[tuple[float, float]]]:
    """Return the seconds of each command, run in turns; the first round only compiles."""
    taken: dict[str, list[tuple[float, float]]] = {what: [] for what in commands}
    for _ in range(rounds + 1):
        for what, words in commands.items():
            taken[what].append(_once([sys.executable, *words], environment))
    return {what: times[1:] for what, times in taken.items()}


def _once(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Return the seconds of a process, by the clock and of the processor."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def heavy() -> list[str]:
    """Return which heavy libraries ``import lca`` loads: none is meant to be."""
    code = f"import sys, lca; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def questions(rounds: int) -> Iterator[Figure]:
    """Time one question in a running process."""
    runs = [child("what_if.py", SCENARIO) for _ in range(rounds)]
    yield _figure("what if: replace a value with its unit, evaluate, total", runs, "", 1, 1e3, "ms")


def loading(rounds: int) -> Iterator[Figure]:
    """Time reading and checking a long scenario."""
    runs = [child("load_scenario.py", LINES) for _ in range(rounds)]
    yield _figure("load and check a scenario of 3,000 lines", runs, "", 1)
    yield _figure("  the first of a process, with all imports and the library", runs, "first_")


def _figure(
    what: str,
    runs: Sequence[Mapping[str, float]],
    kind: str,
    target: float = 0.0,
    scale: float = 1.0,
    unit: str = "s",
) -> Figure:
    busy = min(run[f"{kind}busy"] for run in runs) * scale
    clock = statistics.median(run[f"{kind}seconds"] for run in runs) * scale
    return Figure(what, busy, clock, unit, target)


def sampling(rounds: int) -> Iterator[Figure]:
    """Time a million draws of thirty factors, and what the machine allows."""
    ways: dict[str, list[dict[str, float]]] = {way: [] for way in ("terms", "numpy", "hypercube")}
    limits = []
    for _ in range(rounds):
        for way, runs in ways.items():
            runs.append(child("sampling.py", way))
        limits.append(child("limits.py"))
    terms = ways["terms"]
    yield _figure("10^6 draws of 30 factors, the first of a process", terms, "", 0.2)
    yield _figure("  fresh draws in a process that has drawn before", terms, "again_", 0.2)
    yield _figure("  a further scenario on the same draws", terms, "further_", 0.04)
    memory = [run["memory"] for run in terms]
    yield Figure("  memory of the process", min(memory), statistics.median(memory), "GB", 1)
    yield _figure("  bare numpy, independent draws, the first of a process", ways["numpy"], "")
    yield _figure("  bare numpy, stratified draws, the first of a process", ways["hypercube"], "")
    yield _figure("  limit: 30 million uniform random numbers of numpy", limits, "uniform_")
    yield _figure("  limit: 30 million normal random numbers of numpy", limits, "normal_")
    yield _figure("  limit: reading the 240 MB of draws once", limits, "read_")


def fleet(rounds: int) -> Iterator[Figure]:
    """Time a large fleet, from a mapping to its totals."""
    runs = [child("fleet.py", FLEET_ENTRIES) for _ in range(rounds)]
    yield _figure(f"fleet of {int(runs[0]['lines']):,} lines, 5 years, 16,384 draws", runs, "", 5)
    memory = [run["memory"] for run in runs]
    yield Figure("  memory of the process", min(memory), statistics.median(memory), "GB", 1)


GROUPS = (start_up, questions, loading, sampling, fleet)
