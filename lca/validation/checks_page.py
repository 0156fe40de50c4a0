"""The page of the manual that lists every check: its code, what it finds, an example message."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lca import document
from lca.validation.checks import CODES, check_case
from lca.validation.quantities import Flag

__all__ = ["Example", "examples", "text"]

_HEAD = """\
# Consistency checks

`lca check-card FILE` and `lca validate CASES.yaml` pass every footprint through these checks. A
check speaks only where a figure does not follow from the others, and never on the word of an
input that the source did not publish. Each example is a made-up footprint with that error
planted; the same footprint without it passes.

This page is generated: `python -m lca.validation.checks_page > docs/checks.md`.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A footprint without mistakes, and the same with one that has a code."""

    code: str
    clean: dict[str, Any]
    planted: dict[str, Any]


@cache
def examples() -> tuple[Example, ...]:
    """Return a planted error for every code."""
    data: Any = document.read(Path(__file__).with_name("checks_examples.yaml")).data
    clean = {name: {"id": name, **case} for name, case in data["footprints"].items()}
    return tuple(
        Example(one["code"], clean[one["footprint"]], _planted(clean[one["footprint"]], one))
        for one in data["examples"]
    )


def _planted(clean: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return a footprint with some inputs and results changed, and some results left out."""
    printed = {entry["quantity"]: entry for entry in clean["published"]}
    for name, value in change.get("published", {}).items():
        printed[name] = {"quantity": name, **value}
    left = [entry for name, entry in printed.items() if name not in change.get("without", {})]
    inputs = {**clean["inputs"], **change.get("inputs", {})}
    return {**clean, "inputs": inputs, "published": left}


def text() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_entries()]) + "\n"


def _entries() -> Iterator[str]:
    for code, meaning in CODES.items():
        yield f"## `{code}`\n\n{meaning[0].upper()}{meaning[1:]}.\n"
        yield f"> {_message(code).message}\n"


def _message(code: str) -> Flag:
    """Return the first example's flag of a code."""
    planted = next(example.planted for example in examples() if example.code == code)
    return next(flag for flag in check_case(planted) if flag.code == code)


if __name__ == "__main__":
    sys.stdout.write(text())
