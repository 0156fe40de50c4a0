"""Coming hardware: devices bought in later years do the same work with less power.

The work of a device stays what it is; its power falls with the year of its purchase, while it is
busy and while it idles. Hosts, manufacture and price are not changed by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lca.formulas.sharing import idle_share
from lca.formulas.trajectory import declined_index
from lca.scenario.models import Fleet
from lca.subjects.cohorts import cohorts
from lca.subjects.subject import State
from lca.terms import Factor, Node, apply, product, total


def improved_states(
    fleet: Fleet, where: str, utilization: Factor, years: tuple[int, ...]
) -> Iterator[State]:
    """Yield the states of a fleet year by year, its power falling as newer devices join.

    Yields nothing where no improvement is stated: every device then draws what its record says.
    """
    if fleet.improvement is None:
        return
    less = fleet.improvement.factor("annual_decline", f"{where}.improvement")
    idle = apply(idle_share, utilization=utilization)
    for place, year in enumerate(years):
        index = _power_index(fleet, less, year, years)
        if index is None:
            continue
        for process, share in (("busy", utilization), ("idle", idle)):
            drawn = product("share", "", share=share, power_index=index)
            yield State(process, drawn, is_idle=process == "idle", host_share=share, year=place)


def _power_index(fleet: Fleet, less: Factor, year: int, years: tuple[int, ...]) -> Node | None:
    """Return the mean power of the devices in service over that of those bought first."""
    serving = [(c.start, c.count * c.in_service(year)) for c in cohorts(fleet, years)]
    first = min((math.floor(start) for start, _ in serving), default=years[0])
    whole = sum(amount for _, amount in serving)
    if not whole:
        return None
    by_age: dict[int, float] = {}
    for start, amount in serving:
        later = math.floor(start) - first
        by_age[later] = by_age.get(later, 0.0) + amount / whole
    parts = {f"bought_{first + n}": _part(less, n, w) for n, w in by_age.items() if w}
    return total("power_index", parts)


def _part(less: Factor, later: int, weight: float) -> Node:
    elapsed = Factor("elapsed_periods", float(later), "", role="decision")
    index = apply(declined_index, annual_decline=less, elapsed_periods=elapsed)
    share = Factor("device_share", weight, "", role="decision")
    return product("power_part", "", index=index, device_share=share)
