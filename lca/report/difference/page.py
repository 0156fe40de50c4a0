"""The difference of two results as a page of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from lca.estimates import round_figures
from lca.report.tables import Cell, Table, number_cell
from lca.report.terminal import paragraph, print_section, print_table
from lca.report.wording import common_scale, exact_words, in_words, percent, spoken

Difference = Mapping[str, Any]
_MOST_CAUSES = 8
_MOST_OPTIONS = 3
_SIDE_BY_SIDE = 5
_GROUPS = {
    "setting": "setting",
    "input": "input",
    "method": "method",
    "line": "line",
    "version": "version",
    "sampling": "sampling",
    "shape": "shape",
    "unexplained": "not attributable",
}


def show(found: Difference, console: Console, indicator: str = "gwp100") -> None:
    """Print a difference: the numbers, what explains their change, and what changed behind them."""
    old, new = found["old"]["file"], found["new"]["file"]
    paragraph(f"From {old} to {new}", console, style="bold")
    console.print()
    paragraph(verdict(found, indicator), console, style="bold green")
    console.print()
    if found["same"]:
        return
    options = [option for option in found["options"] if option["indicator"] == indicator]
    if options:
        print_table(option_table(options), console)
    moved = sorted((x for x in options if x["causes"]), key=lambda x: -abs(_change(x)))
    if 1 < len(moved) <= _SIDE_BY_SIDE:
        print_table(side_by_side([x for x in options if x["causes"]]), console)
    else:
        for option in moved[:_MOST_OPTIONS]:
            print_table(cause_table(option), console)
    _behind(found, console, len(moved))


def _behind(found: Difference, console: Console, moved: int) -> None:
    hidden = moved - _MOST_OPTIONS if moved > _SIDE_BY_SIDE else 0
    changes = found["changes"]
    print_section("Settings that changed", list(map(_setting, changes["settings"])), console)
    print_section("Data files that changed", [x["name"] for x in changes["data"]], console)
    print_section("Inputs that changed", list(map(_input, changes["inputs"])), console)
    print_section("Methods that changed", list(map(_method, changes["methods"])), console)
    print_section("Runs that differ", list(map(_run, changes["runs"])), console)
    print_section("Options that are gone", found["options_gone"], console)
    print_section("Options that are new", found["options_new"], console)
    more = [f"What explains {hidden} more options: --json has it."] if hidden else []
    print_section("Limits", [*more, *found["limits"]], console)


def verdict(found: Difference, indicator: str = "gwp100") -> str:
    """Return the difference in one sentence."""
    if found["same"]:
        return "Nothing changed: both files hold the same result."
    moved = [x for x in found["options"] if x["indicator"] == indicator and _change(x)]
    if not moved:
        return f"No total of {spoken(indicator)} changed; what lies behind them did."
    largest = max(moved, key=lambda option: abs(_change(option)))
    because = largest["causes"][0]["what"] if largest["causes"] else "reasons not in the files"
    return (
        f"{largest['name']} went from {in_words(largest['old'])} to {in_words(largest['new'])}"
        f"{_relative(largest)}, most of all by: {because}{_only_setting(found)}."
    )


def _relative(option: Mapping[str, Any]) -> str:
    before = option["old"]["median"]
    return f" ({_signed(100 * _change(option) / before)}%)" if before else ""


def _only_setting(found: Difference) -> str:
    """Say so where one written setting is all that differs: then everything follows from it."""
    changes = found["changes"]
    if len(changes["settings"]) != 1 or changes["runs"]:
        return ""
    return f". One setting differs, {_setting(changes['settings'][0])}: all else follows from it"


def _change(option: Mapping[str, Any]) -> float:
    if option["old"]["median"] is None or option["new"]["median"] is None:
        return 0.0
    return float(option["new"]["median"] - option["old"]["median"])


def option_table(options: Sequence[Mapping[str, Any]]) -> Table:
    """Return old and new totals of each option, and per functional unit where there is one."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for option in options:
        rows.append(_numbers(option["name"], option["old"], option["new"]))
        if option["old_per_unit"] and option["new_per_unit"]:
            rows.append(_numbers("  per unit", option["old_per_unit"], option["new_per_unit"]))
    what, basis = spoken(options[0]["indicator"]), options[0]["basis"]
    title = f"{what}, {basis}-based: median".capitalize()
    return Table(title, ("old", "new", "unit", "change"), tuple(rows))


def _numbers(name: str, old: Any, new: Any) -> tuple[str, tuple[Cell, ...]]:
    known = [x["median"] for x in (old, new) if x["median"] is not None]
    step, unit = common_scale(known or [0.0], new["unit"])
    cells = tuple(Cell(number_cell(x, step).text) for x in (old, new))
    change = "–"
    if len(known) == 2 and known[0]:
        change = f"{_signed(100 * (known[1] / known[0] - 1))}%" if known[0] != known[1] else "none"
    return name, (*cells, Cell(unit), Cell(change))


