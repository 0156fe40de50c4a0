"""What happens before a run begins and as it ends: idle power, and the tick of a counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lca.measure.ledger import Ledger

__all__ = ["measure_idle", "wait_for_tick"]

IDLE_TIME = 2.0
"""Time in which idle power is measured (s)."""
LONGEST_TICK = 0.25
"""Time that is waited for counters to move (s): more than two of their steps."""
LOOK = 0.001
"""Time between two looks at a counter that is about to move (s)."""


def measure_idle(
    ledger: Ledger, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Measure the idle power of every device before the run."""
    window = ledger.open("idle")
    until = clock() + IDLE_TIME
    while clock() < until:
        sleep(ledger.interval or IDLE_TIME)
        ledger.sample()
    ledger.close(window)
    ledger.set_idle(window)


def wait_for_tick(
    ledger: Ledger, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Read until every counter has moved, at most a few steps."""
    ledger.sample()
    marks = ledger.latest()
    until = clock() + LONGEST_TICK
    while not ledger.ticked(marks) and clock() < until:
        sleep(LOOK)
        ledger.sample()
