"""The method pages: every formula with its equation, symbols, validity and sources."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from lca import document
from manual_pages.docstrings import Described, Symbol, describe
from manual_pages.text import anchor, cell, code, fence, from_restructured, inline, page, table

TOPICS = Path(__file__).parent / "topics.yaml"
Formula = Callable[..., Any]


def topics() -> list[dict[str, Any]]:
    """Return the topics in their order."""
    found: dict[str, dict[str, Any]] = document.read(TOPICS).data
    return [topic | {"page": name} for name, topic in found.items()]


def pages() -> dict[str, str]:
    """Return one page a topic, and the list of all formulas."""
    made = {f"method/{topic['page']}.md": _topic(topic) for topic in topics()}
    return made | {"method/formulas.md": _index()}


def members(module: ModuleType) -> list[Formula]:
    """Return the formulas of a module that have an equation, in its order."""
    return [
        function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and describe(function).equation
    ]


def _index() -> str:
    said = (
        "Every formula of the toolkit by topic. Names, symbols and units are those of the code, of the "
        "[vocabulary](../reference/vocabulary.md) and of `lca why`. Each docstring is tested: its "
        "example runs, and the function is called with quantities of other units, which must give "
        "the same answer. How the formulas are put together: [method](../method.md)."
    )
    return page("Formulas", said, *(_listing(topic) for topic in topics()))


def _listing(topic: dict[str, Any]) -> str:
    file = f"{topic['page']}.md"
    rows = []
    for room in topic["rooms"]:
        module = _module(room)
        for function in members(module):
            one, heading = describe(function), _heading(module, function)
            rows.append([f"[{code(heading)}]({file}#{anchor(heading)})", cell(one.summary)])
    return f"## [{topic['title']}]({file})\n\n{table(['formula', 'what it does'], rows)}"


def _topic(topic: dict[str, Any]) -> str:
    parts = [topic["introduction"]]
    for room in topic["rooms"]:
        parts += _room(_module(room))
    parts.append(f"## What is left out\n\n{topic['left_out']}")
    parts.append(f"## What would change an answer most\n\n{topic['changes_most']}")
    return page(topic["title"], *parts)


def _module(room: str) -> ModuleType:
    return importlib.import_module(f"lca.{room}")


def _room(module: ModuleType) -> Iterator[str]:
    """Yield a file's own words and its formulas."""
    first, _, rest = (inspect.getdoc(module) or "").partition("\n\n")
    place = module.__name__.replace(".", "/") + ".py"
    yield f"## {from_restructured(first).rstrip('.')}"
    said = rest.replace("::\n", ":\n")
    yield f"{_prose(said)}\n\nIn `{place}`."
    if hasattr(module, "SENTENCE"):
        yield f"{inline(module.SENTENCE)}\n\nReference: {inline(module.REFERENCE)}"
    for function in members(module):
        yield _formula(describe(function), _heading(module, function))


def _prose(text: str) -> str:
    """Return a docstring's paragraphs; what is indented in it becomes a block of text."""
    return "\n\n".join(
        fence(inspect.cleandoc("\n" + part)) if part.startswith("    ") else inline(from_restructured(part))
        for part in text.split("\n\n")
        if part.strip()
    )  # fmt: skip


def _heading(module: ModuleType, function: Formula) -> str:
    """Return a formula's name; rules have formulas of the same names and stand before them."""
    rule = getattr(module, "NAME", "")
    return f"{rule}.{function.__name__}" if rule else function.__name__


def _formula(one: Described, heading: str) -> str:
    parts = [f"### `{heading}`", inline(one.summary), fence(one.equation, "equation")]
    parts += [inline(one.remarks)] if one.remarks else []
    rows = [[code(s.name), code(s.unit), cell(s.meaning)] for s in one.symbols]
    parts += [table(["symbol", "unit", "meaning"], rows)] if rows else []
    parts.append(f"**Gives** {_gives(one.gives)}")
    parts += [f"**Validity.** {inline(one.validity)}"] if one.validity else []
    if one.references:
        listed = "\n".join(f"{n}. {inline(text)}" for n, text in enumerate(one.references, 1))
        parts.append(f"**References**\n\n{listed}")
    parts += [fence(one.example, "pycon")] if one.example else []
    return "\n\n".join(part.strip("\n") for part in parts)


def _gives(found: tuple[Symbol, ...]) -> str:
    return "; ".join(f"{code(one.unit)}: {inline(one.meaning)}".rstrip(": ") for one in found)
