"""``lca doctor``: which meters this machine has, and whether what they say can be true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, example, looking, print_json

if TYPE_CHECKING:
    from lca.measure.doctor import Check, Report


@click.command("doctor", epilog=example("lca doctor"))
@click.option(
    "--require",
    type=click.Choice(["measured"]),
    help="Exit with 5 if nothing on this machine measures energy.",
)
@looking
def command(settings: Settings, require: str | None) -> None:
    """Read every energy meter of this machine live, for a second and a half.

    Says what each reads, whether that can be true, and why a meter is missing and what to do.
    Names no user, path or machine, so that it can be pasted.
    """
    from lca.errors import MeasurementUnavailable
    from lca.measure import doctor, meters

    opened = meters.open_meters()
    try:
        report = doctor.examine(opened)
    finally:
        opened.close()
    if settings.as_json:
        print_json(report.data())
    else:
        _show(report)
    if require == "measured" and report.quality != "measured":
        msg = "; ".join(report.missing) or "no meter of this machine can be believed"
        raise MeasurementUnavailable(msg)


def _show(report: Report) -> None:
    for check in report.checks:
        click.echo(f"{check.state:<6} {check.id}: {check.name}")
        click.echo(
            f"       {_power(check)}, {check.method} of the {check.scope}, {_hardware(check)}"
        )
        for remark in check.remarks:
            click.echo(f"       {remark}")
        for name, value in check.health.items():
            click.echo(f"       {name.replace('_', ' ')}: {_plain(value)}")
    for reason in report.missing:
        click.echo(f"none   {reason}")
    click.echo(f"a record made now: {report.quality}")
    for advice in report.advice:
        click.echo(advice)


def _power(check: Check) -> str:
    """Return a power with its bounds; an upper bound that is infinite is said to be none."""
    high = f"{check.high:.3g} W" if math.isfinite(check.high) else "no upper bound"
    bounds = f"({check.low:.3g} W to {high})"
    return f"no power {bounds}" if check.power is None else f"{check.power:.4g} W {bounds}"


def _hardware(check: Check) -> str:
    return f"hardware {check.hardware}" if check.hardware else "not in the hardware database"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
