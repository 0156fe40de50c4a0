"""Texts and small tables of a report that are not also on other pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lca.ledger import STAGES
from lca.report import standards, tables
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, in_words, interval, percent, spoken

if TYPE_CHECKING:
    from lca.report.paper.sections import Extras

Result = Mapping[str, Any]
_SIDE_BY_SIDE = 8

GLOSSARY = (
    (
        "90% interval",
        "nine of ten draws lie in it; the number before it is the median of the draws",
    ),
    (
        "central estimate",
        "the result with every input at its central value; it differs from the median where inputs are skewed",
    ),
    ("CO2e", "greenhouse gases by their warming over 100 years, as kilograms of carbon dioxide"),
    ("embodied", "emitted by making, transporting and scrapping hardware, whether it runs or not"),
    (
        "spread over life",
        "each hour of use bears a share of the embodied emissions; used for comparisons and per unit",
    ),
    ("inventory view", "embodied emissions are counted whole in the year of purchase or disposal"),
    (
        "location-based",
        "electricity counts as the average of the grid that it is drawn from",
    ),
    (
        "market-based",
        "electricity counts as contracted; what is not contracted, as the residual mix where known",
    ),
    ("PUE", "all energy of a facility over that of its IT equipment"),
    (
        "shared draws",
        "what options have in common takes the same value in each draw, so it cancels in differences",
    ),
    ("functional unit", "what results are divided by, so that unlike options can be compared"),
)

_BOUNDARY = {
    "manufacture": "raw materials to finished device and its share of host and network, at the factory gate",
    "transport": "from the factory to the site",
    "operation": "electricity of devices, hosts and facility, with its fuel supply where factors are life-cycle",
    "end_of_life": "collection, treatment and scrap of what is taken out of service",
    "recovery_credit": "credits for what is recovered, always a line of their own",
}


def head(result: Result) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the page's head."""
    if result["question"]:
        yield ("question", result["question"])
    yield ("period", tables.year_range(result))
    yield ("account", f"{result['basis']}-based")
    yield ("for", "the public" if result["publication"] == "public" else "internal use")


def single(result: Result) -> str:
    """Return the result of a scenario without options in one sentence."""
    option = result["options"][0]
    found = option["total"]["gwp100"][result["basis"]]
    per = option["per_unit"].get("gwp100", {}).get(result["basis"])
    each = f", {in_words(per)}" if per and per["median"] is not None else ""
    return f"{option['name']} emits {in_words(found)} in {tables.year_range(result)}{each}."


def key_table(result: Result) -> Table:
    """Return what each option is judged by, beside its total and its chance of being lowest."""
    options, basis = result["options"], result["basis"]
    totals = [option["total"]["gwp100"][basis] for option in options]
    judged = [tables.whole(option, basis) for option in options]
    step, unit = common_scale([x["median"] or 0.0 for x in judged], judged[0]["unit"])
    whole, tons = common_scale([x["median"] or 0.0 for x in totals], totals[0]["unit"])
    best = (result["comparison"] or {}).get("probability_best", {})
    rows = tuple(
        (
            option["name"],
            (
                tables.number_cell(number, step, tables.headline_key(option, basis)),
                *(
                    (tables.number_cell(total, whole, _total_key(option, basis)),)
                    if unit != tons
                    else ()
                ),
                *((tables.lowest_cell(result, option["name"]),) if best else ()),
            ),
        )
        for option, number, total in zip(options, judged, totals, strict=True)
    )
    columns = (unit, *((tons,) if unit != tons else ()), *(("lowest in",) if best else ()))
    title = f"Greenhouse gases, {tables.year_range(result)}, {basis}-based: {tables.statistic_name(result)}"
    return Table(title, columns, rows, lowest_row=tables.lowest(result))


def _total_key(option: Mapping[str, Any], basis: str) -> str:
    return tables.trail_key(option["name"], "total", "gwp100", basis)


def _pairs(title: str, rows: Sequence[tuple[str, str]], column: str = "") -> Table:
    return Table(title, (column or "as stated",), tuple((n, (Cell(t),)) for n, t in rows if t))


def goal_table(result: Result) -> Table:
    """Return what the study is for, as the scenario says."""
    several = len(result["options"]) > 1
    rows = (
        ("Question", result["question"] or "not stated"),
        ("Decision", "choice among the options below" if several else "none: a single account"),
        ("Role of the reader", spoken(result["role"])),
        ("Publication", result["publication"]),
        ("Period", tables.year_range(result)),
        ("Indicators", ", ".join(spoken(name) for name in result["indicators"])),
    )
    return _pairs("What this report is for", rows)


def publication(result: Result) -> str:
    """Return what may be said in public."""
    if result["comparison"] is None:
        return "A single account: it says nothing about other products."
    return (
        "This report compares products. ISO 14044 asks for a critical review by a panel, and for a "
        "sufficiently broad set of impact categories, before such a comparison is made public."
    )


def functional_unit(result: Result) -> str:
    """Return what numbers are divided by."""
    unit = result["options"][0]["functional_unit"]
    if not unit:
        return "No functional unit is stated: totals of the period are reported."
    others = ", ".join(result["options"][0]["per_other_unit"])
    also = f" Also reported per {others}." if others else ""
    return f"Results are per {unit}.{also}"


def option_table(result: Result) -> Table:
    """Return how each option is computed and what it delivers."""
    units = list(result["options"][0]["delivered"])
    rows = tuple(
        (
            option["name"],
            (
                Cell(_model(option)),
                Cell("spread over life" if option["view"] == "spread" else "in the year bought"),
                *(_delivered(option, unit) for unit in units),
            ),
        )
        for option in result["options"]
    )
    columns = ("embodied model", "view", *(f"delivered [{unit}]" for unit in units))
    return Table("Options", columns, rows)


