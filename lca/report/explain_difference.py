"""Why embodied models disagree about a device: tables, sentences and the waterfall, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lca.estimates import round_figures
from lca.report.paper.blocks import Listing, Paragraph, Picture, Report, Section, TableBlock
from lca.report.pictures.waterfall import Bar, draw
from lca.report.tables import Cell, Table
from lca.report.wording import exact_words, spoken

__all__ = ["LEGEND", "assemble", "say_path", "waterfall"]

Found = Mapping[str, Any]
_SMALL = 0.01
_FIGURES = 3
_NONE = "–"
_WORDS = {
    "chassis": "case, power supplies, fans",
    "logic": "logic",
    "packaging": "packaging of circuits",
    "thermal": "heat sink and casing",
    "board": "board, power, assembly",
    "baseboard": "share of the baseboard",
    "upstream_transport": "transport of parts",
    "device": "whole device, not broken down",
    "carbon_per_good_area": "carbon per cm2 of good die",
    "carbon_per_wafer_area": "carbon per cm2 of wafer",
    "fab_energy_and_gases": "fab energy and gases",
    "fab_electricity": "fab electricity",
    "fab_gases": "process gases",
    "area_lost": "wafer used per die area",
    "yield_lost": "dies made per good die",
    "memory_capacity": "capacity",
    "carbon_per_capacity": "carbon per GB",
    "area_per_capacity": "die area per GB",
    "carbon_per_mass": "carbon per kg",
    "carbon_per_area": "carbon per cm2",
    "device_mass": "mass",
}
_WHY = {
    "boundary": "boundary",
    "lacking": "in one only",
    "undivided": "not divided",
    "factor": "value",
    "same": "the same",
}
LEGEND = (
    "boundary: one model ends before this part; in one only: the other counts it elsewhere or not"
    " at all; not divided: one side is published as a whole; value: both have it, and differ"
)
_METHOD = (
    "Central estimates are explained. A product of factors is shared among them by the logarithmic"
    " mean (Ang 2004), so the steps add up to the difference with no rest and in any order; where"
    " the two models are not made of the same factors, the step stands one level higher."
)


def assemble(found: Found) -> Report:
    """Return the whole report."""
    picture = waterfall(found)
    sections = [
        Section("verdict", "Verdict", tuple(Paragraph(x, "lead") for x in verdict(found))),
        Section("models", "Models side by side", tuple(_models(found))),
        Section("waterfall", "From one to the next", (picture,) if picture else ()),
        *(_pair_section(found, pair) for pair in found["pairs"]),
        Section(
            "method", "How to read it", (Paragraph(_METHOD), Paragraph(LEGEND), *_outside(found))
        ),
        Section("sources", "Sources", (Listing(tuple(map(_cite, found["sources"]))),)),
    ]
    meta = (("device", found["device"]["id"]), ("draws", f"{found['samples']:,}"), ("seed", str(found["seed"])))  # fmt: skip
    title = f"Why embodied models disagree about {found['device']['name']}"
    return Report(title, meta, tuple(one for one in sections if one.blocks), found)


def verdict(found: Found) -> Iterator[str]:
    """Yield one sentence on the spread, and one on the largest reason of each pair."""
    totals = {one["model"]: one["total"]["central"] for one in found["models"]}
    low, high = min(totals, key=totals.__getitem__), max(totals, key=totals.__getitem__)
    ratio = round_figures(totals[high] / totals[low]) if totals[low] > 0 else "many"
    yield (
        f"{len(totals)} models give {_kg(totals[low])} ({low}) to {_kg(totals[high])} ({high})"
        f" for one {found['device']['name']}: {ratio} times."
    )
    for pair in found["pairs"]:
        yield _pair_sentence(pair, found["samples"])


def _pair_sentence(pair: Found, samples: int) -> str:
    amount = pair["difference"]["central"]
    steps = sorted(pair["steps"], key=lambda step: -abs(step["amount"]))
    largest = [step for step in steps if step["why"] != "same"][:2]
    named = ", ".join(f"{_short(one['path'])} {_signed(one['amount'])}" for one in largest)
    because = f": most of all {named}" if named else ""
    return f"{pair['from']} to {pair['to']}: {_signed(amount)} kgCO2e{because}. {_within(pair, samples)}"


def _within(pair: Found, samples: int) -> str:
    if not samples:
        return "Nothing was drawn, so intervals are not compared."
    if pair["difference"]["p5"] == pair["difference"]["p95"]:
        return "Neither has an interval, so nothing says how sure the difference is."
    if pair["within_uncertainty"]:
        return "The difference is within what the intervals of both leave open."
    return "The difference is larger than the intervals of both explain."


def say_path(path: str) -> str:
    """Return a path of causes in words: ``memory/carbon_per_capacity`` is "memory: carbon per GB"."""
    names = [_WORDS.get(name, spoken(name)) for name in path.split("/")]
    return names[0] if len(names) == 1 else f"{names[0]}: {', '.join(names[1:])}"


def _short(path: str) -> str:
    """Return component and last cause of a path, for a row that has little room."""
    first, *middle = path.split("/")
    kept = [name for name in middle[:-1] if not name.startswith("carbon_per")] + middle[-1:]
    return say_path("/".join([first, *kept]))


def _models(found: Found) -> Iterator[TableBlock | Listing | Paragraph]:
    rows = tuple((one["model"], _model_cells(one, found["samples"])) for one in found["models"])
    columns = ("central", "90% interval", "boundary", "stages inside")
    title = f"Embodied models of {found['device']['id']} [kgCO2e]"
    dies = "; ".join(map(_die, found["device"]["dies"]))
    yield TableBlock(Table(title, columns, rows, note=f"Dies: {dies}." if dies else ""))
    yield Listing(tuple(_tools(found)), "Which tool takes which model")
    notes = [f"{m['model']}: {text}" for m in found["models"] for text in (m["note"], m["fallback"]) if text]  # fmt: skip
    yield Listing(tuple(notes), "What each model says of itself")
    refused = tuple(f"{name}: {why}" for name, why in found["not_applicable"].items())
    if refused:
        yield Listing(refused, "Models that do not apply")


def _tools(found: Found) -> Iterator[str]:
    for one in found["models"]:
        yield from (f"{one['model']} ({tool['tool']}): {tool['how']}" for tool in one["tools"])
        if one["as_printed"]:
            yield f"  {_printed(one['as_printed'])}"


def _printed(one: Found) -> str:
    """Say what a tool's own total adds to the model's, and how well it is met."""
    adds = " and ".join(f"{spoken(stage)} {_signed(x)}" for stage, x in one["adds"].items())
    known = one["published"]
    met = f" (its own figure: {round_figures(known, 4)})" if known is not None else ""
    return (
        f"{one['tool']} prints {round_figures(one['total'], 4)} kgCO2e{met}: it has {adds} inside"
    )


def _die(die: Found) -> str:
    node = die["process"] or "process not known"
    if die["taken_as"] not in {"", node}:
        node = f"{node} taken as {die['taken_as']}"
    return f"{die['count']} {die['name']} of {round_figures(die['area_cm2'], _FIGURES)} cm2, {node}"


def _model_cells(one: Found, samples: int) -> tuple[Cell, ...]:
    total = one["total"]
    between = f"{round_figures(total['p5'])}–{round_figures(total['p95'])}"
    return (
        Cell(round_figures(total["central"], _FIGURES)),
        Cell(between if one["has_interval"] else "none" if samples else "not drawn"),
        Cell(one["boundary"]),
        Cell(", ".join(map(spoken, one["includes"]))),
    )


def waterfall(found: Found) -> Picture | None:
    """Return the picture of all totals and the steps between them; small steps stand together."""
    totals = {one["model"]: one["total"] for one in found["models"]}
    has = {one["model"]: one["has_interval"] for one in found["models"]}
    least = _SMALL * max(abs(total["central"]) for total in totals.values())
    bars = []
    for place, one in enumerate(found["models"]):
        name, total = one["model"], one["total"]
        ends = (total["p5"], total["p95"]) if has[name] else (0.0, 0.0)
        bars.append(Bar(f"{name} ({one['boundary']})", total["central"], True, *ends))
        if place < len(found["pairs"]):
            bars += _bars(found["pairs"][place]["steps"], least)
    return draw(found["device"]["name"], found["unit"], bars)


def _bars(steps: Sequence[Found], least: float) -> Iterator[Bar]:
    shown = [step for step in steps if abs(step["amount"]) >= least]
    rest = [s for s in steps if s["why"] != "same" and abs(s["amount"]) < least]
    if len(rest) == 1:
        shown = [s for s in steps if s in shown or s in rest]
    for step in shown:
        yield Bar(_short(step["path"]), step["amount"])
    if len(rest) > 1:
        yield Bar(f"{len(rest)} smaller steps", sum(step["amount"] for step in rest))


def _pair_section(found: Found, pair: Found) -> Section:
    said = (Paragraph(_stage_words(found, pair), "note"),) if pair["stages"] else ()
    blocks = (
        Paragraph(_pair_sentence(pair, found["samples"])),
        TableBlock(step_table(pair)),
        *said,
        Listing(tuple(_behind(pair)), "The numbers on both sides"),
    )
    name = f"{pair['from']}-{pair['to']}"
    return Section(name, f"From {pair['from']} to {pair['to']}", blocks)


def step_table(pair: Found) -> Table:
    """Return the steps of a pair, with the values of both sides and the sum."""
    differing = [step for step in pair["steps"] if step["why"] != "same"]
    rows = [(_short(step["path"]), _step_cells(step)) for step in differing]
    whole = Cell(_signed(pair["difference"]["central"]))
    rows.append(("all: the difference", (whole, Cell(""), Cell(""), Cell(""))))
    title = f"Steps from {pair['from']} to {pair['to']}"
    columns = ("kgCO2e", pair["from"], pair["to"], "why")
    return Table(title, columns, tuple(rows), emphasis=(len(rows) - 1,), note=_same(pair))


def _same(pair: Found) -> str:
    equal = [
        f"{_short(s['path'])} {_value(s['from'])}" for s in pair["steps"] if s["why"] == "same"
    ]
    return f"The same in both: {'; '.join(equal)}." if equal else ""


def _step_cells(step: Found) -> tuple[Cell, ...]:
    sides = (Cell(_value(step[end])) for end in ("from", "to"))
    return (Cell(_signed(step["amount"])), *sides, Cell(_WHY[step["why"]]))


def _value(side: Found | None) -> str:
    if side is None:
        return _NONE
    return f"{round_figures(side['value'], _FIGURES)} {side['unit'] or '×'}".replace("-", "−")


def _stage_words(found: Found, pair: Found) -> str:
    holders = {m["model"]: m["includes"] for m in found["models"]}
    stages = " and ".join(map(spoken, pair["stages"]))
    owner = next(end for end in (pair["from"], pair["to"]) if pair["stages"][0] in holders[end])
    return f"{owner} has {stages} inside its figure, which does not say how much of it they are."


def _behind(pair: Found) -> Iterator[str]:
    """Yield, for each step that counts, the cited numbers of both sides."""
    for step in pair["steps"]:
        if step["why"] == "same":
            continue
        yield f"{say_path(step['path'])}: {_signed(step['amount'])} kgCO2e"
        for end in ("from", "to"):
            if step[end] is not None:
                yield f"  {pair[end]}: {_value(step[end])}{_inputs(step[end])}"


def _inputs(side: Found) -> str:
    said = [
        f"{spoken(one['name'])} {exact_words({**one, 'median': one['value'], 'central': one['value']})}"
        f" [{one['source'] or 'given'}, {one['quality']}]"
        for one in side["inputs"]
    ]
    return f" from {'; '.join(said)}" if said else ""


def _outside(found: Found) -> Iterator[Listing]:
    yield Listing(
        (
            "No model here has the share of hosts beside accelerators, of networks or of a"
            " building: lca adds these apart, as it adds delivery and end of life.",
            *(f"{tool['tool']}: {tool['how']}" for tool in found["other_tools"]),
        ),
        "What lies outside",
    )
    if found["estimates"]:
        said = (
            f"{round_figures(one['value'], _FIGURES)} {one['unit']} ({one['boundary']},"
            f" {', '.join(map(spoken, one['stages']))}) [{one['source']}]"
            f"{': ' + one['note'] if one['note'] else ''}"
            for one in found["estimates"]
        )
        yield Listing(tuple(said), "What others estimate for this device")


def _cite(source: Mapping[str, str]) -> str:
    return f"{source['key']}: {source['citation']}"


def _kg(value: float) -> str:
    return f"{round_figures(value, _FIGURES)} kgCO2e"


def _signed(value: float) -> str:
    words = round_figures(abs(value), _FIGURES)
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{words}"