def cause_table(option: Mapping[str, Any]) -> Table:
    """Return what explains the change of an option's median, the largest first."""
    shown, rest = option["causes"][:_MOST_CAUSES], option["causes"][_MOST_CAUSES:]
    step, unit = common_scale([cause["amount"] for cause in shown], option["unit"])
    rows = [
        (
            f"{_GROUPS[cause['group']]}: {cause['what']}",
            _parts(cause["amount"], cause["share"], step),
        )
        for cause in shown
    ]
    if rest:
        amount = sum(cause["amount"] for cause in rest)
        shares = [cause["share"] for cause in rest]
        share = None if None in shares else sum(shares)
        rows.append((f"{len(rest)} smaller causes", _parts(amount, share, step)))
    whole = _change(option)
    rows.append(("all: change of the median", _parts(whole, 1.0 if whole else None, step)))
    title = f"What explains the change of {option['name']}"
    return Table(title, (unit, "of the change"), tuple(rows), emphasis=(len(rows) - 1,))


def side_by_side(options: Sequence[Mapping[str, Any]]) -> Table:
    """Return what explains the change of the median of a few options, the largest cause first."""
    amounts = [{(c["group"], c["what"]): c["amount"] for c in x["causes"]} for x in options]
    sizes: dict[tuple[str, str], float] = {}
    for found in amounts:
        for cause, amount in found.items():
            sizes[cause] = max(sizes.get(cause, 0.0), abs(amount))
    ranked = sorted(sizes, key=lambda cause: -sizes[cause])
    shown, rest = ranked[:_MOST_CAUSES], ranked[_MOST_CAUSES:]
    whole = [_change(option) for option in options]
    step, unit = common_scale([*sizes.values(), *whole], options[0]["unit"])
    rows = [
        (f"{_GROUPS[cause[0]]}: {cause[1]}", _amounts([x.get(cause) for x in amounts], step))
        for cause in shown
    ]
    if rest:
        sums = [sum(x.get(cause, 0.0) for cause in rest) for x in amounts]
        rows.append((f"{len(rest)} smaller causes", _amounts(sums, step)))
    rows.append(("all: change of the median", _amounts(whole, step)))
    names = tuple(option["name"] for option in options)
    title = f"What explains the change [{unit}]"
    return Table(title, names, tuple(rows), emphasis=(len(rows) - 1,))


def _amounts(values: Sequence[float | None], step: float) -> tuple[Cell, ...]:
    return tuple(Cell("–" if x is None else _signed(x / step)) for x in values)


def _parts(amount: float, share: float | None, step: float) -> tuple[Cell, Cell]:
    said = "–" if share is None else f"{_signed(100 * share, plus='')}%"
    return Cell(_signed(amount / step)), Cell(said)


def _signed(value: float, plus: str = "+") -> str:
    if value == 0:
        return "0"
    return f"{'−' if value < 0 else plus}{round_figures(abs(value))}"


def _setting(change: Mapping[str, Any]) -> str:
    old, new = (change[key] if change[key] is not None else "not written" for key in ("old", "new"))
    return f"{change['path']}: {old} → {new}"


def _input(change: Mapping[str, Any]) -> str:
    old, new = change["old"], change["new"]
    if old is None or new is None:
        said, value = ("new", new) if old is None else ("gone", old)
        return f"{change['what']}: {said}, {exact_words(_median(value))} [{value['source']}]"
    values = f"{exact_words(_median(old))} → {exact_words(_median(new))}"
    if (old["central"], old["p5"], old["p95"]) == (new["central"], new["p5"], new["p95"]):
        values = f"{exact_words(_median(new))} as before"
    source = f" [{old['source']} → {new['source']}]" if old["source"] != new["source"] else ""
    return f"{change['what']}: {values}{source}"


def _median(value: Mapping[str, Any]) -> dict[str, Any]:
    return {**value, "median": value["central"]}


def _method(change: Mapping[str, Any]) -> str:
    old, new = (spoken(change[key]) or "default" for key in ("old", "new"))
    return f"{spoken(change['what'])} of {change['option']}: {old} → {new}"


def _run(change: Mapping[str, Any]) -> str:
    return f"{spoken(change['what'])}: {_plain(change['old'])} → {_plain(change['new'])}"


def _plain(value: object) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


def shares(option: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each cause with its share of the change in words."""
    for cause in option["causes"]:
        yield cause["what"], "–" if cause["share"] is None else percent(abs(cause["share"]))
