"""``lca explain-difference``: why the embodied models, and the tools behind them, disagree."""

from __future__ import annotations

import click

from lca.commands._shared import (
    Settings,
    complete_entries,
    console,
    example,
    print_json,
    sampling,
)

_SAMPLES = 1 << 12


@click.command(
    "explain-difference",
    epilog=example(
        "lca explain-difference nvidia-h100-sxm5-80gb",
        "lca explain-difference nvidia-h100-sxm5-80gb --from act --to boavizta",
        "lca explain-difference nvidia-a100-sxm4-40gb --models vendor,wafer -o why.html",
    ),
)
@click.argument("device", shell_complete=complete_entries)
@click.option(
    "--models", metavar="NAME,NAME", help="Models in the order of the steps, such as act,wafer."
)
@click.option("--from", "first", metavar="MODEL", help="Start of a single pair of models.")
@click.option("--to", "last", metavar="MODEL", help="End of a single pair of models.")
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    metavar="FILE",
    help="Also write FILE.html, .md, .json, .csv or .svg. Repeatable.",
)
@sampling
def command(
    settings: Settings,
    device: str,
    models: str | None,
    first: str | None,
    last: str | None,
    files: tuple[str, ...],
) -> None:
    """Explain step by step why embodied models disagree about one DEVICE (or host), and by how much each.

    By default all models that apply, from the lowest total to the highest. The steps (boundary,
    die area, carbon per area, yield, memory, board) add up to the difference; each has the values
    and sources of both sides.
    """
    from lca import document
    from lca.disagreement.explaining import explain
    from lca.report.explain_difference_formats import find_format, show
    from lca.terms import Draws

    chosen = _chosen(models, first, last)
    formats = [find_format(file) for file in files]
    samples = _SAMPLES if settings.samples is None else settings.samples
    found = explain(device, settings.library(), Draws(samples, settings.seed or 0), chosen)
    for file, render in zip(files, formats, strict=True):
        document.write_atomically(file, render(found))
        settings.say(f"wrote {file}")
    if settings.as_json:
        print_json(found)
    else:
        show(found, console())


def _chosen(models: str | None, first: str | None, last: str | None) -> tuple[str, ...]:
    """Return the models asked for by either way, none where all are meant."""
    if (first is None) != (last is None):
        msg = "--from and --to go together: --from act --to calibrated"
        raise click.UsageError(msg)
    if models and first:
        msg = "give --models, or --from with --to, not both"
        raise click.UsageError(msg)
    if first and last:
        return first, last
    if models is None:
        return ()
    named = tuple(name.strip() for name in models.split(",") if name.strip())
    if len(named) < 2:
        msg = "--models needs two names or more, such as --models act,calibrated"
        raise click.UsageError(msg)
    return named
