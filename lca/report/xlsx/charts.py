"""Native charts: stages by option, and medians with their 90 % interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.ledger import STAGES
from lca.report.wording import spoken
from lca.report.xlsx.content import Content
from lca.report.xlsx.pen import Pen
from lca.report.xlsx.places import column
from lca.report.xlsx.result_sheets import Places, headline
from lca.report.xlsx.summary import FIRST_ROW, last_row

_COLORS = ("#0072B2", "#56B4E9", "#E69F00", "#009E73", "#CC79A7")
"""Okabe and Ito's palette: told apart by eyes of every kind."""

_MOST = 30
_BARS = f"Stacked bars of each option: {', '.join(spoken(stage) for stage in STAGES)}"
_ARMS = "Bars of the median of each option with arms from p5 to p95"


def write_charts(pen: Pen, book: Any, content: Content, places: Places) -> None:
    """Put two charts below the key table; beyond a number of options, only the first ones."""
    below = last_row(content) + 2
    height = 140 + 26 * min(len(content.ledgers), _MOST)
    stages, spread = _stages(book, content, places), _intervals(book, content)
    alike = ((0, stages, _BARS, 630), (5, spread, _ARMS, 540))
    for place, chart, words, width in alike:
        chart.set_size({"width": width, "height": max(height, 280)})
        chart.set_legend({"position": "bottom"})
        where = {"object_position": 2, "description": words}
        pen.sheet.insert_chart(below, place, chart, where)


def _stages(book: Any, content: Content, places: Places) -> Any:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    first, _ = places.stages[headline(content)]
    last = first + min(len(content.ledgers), _MOST) - 1
    for position, color in enumerate(_COLORS[: len(STAGES)]):
        letters = column(2 + position)
        chart.add_series(
            {
                "name": f"=Results!${letters}${first - 1}",
                "categories": f"=Results!$B${first}:$B${last}",
                "values": f"=Results!${letters}${first}:${letters}${last}",
                "fill": {"color": color},
                "gap": 60,
            }
        )
    unit = content.ledgers[0].unit("gwp100")
    _frame(chart, f"Greenhouse gases by stage, central [{unit}]")
    return chart


def _intervals(book: Any, content: Content) -> Any:
    """Return a chart of medians; its helper cells hold the lengths of the intervals' arms."""
    chart = book.add_chart({"type": "bar"})
    first, last = FIRST_ROW, min(last_row(content), FIRST_ROW + _MOST - 1)
    place = 6 if content.ledgers[0].functional_units else 2
    middle, upper, lower = column(place), column(_HELPERS), column(_HELPERS + 1)
    chart.add_series(
        {
            "name": "median and 90 % interval",
            "categories": f"=Summary!$A${first}:$A${last}",
            "values": f"=Summary!${middle}${first}:${middle}${last}",
            "fill": {"color": _COLORS[0]},
            "gap": 60,
            "x_error_bars": {
                "type": "custom",
                "plus_values": f"=Summary!${upper}${first}:${upper}${last}",
                "minus_values": f"=Summary!${lower}${first}:${lower}${last}",
            },
        }
    )
    per = " per functional unit" if content.ledgers[0].functional_units else ""
    _frame(chart, f"Median and 90 % interval{per}", _ends(content))
    return chart


_HELPERS = 24
"""Column of the lengths of the intervals' arms, beyond what is printed."""


def write_arms(pen: Pen, content: Content) -> None:
    """Write how far the interval reaches above and below the median."""
    middle, low, high = ("G", "H", "I") if content.ledgers[0].functional_units else ("C", "D", "E")
    pen.text(FIRST_ROW - 1, _HELPERS, "arm up (chart)", "note")
    pen.text(FIRST_ROW - 1, _HELPERS + 1, "arm down (chart)", "note")
    for number, option in enumerate(content.result["options"]):
        row = FIRST_ROW + number
        found = (option["per_unit"] or option["total"])["gwp100"][content.basis]
        if found["median"] is None:
            continue
        above, below = found["p95"] - found["median"], found["median"] - found["p5"]
        pen.formula(row, _HELPERS, f"{high}{row}-{middle}{row}", above)
        pen.formula(row, _HELPERS + 1, f"{middle}{row}-{low}{row}", below)
    pen.sheet.set_column(_HELPERS, _HELPERS + 1, 14, None, {"hidden": False})
    pen.sheet.print_area(0, 0, last_row(content) + 26, 9)


def _ends(content: Content) -> dict[str, float]:
    """Return the ends of the axis, so that no arm is cut; none where a value is below 0."""
    found = [
        (option["per_unit"] or option["total"])["gwp100"][content.basis]
        for option in content.result["options"][:_MOST]
    ]
    known = [entry for entry in found if entry["p95"] is not None]
    most = max((entry["p95"] for entry in known), default=0.0)
    if most <= 0 or min(entry["p5"] for entry in known) < 0:
        return {}
    return {"min": 0.0, "max": float(f"{1.1 * most:.1e}")}


def _frame(chart: Any, title: str, ends: Mapping[str, float] | None = None) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis(
        {
            **(ends or {}),
            "num_format": "#,##0.##",
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
        }
    )
