"""Tables of a result as plain texts, for every format that prints tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lca.estimates import round_figures
from lca.ledger import STAGES
from lca.report.wording import common_scale, in_words, interval, percent, say_unit, spoken

Result = Mapping[str, Any]
_SIDE_BY_SIDE = 4
_NEGLIGIBLE = 0.005  # of the largest stage difference
_WEAK = 0.1  # rank correlation below which a factor explains next to nothing


class Cell(NamedTuple):
    """A number as text, with its 90 % interval or ""."""

    text: str
    between: str = ""

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


def is_wide(result: Result) -> bool:
    """Whether there are too many options to stand side by side."""
    return len(result["options"]) > _SIDE_BY_SIDE


def lowest(result: Result) -> int | None:
    """Return the position of the option with the lowest median, if there are several."""
    values = [_headline(option, result["basis"])["median"] for option in result["options"]]
    if len(values) < 2 or any(value is None for value in values):
        return None
    return min(range(len(values)), key=lambda i: float(values[i]))


def _headline(option: Mapping[str, Any], basis: str) -> Mapping[str, Any]:
    """Return the number that an option is judged by: per functional unit, or else its total."""
    per_unit = option["per_unit"].get("gwp100", {}).get(basis)
    if per_unit is not None and per_unit["median"] is not None:
        found: Mapping[str, Any] = per_unit
    else:
        indicator = "gwp100" if "gwp100" in option["total"] else next(iter(option["total"]))
        found = option["total"][indicator][basis]
    return found


def _whole(option: Mapping[str, Any], basis: str) -> Mapping[str, Any]:
    """Return the headline with what it lacks."""
    gaps = option["total"].get("gwp100", {}).get("missing")
    found = _headline(option, basis)
    return {**found, "missing": gaps} if gaps else found


def _stages(option: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the stages of greenhouse gases, per functional unit where there is one."""
    stages = option["by_stage_per_unit"] or option["by_stage"]
    return {stage: entry["gwp100"] for stage, entry in stages.items() if "gwp100" in entry}


def number_cell(statistics: Mapping[str, Any] | None, step: float) -> Cell:
    """Return a number; one that lacks a part is marked."""
    if statistics is None:
        return Cell("–")
    middle, between = interval(statistics, step)
    return Cell(middle + ("*" if statistics.get("missing") else ""), between)


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
    whole = [_whole(option, basis) for option in options]
    step, unit = common_scale([x["median"] or 0.0 for x in whole], whole[0]["unit"])
    stages = [_stages(option) for option in options]
    known = [stage for stage in STAGES if any(stage in found for found in stages)]
    rows = [
        (spoken(stage), tuple(number_cell(found.get(stage), step) for found in stages))
        for stage in known
    ]
    rows.append(("all stages", tuple(number_cell(x, step) for x in whole)))
    return Table(
        _title(result, unit),
        option_names(result),
        tuple(rows),
        lowest_column=lowest(result),
        emphasis=(len(rows) - 1,),
        note=_partial(rows),
    )


def _by_option(result: Result) -> Table:
    options, basis = result["options"], result["basis"]
    whole = [_whole(option, basis) for option in options]
    step, unit = common_scale([x["median"] or 0.0 for x in whole], whole[0]["unit"])
    stages = [_stages(option) for option in options]
    known = [stage for stage in STAGES if any(stage in found for found in stages)]
    rows = tuple(
        (
            option["name"],
            (
                number_cell(total, step),
                *(number_cell(found.get(stage), step) for stage in known),
            ),
        )
        for option, total, found in zip(options, whole, stages, strict=True)
    )
    columns = ("all stages", *(spoken(stage) for stage in known))
    return Table(_title(result, unit), columns, rows, lowest_row=lowest(result))


def _narrow(cell: Cell, intervals: bool) -> Cell:
    return cell if intervals else Cell(cell.text)


def total_table(result: Result, *, intervals: bool = False) -> Table:
    """Return totals on both accounts, energy and the other indicators, a unit a row."""
    options = result["options"]
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for name, found in _measures(result):
        medians = [x["median"] for x in found if x["median"] is not None]
        step, unit = common_scale(medians or [0.0], found[0]["unit"])
        rows.append((f"{name} [{unit}]", tuple(number_cell(x, step) for x in found)))
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


def _measures(result: Result) -> list[tuple[str, list[Mapping[str, Any]]]]:
    options = result["options"]
    found: list[tuple[str, list[Mapping[str, Any]]]] = []
    for indicator in result["indicators"]:
        accounts = {
            basis: [_account(o["total"][indicator], basis) for o in options] for basis in _BASES
        }
        if accounts["location"] == accounts["market"]:
            name = spoken(indicator)
            found.append((name + _same_account(indicator), accounts["location"]))
        else:
            found += [(f"{spoken(indicator)}, {basis}-based", accounts[basis]) for basis in _BASES]
    for unit in options[0]["per_other_unit"]:
        per = [o["per_other_unit"][unit].get("gwp100", {}).get(result["basis"]) for o in options]
        if all(per):
            found.append(("greenhouse gases", per))
    for flow in ("it_energy", "facility_energy"):
        if flow not in result["indicators"]:
            found.append((spoken(flow), [option["energy"][flow] for option in options]))
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
        best = tuple((name, (Cell(percent(found["probability_best"][name])),)) for name in names)
        return Table("Probability of being the lowest", ("lowest",), best)
    lower = {(p["a"], p["b"]): p["probability_a_lower"] for p in found["pairs"]}
    lower |= {(b, a): 1 - share for (a, b), share in lower.items()}
    rows: tuple[tuple[str, tuple[Cell, ...]], ...] = tuple(
        (
            name,
            (
                *(Cell(percent(lower[name, x])) if name != x else Cell("–") for x in names),
                Cell(percent(found["probability_best"][name])),
            ),
        )
        for name in names
    )
    return Table("Probability that the row is lower than the column", (*names, "all others"), rows)


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


