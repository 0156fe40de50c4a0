"""A fleet of 20 years, 6 types and 3 sites, and a mix of 200 buckets and 12 types: seconds, and gaps.

The naive way beside it hands every column of the fleet to HiGHS at once. Bars: fleet and mix under
1 s. The gap is the share by which a better plan could be lower.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from measuring import report

import lca
from lca.optimize.fleet_program import build, program
from lca.optimize.mix_program import Work, assignment
from lca.optimize.mix_rates import PHASES
from lca.optimize.programs import search, solve
from lca.scenario import Scenario

DEVICES = (
    "nvidia-h200-sxm-141gb",
    "nvidia-h100-sxm5-80gb",
    "nvidia-a100-sxm4-80gb",
    "nvidia-b200-sxm-180gb",
    "nvidia-a10",
    "nvidia-a100-pcie-40gb",
)
GAP = 1e-3
NAIVE_SECONDS = 10.0
Found = TypeVar("Found")


def scenario(demand: str, power: str, standing: int) -> Scenario:
    """Return a fleet question of 20 years, 6 types and 3 sites."""
    offers = {d: {"device": d, "lifetime": "5 years", "utilization": "50%"} for d in DEVICES}
    return lca.load(
        {
            "schema": 1,
            "title": "fleet",
            "period": "2027-2046",
            "sites": {name.lower(): {"region": name, "pue": "1.2"} for name in ("DE", "SE", "FR")},
            "assumptions": {"grid_path": {"decline": "4%"}},
            "fleet": {
                "old": {
                    **offers["nvidia-a100-sxm4-80gb"],
                    "count": {"2024": standing},
                    "site": "de",
                    "embodied": "sunk",
                }
            },
            "optimize": {
                "fleet": {
                    "demand": demand,
                    "growth": "10%",
                    "power": {"se": power},
                    "types": offers,
                }
            },
        }
    )


def timed(ask: Callable[[], Found]) -> tuple[float, Found]:
    """Return the seconds of a call, and what it found."""
    start = time.perf_counter()
    found = ask()
    return time.perf_counter() - start, found


def fleet(demand: str, power: str, standing: int) -> dict[str, float]:
    """Time a fleet: reading coefficients, searching, and the naive way."""
    asked = scenario(demand, power, standing)
    options = asked.model.optimize
    if options is None or options.fleet is None:
        return {}
    question = options.fleet
    search(program(build(asked, question, "gwp100")), [1.0], gap=1.0)  # imports and tables
    reading, case = timed(lambda: build(asked, question, "gwp100"))
    rows, costs = program(case), case.totals["gwp100"]
    searching, quick = timed(lambda: search(rows, costs, gap=GAP, seconds=3.0))
    naive, whole = timed(lambda: solve(rows, costs, gap=GAP, seconds=NAIVE_SECONDS))
    if quick is None or whole is None:
        return {}
    return {
        "columns": float(rows.size),
        "reading_seconds": reading,
        "search_seconds": searching,
        "search_gap": quick.gap,
        "naive_seconds": naive,
        "naive_over_search": naive / searching,
        "naive_objective_over_search": whole.objective / quick.objective,
    }


def mix(buckets: int = 200, kinds: int = 12) -> dict[str, float]:
    """Time a mix on random rates; predicting rates is apart."""
    draws = np.random.default_rng(1)
    busy = draws.uniform(0.05, 0.6, (buckets, kinds))
    busy[draws.random(busy.shape) < 0.2] = np.nan
    busy[:, 0] = draws.uniform(0.3, 0.9, buckets)
    work = Work(busy, np.ones(kinds), np.ones_like(busy), np.full(kinds, np.inf), 1.2)
    names = [(f"class {row // 2}", PHASES[row % 2]) for row in range(buckets)]
    costs = np.concatenate([draws.uniform(1, 3, kinds), (np.nan_to_num(busy) * 2).ravel()])
    taken, found = timed(lambda: solve(assignment(work, names, apart=True), costs, gap=GAP))
    return {"mix_seconds": taken, "mix_gap": float("nan") if found is None else found.gap}


def main() -> None:
    """Report a large fleet, a small one, whose whole numbers are harder, and the mix."""
    large = fleet("2000 PFLOP/s peak", "1 MW", 640)
    small = fleet("80 PFLOP/s peak", "50 kW", 64)
    told = {f"large_{name}": value for name, value in large.items()}
    report({**told, **{f"small_{name}": value for name, value in small.items()}, **mix()})


if __name__ == "__main__":
    main()
