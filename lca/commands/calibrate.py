"""``lca calibrate``: what the wall draws beside what the meters see."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, example, looking, print_json


@click.command("calibrate", epilog=example("lca calibrate readings.csv -o calibration.yaml"))
@click.argument("readings", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the calibration, for lca measure --apply.",
)
@looking
def command(settings: Settings, readings: Path, output: Path | None) -> None:
    """Fit wall = a × measured + b × time to paired READINGS of a wall meter.

    READINGS is a CSV file with a row for each run: "wall [Wh]", and either "measured [J]" and
    "time [s]" or "record" (a saved record). Runs should reach from idle to full load.
    """
    from lca.commands._measured import aligned
    from lca.measure import calibrate
    from lca.measure import readings as files

    pairs = files.read(readings)
    found = calibrate.fit(pairs, files.name_source(readings))
    if not calibrate.tells_apart(pairs):
        settings.say(
            "note: all readings have one mean power: scale and offset cannot be told apart, and "
            "the scale alone is fitted; add an idle run and one at full load"
        )
    if output is not None:
        found.save(output)
        settings.say(f"wrote {output}")
    if settings.as_json:
        print_json(found.data())
        return
    click.echo(f"wall = {found.scale:.4g} × measured + {found.offset:.4g} W × time")
    rows = [
        ("readings", f"{found.readings}, {found.power[0]:.0f} to {found.power[1]:.0f} W measured"),
        (
            "error",
            f"at most {found.bound:.1%} on a reading left out, {found.typical:.1%} on average",
        ),
    ]
    click.echo("\n".join(aligned(rows)))