def caution_lines(result: Result) -> list[str]:
    """Return where the options of a comparison differ in what is counted."""
    found = result["comparison"]
    return list(found["cautions"]) if found else []


def decides(result: Result) -> list[str]:
    """Return sentences on what makes the difference between the two lowest options."""
    found = result["comparison"]
    if not found:
        return []
    because = found["decides"]
    first, second = because["between"]
    parts = sorted(because["stages"].items(), key=lambda item: -abs(item[1]))
    step, unit = common_scale([abs(amount) for _, amount in parts], because["unit"])
    large = [(stage, x) for stage, x in parts if abs(x) > _NEGLIGIBLE * abs(parts[0][1])]
    said = ", ".join(f"{spoken(stage)} {_signed(x / step)}" for stage, x in large)
    lines = [f"{first} less {second}, in {say_unit(unit)}: {said or 'no difference'}."]
    drivers = [d for d in because["drivers"] if abs(d["rank_correlation"]) >= _WEAK]
    if drivers:
        lines.append("Unknowns that move this difference most (rank correlation):")
        lines += [f"  {_driver(driver)}" for driver in drivers]
    return lines


def _driver(driver: Mapping[str, Any]) -> str:
    correlation = driver["rank_correlation"]
    effect = "widens" if correlation < 0 else "narrows"
    return f"{driver['what']}: a higher value {effect} it ({_signed(correlation, 2)})"


def _signed(value: float, figures: int = 2) -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign}{round_figures(abs(value), figures)}"


def method_lines(result: Result) -> list[str]:
    """Return sentences on how the ranking fares under other method choices."""
    found = result["comparison"]
    if not found or not found["methods"]["combinations"]:
        return []
    methods, best = found["methods"], found["order"][0]
    lines = [
        f"{best} is lowest under {methods['lowest'][best]} of {methods['combinations']} "
        "combinations of embodied model, end-of-life rule and account."
    ]
    for name, count in methods["lowest"].items():
        if name != best and count:
            lines.append(f"{name} is lowest under {count}: {_under(methods['choices'], name)}.")
    if methods["mixed"]:
        lines.append(
            f"In {methods['mixed']} of them one option is computed by another model than the rest."
        )
    return lines


def _under(choices: Sequence[Mapping[str, Any]], name: str) -> str:
    """Name what the combinations under which an option is lowest have in common."""
    mine = [choice for choice in choices if choice["lowest"] == name]
    said = []
    for key, words in (
        ("embodied_model", "embodied model"),
        ("end_of_life", "end-of-life rule"),
        ("basis", "account"),
    ):
        values = list(dict.fromkeys(choice[key] for choice in mine))
        if len(values) < len({choice[key] for choice in choices}):
            said.append(f"{words} {' or '.join(map(spoken, values))}")
    return ", ".join(said) or "in all models, rules and accounts, depending on the rest"


def other_unit_lines(result: Result) -> list[str]:
    """Say where another functional unit would name another option."""
    best = lowest(result)
    options, basis = result["options"], result["basis"]
    if best is None:
        return []
    lines = []
    for unit in options[0]["per_other_unit"]:
        per = [o["per_other_unit"].get(unit, {}).get("gwp100", {}).get(basis) for o in options]
        medians = [float(x["median"]) for x in per if x and x["median"] is not None]
        if len(medians) < len(per):
            continue
        other = min(range(len(medians)), key=lambda i: medians[i])
        if other != best:
            lines.append(
                f"Per {unit} {options[other]['name']} is the lowest instead: "
                f"{in_words(per[other])} against {in_words(per[best])}."
            )
    return lines


def central_lines(result: Result) -> list[str]:
    """Say where the central estimate and the median differ by more than a tenth."""
    lines = []
    for option in result["options"]:
        found = _headline(option, result["basis"])
        median, central = found["median"], found["central"]
        if median and abs(central / median - 1) > 0.1:
            lines.append(
                f"{option['name']}: with every input at its central value the result is "
                f"{in_words({**found, 'median': central, 'p5': central, 'p95': central})}; the median of the draws "
                "differs, since many inputs are skewed."
            )
    return lines[:1] + ([f"The same holds for {len(lines) - 1} more."] if len(lines) > 1 else [])


def draws_line(result: Result) -> str:
    """Return how the numbers were sampled, and how exactly the mean is known."""
    if not result["samples"]:
        return "Central estimate alone: nothing was sampled."
    errors = [
        found["standard_error"] / abs(found["mean"])
        for found in (_headline(option, result["basis"]) for option in result["options"])
        if found["mean"]
    ]
    within = f"; sampling error of a mean at most {max(errors):.1%}" if errors else ""
    return f"{result['samples']} draws, seed {result['seed']}, {result['sampler']}{within}."


def missing_lines(result: Result) -> list[str]:
    """Return what was not counted, one line a gap."""
    names = {option["name"] for option in result["options"]}
    return [
        f"{spoken(gap['indicator'])}, {spoken(gap['stage'])}: {gap['what']}: {gap['reason']}"
        + ("" if set(gap["options"]) == names else f" ({', '.join(gap['options'])})")
        for gap in result["missing"]
    ]


def assumption_lines(result: Result) -> list[str]:
    """Return what nobody published, with its value and why it was taken."""
    return [
        f"{entry['what']}: {in_words({'median': entry['central'], **_ends(entry)})}"
        + (f": {entry['note']}" if entry["note"] else "")
        for entry in result["assumptions"]
    ]


def _ends(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"p5": entry["p5"], "p95": entry["p95"], "unit": entry["unit"]}
