"""``lca infer``: the hidden factor behind a family of published results."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, console, example, looking, print_json

_FREE = ("grid_intensity", "pue", "lifetime", "utilization", "overhead", "water_factor")


@click.command("infer", epilog=example("lca infer published.yaml --free grid_intensity"))
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--free", type=click.Choice(_FREE), required=True, help="The factor to recover.")
@click.option(
    "--by",
    type=click.Choice(["family", "source"]),
    default="family",
    show_default=True,
    help="One constant per publisher, or per document.",
)
@looking
def command(settings: Settings, cases: Path, free: str, by: str) -> None:
    """Recover the one factor that reproduces each family of printed results in CASES.

    Tells how well it does, the interval that rounding leaves, and which rows stand out.
    """
    if settings.db:
        msg = "--db has no effect: no device is looked up here"
        raise click.UsageError(msg)
    from lca.validation.hidden_result import infer, show

    result = infer(cases, free, by)
    if settings.as_json:
        print_json(result)
        return
    show(result, console())
