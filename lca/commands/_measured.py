"""How commands print workload records."""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lca.commands._shared import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.measure.compare_records import RecordComparison
    from lca.measure.records import DeviceRecord, WorkloadRecord

PREFIXES = (
    (1e9, "GJ"),
    (1e6, "MJ"),
    (1e3, "kJ"),
    (1.0, "J"),
    (1e-3, "mJ"),
    (1e-6, "µJ"),
    (1e-9, "nJ"),
)
_GUTTER = "  "
_LEAST_WIDTH, _NARROWEST = 40, 12
_RATIO_FIGURES = 3
"""Figures of a ratio's ends: with two, an interval beside 1 would seem to touch it."""


def rounded(value: float, figures: int) -> str:
    """Return a number with some significant figures, without an exponent where it is readable.

    Examples
    --------
    >>> rounded(1731.2, 2), rounded(0.0153, 3), rounded(2.04e9, 2)
    ('1,700', '0.0153', '2e+09')
    """
    return f"{float(f'{value:.{figures}g}'):,g}"


def scale(value: float) -> tuple[float, str]:
    """Return the unit (its size in J, and its name) in which an energy is easy to read."""
    return next((one for one in PREFIXES if abs(value) >= one[0]), PREFIXES[-1])


def joules(value: float, figures: int = 3) -> str:
    """Return an energy (J) with three figures and a readable unit."""
    if math.isinf(value):
        return "no bound"
    if value == 0:
        return "0 J"
    size, unit = scale(value)
    return f"{rounded(value / size, figures)} {unit}"


def bounds(value: float | None, low: float, high: float, what: str = "no value") -> str:
    """Return an energy (J) between its bounds; a value that was not measured is said to be none."""
    middle = what if value is None else joules(value)
    return f"{middle} ({joules(low, 2)} to {joules(high, 2)})"


def show(
    record: WorkloadRecord, details: Sequence[str] | None = None, *, to_error: bool = False
) -> None:
    """Print a record for a reader: energy, how it is known, and every reason to doubt it.

    Parameters
    ----------
    record
        What is printed.
    details
        Lines in place of the record's windows and metrics, where more is known than they say.
    to_error
        Print on standard error, where standard output belongs to a command.
    """
    lines = [*_heading(record), *(_details(record) if details is None else details)]
    for device in record.devices:
        lines += _device_lines(device)
    lines += [line for reason in record.reasons for line in hanging("note: ", reason)]
    tell("\n".join(lines), to_error=to_error)


def hanging(mark: str, text: str) -> list[str]:
    """Return a text behind a mark, folded at the edge of the terminal and indented."""
    return textwrap.wrap(
        text,
        _width(),
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width() -> int:
    """Return the columns of the terminal, 80 where there is none."""
    return max(_LEAST_WIDTH, shutil.get_terminal_size().columns)


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return pairs of a name and what it is, in two columns."""
    width = max((len(name) for name, _ in rows), default=0)
    return [line for name, text in rows for line in hanging(name.ljust(width) + _GUTTER, text)]


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells: the first column to the left and folded if need be, others right."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    room = _width() - sum(len(_GUTTER) + width for width in widths[1:])
    widths[0] = min(widths[0], max(room, _NARROWEST))
    return [line for row in (heading, *rows) for line in _folded(row, widths)]


def _folded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return a row of a table, on more lines where its name is too long for its column."""
    *above, name = textwrap.wrap(row[0], widths[0]) or [""]
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return [*above, _GUTTER.join((name.ljust(widths[0]), *cells)).rstrip()]


def _heading(record: WorkloadRecord) -> Iterator[str]:
    """Yield what was run, its energy, and that per unit of work and at the wall."""
    from lca import units

    energy, each, wall = record.total, record.energy_per_unit, record.calibration
    status = "" if record.status == "complete" else f", {record.status}"
    yield f"{record.workload}: {record.quality}{status}, {rounded(record.duration, 3)} s"
    held = bounds(energy.value, energy.low, energy.high)
    rows = [("energy", f"{held}, idle policy {record.idle}")]
    if each is not None:
        held = bounds(each.value, each.low, each.high)
        rows.append((f"per {each.unit}", f"{held}, {_work(record)}"))
    if wall.get("energy"):
        value, low, high = (units.parse(wall[name], "J") for name in ("energy", "low", "high"))
        rows.append(("at the wall", f"{bounds(value, low, high)}, {wall['source']}"))
    yield from aligned(rows)


def _work(record: WorkloadRecord) -> str:
    """Return how much was done, in how many runs."""
    work, runs = record.work, counted(record.repeats, "run")
    return runs if work.unit == "run" else f"{counted(work.amount, work.unit)} in {runs}"


def counted(amount: float, unit: str) -> str:
    """Return an amount of things: one run, two runs."""
    number = f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.6g}"
    return f"{number} {unit}" + ("" if amount == 1 else "s")


def _details(record: WorkloadRecord) -> Iterator[str]:
    """Yield the windows and metrics of a record of which nothing else is known."""
    for window in record.windows:
        found = window.energy
        held = bounds(found.value, found.low, found.high)
        yield f"window {window.name}: {held} in {rounded(window.duration, 3)} s"
    figures = record.metrics.items()
    yield from aligned([(n, "does not exist" if x is None else rounded(x, 4)) for n, x in figures])


def _device_lines(device: DeviceRecord) -> Iterator[str]:
    """Yield the energy of a device, what held it down, and the reasons to doubt it."""
    name = device.hardware or device.name or "unknown"
    held = bounds(device.energy, device.low, device.high, "not measured")
    yield f"{device.id} ({name}): {held}, {device.method} of the {device.scope}"
    for reason, share in device.throttled.items():
        yield from hanging("  ", f"throttled {share:.0%} of the time: {reason}")
    for reason in device.reasons:
        yield from hanging("  ", reason)


def show_comparison(found: RecordComparison, first: str, second: str) -> None:
    """Print what two records say of each other."""
    ratio = "no ratio" if found.ratio is None else rounded(found.ratio, 3)
    repeats = "too few to tell" if found.repeats is None else f"{_range(found.repeats)} (95%)"
    rows = [
        ("ratio", f"{ratio}, {second} over {first}, energy per {found.unit}"),
        ("meters allow", _range(found.instrument)),
        ("repeats allow", repeats),
    ]
    words = {
        "lower": f"{second} takes less",
        "higher": f"{second} takes more",
        "undecided": "undecided: the difference is within what the repeats or the meters allow",
    }
    lines = [*aligned(rows), *hanging("", words[found.verdict])]
    lines += [line for caution in found.cautions for line in hanging("note: ", caution)]
    tell("\n".join(lines))


def comparison_data(found: RecordComparison) -> dict[str, Any]:
    """Return a comparison as plain data; what is not bounded is null."""
    low, high = found.instrument
    return {
        "ratio": found.ratio,
        "instrument": {"low": low, "high": high if math.isfinite(high) else None},
        "repeats": None
        if found.repeats is None
        else {"low": found.repeats[0], "high": found.repeats[1]},
        "unit": found.unit,
        "verdict": found.verdict,
        "cautions": list(found.cautions),
    }


def _range(ends: tuple[float, float]) -> str:
    """Return both ends of an interval of ratios."""
    high = rounded(ends[1], _RATIO_FIGURES) if math.isfinite(ends[1]) else "no bound"
    return f"{rounded(ends[0], _RATIO_FIGURES)} to {high}"
