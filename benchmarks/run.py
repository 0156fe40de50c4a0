"""Time the main operations and print seconds, memory and what they are meant to take.

Run ``make benchmarks`` or ``python benchmarks/run.py``. Every figure is the median of several
runs. Nothing fails when a target is missed: machines differ, and the table says by how much.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from measuring import medians, process, program, seconds

DEVICES = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x", "google-tpu-v6e-trillium")
COMPARE = ("compare", *DEVICES, "--region", "FR", "--years", "5", "--samples", "16384", "--json")
FLEET_ENTRIES = "3000"


class Figure(NamedTuple):
    """One row: what was measured, in which unit, and its target (0 where it has none)."""

    what: str
    value: float
    unit: str
    target: float = 0.0

    def __str__(self) -> str:
        """Return the row of the table."""
        row = f"{self.what:<58} {self.value:>9.4g} {self.unit:<3}"
        return f"{row} {self.target:>7g} {self.value / self.target:>7.2f}" if self.target else row


def start_up() -> Iterator[Figure]:
    """Time whole processes: nothing, the import, the help text, a comparison."""
    yield Figure("python -c pass", seconds(lambda: process("-c", "pass"), 11), "s")
    yield Figure("import lca", seconds(lambda: process("-c", "import lca"), 11), "s")
    yield Figure("lca --help", seconds(lambda: program("--help"), 11), "s", 0.15)
    what = "lca compare, three devices, 2^14 draws"
    yield Figure(what, seconds(lambda: program(*COMPARE), 5), "s", 1.5)


def questions() -> Iterator[Figure]:
    """Time one question in a running process."""
    (taken,) = medians("what_if.py", 3, ("scenarios/inference_fleet_eu.yaml",))
    milliseconds = 1000 * taken["seconds"]
    yield Figure("what if: replace, evaluate without draws, total", milliseconds, "ms", 5)


def sampling() -> Iterator[Figure]:
    """Time a million draws of thirty factors in three ways."""
    ways = ("terms",), ("numpy",), ("hypercube",)
    terms, bare, stratified = medians("sampling.py", 7, *ways)
    yield Figure("10^6 draws x 30 factors, bare numpy, random draws", bare["seconds"], "s")
    yield Figure("  the same with stratified draws, bare numpy", stratified["seconds"], "s")
    yield Figure(
        "  the same through lca.terms (target: twice the first)",
        terms["seconds"],
        "s",
        2 * bare["seconds"],
    )
    yield Figure("    of which mean and percentiles", terms["statistics"], "s")
    yield Figure("    memory of the process", terms["memory"], "GB", 1)


def fleet() -> Iterator[Figure]:
    """Time a large fleet, step by step."""
    (taken,) = medians("fleet.py", 3, (FLEET_ENTRIES,))
    lines, intensities = int(taken["lines"]), int(taken["intensities"])
    yield Figure(f"fleet of {lines:,} lines, 5 years, 2^14 draws", taken["seconds"], "s", 5)
    for step in ("load", "evaluate", "index", "by_stage_year", "total"):
        yield Figure(f"    {step}", taken[step], "s")
    yield Figure(f"    memory of the process ({intensities} intensities)", taken["memory"], "GB", 1)


def reports() -> Iterator[Figure]:
    """Time the report of the procurement example; ``benchmarks/reports.py`` has the large ones."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix, target in ((".html", 2), (".pdf", 5)):
            words = ("report", "scenarios/procurement.yaml", "-q", "-o", f"{folder}/report{suffix}")
            taken = seconds(partial(program, *words), 3)
            yield Figure(f"lca report, procurement, {suffix}", taken, "s", target)


GROUPS: tuple[Callable[[], Iterator[Figure]], ...] = (
    start_up,
    questions,
    sampling,
    fleet,
    reports,
)


def main() -> None:
    """Print the table, each row as soon as it is known."""
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors")
    print(f"{'':<58} {'median':>9}     {'target':>7} {'ratio':>7}")
    for group in GROUPS:
        for figure in group():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
