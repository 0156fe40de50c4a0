"""A fleet of more than 100,000 ledger lines over five years: load, evaluate, index, sum."""

from __future__ import annotations

import sys
import time
from typing import Any

from measuring import report

import lca

DEVICES = (
    "nvidia-h100-sxm5-80gb",
    "nvidia-a100-sxm4-80gb",
    "nvidia-b200-sxm-180gb",
    "amd-instinct-mi300x",
    "google-tpu-v6e-trillium",
)
REGIONS = ("FR", "DE", "SE", "US", "PL", "JP", "GB", "IN")
UTILIZATIONS = ("30%", "45%", "60%", "75%")
DRAWS = 1 << 14


def scenario(entries: int) -> dict[str, Any]:
    """Return a scenario of many small fleets: devices, sites and utilizations in turn."""
    fleet = {
        f"fleet{i}": {
            "device": DEVICES[i % len(DEVICES)],
            "count": {2027: 8 + i % 25, 2029: 1 + i % 3},
            "site": f"site{i % len(REGIONS)}",
            "utilization": UTILIZATIONS[i // 7 % len(UTILIZATIONS)],
            "lifetime": "5 years",
        }
        for i in range(entries)
    }
    sites = {f"site{i}": {"region": region} for i, region in enumerate(REGIONS)}
    return {
        "schema": 1,
        "title": "large fleet",
        "period": "2027-2031",
        "sites": sites,
        "fleet": fleet,
    }


def main(entries: int) -> None:
    """Time the steps from a mapping to a table and a total."""
    data = scenario(entries)
    busy, marks = time.process_time(), [time.perf_counter()]
    loaded = lca.load(data)
    marks.append(time.perf_counter())
    ledger = lca.evaluate(loaded, samples=DRAWS, seed=7)
    marks.append(time.perf_counter())
    index = ledger.index
    marks.append(time.perf_counter())
    ledger.by("stage", "year")
    marks.append(time.perf_counter())
    ledger.total()
    marks.append(time.perf_counter())
    steps = ("load", "evaluate", "index", "by_stage_year", "total")
    taken = {step: b - a for step, a, b in zip(steps, marks, marks[1:], strict=False)}
    sizes = {"lines": len(ledger.lines), "intensities": len(index.nodes)}
    whole = {"seconds": marks[-1] - marks[0], "busy": time.process_time() - busy}
    report(taken | sizes | whole)


if __name__ == "__main__":
    main(int(sys.argv[1]))
