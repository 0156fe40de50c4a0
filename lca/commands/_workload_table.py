"""A workload's windows side by side: what each one took per unit of work, and what it gave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lca.commands._measured import aligned, hanging, joules, rounded, scale, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lca.commands._run_workload import Ran
    from lca.measure.records import WindowRecord
    from lca.measure.workloads import Outcome, Part

_NONE = "–"
_SHORT = 16
"""Longest name of a quality that may head a column."""


def rows(ran: Ran) -> list[str]:
    """Return the lines that stand between a workload's total and its devices.

    Energy per unit of work of each window, between its bounds, beside its quality; then the
    figures of the whole, those that do not exist with the reason.
    """
    windows = {window.name: window for window in ran.record.windows}
    return ["", *_parts(ran, windows), *_refused(ran), "", *aligned(list(_figures(ran))), ""]


def _parts(ran: Ran, windows: Mapping[str, WindowRecord]) -> list[str]:
    """Return a table of the windows; energies are in one unit, so that they can be compared."""
    outcome, repeats = ran.outcome, ran.record.repeats
    found = [(part, windows[part.name]) for part in outcome.parts]
    most = [
        (window.energy.value or window.energy.low) / part.amount / repeats for part, window in found
    ]
    size, unit = scale(max(most))
    quality = outcome.quality.name
    alike = all(part.quality.name == quality for part in outcome.parts)
    short = alike and len(quality) <= _SHORT
    heading = (
        "window",
        "a round",
        f"{unit}/{outcome.unit}",
        "low",
        "high",
        quality if short else "quality",
        "rounds",
    )
    return table(heading, [_row(part, window, size, repeats) for part, window in found])


def _row(part: Part, window: WindowRecord, size: float, repeats: int) -> tuple[str, ...]:
    """Return the cells of a window."""
    energy, amount = window.energy, part.amount * repeats * size
    rounds = part.rounds * repeats
    return (
        part.name,
        _NONE if energy.value is None else joules(energy.value / rounds),
        _NONE if energy.value is None else rounded(energy.value / amount, 3),
        rounded(energy.low / amount, 2),
        rounded(energy.high / amount, 2),
        rounded(part.quality.value, 3),
        f"{rounds}",
    )


def _refused(ran: Ran) -> Iterator[str]:
    """Yield why a window has no value, and how it gets one."""
    for window in ran.record.windows:
        reasons = [x for x in window.energy.reasons if not x.endswith("windows added up")]
        if window.energy.value is None and reasons:
            advice = _advice(ran, window.duration)
            yield from hanging("", f"{window.name} has no value: {reasons[0]}{advice}")


def _advice(ran: Ran, duration: float) -> str:
    """Return the option that makes a window (s) long enough; nothing if it is not too short."""
    record = ran.record
    if not 0 < duration / record.repeats < ran.length:
        return ""
    whole = record.duration / record.repeats
    return f"; --at-least {math.ceil(whole * ran.length * record.repeats / duration)}s does"


def _figures(ran: Ran) -> Iterator[tuple[str, str]]:
    """Yield what is known of the whole, and notes on its windows."""
    outcome = ran.outcome
    before = outcome.quality.before
    told = "" if before is None else f", {rounded(before, 3)} before"
    yield outcome.quality.name, f"{rounded(outcome.quality.value, 3)}{told}{_worst(outcome)}"
    shown = _in_table(outcome)
    for name, value in ran.record.metrics.items():
        if value is None:
            yield name, ran.absent.get(name, _NONE)
        elif name not in shown:
            yield name, rounded(value, 4)
    for part in outcome.parts:
        if part.note:
            yield part.name, part.note


def _worst(outcome: Outcome) -> str:
    """Return that a lever's quality is that of its worst window."""
    return "" if outcome.baseline is None or len(outcome.parts) == 1 else " (the worst window)"


def _in_table(outcome: Outcome) -> set[str]:
    """Return the names of metrics that the table shows."""
    names = {f"{part.name}: {part.quality.name}" for part in outcome.parts}
    return {*names, outcome.quality.name, *(f"{p.name}: J per {p.unit}" for p in outcome.parts)}
