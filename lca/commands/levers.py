"""``lca levers``: what would lower a scenario's footprint, and what would backfire."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

_PATIENCE = 2.0
"""Seconds before a terminal is shown how far it is."""


@click.command(
    "levers",
    epilog=example(
        "lca levers mine.yaml",
        "lca levers mine.yaml --try region=SE --try device=nvidia-b200-sxm-180gb",
        "lca levers mine.yaml --lever fp8 --lever serving-batch --together fp8,serving-batch",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "--try",
    "tried",
    multiple=True,
    metavar="NAME=VALUE",
    help="Try a value of your own: region=SE, batch=x2, lifetime='+2 years', cap=70%. Repeatable.",
)
@click.option(
    "--lever", "only", multiple=True, metavar="NAME", help="Look at this lever only. Repeatable."
)
@click.option("--together", "pair", metavar="A,B", help="Also run two levers at once.")
@evaluating
def command(
    settings: Settings,
    scenario: str,
    tried: tuple[str, ...],
    only: tuple[str, ...],
    pair: str | None,
) -> None:
    """Rank what would lower the footprint of SCENARIO, and show what would backfire.

    Each lever changes the scenario and the model is run again, on the same draws; where no model of
    an effect exists, a published ratio is used and named. What does not apply is listed with the
    reason, never with a number.
    """
    from lca import levers
    from lca.report import lever_table
    from lca.report.lever_result import levers_result

    tries, names = _tries(tried), _pair(pair)
    loaded = load(scenario, settings)
    loaded.require_uses()
    own = loaded.model.uncertainty
    samples = own.samples if settings.samples is None else settings.samples
    seed = own.seed if settings.seed is None else settings.seed
    with _progress(settings) as progress:
        found = levers.rank(
            loaded, tries=tries, only=only, samples=samples, seed=seed, basis=settings.basis,
            progress=progress,
        )  # fmt: skip
    both = (
        levers.together(
            loaded, *names, tries=tries, samples=samples, seed=seed, basis=settings.basis
        )
        if names
        else None
    )
    result = levers_result(loaded, found, both, samples=samples, seed=seed, basis=settings.basis)
    if settings.as_json:
        print_json(result)
    else:
        lever_table.show(result, console())
    settings.notes(result["warnings"])


def _tries(tried: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in tried:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            msg = f'"{text}" is not NAME=VALUE, such as region=SE'
            raise click.UsageError(msg)
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):
        msg = f'--together "{text}": name two levers, such as fp8,serving-batch'
        raise click.UsageError(msg)
    return names[0], names[1]


@contextmanager
def _progress(settings: Settings) -> Iterator[Callable[[int, int, str], None] | None]:
    """Yield what shows how far it is, on a terminal and once it takes long; else None."""
    if settings.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as shown:
        yield _shower(shown)


def _shower(shown: Progress) -> Callable[[int, int, str], None]:
    start = time.monotonic()
    tasks: list[TaskID] = []

    def advance(done: int, of: int, label: str) -> None:
        if time.monotonic() - start < _PATIENCE:
            return
        if not tasks:
            tasks.append(shown.add_task("levers", total=of))
        shown.update(tasks[0], completed=done, total=of, description=label, refresh=True)

    return advance
