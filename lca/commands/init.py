"""``lca init``: a scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, example, looking, print_json

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from lca.report.catalog import templates

    return [CompletionItem(name) for name in templates() if name.startswith(incomplete)]


@click.command("init", epilog=example("lca init procurement -o mine.yaml"))
@click.argument("template", shell_complete=_complete)
@click.option("-o", "--output", help="File to write. [default: TEMPLATE.yaml]")
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
@looking
def command(settings: Settings, template: str, output: str | None, force: bool) -> None:
    """Write a scenario to start from (lca list templates names them)."""
    from lca import document
    from lca.errors import DocumentError

    source = _find(template)
    target = Path(output or f"{source.stem}.yaml")
    if target.exists() and not force:
        msg = f"{target}: this file exists; --force overwrites it, -o FILE names another"
        raise DocumentError(msg)
    document.write_atomically(target, source.read_text(encoding="utf-8"))
    if settings.as_json:
        print_json({"template": source.stem, "file": str(target)})
    settings.say(f"wrote {target}; next: lca run {target}")


def _find(template: str) -> Path:
    """Return the packaged scenario of that name, or the only one of which it is a part."""
    from lca.errors import UnknownNameError, did_you_mean
    from lca.report.catalog import templates

    known = templates()
    wanted = template.removesuffix(".yaml").replace("-", "_")
    parts = [name for name in known if wanted in name]
    if wanted in known:
        return known[wanted]
    if len(parts) == 1:
        return known[parts[0]]
    names = ", ".join(known)
    msg = f'no template "{template}"{did_you_mean(wanted, known)} (one of: {names})'
    raise UnknownNameError(msg)
