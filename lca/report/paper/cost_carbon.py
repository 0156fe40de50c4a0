"""Cost against carbon: of the options of a result, and of the choices of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lca.report.answers import unit_of
from lca.report.paper.blocks import Picture
from lca.report.pictures.cost_carbon import Point, draw
from lca.report.wording import spoken

if TYPE_CHECKING:
    from lca.optimize.answer import Answer, Choice

_GASES = "gwp100"


def of_result(result: Mapping[str, Any]) -> Picture | None:
    """Return the options of a comparison whose cost is known, per functional unit where there is one."""
    if not result["comparison"] or "cost" not in result["indicators"]:
        return None
    table = "per_unit" if result["comparison"]["functional_unit"] else "total"
    points, without, partial = [], [], []
    for option in result["options"]:
        found = option[table].get("cost", {}).get(result["basis"])
        if found is None or found["median"] is None:
            without.append(option["name"])
            continue
        if option["total"]["cost"].get("missing"):
            partial.append(option["name"])
        points.append(Point(option["name"], found, option[table][_GASES][result["basis"]]))
    said = [
        f"Not drawn, since no price is known: {_listed(without)}." if without else "",
        f"Without parts that have no price (see Not counted): {_listed(partial)}." if partial else "",
    ]  # fmt: skip
    return draw(points, " ".join(filter(None, said)))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def of_answer(answer: Answer) -> Picture | None:
    """Return usual business, the choice, the front and what comes near it, against the cost.

    Where no cost is known, the objective that is weighed against emissions instead takes its place.
    """
    named = dict.fromkeys(name for one in answer.front for name in one.values)
    other = "cost" if "cost" in named else next((n for n in named if n != _GASES), "cost")
    chosen: dict[str, Choice] = {}
    for one in (answer.usual, answer.best, *answer.front, *answer.alternatives):
        chosen.setdefault(one.name, one)
    marks = {answer.usual.name: "usual", answer.best.name: "chosen"}
    points = [
        Point(
            one.name,
            _number(one, other, answer),
            _number(one, _GASES, answer),
            marks.get(one.name, ""),
        )
        for one in chosen.values()
        if {other, _GASES} <= one.values.keys()
    ]
    return draw(points, what=spoken(other))


def _number(choice: Choice, name: str, answer: Answer) -> Mapping[str, Any]:
    """Return an objective of a choice, with its interval where it was sampled."""
    known, value = choice.estimates.get(name), choice.values[name]
    if known is not None:
        return known.statistics()
    return {"median": value, "p5": value, "p95": value, "unit": unit_of(name, answer)}
