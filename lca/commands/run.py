"""``lca run``: what a scenario emits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lca.commands._shared import (
    Settings,
    check_output,
    example,
    finish,
    load,
    reporting,
)

if TYPE_CHECKING:
    from lca.ledger import Ledger
    from lca.scenario import Scenario


@click.command(
    "run",
    epilog=example(
        'lca run mine.yaml --by stage,year --set fleet.chat.lifetime="4 years" -o result.csv'
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "--by",
    default="",
    help="Labels to add up by, such as stage,year (asset, component, stage, process, phase, "
    "site, region, year).",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one value of the scenario. Repeatable.",
)
@reporting
def command(
    settings: Settings,
    scenario: str,
    by: str,
    changes: tuple[str, ...],
    files: tuple[str, ...],
    limits: tuple[str, ...],
) -> None:
    """Evaluate SCENARIO and its options: totals, stages, sources."""
    from lca.report.result import run_result

    check_output(files, limits)
    loaded = load(scenario, settings, changes)
    loaded.require_uses()
    result = run_result(
        loaded,
        evaluate_options(loaded, settings),
        basis=settings.basis,
        by=tuple(label.strip() for label in by.split(",") if label.strip()),
        full=bool(files) or settings.as_json,
    )
    finish(result, settings, files, limits)


def evaluate_options(scenario: Scenario, settings: Settings) -> list[Ledger]:
    """Evaluate a scenario and its options on shared draws, by one embodied model."""
    from lca.evaluation import evaluate
    from lca.inventory import choose_model
    from lca.terms import Draws

    options = scenario.options()
    own = scenario.model.uncertainty
    draws = Draws(
        own.samples if settings.samples is None else settings.samples,
        own.seed if settings.seed is None else settings.seed,
    )
    model = choose_model(options)
    return [evaluate(option, draws=draws, embodied_model=model) for option in options]
