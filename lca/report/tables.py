"""Tables of a result as plain texts, for every format that prints tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lca.ledger import STAGES
from lca.report.wording import common_scale, interval, percent, spoken

Result = Mapping[str, Any]
_SIDE_BY_SIDE = 4


class Cell(NamedTuple):
    """A number as text, with its 90 % interval or "", and the key of its trail or ""."""

    text: str
    between: str = ""
    trail: str = ""

    def joined(self, by: str = " ") -> str:
        """Return both in one text."""
        return f"{self.text}{by}({self.between})" if self.between else self.text


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table: the first column names the rows, the others hold numbers.

    ``lowest`` is the position of the column or row to mark, counted without heading; ``emphasis``
    holds the positions of rows that are totals.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    lowest_column: int | None = None
    lowest_row: int | None = None
    emphasis: tuple[int, ...] = ()
    note: str = ""


def trail_key(*names: str) -> str:
    """Return the key under which a report tells how a number came about; the option stands first."""
    return "|".join(names)


def is_wide(result: Result) -> bool:
    """Whether there are too many options to stand side by side."""
    return len(result["options"]) > _SIDE_BY_SIDE


def lowest(result: Result) -> int | None:
    """Return the position of the option with the lowest median, if there are several."""
    values = [headline(option, result["basis"])["median"] for option in result["options"]]
    if len(values) < 2 or any(value is None for value in values):
        return None
    return min(range(len(values)), key=lambda i: float(values[i]))


def headline(option: Mapping[str, Any], basis: str) -> Mapping[str, Any]:
    """Return the number that an option is judged by: per functional unit, or else its total."""
    per_unit = option["per_unit"].get("gwp100", {}).get(basis)
    if per_unit is not None and per_unit["median"] is not None:
        found: Mapping[str, Any] = per_unit
    else:
        indicator = "gwp100" if "gwp100" in option["total"] else next(iter(option["total"]))
        found = option["total"][indicator][basis]
    return found


def whole(option: Mapping[str, Any], basis: str) -> Mapping[str, Any]:
    """Return the headline with what it lacks."""
    gaps = option["total"].get("gwp100", {}).get("missing")
    found = headline(option, basis)
    return {**found, "missing": gaps} if gaps else found


def stages_of(option: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the stages of greenhouse gases, per functional unit where there is one."""
    stages = option["by_stage_per_unit"] or option["by_stage"]
    return {stage: entry["gwp100"] for stage, entry in stages.items() if "gwp100" in entry}


def headline_key(option: Mapping[str, Any], basis: str) -> str:
    """Return the key of the trail of an option's headline."""
    per_unit = option["per_unit"].get("gwp100", {}).get(basis)
    if per_unit is not None and per_unit["median"] is not None:
        return trail_key(option["name"], "per", "gwp100", basis, option["functional_unit"])
    indicator = "gwp100" if "gwp100" in option["total"] else next(iter(option["total"]))
    return trail_key(option["name"], "total", indicator, basis)


def stage_key(option: Mapping[str, Any], stage: str) -> str:
    """Return the key of the trail of a stage as `stages_of` has it."""
    kind = "stage per" if option["by_stage_per_unit"] else "stage"
    return trail_key(option["name"], kind, stage)


def number_cell(statistics: Mapping[str, Any] | None, step: float, trail: str = "") -> Cell:
    """Return a number; one that lacks a part is marked."""
    if statistics is None:
        return Cell("–")
    middle, between = interval(statistics, step)
    return Cell(middle + ("*" if statistics.get("missing") else ""), between, trail)


def _title(result: Result, unit: str) -> str:
    return f"{unit}, {year_range(result)}, {result['basis']}-based: {statistic_name(result)}"


def statistic_name(result: Result) -> str:
    """Return what the numbers of a table are."""
    return "median (90% interval)" if result["samples"] else "central estimate"


def year_range(result: Result) -> str:
    """Return the period in words."""
    first, last = result["period"]
    return str(first) if first == last else f"{first}-{last}"


