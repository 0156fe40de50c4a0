"""How commands print workload records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.measure.compare_records import RecordComparison
    from lca.measure.records import DeviceRecord, WorkloadRecord

_PREFIXES = ((1e9, "GJ"), (1e6, "MJ"), (1e3, "kJ"), (1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ"))


def joules(value: float) -> str:
    """Return an energy (J) with three figures and a readable unit."""
    if math.isinf(value):
        return "no bound"
    size, unit = next((one for one in _PREFIXES if abs(value) >= one[0]), (1.0, "J"))
    return f"{value / size:.3g} {unit}"


def bounds(value: float | None, low: float, high: float, what: str = "no value") -> str:
    """Return an energy (J) between its bounds; a value that was not measured is said to be none."""
    middle = what if value is None else joules(value)
    return f"{middle} ({joules(low)} to {joules(high)})"


def show(record: WorkloadRecord, *, to_error: bool = False) -> None:
    """Print a record for a reader: energy, how it is known, and every reason to doubt it."""
    click.echo("\n".join(_lines(record)), err=to_error)


def _lines(record: WorkloadRecord) -> Iterator[str]:
    energy = record.total
    status = "" if record.status == "complete" else f", {record.status}"
    yield f"{record.workload}: {record.quality}{status}, {record.duration:.4g} s"
    yield f"energy {bounds(energy.value, energy.low, energy.high)}, idle policy {record.idle}"
    each = record.energy_per_unit
    if each is not None:
        yield (
            f"per {each.unit} {bounds(each.value, each.low, each.high)}, "
            f"{record.work.amount:.6g} {each.unit}s in {record.repeats} repeats"
        )
    wall = record.calibration
    if wall.get("energy"):
        yield f"at the wall {wall['energy']} ({wall['low']} to {wall['high']}), {wall['source']}"
    for device in record.devices:
        yield from _device_lines(device)
    for window in record.windows:
        found = window.energy
        held = bounds(found.value, found.low, found.high)
        yield f"window {window.name}: {held} in {window.duration:.4g} s"
    for name, value in record.metrics.items():
        yield f"{name} {value:.4g}"
    for reason in record.reasons:
        yield f"note: {reason}"


def _device_lines(device: DeviceRecord) -> Iterator[str]:
    name = device.hardware or device.name or "unknown"
    held = bounds(device.energy, device.low, device.high, "not measured")
    yield f"{device.id} ({name}): {held}, {device.method} of the {device.scope}"
    for reason, share in device.throttled.items():
        yield f"  throttled {share:.0%} of the time: {reason}"
    for reason in device.reasons:
        yield f"  {reason}"


def show_comparison(found: RecordComparison, first: str, second: str) -> None:
    """Print what two records say of each other."""
    ratio = "no ratio" if found.ratio is None else f"{found.ratio:.4g}"
    click.echo(f"{second} over {first}, energy per {found.unit}: {ratio}")
    click.echo(f"instrument allows {_range(found.instrument)}")
    repeats = "too few to tell" if found.repeats is None else _range(found.repeats)
    click.echo(f"repeats (95% interval): {repeats}")
    words = {
        "lower": f"{second} takes less",
        "higher": f"{second} takes more",
        "undecided": "undecided: the difference is within what the repeats or the meters allow",
    }
    click.echo(words[found.verdict])
    for caution in found.cautions:
        click.echo(f"note: {caution}")


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
    high = f"{ends[1]:.4g}" if math.isfinite(ends[1]) else "no bound"
    return f"{ends[0]:.4g} to {high}"
