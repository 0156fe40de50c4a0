"""The generated part of the manual, and what runs and builds it: one kind of page a file.

Every writer has a function ``pages()`` that returns texts by their path below ``docs/``.
"""

from __future__ import annotations

from importlib import import_module

WRITERS = (
    "formula_pages",
    "command_pages",
    "schema_pages",
    "reference_pages",
    "deciding",
    "page_outputs",
    "gallery",
)


def everything() -> dict[str, str]:
    """Return every generated page by its path below ``docs/``."""
    made: dict[str, str] = {}
    for name in WRITERS:
        made |= import_module(f"manual_pages.{name}").pages()
    return made
