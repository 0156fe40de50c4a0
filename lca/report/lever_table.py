"""Levers of a scenario as a page that reads well at 80 columns."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from lca.estimates import round_figures
from lca.report.tables import Cell, Table, statistic_name, year_range
from lca.report.terminal import paragraph, print_table
from lca.report.wording import common_scale, interval, percent

_APART = ("not possible here", "needs a value", "no figure", "out of range", "unsupported")
_WITH_ONE_LINE = ("out of range",)
_NONE = "–"
_FEW = 4
_RATIO = (
    "Published ratio: no model of the effect exists; it multiplies the electricity of the "
    "accelerators at work. Hosts, time and machines stay as they are."
)

Lever = Mapping[str, Any]


def render(result: Mapping[str, Any], width: int = 80) -> str:
    """Return the page as text without color."""
    stream = io.StringIO()
    show(result, Console(file=stream, width=width, no_color=True, highlight=False))
    return stream.getvalue()


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print levers: those that save first, what they cost, and what has no number and why."""
    paragraph(result["title"] or result["scenario"], console, style="bold")
    console.print()
    shown = [one for one in result["levers"] if one["effect"]]
    for basis in (result["basis"], "market"):
        levers = [one for one in shown if one["basis"] == basis]
        if levers:
            print_table(_table(result, levers, basis), console)
        shown = [one for one in shown if one["basis"] != basis]
    if not any(one["effect"] for one in result["levers"]):
        paragraph("No lever could be run here.", console)
        console.print()
    _costs([one for one in result["levers"] if one["effect"]], console)
    for verdict in _APART:
        _apart(verdict, [one for one in result["levers"] if one["verdict"] == verdict], console)
    if result["together"]:
        _pair(result["together"], console)
    rests = f"{result['samples']:,} draws, seed {result['seed']}; every run on the same draws"
    paragraph(
        f"{rests}. Levers do not multiply: try two at once with --together.", console, style="dim"
    )


def _table(result: Mapping[str, Any], levers: Sequence[Lever], basis: str) -> Table:
    """Return the ranking of one account; a mark says what is compared per unit."""
    units = {one["effect"]["compared"] for one in levers} - {"total"}
    totals = [one for one in levers if one["effect"]["compared"] == "total"]
    step, unit = common_scale([one["effect"]["change"]["median"] for one in totals], "kgCO2e")
    rows = []
    for one in levers:
        effect = one["effect"]
        is_total = effect["compared"] == "total"
        amount = Cell(interval(effect["change"], step)[0]) if is_total else Cell("†")
        sure = effect["probability_saves"]
        cells = (
            _percent(effect["relative"]),
            amount,
            Cell(percent(sure) if sure is not None else _NONE),
        )
        rows.append((_row_name(one), (*cells, Cell(one["verdict"]))))
    only = "; contracts change nothing else" if basis != result["basis"] else ""
    title = f"Greenhouse gases, {year_range(result)}, {basis}-based{only}: {statistic_name(result)}"
    notes = (
        [f"† delivers another amount: compared per {' or '.join(sorted(units))}."] if units else []
    )
    if any(one["way"] == "factor" for one in levers):
        notes.append(_RATIO)
    return Table(title, ("change", unit, "saves in", "verdict"), tuple(rows), note=" ".join(notes))


def _row_name(one: Lever) -> str:
    return f"{one['id']}: {one['trial']}"


def _percent(statistics: Mapping[str, Any]) -> Cell:
    """Return a change as a percentage with its interval."""
    middle, low, high = (_signed(statistics[key]) for key in ("median", "p5", "p95"))
    return Cell(f"{middle}%", f"{low} to {high}" if low != high else "")


def _signed(share: float) -> str:
    text = round_figures(100 * share)
    return text.replace("-", "−") if text.startswith("-") or text == "0" else f"+{text}"


def _costs(levers: Sequence[Lever], console: Console) -> None:
    """Print once a lever what it costs, what it rests on and what must be said."""
    if not levers:
        return
    paragraph("What each costs, and what it rests on", console, style="bold")
    for name in dict.fromkeys(one["id"] for one in levers):
        same = [one for one in levers if one["id"] == name]
        paragraph(f"{name}: " + "; ".join(dict.fromkeys(_cost_lines(same))), console, indent="  ")
    console.print()


def _cost_lines(same: Sequence[Lever]) -> Iterator[str]:
    for one in same:
        yield f"quality: {one['quality_effect']}"
        if one["side_effects"]:
            yield f"also: {', '.join(one['side_effects'])}"
        yield from one["remarks"]
    for one in same:
        for case in one["evidence"]:
            figure = f"{case['figure']} " if case["figure"] and one["way"] == "factor" else ""
            yield f"{figure}({case['source']}, {case['quality']}{_range(case['holds_for'])})"


def _range(box: Mapping[str, Any]) -> str:
    """Return where evidence holds, phases left out: a lever is listed for its own."""
    parts = [", ".join(box[name]) for name in ("devices", "precision", "modalities")]
    parts += [f"{name} {box[name]}" for name in ("batch", "parameters") if box[name]]
    known = [part for part in parts if part]
    return f"; holds for {', '.join(known)}" if known else ""


def _apart(verdict: str, levers: Sequence[Lever], console: Console) -> None:
    """Print what has no number; what does not concern this work is named in one line."""
    if not levers:
        return
    paragraph(f"{verdict[0].upper()}{verdict[1:]} ({len(levers)})", console, style="bold")
    told = [one for one in levers if one["trial"] or verdict not in _WITH_ONE_LINE]
    names = dict.fromkeys(one["id"] for one in levers if one not in told)
    if len(names) <= _FEW:
        told, names = list(levers), {}
    for text in dict.fromkeys(_reason(one) for one in told):
        paragraph(text, console, indent="  ")
    if names:
        paragraph(f"{', '.join(names)}. Why: --json, or --lever NAME", console, indent="  ")
    console.print()


def _reason(one: Lever) -> str:
    tried = f" {one['trial']}" if one["trial"] else ""
    return f"{one['id']}{tried}: {one['reason']}"


def _pair(pair: Mapping[str, Any], console: Console) -> None:
    """Print two levers alone, both run at once, and what multiplying would have said."""
    first, second = pair["trials"]
    rows = tuple(
        (name, (_percent(statistics),))
        for name, statistics in (
            (first, pair["first"]["relative"]),
            (second, pair["second"]["relative"]),
            ("both, run again", pair["both"]["relative"]),
            ("product of the two", pair["product"]),
            ("product over run", pair["off"]),
        )
    )
    print_table(Table("Two at once: " + " and ".join(pair["levers"]), ("change",), rows), console)
