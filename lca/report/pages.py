"""Pages of the terminal beside results: lists, entries, explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lca import units
from lca.report.catalog import COLUMNS, say_number
from lca.report.terminal import paragraph
from lca.report.wording import interval, percent, plain_number, spoken

_FEW_YEARS = 8
_HEADINGS = {"accelerator_slots": "slots", "tdp": "TDP"}
_LIST_UNITS = {"memory": "GB", "tdp": "W", "fp16": "TFLOP/s", "published": "kgCO2e", "mass": "kg"}


def show_list(kind: str, records: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the records of a kind as a table, then how many there are."""
    columns = COLUMNS.get(kind, ("name",))
    table = _table("id", *map(_heading, columns))
    for record in records:
        table.add_row(Text(record["id"]), *(Text(_text(name, record)) for name in columns))
    console.print(table)
    end = _ENDS.get(kind, "lca show ID tells all of one")
    paragraph(f"{len(records)} listed; {end}", console, style="dim")


_ENDS = {
    "templates": "lca init ID copies one",
    "models": "a scenario uses one as models.NAME.preset",
}


def _heading(name: str) -> str:
    return f"{_HEADINGS.get(name, spoken(name))}\n{_LIST_UNITS.get(name, '')}".strip()


def _text(name: str, record: Mapping[str, Any]) -> str:
    found = record.get(name)
    if isinstance(found, float):
        return f"{found / 1e9:.3g}e9"
    if not isinstance(found, dict):
        return "" if found is None else str(found)
    if name not in _LIST_UNITS:
        return say_number(found)
    text = plain_number(found["value"] / units.factor(_LIST_UNITS[name], found["unit"]))
    boundary = record.get("published_boundary", "") if name == "published" else ""
    return f"{text} {boundary}".strip()


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(Text(heading), overflow="fold", no_wrap=number == 0)
    return table


def show_entry(found: Mapping[str, Any], console: Console) -> None:
    """Print everything known of an entry."""
    title = f"{found['name']} ({found['kind']} {found['id']})"
    paragraph(title, console, style="bold")
    console.print()
    if found["kind"] == "region":
        _region(found, console)
    elif found["kind"] == "source":
        for name, text in found["about"].items():
            paragraph(f"{name}: {text}", console, "  ")
    else:
        _embodied(found, console)
        _figures("Published footprints", found["published"], console)
        _figures(
            "Estimates of other tools and studies: shown, never used", found["estimates"], console
        )
        _values(found["values"], console)
        _remarks(found, console)


def _embodied(found: Mapping[str, Any], console: Console) -> None:
    if not found["embodied"]:
        return
    paragraph("Manufacture by each model, kgCO2e: median (90% interval)", console, style="bold")
    table = _table("model", "boundary", "total", "parts")
    for model, made in found["embodied"].items():
        if made["applies"]:
            parts = ", ".join(f"{spoken(n)} {_short(part)}" for n, part in made["parts"].items())
            table.add_row(
                Text(model),
                Text(made["boundary"]),
                Text(_short(made["total"], between=True)),
                Text(parts),
            )
        else:
            table.add_row(
                Text(model, style="dim"),
                Text("–"),
                Text("–"),
                Text(f"does not apply: {made['reason']}", style="dim"),
            )
    console.print(table)
    for model, made in found["embodied"].items():
        if made["applies"] and (made["note"] or len(made["includes"]) > 1):
            stages = ", ".join(map(spoken, made["includes"]))
            extra = f" (includes {stages})" if len(made["includes"]) > 1 else ""
            paragraph(f"{model}{extra}: {made['note']}", console, "  ", style="dim")
    console.print()


def _short(statistics: Mapping[str, Any], *, between: bool = False) -> str:
    middle, ends = interval(statistics)
    return f"{middle} ({ends})" if between and ends else middle


