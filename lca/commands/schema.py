"""``lca schema``: what may stand in a file, and what a result holds, as JSON Schema."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, example, looking, print_json


@click.command("schema", epilog=example("lca schema > scenario.schema.json"))
@click.argument("name", default="scenario")
@looking
def command(settings: Settings, name: str) -> None:
    """Print the JSON Schema of a contract.

    Contracts: scenario, result, record, list, answer, levers, sensitivity,
    projection, difference, validation, telemetry.
    """
    del settings
    print_json(find(name))


def published() -> dict[str, Path]:
    """Return the published schemas by name."""
    folder = Path(__file__).parents[1] / "schemas"
    return {path.name.removesuffix(".schema.json"): path for path in sorted(folder.glob("*.json"))}


def find(name: str) -> object:
    """Return a schema; that of the scenario is made from the model itself.

    Raises
    ------
    UnknownNameError
        If there is no contract of that name.
    """
    import json

    from lca.errors import UnknownNameError, did_you_mean

    if name == "scenario":
        from lca.scenario.schema import json_schema

        return json_schema()
    known = published()
    if name not in known:
        msg = f'no schema "{name}"{did_you_mean(name, known)} (one of: {", ".join(known)})'
        raise UnknownNameError(msg)
    return json.loads(known[name].read_text(encoding="utf-8"))
