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

_CARDS = """\
## What is read of a model card

Only these patterns; a line or cell with a number and a word of footprints that fits none of them
is listed as not understood, with its line.

| where | pattern |
| --- | --- |
| front matter | `co2_eq_emissions`, in grams: a number, or `emissions` with `geographical_location`, `hardware_used`, `source` and `training_type` |
| list, or table of two columns | `Hardware Type`, `Hours used` (`120`, `3 days`, `1.2M GPU hours`), `Power per GPU`, `TDP`, `PUE`, `Energy consumed` (a facility's where it says so or says that the PUE is inside), `Carbon intensity`, `Cloud Provider`, `Compute Region`, `Carbon Emitted` |
| table, Markdown or HTML | headings with "GPU hours" (or TPU, device), "Power ... (W)", "Energy ... (MWh)", "Emissions ... (tons CO2eq)", "PUE"; "market" and "location" tell the accounts apart; a row that begins with "Total" is one |
| cell | `1.46M`, `2,040`, `86k`, or stages such as `SFT: 896 H100 hours`, which are added |
| sentence | "39.3M GPU hours", "on H100-80GB (TDP of 700W)", "emissions were 539 tCO2eq", "PUE of 1.1", "0.4 kg CO2eq/kWh", "energy of 5 MWh" |

Tons are metric tons. Code blocks are not read. Hours beside a name with a count, such as
`8 x A100`, are hours of the clock of each, and the result says so. Where no power is stated the
rated power of the device is assumed for the implied grid factor; no check rests on it. Of a
result that is told twice the first is checked, and another second one is remarked on.
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
    return "\n".join([_HEAD, *_entries(), _CARDS])


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
