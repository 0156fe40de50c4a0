"""The pages that are written by hand and hold blocks that run."""

from __future__ import annotations

from manual_pages.running import BLOCK, RUN, PageError, rendered
from manual_pages.text import DOCS, MARK

ELSEWHERE = {
    "architecture.md": "has no block that runs",
    "claims.md": "run by tests/test_claims.py",
    "levers.md": "written from the cards: lca.workloads.levers_page",
    "checks.md": "written from the checks: lca.validation.checks_page",
    "validation.md": "written by lca validate --published --page",
}
"""Pages that are made or run by something else."""


def names() -> list[str]:
    """Return the pages written by hand, by path below ``docs/``."""
    found = (path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    return sorted(name for name in found if name not in ELSEWHERE and not _is_generated(name))


def _is_generated(name: str) -> bool:
    return _text(name).startswith(MARK)


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def running() -> list[str]:
    """Return those that have a block that runs."""
    return [
        name
        for name in names()
        if any(b["language"] in RUN and b["how"] != "not run" for b in BLOCK.finditer(_text(name)))
    ]


def pages() -> dict[str, str]:
    """Return every such page with its outputs made anew."""
    return {name: fresh(name) for name in running()}


def fresh(name: str) -> str:
    """Return one page with its outputs made anew.

    Raises
    ------
    PageError
        If a block of it fails.
    """
    try:
        return rendered(_text(name))
    except PageError as error:
        msg = f"docs/{name}: {error}"
        raise PageError(msg) from error
