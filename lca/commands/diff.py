"""``lca diff``: why a number changed between two results, or since a result was saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, console, example, load, looking, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(
    "diff", epilog=example("lca diff old.json new.json", "lca diff saved.json mine.yaml")
)
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option(
    "--indicator", default="gwp100", show_default=True, help="Which totals the page explains."
)
@looking
def command(settings: Settings, old: str, new: str, indicator: str) -> None:
    """Explain what changed from OLD to NEW, two results of -o FILE.json, and how much by what.

    NEW may be a scenario: it is evaluated now, on the draws of OLD, so that a change of the data
    under a saved result shows.
    """
    from lca.errors import UnknownNameError, did_you_mean
    from lca.report.difference import page
    from lca.report.difference.assembly import difference
    from lca.report.difference.reading import read_result

    before = read_result(old)
    after = _now(new, before, settings) if new.endswith((".yaml", ".yml")) else read_result(new)
    known = [name for name in after["indicators"] if name in before["indicators"]]
    if indicator not in known and known:
        hint = did_you_mean(indicator, known)
        msg = f'no indicator "{indicator}" in both files{hint} (one of: {", ".join(known)})'
        raise UnknownNameError(msg)
    found = difference(before, after, (old, new))
    if settings.as_json:
        print_json(found)
    else:
        page.show(found, console(), indicator)


def _now(path: str, before: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the result of a scenario with the data as they are, made as another one was."""
    import json

    from lca.commands.run import evaluate_options
    from lca.comparison import compare
    from lca.report.as_json import render
    from lca.report.result import compare_result, run_result

    scenario = load(path, settings)
    scenario.require_uses()
    asked = {name: before[name] for name in ("samples", "seed", "basis")}
    if before["comparison"] and len(scenario.options()) > 1:
        made = compare_result(scenario, compare(scenario, **asked))
    else:
        by = before.get("groups", {}).get("by", ())
        ledgers = evaluate_options(scenario, replace(settings, **asked))
        made = run_result(scenario, ledgers, basis=before["basis"], by=by)
    read: dict[str, Any] = json.loads(render(made))
    return read
