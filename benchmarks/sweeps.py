"""Sweeps: points as arrays beside points built anew, memory of a large sweep, one worker beside two.

Run ``python benchmarks/sweeps.py`` (``--large`` adds 10^8 evaluations, some minutes). Every figure is
the median of several runs in processes of their own that take turns; ratios are of the same round.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, child, medians, report

import lca
from lca.sweeps import planning
from lca.sweeps.job import Job
from lca.sweeps.schedulers import here, processes
from lca.sweeps.sweeping import block_pages, sweep

OVER = (
    "sites.frankfurt.pue=1.05..1.6",
    "fleet.chat.utilization=20%..90%",
    "assumptions.end_of_life.reuse=0%..50%",
)
ROUNDS = 3
_FEW = 6


def job(points: int, samples: int, *, smooth: bool) -> Job:
    """Return a Sobol design over three inputs of the fleet example."""
    scenario = lca.load(ROOT / "scenarios/inference_fleet_eu.yaml")
    if not smooth:
        planning._smooth = lambda _: ((), ())
    found, _ = planning.plan(scenario, OVER, kind="sobol", points=points, samples=samples)
    return found


def timed(points: int, samples: int, way: str) -> None:
    """Time the blocks of a job alone: arrays, anew, or in a number of processes."""
    asked = job(points, samples, smooth=way != "anew")
    pages = block_pages(asked, asked.page)
    spans = [(k, min(k + pages, asked.pages)) for k in range(0, asked.pages, pages)]
    run = processes(int(way)) if way.isdigit() else here
    blocks = run(asked, spans)
    start = time.perf_counter()
    for _ in range(2 * (int(way) if way.isdigit() else 1) if len(spans) > _FEW else 1):
        next(blocks)  # reading the scenario off, and starting processes, are told apart
    first = time.perf_counter() - start
    done = sum(block.coded.shape[0] for block in blocks)
    taken = time.perf_counter() - start - first
    report({"points": done / taken if done else points / first, "first": first})


def filed(points: int, samples: int) -> None:
    """Time a whole sweep to a Parquet file, and tell its memory."""
    scenario = lca.load(ROOT / "scenarios/inference_fleet_eu.yaml")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        file = Path(folder) / "sweep.parquet"
        sweep(scenario, OVER, design="sobol", points=points, samples=samples, file=file)
        report({"seconds": time.perf_counter() - start, "bytes": file.stat().st_size})


def main() -> None:
    """Print the table."""
    for samples, points, few in (("256", "65536", "256"), ("1000", "16384", "128"), ("16384", "1024", "64")):  # fmt: skip
        fast, slow = medians("sweeps.py", ROUNDS, ("timed", points, samples, "arrays"), ("timed", few, samples, "anew"))  # fmt: skip
        rate = fast["points"] * int(samples) / 1e6
        print(f"{int(samples):>7,} draws: arrays {fast['points']:>8,.0f} points/s ({rate:.1f} M evaluations/s), built anew {slow['points']:,.0f} points/s, ratio {fast['points'] / slow['points']:.0f}")  # fmt: skip
    ratios = []
    for _ in range(ROUNDS):
        one, two = (child("sweeps.py", "timed", "49152", "1000", way) for way in ("1", "2"))
        ratios.append(two["points"] / one["points"])
    print(f"  1,000 draws: two workers beside one, points/s, ratio {statistics.median(ratios):.2f}")
    sizes = ("10000", "100000") if "--large" in sys.argv else ("10000",)
    for points in sizes:
        found = child("sweeps.py", "filed", points, "1000")
        print(f"{int(points) * 1000:>13,} evaluations to Parquet: {found['seconds']:.1f} s, {found['memory']:.2f} GB of memory, {found['bytes'] / 1e6:.1f} MB of file")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["timed"]:
        timed(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    elif sys.argv[1:2] == ["filed"]:
        filed(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
