"""What a formula's docstring says, part by part."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_type_hints

from lca import vocabulary
from manual_pages.text import from_restructured

_HEADING = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)
_EQUATION = re.compile(r"^(?:Equation:(:?)|\.\. math::)(.*)", re.DOTALL | re.MULTILINE)
_LITERAL = re.compile(r"\s*``(.+?)``", re.DOTALL)
_TEX = (
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1) / (\2)"),
    (r"\\(?:mathrm|text)\{([^{}]*)\}", r"\1"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r",? *\\quad *", "; "),
    (r"\\,", " "),
    (r"\\(lambda|ln|min|max)", r"\1"),
    (r"(\w) +(?=\w)", r"\1 * "),
    (r"\) +(?=\w)", ") * "),
    (r"(?<=/ )\((\w+)\)|\((\w+)\)(?= /)", r"\1\2"),
)
"""What the few equations in TeX use, and how it is written in all others."""

_REFERENCE = re.compile(r"^\.\. \[(\d+)\] ", re.MULTILINE)


@dataclass(frozen=True)
class Symbol:
    """A name of an equation, its unit and what it is."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Described:
    """A formula as its docstring describes it.

    Attributes
    ----------
    name, summary
        The function's name, and the line that begins with a verb.
    equation
        As written, one equation or several.
    remarks
        What else is said before the parameters.
    symbols, gives
        What goes in and what comes out.
    validity
        Range of validity and other notes.
    references, example
        Numbered sources; a doctest.
    """

    name: str
    summary: str
    equation: str
    remarks: str
    symbols: tuple[Symbol, ...]
    gives: tuple[Symbol, ...]
    validity: str
    references: tuple[str, ...]
    example: str


def describe(function: Callable[..., Any]) -> Described:
    """Read a function's docstring."""
    text = inspect.getdoc(function) or ""
    units = _annotated(function)
    head, *rest = _HEADING.split(text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    summary, _, body = head.partition("\n")
    equation, remarks = _split(body)
    return Described(
        name=function.__name__,
        summary=from_restructured(summary),
        equation=equation,
        remarks=from_restructured(remarks),
        symbols=_named(_symbols(sections.get("Parameters", "")), units, equation),
        gives=_given(sections.get("Returns", ""), units["return"]),
        validity=from_restructured(sections.get("Notes", "").strip()),
        references=_references(sections.get("References", "")),
        example=sections.get("Examples", "").strip(),
    )


def _split(body: str) -> tuple[str, str]:
    """Return the equation, and what is said around it."""
    found = _EQUATION.search(body)
    if not found:
        return "", body.strip()
    read = _block if found[1] else _latex if found[1] is None else _literal
    equation, after = read(found[2])
    apart = re.sub(r";\s*", "\n", equation)
    return apart, f"{body[: found.start()]}\n{after}".strip()


def _block(rest: str) -> tuple[str, str]:
    """Return an indented block and what follows it."""
    lines = rest.split("\n")
    count = next((n for n, line in enumerate(lines) if line and line[0] != " "), len(lines))
    block = "\n".join(line for line in lines[:count] if line.strip())
    return textwrap.dedent(block), "\n".join(lines[count:])


def _latex(rest: str) -> tuple[str, str]:
    """Return an equation of TeX in the plain notation of the others."""
    equation, _, after = rest.strip().partition("\n\n")
    for pattern, plain in _TEX:
        equation = re.sub(pattern, plain, equation)
    return " ".join(equation.split()).replace("; ", "\n"), after


def _literal(rest: str) -> tuple[str, str]:
    """Return an equation in literals: ``a`` with ``b`` are two lines of it."""
    paragraph, _, after = rest.partition("\n\n")
    parts = _LITERAL.findall(paragraph)
    left = _LITERAL.sub("", paragraph).strip()
    said = left if left not in {"with", ""} else ""
    equation = "\n".join(" ".join(part.split()) for part in parts)
    return equation, f"{said}\n\n{after}"


def _symbols(section: str) -> tuple[Symbol, ...]:
    found = re.findall(
        r"^(\S[^\n]*?)(?: : ([^\n]*))?\n((?:[ ]+[^\n]*\n?|\n)+)", section + "\n", re.M
    )
    return tuple(Symbol(name, _unit(unit), _line(meaning)) for name, unit, meaning in found)


def _annotated(function: Callable[..., Any]) -> dict[str, str]:
    """Return the unit of every parameter and of the result, as annotated."""
    hints = get_type_hints(function, include_extras=True)
    return {name: getattr(hint, "__metadata__", ("",))[0] for name, hint in hints.items()}


def _named(said: tuple[Symbol, ...], units: Mapping[str, str], equation: str) -> tuple[Symbol, ...]:
    """Return the symbols; a rule of an allocation leaves their description to the vocabulary."""
    if said:
        return tuple(
            one if one.unit else replace(one, unit=units.get(one.name, "") or "ratio")
            for one in said
        )
    used = [name for name in units if re.search(rf"\b{name}\b", equation)]
    known = [vocabulary.VOCABULARY[name] for name in used]
    return tuple(Symbol(one.name, one.unit or "ratio", _sentence(one.sentence)) for one in known)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _given(section: str, unit: str) -> tuple[Symbol, ...]:
    said = tuple(Symbol("", _unit(one.name), one.meaning) for one in _symbols(section))
    return said or (Symbol("", unit or "ratio", ""),)


def _unit(written: str) -> str:
    """Return a unit; some docstrings name it by the alias of its annotation."""
    alias = getattr(vocabulary, written, None)
    return alias.__metadata__[0] or "ratio" if hasattr(alias, "__metadata__") else written


def _references(section: str) -> tuple[str, ...]:
    parts = _REFERENCE.split(section)
    return tuple(_line(text) for text in parts[2::2])


def _line(text: str) -> str:
    return from_restructured(" ".join(text.split()))