def option_names(result: Result) -> tuple[str, ...]:
    """Return the names of the options."""
    return tuple(option["name"] for option in result["options"])


def stage_table(result: Result) -> Table:
    """Return greenhouse gases by stage: options side by side, or one a row where they are many."""
    return _by_option(result) if is_wide(result) else _by_stage(result)


def _by_stage(result: Result) -> Table:
    options, basis = result["options"], result["basis"]
    judged = [whole(option, basis) for option in options]
    step, unit = common_scale([x["median"] or 0.0 for x in judged], judged[0]["unit"])
    stages = [stages_of(option) for option in options]
    known = [stage for stage in STAGES if any(stage in found for found in stages)]
    rows = [(spoken(stage), tuple(_staged(options, stages, stage, step))) for stage in known]
    pairs = zip(judged, options, strict=True)
    cells = (number_cell(x, step, headline_key(option, basis)) for x, option in pairs)
    rows.append(("all stages", tuple(cells)))
    return Table(
        _title(result, unit),
        option_names(result),
        tuple(rows),
        lowest_column=lowest(result),
        emphasis=(len(rows) - 1,),
        note=_partial(rows),
    )


def _staged(
    options: Sequence[Any], stages: Sequence[Mapping[str, Any]], stage: str, step: float
) -> Iterator[Cell]:
    """Yield a stage of each option."""
    for option, found in zip(options, stages, strict=True):
        yield number_cell(found.get(stage), step, stage_key(option, stage))


def _by_option(result: Result) -> Table:
    options, basis = result["options"], result["basis"]
    judged = [whole(option, basis) for option in options]
    step, unit = common_scale([x["median"] or 0.0 for x in judged], judged[0]["unit"])
    stages = [stages_of(option) for option in options]
    known = [stage for stage in STAGES if any(stage in found for found in stages)]
    rows = tuple(
        (
            option["name"],
            (
                number_cell(total, step, headline_key(option, basis)),
                *(number_cell(found.get(stage), step, stage_key(option, stage)) for stage in known),
            ),
        )
        for option, total, found in zip(options, judged, stages, strict=True)
    )
    columns = ("all stages", *(spoken(stage) for stage in known))
    return Table(_title(result, unit), columns, rows, lowest_row=lowest(result))


def _narrow(cell: Cell, intervals: bool) -> Cell:
    return cell if intervals else Cell(cell.text, "", cell.trail)


def total_table(result: Result, *, intervals: bool = False) -> Table:
    """Return totals on both accounts, energy and the other indicators, a unit a row."""
    options = result["options"]
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for name, kind, found in _measures(result):
        medians = [x["median"] for x in found if x["median"] is not None]
        step, unit = common_scale(medians or [0.0], found[0]["unit"])
        pairs = zip(found, option_names(result), strict=True)
        cells = (number_cell(x, step, trail_key(option, *kind)) for x, option in pairs)
        rows.append((f"{name} [{unit}]", tuple(cells)))
    if is_wide(result):
        return _turned(rows, options, intervals)
    title = f"Totals, {year_range(result)}: {statistic_name(result)}"
    return Table(title, option_names(result), tuple(rows), note=_partial(rows))


def _turned(
    rows: Sequence[tuple[str, tuple[Cell, ...]]], options: Sequence[Any], intervals: bool
) -> Table:
    """Return a table with options as rows, as medians alone where the width is needed."""
    turned = tuple(
        (option["name"], tuple(_narrow(cells[i], intervals) for _, cells in rows))
        for i, option in enumerate(options)
    )
    title = "Totals: median (90% interval)" if intervals else "Totals: median"
    return Table(title, tuple(name for name, _ in rows), turned, note=_partial(rows))


_Measure = tuple[str, tuple[str, ...], list[Mapping[str, Any]]]