def _model(option: Mapping[str, Any]) -> str:
    """Name the embodied model, and say where another one had to stand in."""
    name = option["embodied_model"] or "–"
    return f"{name}, another where it does not apply" if option.get("fallbacks") else name


def _delivered(option: Mapping[str, Any], unit: str) -> Cell:
    key = tables.trail_key(option["name"], "unit", unit)
    return tables.number_cell(option["delivered"].get(unit), 1.0, key)


def boundary_table(result: Result) -> Table:
    """Return what each stage counts, and whether this result has it."""
    present = {stage for option in result["options"] for stage in option["by_stage"]}
    rows = tuple(
        (spoken(stage), (Cell(_BOUNDARY[stage]), Cell("counted" if stage in present else "none")))
        for stage in STAGES
    )
    return Table("Boundary: cradle to grave", ("what it holds", "in this report"), rows)


def pair_table(result: Result) -> Table:
    """Return the difference of each two options, the most alike first; ten at most."""
    pairs = sorted(result["comparison"]["pairs"], key=lambda p: abs(p["difference"]["median"]))[:10]
    step, unit = common_scale([p["difference"]["median"] for p in pairs], _unit(pairs))
    rows = tuple(
        (
            f"{p['a']} less {p['b']}",
            (
                Cell(*interval(p["difference"], step), key),
                Cell(percent(p["probability_a_lower"]), "", key),
            ),
        )
        for p in pairs
        for key in (tables.trail_key(p["a"], "less", p["b"]),)
    )
    note = "The ten pairs that differ least." if len(result["comparison"]["pairs"]) > 10 else ""
    return Table("Differences on shared draws", (unit, "first is lower in"), rows, note=note)


def _unit(pairs: Sequence[Mapping[str, Any]]) -> str:
    return str(pairs[0]["difference"]["unit"])


def crossing_lines(_result: Result, extras: Extras) -> list[str]:
    """Return when the cumulative emissions of one option pass those of another."""
    return list(extras.crossings)


def inventory_table(result: Result) -> Table:
    """Return totals by year with purchases counted when they are made; of many options the lowest."""
    order = (result["comparison"] or {}).get("order", tables.option_names(result))[:_SIDE_BY_SIDE]
    options = [option for option in result["options"] if option["name"] in order]
    found = [option["inventory"]["by_year"] for option in options]
    years = list(found[0])
    numbers = {year: [one.get(year, {}).get("gwp100") for one in found] for year in years}
    medians = [x["median"] for row in numbers.values() for x in row if x and x["median"] is not None]  # fmt: skip
    step, unit = common_scale(medians or [0.0], "kgCO2e")
    names = [option["name"] for option in options]
    rows = tuple(
        (
            year,
            tuple(
                tables.number_cell(number, step, tables.trail_key(name, "year", year))
                for name, number in zip(names, numbers[year], strict=True)
            ),
        )
        for year in years
    )
    title = f"Inventory view [{unit}]: purchases and disposal whole in their year"
    more = len(result["options"]) - len(options)
    note = f"{more} more options are in the result as JSON." if more else ""
    return Table(title, tuple(names), rows, note=note)


def apart_table(_result: Result) -> Table:
    """Return what is never part of a total, and how it is treated."""
    rows = (
        ("Offsets", "none is subtracted anywhere"),
        ("Certificates and contracts", "in the market-based account alone"),
        ("Recovery credits", "a stage of their own, never netted"),
        ("Biogenic and land-use emissions", "not told apart by the factors used"),
        ("Emissions avoided elsewhere", "not estimated"),
    )
    return _pairs("Apart from the total", rows, "treatment")


def limits(result: Result) -> Iterator[str]:
    """Yield what the reader may not conclude."""
    yield "Numbers hold for the functional unit, the boundary and the period stated, and for no other use."
    yield "Intervals hold what the inputs' uncertainty explains; the choice of methods is listed apart."
    yield from standards.claims(result)
    if result["fallbacks"]:
        yield "Options computed by different methods are compared: the ranking may rest on the method."
    if result["missing"]:
        yield "Some parts are not counted, as listed under the boundary; they are unknown, not zero."
    yield "First-order effects alone are counted: nothing is said about what the use of AI changes elsewhere."


def provenance_table(result: Result, command: str) -> Table:
    """Return what is needed to compute the same numbers again."""
    rows = (
        ("Scenario", result["scenario"]),
        ("Command", command),
        ("lca", result["lca_version"]),
        ("Inputs (SHA-256)", result["inputs_hash"]),
        ("Draws", str(result["samples"])),
        ("Seed", str(result["seed"])),
        ("Sampler", result["sampler"]),
    )
    return _pairs("Same inputs, same version, same seed: same numbers", rows, "value")


def cite(source: Mapping[str, str]) -> str:
    """Return a line of the bibliography."""
    seen = f" [{source['seen']}]" if source["seen"] not in {"", "opened"} else ""
    licence = f" Licence: {source['licence']}." if source["licence"] else ""
    url = f" {source['url']}" if source["url"] else ""
    return f"{source['key']}: {source['citation']}.{licence}{url}{seen}"


def attributions(result: Result) -> list[str]:
    """Return the lines that licences of the sources ask for."""
    return list(dict.fromkeys(s["attribution"] for s in result["sources"] if s["attribution"]))
