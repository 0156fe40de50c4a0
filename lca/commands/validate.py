"""``lca validate``: predictions held against measurements."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, console, example, looking, print_json

_KINDS = ("families", "models", "rows")


@click.command(
    "validate", epilog=example("lca validate measured.csv", "lca validate --held-out families")
)
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--held-out",
    "kind",
    type=click.Choice(_KINDS),
    help="Score the packaged rows, each by a fit that never saw its family, model or row.",
)
@looking
def command(settings: Settings, path: Path | None, kind: str | None) -> None:
    """Score predicted energy of inference against the measured rows of FILE.

    FILE is a csv file with the columns of lca/factors/workloads/inference_measurements.csv. Rows
    that the model was fitted to are no test of it: those it holds show only how well it remembers.
    """
    if (path is None) == (kind is None):
        msg = "give a FILE of measured rows, or --held-out families to test the packaged ones"
        raise click.UsageError(msg)
    result = _scored(settings, path) if path is not None else _held_out(kind or "")
    if settings.as_json:
        print_json(result)
        return
    from lca.commands._validate_table import show_scores

    show_scores(result, console())


def _scored(settings: Settings, path: Path) -> dict[str, object]:
    from lca.errors import InputError, quoted

    if path.suffix.lower() != ".csv":
        msg = f"{quoted(path)}: cannot be scored; a file of measured rows ends in .csv"
        raise InputError(msg)
    from lca.workloads.scoring_file import score_file

    return score_file(path, settings.library())


def _held_out(kind: str) -> dict[str, object]:
    from lca.workloads.scoring_held_out import held_out

    return held_out(kind)
