"""Sensitivities as plain data and as a page of 80 columns: verdict, bars, shares, a map."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lca.estimates import round_figures
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, in_words, percent, say_unit, spoken

if TYPE_CHECKING:
    from rich.console import Console

Result = Mapping[str, Any]
_NAME, _BAR = 31, 25
_LEFT, _RIGHT, _MIDDLE = "░", "█", "│"
_WEAK = 0.005
_STEPS = ((0.95, "A"), (0.8, "a"), (0.2, "·"), (0.05, "b"), (-1.0, "B"))
_ERROR = 0.01


def show(result: Result, console: Console, top: int) -> None:
    """Print the sensitivity of the number that was asked about.

    Parameters
    ----------
    result
        Plain data of `lca.report.sensitivity_result`.
    top
        How many unknowns to list.
    """
    from lca.report.terminal import paragraph, print_table

    paragraph(_title(result), console, style="bold")
    console.print()
    paragraph(result["verdict"], console, style="bold green")
    for line in (_headline(result), *_by_kind(result), *_turning(result)):
        paragraph(line, console)
    console.print()
    _lines(tornado_lines(result, top), console)
    for table in (share_table(result, top), method_table(result)):
        if table is not None:
            print_table(table, console)
    if result["surface"]:
        _lines(map_lines(result["surface"]), console)
    paragraph(_draws(result), console, style="dim")


def _lines(lines: Sequence[str], console: Console) -> None:
    from rich.text import Text

    for number, line in enumerate(lines):
        console.print(Text(line, style="bold" if number == 0 else ""), soft_wrap=True)
    if lines:
        console.print()


def _title(result: Result) -> str:
    output, unit = result["outputs"][-1], say_unit(result["outputs"][-1]["unit"])
    return f"{result['title'] or result['scenario']}: {output['name']}, {spoken(result['asked']['indicator'])} in {unit}, {result['asked']['basis']}-based"


def _draws(result: Result) -> str:
    sobol = result["sobol"]
    shares = f" Sobol: {sobol['samples']:,} draws of each stream." if sobol else ""
    return f"{result['samples']:,} draws, seed {result['seed']}, Latin hypercube by identity.{shares} Decisions are never drawn; methods are listed apart."


def _effects(result: Result) -> list[Mapping[str, Any]]:
    """Return the unknowns with their effect on the number asked about."""
    return [{**unknown, **unknown["effects"][-1]} for unknown in result["unknowns"]]


def _headline(result: Result) -> str:
    """Return the number that was asked about, and for a difference which is lower how surely."""
    output = result["outputs"][-1]
    known = {"median": output["central"], "p5": output["central"], "p95": output["central"]}
    text = f"{output['name']}: {in_words({**known, **output})}"
    if "probability_lower" not in output:
        return f"{text}."
    first = result["asked"]["difference"][0]
    return f"{text}; {first} is lower in {percent(output['probability_lower'])} of draws."


def _by_kind(result: Result) -> Iterator[str]:
    """Add up what unknowns of one kind make, each by itself: a lower bound for the kind."""
    if not result["sobol"] or result["sobol"]["grouped_by"] != "factor":
        return
    sums: dict[str, float] = {}
    for row in _effects(result):
        sums[row["kind"]] = sums.get(row["kind"], 0.0) + row["first"]
    shown = sorted(
        ((x, kind) for kind, x in sums.items() if x >= _ERROR), key=lambda p: (-p[0], p[1])
    )
    if shown:
        yield f"By kind: {', '.join(f'{kind} {x:.0%}' for x, kind in shown)}."


def _turning(result: Result) -> Iterator[str]:
    """Say which unknowns alone make the other option the lower one."""
    if not result["asked"]["difference"] or not result["tornado"]:
        return
    names = [unknown["what"] for unknown in _effects(result) if unknown["turns"]]
    first, second = result["asked"]["difference"]
    if names:
        yield f"Alone, between its 5% and 95% quantile, each of these changes which of {first} and {second} is lower: {'; '.join(names)}."
    else:
        yield f"None of the unknowns alone, between its 5% and 95% quantile, changes which of {first} and {second} is lower."


def tornado_lines(result: Result, top: int) -> list[str]:
    """Return the bars: the widest first, light at the 5 % quantile and dark at the 95 %."""
    rows = [row for row in _effects(result) if result["tornado"] and row["swing"] > 0]
    if not rows:
        return []
    rows = sorted(rows, key=lambda row: (-row["swing"], row["identity"]))
    output = result["outputs"][-1]
    ends = [row[key] for row in rows for key in ("low", "high")] + [output["central"]]
    step, unit = common_scale(ends, output["unit"])
    low, high = min(ends), max(ends)
    lines = [f"One at a time, from 5% ({_LEFT}) to 95% ({_RIGHT}) quantile, in {unit}"]
    lines.append(f"{'':<{_NAME + _BAR + 2}}{'at 5%':>9} {'at 95%':>10}")
    for row in rows[:top]:
        lines += _bar_rows(row, output["central"], low, high, step)
    lines.append(f"{_MIDDLE} all central: {_number(output['central'] / step)} {unit}")
    if len(rows) > top:
        lines.append(f"… and {len(rows) - top} more (--top {len(rows)})")
    return lines


def _bar_rows(
    row: Mapping[str, Any], central: float, low: float, high: float, step: float
) -> list[str]:
    bar = _bar(row["low"], central, row["high"], low, high)
    numbers = f"{_number(row['low'] / step):>9} {_number(row['high'] / step):>10}"
    first, *more = textwrap.wrap(row["what"], _NAME - 1, break_on_hyphens=True) or [""]
    return [f"{first:<{_NAME}}{bar}  {numbers}", *(f"  {text}" for text in more)]


def _bar(low: float, central: float, high: float, left: float, right: float) -> str:
    """Return one bar: both ends on a common scale with the central result between them."""

    def place(value: float) -> int:
        return round((value - left) / (right - left) * (_BAR - 1)) if right > left else 0

    middle = place(central)
    cells = [" "] * _BAR
    for value, sign in ((low, _LEFT), (high, _RIGHT)):
        start, stop = sorted((middle, place(value)))
        cells[start : stop + 1] = sign * (stop + 1 - start)
    cells[middle] = _MIDDLE
    return "".join(cells)


def _number(value: float) -> str:
    return round_figures(value, 3).replace("-", "−")


def _share(value: float, low: float | None = None, high: float | None = None) -> Cell:
    """Return a share of variance in percent; what sampling alone gives below 0 is shown as 0."""

    def text(share: float) -> str:
        return f"{max(share, 0.0):.0%}" if share >= _ERROR or share <= 0 else f"{share:.1%}"

    return Cell(text(value), "" if low is None or high is None else f"{text(low)}–{text(high)}")


def share_table(result: Result, top: int) -> Table | None:
    """Return rank correlations and shares of the variance, the strongest first."""
    if result["sobol"] and result["sobol"]["grouped_by"] != "factor":
        return _group_table(result, top)
    rows, place = _effects(result), "first" if result["sobol"] else "rank_correlation"
    rows = [row for row in rows if row.get(place) is not None]
    rows = sorted(rows, key=lambda row: (-abs(_strength(row)), row["identity"]))
    if not rows:
        return None
    columns = [name for name, key in _COLUMNS if rows[0].get(key) is not None]
    cells = [(row["what"], tuple(_cells(row))) for row in rows[:top] if _strength(row) != 0]
    return Table(
        "Spread of all draws: who makes it",
        tuple(columns),
        tuple(cells),
        note=_note(result),
    )


_COLUMNS = (
    ("rank correlation", "rank_correlation"),
    ("alone", "first"),
    ("with others", "total"),
)


def _strength(row: Mapping[str, Any]) -> float:
    return float(row["total"] if row.get("total") is not None else row["rank_correlation"])


def _cells(row: Mapping[str, Any]) -> Iterator[Cell]:
    if row.get("rank_correlation") is not None:
        half = (row["rank_high"] - row["rank_low"]) / 2
        text = f"{row['rank_correlation']:+.2f}".replace("-", "−")
        yield Cell(text, f"±{half:.2f}")
    if row.get("first") is not None:
        yield _share(row["first"], row["first_low"], row["first_high"])
        yield _share(row["total"], row["total_low"], row["total_high"])


def _group_table(result: Result, top: int) -> Table:
    rows = [{**group, **group["effects"][-1]} for group in result["sobol"]["groups"]]
    rows = sorted(rows, key=lambda row: (-row["total"], row["name"]))
    by = result["sobol"]["grouped_by"]
    cells = [(str(row["what"]), tuple(_cells(row))) for row in rows[:top]]
    return Table(f"Spread of all draws, by {by}", ("alone", "with others"), tuple(cells),
                 note=_note(result))  # fmt: skip


def _note(result: Result) -> str:
    """Say what the columns are, with what unknowns make only together."""
    if not result["sobol"]:
        return "Rank correlation with the 90% interval of its sampling error."
    together = result["sobol"]["interactions"][-1]
    made = (
        f" {max(together, 0):.0%} of the variance is made only by several together."
        if together > _WEAK
        else ""
    )
    return (
        f"Shares of the variance (Sobol: first-order and total), 90% intervals of sampling.{made}"
    )


def method_table(result: Result) -> Table | None:
    """Return the central result under each method choice."""
    rows = result["methods"]
    if not rows:
        return None
    step, unit = common_scale([row["values"][-1] for row in rows], result["outputs"][-1]["unit"])
    cells = tuple(
        (f"{row['method']}: {row['choice']}" + (" (chosen)" if row["chosen"] else ""),
         (Cell(_number(row["values"][-1] / step) + ("*" if row["fallbacks"] else "")),))
        for row in rows
    )  # fmt: skip
    mixed = (
        "* mixed with another method: see fallbacks. " if any(r["fallbacks"] for r in rows) else ""
    )
    title = f"Method choices, one changed at a time, all factors central, in {unit}"
    return Table(title, ("result",), cells, note=f"{mixed}Chosen, not drawn.")


def map_lines(surface: Mapping[str, Any]) -> list[str]:
    """Return the map of a break-even surface, the highest y at the top, with its legend."""
    first, second = surface["first"], surface["second"]
    x, y = surface["x"], surface["y"]
    width = max(len(text) for text in y["values"])
    wide = max(1, min(3, (78 - width) // len(x["values"])))
    lines = [f"Break-even of {first} (A) and {second} (B)"]
    lines += textwrap.wrap(f"↑ {y['name']}  → {x['name']}", 80)
    for text, row in reversed(list(zip(y["values"], surface["probability"], strict=True))):
        lines.append(f"{text:>{width}} " + "".join(f"{_letter(p):<{wide}}" for p in row).rstrip())
    ends = f"{x['values'][0]} to {x['values'][-1]}"
    lines.append(f"{'':<{width}} {ends}")
    lines += textwrap.wrap(
        f"A, B: lower in 95% of draws or more; a, b: in 80% or more; ·: cannot be told apart. {_sides(surface)}",
        80,
    )
    return lines + _crossing(surface)


def _letter(probability: float) -> str:
    return next(letter for limit, letter in _STEPS if probability >= limit)


def _sides(surface: Mapping[str, Any]) -> str:
    texts = []
    for side in surface["sides"]:
        if side["cells"]:
            texts.append(f"{side['lower']} is lower by the median in {side['cells']} of {side['of']} cells, there with a probability of {side['mean_probability']:.0%} on average, {side['lowest_probability']:.0%} at least")  # fmt: skip
        else:
            texts.append(f"{side['lower']} is lower in none")
    return "; ".join(texts) + "."


def _crossing(surface: Mapping[str, Any]) -> list[str]:
    if not surface["line"]:
        return ["There is no break-even within these axes."]
    points = [point["text"] for point in surface["line"] if point["text"]]
    few = points if len(points) <= 5 else [points[k * (len(points) - 1) // 4] for k in range(5)]
    return textwrap.wrap(f"The median difference is zero at (x; y): {', '.join(few)}.", 80)
