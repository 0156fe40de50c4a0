"""The page on what is left out and what would change an answer most, from the packaged scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import lca
import lca.sensitivity
from lca.estimates import show
from lca.library import packaged_scenarios
from lca.report.sensitivity_result import factor_names
from manual_pages.formula_pages import topics
from manual_pages.text import cell, code, inline, page, table

_MOST = 5
_ASKED: tuple[tuple[str, tuple[str, str] | None], ...] = (
    ("procurement", ("nvidia-h200", "amd-mi300x")),
    ("inference_fleet_eu", ("base", "north")),
    ("workstation", ("oslo", "rtx-5090")),
    ("chat_service", ("h100", "b200")),
    ("keep_or_replace_a100", ("keep", "b200")),
    ("training_program", None),
)
"""Packaged scenarios, and two options of each whose difference is asked about."""

_INTRODUCTION = """\
A footprint is never complete, and its least known inputs are not always those that decide. This page says
what no result of this toolkit holds, and which unknowns move the packaged scenarios most. The figures
are made by `lca sensitivity`: each unknown is set to its 5 % and its 95 % quantile, all others stay central,
and the central estimate moves by so much."""
_NEVER = """\
## What no result holds

- **Networks, storage servers and buildings**: making them has no usable open factor. They are reported
  missing where they are asked for, and are part of no total.
- **People, software and what the work is good for.** No credit is given for what an AI service saves
  elsewhere, and no rebound is counted.
- **Marginal electricity.** Grid factors are averages; what one more kWh emits is another question, and no
  open factors of the needed kind are packaged.
- **Toxicity, land and biodiversity.** Indicators are greenhouse gases, and where factors exist water,
  minerals, primary energy and electronic waste.
- **Your own machines.** Without your figures the model takes published ones of machines like yours.

Each topic leaves out more, in its own place:
"""
_ASSUMED = """\
## What would narrow it

The tables below say it scenario by scenario. On grids that are not clean, busy power and utilization of your
own machines come first, hosts included: measure them (`lca measure`), or ask your operator; PUE follows. For
a service that is planned and not measured, it is the model's own error and the length of answers; a
measured record replaces both. For training, the share of development. On clean grids it is the
grid's own factor (hydropower above all) and what is inside the machines, since published carbon per GB of
flash and DRAM spreads by a factor of twenty and more.

An unknown that no interval was given for appears nowhere below: look in `lca why` for what is exact and
assumed. And what is decided (where, how many, how long, which device) moves more than any of this.
"""


class Asked(NamedTuple):
    """What was found for one number of one scenario."""

    scenario: Any
    what: str
    found: Any

    @property
    def swings(self) -> list[tuple[str, float, float]]:
        """The largest swings: name, and the outcome's change at both quantiles over the central one."""
        focus, names = self.found.focus, factor_names(self.found.unknowns)
        central = float(self.found.central[focus])
        ends = zip(
            self.found.unknowns, self.found.tornado.low, self.found.tornado.high, strict=True
        )
        moved = [
            (names[one.identity], float(low[focus]) / central - 1, float(high[focus]) / central - 1)
            for one, low, high in ends
        ]
        return sorted(moved, key=lambda one: -abs(one[2] - one[1]))[:_MOST]


def pages() -> dict[str, str]:
    """Return the page."""
    asked = list(found([name for name, _ in _ASKED]))
    text = page(
        "What is left out, and what would change an answer most",
        _INTRODUCTION, _NEVER, _left_out(), _ASSUMED, "## What decides, scenario by scenario",
        _counted(asked), *(section(one) for one in asked), _methods(asked),
    )  # fmt: skip
    return {"what-decides.md": text}


def found(names: Collection[str]) -> Iterator[Asked]:
    """Yield what decides the scenarios of these names."""
    for name, pair in ((n, p) for n, p in _ASKED if n in names):
        scenario = lca.load(packaged_scenarios() / f"{name}.yaml")
        total = lca.sensitivity(scenario, method=("tornado",), samples=2)
        yield Asked(scenario, f"total of `{total.names[total.focus]}`", total)
        if pair:
            between = lca.sensitivity(scenario, difference=pair, method=("tornado",), samples=2)
            yield Asked(scenario, f"`{pair[0]}` less `{pair[1]}`", between)


def _left_out() -> str:
    rows = (
        [f"[{topic['title']}](method/{topic['page']}.md)", cell(topic["left_out"]), cell(topic["changes_most"])]
        for topic in topics()
    )  # fmt: skip
    return table(["topic", "left out", "changes an answer most"], rows)


def _counted(found: list[Asked]) -> str:
    """Return which unknowns are among the strongest of several scenarios."""
    totals = [one for one in found if one.what.startswith("total")]
    counts = Counter(name for one in totals for name, _, _ in one.swings[:3])
    often = [f"{inline(name)} ({n})" for name, n in counts.most_common() if n > 1]
    return (
        f"Among the three strongest unknowns of more than one of the {len(totals)} totals: "
        f"{'; '.join(often)}."
    )


def section(one: Asked) -> str:
    """Return the table of one number."""
    focus = one.found.focus
    central = float(one.found.central[focus])
    said = f"### {inline(one.scenario.model.title)}: {one.what}\n\n"
    unit = one.found.response.unit
    head = f"Central estimate {_amount(central, unit)}. In {code(one.scenario.name)}.\n\n"
    rows = ([cell(name), _share(low), _share(high)] for name, low, high in one.swings)
    return said + head + table(["unknown", "at its 5 % quantile", "at its 95 % quantile"], rows)


def _amount(value: float, unit: str) -> str:
    return show(value, value, value, unit).replace("-", "−")


def _share(change: float) -> str:
    turned = ", turns the ranking" if change < -1 else ""
    return f"{change:+.0%}{turned}".replace("-", "−")


def _methods(found: list[Asked]) -> str:
    rows = [
        [cell(one.scenario.model.title), code(effect.method), code(effect.choice), _share(_change(one, effect))]
        for one in found
        if one.what.startswith("total")
        for effect in one.found.methods
        if abs(_change(one, effect)) > 0.02
    ]  # fmt: skip
    said = (
        "## What a choice of method does\n\nMethods are chosen, never drawn: one is changed at a time at the "
        "central values. Changes of two percent and less are left out.\n\n"
    )
    return said + table(["scenario", "method", "choice", "total changes by"], rows)


def _change(one: Asked, effect: Any) -> float:
    focus = one.found.focus
    return float(effect.values[focus]) / float(one.found.central[focus]) - 1