def _measures(result: Result) -> list[_Measure]:
    """Return name, kind of trail and numbers of each row."""
    options, own = result["options"], result["basis"]
    found: list[_Measure] = []
    for indicator in result["indicators"]:
        accounts = {
            basis: [_account(o["total"][indicator], basis) for o in options] for basis in _BASES
        }
        if accounts["location"] == accounts["market"]:
            name = spoken(indicator)
            kind = ("total", indicator, own)
            found.append((name + _same_account(indicator), kind, accounts["location"]))
        else:
            found += [
                (f"{spoken(indicator)}, {b}-based", ("total", indicator, b), accounts[b])
                for b in _BASES
            ]
    for unit in options[0]["per_other_unit"]:
        per = [o["per_other_unit"][unit].get("gwp100", {}).get(result["basis"]) for o in options]
        if all(per):
            found.append(("greenhouse gases", ("per", "gwp100", own, unit), per))
    for flow in ("it_energy", "facility_energy"):
        if flow not in result["indicators"]:
            numbers = [option["energy"][flow] for option in options]
            found.append((spoken(flow), ("total", flow, own), numbers))
    return found


_BASES = ("location", "market")
_PARTIAL = "* without what is listed below as not counted"


def _account(entry: Mapping[str, Any], basis: str) -> Mapping[str, Any]:
    """Return one account of an indicator, with what it lacks."""
    found: Mapping[str, Any] = entry[basis]
    return {**found, "missing": entry["missing"]} if "missing" in entry else found


def _partial(rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> str:
    return _PARTIAL if any(cell.text.endswith("*") for _, cells in rows for cell in cells) else ""


def _same_account(indicator: str) -> str:
    return ", both accounts" if indicator == "gwp100" else ""


def probability_table(result: Result) -> Table | None:
    """Return the probability that the option of a row is lower than that of a column."""
    found = result["comparison"]
    if not found:
        return None
    names = list(found["values"])
    if is_wide(result):
        best = tuple((name, (lowest_cell(result, name),)) for name in names)
        return Table("Probability of being the lowest", ("lowest",), best)
    lower = {(p["a"], p["b"]): p["probability_a_lower"] for p in found["pairs"]}
    keys = {pair: trail_key(pair[0], "less", pair[1]) for pair in lower}
    keys |= {(b, a): key for (a, b), key in keys.items()}
    lower |= {(b, a): 1 - share for (a, b), share in lower.items()}
    rows: tuple[tuple[str, tuple[Cell, ...]], ...] = tuple(
        (
            name,
            (
                *(
                    Cell(percent(lower[name, x]), "", keys[name, x]) if name != x else Cell("–")
                    for x in names
                ),
                lowest_cell(result, name),
            ),
        )
        for name in names
    )
    return Table("Probability that the row is lower than the column", (*names, "all others"), rows)


def lowest_cell(result: Result, name: str) -> Cell:
    """Return how often an option of a comparison is the lowest."""
    share = result["comparison"]["probability_best"][name]
    return Cell(percent(share), "", trail_key(name, "lowest"))


def group_table(result: Result) -> Table | None:
    """Return the groups asked for with ``--by``: greenhouse gases on the account of the result."""
    if not result.get("groups"):
        return None
    labels = result["groups"]["by"]
    chosen = [
        row
        for row in result["groups"]["rows"]
        if row["indicator"] == "gwp100" and row["basis"] == result["basis"]
    ]
    names = option_names(result)
    keys = list(dict.fromkeys(tuple(row[label] for label in labels) for row in chosen))
    value = {(row["option"], tuple(row[label] for label in labels)): row for row in chosen}
    step, unit = common_scale([row["median"] for row in chosen] or [0.0], "kgCO2e")
    rows = tuple(
        (
            " · ".join(map(spoken, key)),
            tuple(number_cell(value.get((name, key)), step) for name in names),
        )
        for key in keys
    )
    title = f"{unit} by {' and '.join(labels)}, {result['basis']}-based: {statistic_name(result)}"
    return Table(title, names, rows)
