"""The reference of the command line: every command with its help and its options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

from lca import cli
from manual_pages.text import anchor, cell, code, fence, inline, page, table

_INTRODUCTION = """\
`lca COMMAND --help` prints the same. Data go to standard output and messages to standard error;
`--json` prints a [contract](contracts.md); [exit codes](exit-codes.md) are the same for all
commands. In a checkout, `python cli.py ...` does what `lca ...` does. `mine.yaml` in the examples stands for
a scenario of your own (`lca init`)."""


def pages() -> dict[str, str]:
    """Return the page of all commands."""
    root = click.Context(cli.group, info_name="lca", **cli.group.context_settings)
    found = list(_commands(cli.group, root))
    overview = table(
        ["command", "what it does"],
        ([f"[{code(path)}](#{anchor(path)})", cell(_first(one.help))] for path, one, _ in found),
    )
    sections = (_section(path, one, context) for path, one, context in found)
    return {"reference/commands.md": page("Commands", _INTRODUCTION, overview, *sections)}


def _commands(group: click.Group, above: click.Context) -> Iterator[tuple[str, Any, click.Context]]:
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        if command is None:
            continue
        context = click.Context(command, info_name=name, parent=above, max_content_width=100)
        yield context.command_path, command, context
        if isinstance(command, click.Group):
            yield from _commands(command, context)


def _first(text: str | None) -> str:
    return _plain(text).partition("\n\n")[0].partition(". ")[0].rstrip(".") + "."


def _plain(text: str | None) -> str:
    """Return a help text without click's mark for lines that are kept as they are."""
    return inspect.cleandoc(re.sub(r"\x08\n?", "", text or ""))


def _section(path: str, command: click.Command, context: click.Context) -> str:
    pieces = " ".join(command.collect_usage_pieces(context))
    rows = [record for one in command.params if (record := one.get_help_record(context))]
    parts = [f"## `{path}`", inline(_plain(command.help)), fence(f"{path} {pieces}", "usage")]
    if rows:
        parts.append(table(["option", "what"], ([code(a), cell(b)] for a, b in rows)))
    if command.epilog:
        parts.append(_examples(_plain(command.epilog)))
    return "\n\n".join(part.strip("\n") for part in parts)


def _examples(epilog: str) -> str:
    head, _, lines = epilog.partition("\n")
    body = "\n".join(line.removeprefix("  ") for line in lines.split("\n"))
    return f"{inline(head)}\n\n{fence(body, 'usage')}" if lines else inline(head)
