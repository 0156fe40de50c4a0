"""What a scenario may ask of ``lca optimize power-cap``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from lca.errors import did_you_mean, quoted
from lca.library import Library
from lca.library.fields import Amount, Hours, Record
from lca.values import Value

Finding = tuple[tuple[str | int, ...], str]


class PowerCap(Record):
    """At which power limit devices should run, so that the same work emits least."""

    fleet: str
    """Name of the fleet whose limit is chosen, as under ``fleet``."""
    slowdown: Annotated[Value, Amount("")] | None = None
    """Growth of the time of the same work that is accepted, such as 5%; any by default."""
    work_time: Hours | None = None
    """Time that the work takes without a cap; it is needed with ``deadline``."""
    deadline: Hours | None = None
    """Time within which the work must be done."""
    lowest: Annotated[Value, Amount("", 0.05, 0.99)] | None = None
    """Lowest limit to consider over the highest of the board; as low as was measured by default."""


def findings(record: PowerCap, model: Any, library: Library) -> Iterator[Finding]:
    """Yield what does not fit the scenario: path below ``optimize.power_cap``, and a message."""
    fleets = model.fleet or {}
    fleet = fleets.get(record.fleet)
    if record.fleet is not None and record.fleet not in fleets:
        known = f" (one of: {', '.join(fleets)})" if fleets else ""
        yield (
            ("fleet",),
            f"no fleet {quoted(record.fleet)}{did_you_mean(record.fleet, fleets)}{known}",
        )
    elif fleet is not None and fleet.serves is not None and fleet.serves.record is not None:
        yield (
            ("fleet",),
            f"fleet.{record.fleet} takes power and throughput from a record at one limit; give them "
            "as power.busy and serves.throughput",
        )
    if (record.deadline is None) != (record.work_time is None):
        missing = "work_time" if record.work_time is None else "deadline"
        yield (missing,), "deadline and work_time belong together: give both, or slowdown"
    elif (
        record.deadline and record.work_time and record.deadline.central < record.work_time.central
    ):
        yield (
            ("deadline",),
            "the work takes longer than that without any cap; a cap never makes it faster",
        )
    if record.slowdown is not None and record.deadline is not None:
        yield ("slowdown",), "give slowdown or deadline, not both"
    del library
