"""``lca doctor``: what is installed here, which meters there are, whether they can be believed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, example, looking, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.measure.doctor import Check, Report

_INDENT = " " * 7


@click.command("doctor", epilog=example("lca doctor"))
@click.option(
    "--require",
    type=click.Choice(["measured"]),
    help="Exit with 5 if nothing on this machine measures energy.",
)
@looking
def command(settings: Settings, require: str | None) -> None:
    """Say what is installed, and read every energy meter of this machine live for 1.5 seconds.

    Prints versions, missing extras and hashes of the data; what each meter reads, whether that
    can be true, and why a meter is missing and what to do. Names no user, path or machine, so
    that it can be pasted.
    """
    from lca import installation
    from lca.errors import MeasurementUnavailable
    from lca.measure import doctor, meters

    opened = meters.open_meters()
    try:
        report = doctor.examine(opened)
    finally:
        opened.close()
    installed = installation.report(settings.db)
    if settings.as_json:
        print_json(report.data() | {"installed": installed})
    else:
        _show_installed(installed)
        _show(report)
    if require == "measured" and report.quality != "measured":
        msg = "; ".join(report.missing) or "no meter of this machine can be believed"
        raise MeasurementUnavailable(msg)


def _show_installed(installed: dict[str, Any]) -> None:
    """Print versions, what is missing with the extra that brings it, and the data's hashes."""
    from lca.commands._measured import hanging

    libraries = installed["libraries"]
    found = ", ".join(f"{one['name']} {one['version']}" for one in libraries if one["version"])
    versions = f"Python {installed['python']} ({installed['platform']}); {found}"
    lines = hanging(f"lca {installed['lca']}  ", versions)
    for extra in sorted(
        {name for one in libraries if not one["version"] for name in one["extras"]}
    ):
        lines += hanging("none   ", f"extra {extra}: pip install 'lca[{extra}]'")
    for one in installed["data"]:
        changed = f"; changed since it was packaged: {', '.join(one['changed'])}"
        text = f"{one['name']}: {one['files']} files, SHA-256 {one['sha256'][:16]}"
        lines += hanging("data   ", text + (changed if one["changed"] else ""))
    click.echo("\n".join(lines) + "\n")


def _show(report: Report) -> None:
    """Print what each meter said, which are missing, and what a record would be."""
    from lca.commands._measured import hanging

    lines = []
    for check in report.checks:
        lines += hanging(f"{check.state:<6} ", f"{check.id}: {check.name}")
        for text in _told(check):
            lines += hanging(_INDENT, text)
    for reason in report.missing:
        lines += hanging("none   ", reason)
    lines += ["", f"a record made now: {report.quality}"]
    for advice in report.advice:
        lines += hanging("", advice)
    click.echo("\n".join(lines))


def _told(check: Check) -> Iterator[str]:
    """Yield what a device said, why it may not be true, and its state."""
    yield f"{_power(check)}, {check.method} of the {check.scope}, {_hardware(check)}"
    yield from check.remarks
    for name, value in check.health.items():
        yield _state(name, value)


def _power(check: Check) -> str:
    """Return a power with its bounds; an upper bound that is infinite is said to be none."""
    from lca.commands._measured import rounded

    high = f"{rounded(check.high, 2)} W" if math.isfinite(check.high) else "no upper bound"
    bounds = f"({rounded(check.low, 2)} W to {high})"
    return f"no power {bounds}" if check.power is None else f"{rounded(check.power, 3)} W {bounds}"


def _hardware(check: Check) -> str:
    """Return the id of a device in the hardware database."""
    return f"hardware {check.hardware}" if check.hardware else "not in the hardware database"


def _state(name: str, value: object) -> str:
    """Return a state with its unit, which the name of a plain value ends with."""
    what, _, unit = name.rpartition("_")
    known = {"MHz": " MHz", "C": " °C", "W": " W"}.get(unit)
    label = (what if known else name).replace("_", " ")
    return f"{label}: {_plain(value)}{known or ''}"


def _plain(value: object) -> str:
    """Return a state as text, without its unit."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