def _figures(title: str, figures: Sequence[Mapping[str, Any]], console: Console) -> None:
    if not figures:
        return
    paragraph(title, console, style="bold")
    rows = [
        (
            (
                say_number(dict(figure)),
                figure["boundary"],
                figure["source"],
                ", ".join(map(spoken, figure["stages"])),
            ),
            figure["note"],
        )
        for figure in figures
    ]
    _aligned(rows, console)


def _aligned(rows: Sequence[tuple[tuple[str, ...], str]], console: Console) -> None:
    """Print rows of texts in columns, each with its note on a line of its own below."""
    widths = [max(len(texts[i]) for texts, _ in rows) for i in range(len(rows[0][0]))]
    for texts, note in rows:
        padded = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
        console.print(Text(f"  {'  '.join(padded)}".rstrip()), soft_wrap=True)
        if note:
            paragraph(note, console, "      ", style="dim")
    console.print()


def _values(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    paragraph("Values", console, style="bold")
    _aligned([((row["path"], _shown(row), _origin(row)), row["note"]) for row in rows], console)


def _shown(row: Mapping[str, Any]) -> str:
    return say_number(dict(row)) if "value" in row else row["text"]


def _origin(row: Mapping[str, Any]) -> str:
    return f"{row['source']} ({row['quality']})" if row["quality"] else row["source"]


def _remarks(found: Mapping[str, Any], console: Console) -> None:
    for title in ("notes", "corrections", "sources"):
        lines = found[title]
        if not lines:
            continue
        paragraph(title.capitalize(), console, style="bold")
        for line in lines:
            text = line if isinstance(line, str) else citation(line)
            paragraph(text, console, "  ")
        console.print()


def citation(source: Mapping[str, str]) -> str:
    """Return a source as a line: key, citation, and how it was seen."""
    seen = f" [{source['seen']}]" if source["seen"] not in {"", "opened"} else ""
    return f"{source['key']}: {source['citation']}{seen}"


def _region(found: Mapping[str, Any], console: Console) -> None:
    used = found["used"]
    if used and "value" in used:
        paragraph(
            f"A scenario uses {plain_number(used['value'] * 1000)} g{used['unit'][2:]} "
            f"({used['region']} {used['year']}, {used['boundary']}, {used['accounting']}, {used['method']}).",
            console,
        )
        for note in used["notes"]:
            paragraph(note, console, "  ", style="dim")
    elif used:
        paragraph(used["reason"], console)
    console.print()
    _grid(found["grid"], console)
    if found["mix"]:
        mix = found["mix"]
        shares = sorted(mix["shares"].items(), key=lambda item: -item[1])
        said = ", ".join(f"{spoken(name)} {percent(share)}" for name, share in shares)
        paragraph(f"Generation of {mix['region']} in {mix['year']}", console, style="bold")
        paragraph(f"{said} [{mix['source']}]", console, "  ")
        console.print()
    for one in found["measures"]:
        where = f"({one['region']} {one['year']}, {one['scope']}) [{one['source']}]"
        paragraph(f"{spoken(one['name'])}: {_measured(one)} {where}", console, "  ")


def _measured(one: Mapping[str, Any]) -> str:
    if one["unit"] == "fraction":
        return f"{one['value']:.1%}"
    unit = "" if one["unit"] == "ratio" else f" {one['unit']}"
    return f"{plain_number(one['value'])}{unit}"


def _grid(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the latest years of every type of grid factor."""
    types: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        types.setdefault(
            (row["boundary"], row["accounting"], row["method"], row["unit"]), []
        ).append(row)
    for kind, series in types.items():
        paragraph(f"Grid factors: {', '.join(kind[:3])}, g{kind[3][2:]}", console, style="bold")
        table = _table("year", "value", "source")
        for row in series[-_FEW_YEARS:]:
            table.add_row(str(row["year"]), plain_number(row["value"] * 1000), Text(row["source"]))
        console.print(table)
        console.print()
