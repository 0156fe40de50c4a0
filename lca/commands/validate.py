"""``lca validate``: predictions held against measurements, footprints against the record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lca.commands._shared import Settings, console, example, looking, print_json

_FOLDS = ("families", "models", "rows")
_CASE_KINDS = ("training", "inference", "hardware", "decision")
_CASES = {".yaml", ".yml"}


@click.command(
    "validate",
    epilog=example(
        "lca validate measured.csv",
        "lca validate --held-out families",
        "lca validate cases.yaml --kind training",
    ),
)
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--held-out",
    "fold",
    type=click.Choice(_FOLDS),
    help="Score the packaged rows, each by a fit that never saw its family, model or row.",
)
@click.option("--published", is_flag=True, help="Score the published cases that come along.")
@click.option("--kind", type=click.Choice(_CASE_KINDS), help="Only cases of this kind.")
@click.option("--only", metavar="ID", multiple=True, help="Only this case; may be given again.")
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="Write the tables of the packaged cases into this Markdown page.",
)
@looking
def command(
    settings: Settings,
    path: Path | None,
    fold: str | None,
    published: bool,
    kind: str | None,
    only: tuple[str, ...],
    page: Path | None,
) -> None:
    """Score FILE: measured rows of inference (csv), or published footprints (yaml).

    A csv file has the columns of lca/factors/workloads/inference_measurements.csv. Rows that the
    model was fitted to are no test of it: those it holds show only how well it remembers. A yaml
    file holds cases: inputs, published results, tolerances.
    """
    if (path is not None) + (fold is not None) + published != 1:
        msg = (
            "give a FILE of rows or cases, or --held-out families or --published for packaged ones"
        )
        raise click.UsageError(msg)
    cases = published or (path is not None and path.suffix.lower() in _CASES)
    if not cases and (kind or only):
        msg = "--kind and --only choose among published cases; give a .yaml file or --published"
        raise click.UsageError(msg)
    if page is not None and (not published or kind or only):
        msg = "--page writes about all packaged cases; give it with --published alone"
        raise click.UsageError(msg)
    if page is not None:
        from lca.commands._validate_cases import write_page

        click.echo(f"wrote {write_page(page)}")
        return
    if cases:
        _show_cases(settings, path, kind, only)
        return
    result = _scored(settings, path) if path is not None else _held_out(fold or "")
    if settings.as_json:
        print_json(result)
        return
    from lca.commands._validate_table import show_scores

    show_scores(result, console())


def _show_cases(
    settings: Settings, path: Path | None, kind: str | None, only: tuple[str, ...]
) -> None:
    from lca.commands._validate_cases import scored_cases, show_cases

    result: dict[str, Any] = scored_cases(path, kind=kind, only=only)
    if settings.as_json:
        print_json(result)
    else:
        show_cases(result, console())


def _scored(settings: Settings, path: Path) -> dict[str, object]:
    from lca.errors import InputError, quoted

    if path.suffix.lower() != ".csv":
        msg = f"{quoted(path)}: cannot be scored; a file of measured rows ends in .csv, of published cases in .yaml"
        raise InputError(msg)
    from lca.workloads.scoring_file import score_file

    return score_file(path, settings.library())


def _held_out(kind: str) -> dict[str, object]:
    from lca.workloads.scoring_held_out import held_out

    return held_out(kind)
