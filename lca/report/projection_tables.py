"""Projections as plain data, as rows of a table file, and as a page of 80 columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import lca
from lca.projection import Crossing, Curve, Exhaustion, Passage, Projection
from lca.report.csv_table import safe
from lca.report.tables import Cell, Table, number_cell
from lca.report.wording import common_scale, in_words, percent, say_unit, spoken

if TYPE_CHECKING:
    from rich.console import Console

    from lca.scenario import Scenario

Result = Mapping[str, Any]
SCHEMA_VERSION = 1
_SIDE_BY_SIDE = 5
_STATISTICS = ("central", "median", "mean", "p5", "p95", "standard_error", "unit")


def as_data(found: Projection, scenario: Scenario) -> dict[str, Any]:
    """Return a projection as plain data (``lca schema projection``)."""
    first = found.curves[0]
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "samples": first.values.shape[1] - 1,
        "period": [first.years[0], first.years[-1]],
        "indicator": found.indicator,
        "basis": found.basis,
        "view": found.view,
        "unit": first.unit,
        "discount": found.discount,
        "verdict": list(_verdict(found)),
        "options": [_option(curve) for curve in found.curves],
        "crossings": [_crossing(one, first.years) for one in found.crossings],
        "budgets": [_budget(one, first.years) for one in found.budgets],
        "remarks": list(found.remarks),
    }


def _option(curve: Curve) -> dict[str, Any]:
    return {
        "name": curve.name,
        "label": curve.label,
        "cumulative": {str(y): estimate.statistics() for y, estimate in curve.by_year.items()},
        "missing": list(curve.missing),
    }


def _crossing(one: Crossing, years: Sequence[int]) -> dict[str, Any]:
    return {
        "lower": one.lower,
        "higher": one.higher,
        **_passage(one.passage, years),
        "probability_from_start": one.probability_from_start,
        "probability_lower_at_end": one.probability_lower_at_end,
    }


def _budget(one: Exhaustion, years: Sequence[int]) -> dict[str, Any]:
    unit = one.remaining.unit
    return {
        "option": one.option,
        "budget": one.budget,
        "unit": unit,
        **_passage(one.passage, years),
        "remaining": one.remaining.statistics(),
    }


def _passage(passage: Passage, years: Sequence[int]) -> dict[str, Any]:
    """Return a time as decimal years, null standing for never."""
    return {
        "probability": passage.probability,
        "probability_never": passage.probability_never,
        "year": {
            "central": passage.central,
            "median": passage.median,
            "p5": passage.quantile(0.05),
            "p95": passage.quantile(0.95),
        },
        "probability_by_year": {str(year): passage.by(year) for year in years},
    }


def _verdict(found: Projection) -> Iterator[str]:
    """Yield what a manager needs: the lowest option, when it pays off, and the budget."""
    best = min(found.curves, key=lambda curve: curve.total.median)
    end = best.years[-1]
    total = in_words(best.total.statistics())
    if len(found.curves) == 1:
        yield f"By the end of {end}, {best.name} adds up to {total}."
    else:
        yield f"{best.name} adds up to the least by the end of {end}: {total}."
    for one in found.crossings:
        if one.lower == best.name and one.passage.median is not None:
            chance = percent(one.passage.probability)
            yield f"It passes {one.higher} in {_year(one.passage.median)} ({chance} by the end)."
    for left in found.budgets:
        if left.option == best.name:
            yield _budget_sentence(left, end)


def _budget_sentence(left: Exhaustion, end: int) -> str:
    used = left.passage.median
    if used is None:
        kept = percent(left.passage.probability_never)
        return f"It stays within the budget to the end of {end} in {kept} of the draws."
    return (
        f"It uses the budget up in {_year(used)} ({percent(left.passage.probability)} by the end)."
    )


def _year(time: float | None) -> str:
    """Return a decimal year as a text that a reader may look up: ``2029.4``, or never."""
    return "never" if time is None else f"{time:.1f}"


def render_csv(result: Result) -> str:
    """Return the curves as CSV: a row for each option and year."""
    text = io.StringIO()
    names = ("option", "indicator", "basis", "view", "discount", "year", *_STATISTICS)
    writer = csv.DictWriter(text, fieldnames=names, lineterminator="\n")
    writer.writeheader()
    shared = {key: result[key] for key in ("indicator", "basis", "view", "discount")}
    for option in result["options"]:
        for year, numbers in option["cumulative"].items():
            kept = {key: numbers[key] for key in _STATISTICS}
            writer.writerow({"option": safe(option["name"]), **shared, "year": year, **kept})
    return text.getvalue()


def show(result: Result, console: Console) -> None:
    """Print a projection: verdict, curves by year, where they end, crossings and budget."""
    from lca.report.terminal import paragraph, print_section, print_table

    paragraph(result["title"] or result["scenario"], console, style="bold")
    console.print()
    paragraph(" ".join(result["verdict"]), console, style="bold green")
    console.print()
    for table in (*_curve_tables(result), _end_table(result), _crossing_table(result)):
        if table is not None:
            print_table(table, console)
    print_section("Budget", list(_budget_lines(result)), console)
    gaps = [f"{o['name']}: {gap}" for o in result["options"] for gap in o["missing"]]
    print_section(f"Not counted ({len(gaps)})", gaps, console)


def _curve_tables(result: Result) -> Iterator[Table]:
    """Yield tables of medians by year, a few options side by side."""
    options = result["options"]
    ends = [one["median"] for option in options for one in option["cumulative"].values()]
    step, unit = common_scale(ends, result["unit"])
    title = f"Cumulative {_what(result)} [{unit}] at the end of each year: median"
    for start in range(0, len(options), _SIDE_BY_SIDE):
        some = options[start : start + _SIDE_BY_SIDE]
        years = some[0]["cumulative"]
        rows = tuple(
            (year, tuple(_plain(option["cumulative"][year], step) for option in some))
            for year in years
        )
        yield Table(title, tuple(option["name"] for option in some), rows)


def _what(result: Result) -> str:
    discounted = f", discounted at {result['discount']:.3g}" if result["discount"] else ""
    return f"{spoken(result['indicator'])}{discounted}, {result['view']}, {result['basis']}-based"


def _plain(numbers: Mapping[str, Any], step: float) -> Cell:
    return Cell(number_cell(numbers, step).text)


def _end_table(result: Result) -> Table:
    """Return where each option ends, with its interval."""
    end = str(result["period"][1])
    ends = [option["cumulative"][end] for option in result["options"]]
    step, unit = common_scale([one["median"] for one in ends], result["unit"])
    rows = tuple(
        (option["name"], (number_cell(one, step),))
        for option, one in zip(result["options"], ends, strict=True)
    )
    lowest = min(range(len(ends)), key=lambda i: float(ends[i]["median"]))
    name = "median (90% interval)" if result["samples"] else "central estimate"
    marked = lowest if len(rows) > 1 else None
    return Table(f"At the end of {end}: {name}", (say_unit(unit),), rows, lowest_row=marked)


def _crossing_table(result: Result) -> Table | None:
    """Return when options come to be lower than others; those that never do stand in it, too."""
    if not result["crossings"]:
        return None
    rows = tuple(_crossing_row(one) for one in result["crossings"])
    return Table(
        "When an option that begins higher has added up to less",
        ("passes in", "90% interval", "never", "lower at the end"),
        rows,
        note="decimal years; purchases count at the beginning of their year",
    )


def _crossing_row(one: Mapping[str, Any]) -> tuple[str, tuple[Cell, ...]]:
    when = one["year"]
    low, high = _year(when["p5"]), _year(when["p95"])
    between = low if low == high else f"{low}–{high}"
    return (
        f"{one['lower']} under {one['higher']}",
        (
            Cell(_year(when["median"])),
            Cell(between),
            Cell(percent(one["probability_never"])),
            Cell(percent(one["probability_lower_at_end"])),
        ),
    )


def _budget_lines(result: Result) -> Iterator[str]:
    """Yield what each option leaves of the budget."""
    for one in result["budgets"]:
        when, used = one["year"], percent(one["probability"])
        left = in_words(one["remaining"])
        said = "not used up" if when["median"] is None else f"used up in {_year(when['median'])}"
        yield f"{one['option']}: {said} ({used} within the period); {left} left at the end"


__all__ = ["as_data", "render_csv", "show"]
