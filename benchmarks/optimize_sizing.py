"""Time the sizing of solar, wind and battery over 8,760 hours.

Run ``python benchmarks/optimize_sizing.py``. One exact program each, with nothing to compare beside
it. Seconds are those of one machine.
"""

from __future__ import annotations

import numpy as np
from measuring import seconds

from lca import factors, hourly
from lca.optimize.energy_system import System, design

BAR = 2.0


def system(name: str) -> System:
    """Return a load of 1 MW on a packaged year."""
    year = hourly.packaged(name)
    profiles = {source: year.profile(source) for source in ("solar", "wind")}
    embodied = {
        source: factors.generation_source(source).central * float(profile.sum())
        for source, profile in profiles.items()
    }
    most = dict.fromkeys(("solar", "wind", "battery"), 1e7)
    load = np.full(year.hours, 1000.0)
    grid = year.intensity("lifecycle")
    return System(load, grid, profiles, {**embodied, "battery": 5.6}, most, 0.95, 0.95, 2.0)


def main() -> None:
    """Print seconds for each packaged year."""
    for name in hourly.names():
        given = system(name)
        taken = seconds(lambda given=given: design(given), 3)
        told = "met" if taken < BAR else "missed"
        found = design(given)
        built = ", ".join(f"{what} {size:,.0f}" for what, size in found.built.items())
        print(f"{name}: {taken:.2f} s, bar {BAR} s {told}; {built}")


if __name__ == "__main__":
    main()
