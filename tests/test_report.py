"""What a report says: words, numbers that fit and are never cut, and nothing hidden."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import lca
from lca import report
from lca.errors import DocumentError, GateFailed, UnitError
from lca.report import (
    as_json,
    catalog,
    csv_table,
    gate,
    markdown,
    sentences,
    tables,
    terminal,
    wording,
)
from lca.report.result import compare_result, run_result

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
DEVICES = (
    "nvidia-h100-sxm5-80gb",
    "amd-instinct-mi300x",
    "google-tpu-v6e-trillium",
    "nvidia-h200-sxm-141gb",
    "nvidia-b200-sxm-180gb",
    "nvidia-a100-sxm4-80gb",
)


def study(*devices: str, **changes: Any) -> dict[str, Any]:
    """Return a scenario of some devices at one place."""
    first, *others = devices
    return {
        "schema": "1",
        "title": "Study",
        "functional_unit": ["EFLOP peak", "device year"],
        "period": "2027-2029",
        "indicators": ["gwp100", "water", "adp_elements"],
        "sites": {"paris": {"region": "FR", "pue": "1.2"}},
        "fleet": {
            "x": {
                "device": first,
                "count": 8,
                "lifetime": "3 years",
                "site": "paris",
                "utilization": "60%",
            }
        },
        "base_name": first,
        "options": {name: {"fleet.x.device": name} for name in others},
        "uncertainty": {"samples": 256, "seed": 1},
    } | changes


def compared(*devices: str, **changes: Any) -> dict[str, Any]:
    """Return the result of comparing some devices."""
    scenario = lca.load(study(*devices, **changes))
    return compare_result(scenario, lca.compare(scenario))


@pytest.fixture(scope="module")
def three() -> dict[str, Any]:
    """Return the comparison of three devices."""
    return compared(*DEVICES[:3])


# Words


@pytest.mark.parametrize(
    ("unit", "spoken"),
    [
        ("gCO2e/(EFLOP peak)", "gCO2e per EFLOP peak"),
        ("kgCO2e/(device year)", "kgCO2e per device year"),
        ("kgCO2e/(kg*km)", "kgCO2e/(kg*km)"),
        ("kgCO2e/kWh", "kgCO2e/kWh"),
        ("kWh", "kWh"),
    ],
)
def test_units_are_written_as_they_are_spoken(unit: str, spoken: str) -> None:
    """A functional unit in brackets is said with "per"; physical units stay as they are."""
    assert wording.say_unit(unit) == spoken


@pytest.mark.parametrize(
    ("name", "identity", "words"),
    [
        ("source_spread", "generation/lifecycle/nuclear", "life-cycle emissions of nuclear power"),
        ("family_factor", "storage-family-nand", "carbon per GB of flash storage"),
        ("host_power", "oam-8-gpu/power/busy", "busy power of oam-8-gpu"),
        ("pue", "sites.lulea.pue", "PUE of lulea"),
        ("utilization", "fleet.chat.utilization", "utilization of chat"),
        ("thermal_design_power", "x/power/tdp", "rated power (TDP) of x"),
        ("packaging_ratio", "freight/packaging_ratio", "packaging ratio"),
    ],
)
def test_factors_have_names_a_buyer_knows(name: str, identity: str, words: str) -> None:
    """What decides a comparison is said in words, not by the key of its draws."""
    assert wording.name_factor(name, identity) == words


def test_no_driver_is_named_by_its_key(three: dict[str, Any]) -> None:
    """No name of a driver or an assumption holds a slash or an underscore."""
    named = [d["what"] for d in three["comparison"]["decides"]["drivers"]]
    named += [entry["what"] for entry in three["assumptions"]]
    assert named
    assert [name for name in named if "/" in name or "_" in name] == []


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "<0.1%"),
        (1.0, ">99.9%"),
        (0.004, "0.4%"),
        (0.5, "50%"),
        (0.73, "73%"),
        (0.996, "99.6%"),
    ],
)
def test_probabilities_never_claim_certainty(share: float, text: str) -> None:
    """A share of draws of none or all is given as a bound."""
    assert wording.percent(share) == text


def test_numbers_have_two_figures_and_their_interval() -> None:
    """A result is said as its median with the 90 % interval, in a unit that reads well."""
    statistics = {"central": 1200, "median": 1234.0, "p5": 987.0, "p95": 1567.0, "unit": "kgCO2e"}
    assert wording.in_words(statistics) == "1.2 (0.99–1.6) tCO2e"


def test_a_number_that_does_not_exist_says_why() -> None:
    """A number without a value is told with its reason, not as zero."""
    statistics = {"median": None, "p5": None, "p95": None, "unit": "L", "reason": "no factor"}
    assert wording.in_words(statistics) == "not available: no factor"
    assert wording.interval(statistics) == ("n/a", "")


def test_a_number_that_rounds_up_keeps_two_figures() -> None:
    """0.0998 is 0.10, not 0.100."""
    ends = {"p5": 0.0998, "p95": 9.98, "unit": "MWh"}
    assert wording.interval({"median": 0.5, **ends}) == ("0.50", "0.10–10")


def test_an_interval_below_zero_is_not_written_with_a_dash() -> None:
    """A credit's interval cannot be misread: its ends have signs, and "to" between them."""
    statistics = {"median": -0.5, "p5": -1.0, "p95": 0.2, "unit": "kgCO2e"}
    assert wording.interval(statistics) == ("−0.50", "−1.0 to 0.20")


def test_greenhouse_gases_are_always_reported() -> None:
    """A scenario that asks for water alone gets greenhouse gases beside it, gaps included."""
    result = compared(*DEVICES[:2], indicators=["water"])
    assert result["indicators"] == ["gwp100", "water"]
    assert result["options"][0]["by_stage"]["manufacture"]["gwp100"]["median"] > 100


def test_a_point_estimate_is_called_one() -> None:
    """Without draws no table speaks of a median or an interval."""
    text = terminal.render(compared(*DEVICES[:2], uncertainty={"samples": 0}))
    assert "central estimate" in text
    assert "90% interval" not in text


def test_stages_stand_in_the_order_of_life(three: dict[str, Any]) -> None:
    """Manufacture comes before transport, operation and end of life."""
    names = [name for name, _ in tables.stage_table(three).rows]
    assert names == ["manufacture", "transport", "operation", "end of life", "all stages"]


# Tables


def test_the_lowest_option_is_marked_and_the_order_is_that_of_the_scenario(
    three: dict[str, Any],
) -> None:
    """Options stand in the order given; the one with the lowest median is marked."""
    table = tables.stage_table(three)
    assert table.columns == DEVICES[:3]
    medians = [three["comparison"]["values"][name]["median"] for name in DEVICES[:3]]
    assert table.lowest_column == medians.index(min(medians))
    assert table.columns[table.lowest_column] == three["comparison"]["order"][0]


def test_many_options_stand_one_a_row() -> None:
    """More than four options are rows, and the lowest is marked there."""
    result = compared(*DEVICES)
    table = tables.stage_table(result)
    assert [name for name, _ in table.rows] == list(DEVICES)
    assert table.lowest_row is not None
    assert table.rows[table.lowest_row][0] == result["comparison"]["order"][0]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_terminal_fits_80_columns_and_cuts_no_number(count: int) -> None:
    """However many options, no line is wider than the terminal, and every number is whole."""
    result = compared(*DEVICES[:count])
    text = terminal.render(result, 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    printed = text.split()
    for _, cells in tables.stage_table(result).rows:
        assert all(cell.text in printed for cell in cells)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_terminal_cuts_no_number(three: dict[str, Any], width: int) -> None:
    """In a narrow terminal tables get taller or wider, but numbers stay whole."""
    text = terminal.render(three, width)
    assert "…" not in text.replace("… and", "")
    for _, cells in (*tables.stage_table(three).rows, *tables.total_table(three).rows):
        for cell in cells:
            assert cell.text in text
            assert cell.between in text


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_example_scenario_reads_at_80_columns(path: Path) -> None:
    """The report of each packaged scenario fits the terminal."""
    from lca.commands._shared import Settings
    from lca.commands.run import evaluate_options

    scenario = lca.load(path)
    ledgers = evaluate_options(scenario, Settings(samples=64, seed=0))
    text = terminal.render(run_result(scenario, ledgers, full=False), 80)
    assert max(len(line) for line in text.splitlines()) <= 80


def test_what_lacks_a_part_is_marked(three: dict[str, Any]) -> None:
    """A number without all its parts carries a mark, and the mark is explained below the table."""
    table = tables.total_table(three)
    water = next(cells for name, cells in table.rows if name.startswith("water"))
    assert all(cell.text.endswith("*") for cell in water)
    assert "not counted" in table.note
    whole = next(cells for name, cells in table.rows if name.startswith("IT energy"))
    assert not any(cell.text.endswith("*") for cell in whole)


def test_probabilities_of_a_pair_add_up_to_one(three: dict[str, Any]) -> None:
    """What the table says of A below B and of B below A is one statement."""
    table = tables.probability_table(compared(*DEVICES[:2], uncertainty={"samples": 400}))
    assert table is not None
    first, second = (cells for _, cells in table.rows)
    shares = [float(cell.text.strip("<>%")) for cell in (first[1], second[0])]
    assert sum(shares) == pytest.approx(100, abs=1)


def test_another_functional_unit_that_turns_the_ranking_is_told() -> None:
    """Where per device year another option is lowest than per peak work, the report says so."""
    result = compared("nvidia-h100-sxm5-80gb", "nvidia-tesla-t4")
    values = {
        unit: [o[unit]["location"]["median"] for o in _units(result, unit)]
        for unit in ("EFLOP peak", "device year")
    }
    assert values["EFLOP peak"][0] < values["EFLOP peak"][1]
    assert values["device year"][0] > values["device year"][1]
    assert any("Per device year nvidia-tesla-t4" in x for x in sentences.other_unit_lines(result))


def _units(result: dict[str, Any], unit: str) -> list[dict[str, Any]]:
    key = "per_unit" if unit == result["options"][0]["functional_unit"] else "per_other_unit"
    found = [o[key] if key == "per_unit" else o[key][unit] for o in result["options"]]
    return [{unit: entry["gwp100"]} for entry in found]


def test_markup_is_text_in_the_terminal() -> None:
    """What a user writes is never taken for the terminal's markup."""
    result = compared(*DEVICES[:2], title="[red]x[/red]")
    assert terminal.render(result).startswith("[red]x[/red]\n")


def test_central_and_median_are_told_apart(three: dict[str, Any]) -> None:
    """Where central estimate and median differ by more than a tenth, one line says it."""
    changed = json.loads(as_json.render(three))
    for option in changed["options"]:
        found = option["per_unit"]["gwp100"]["location"]
        found["central"] = found["median"] * 1.05
    assert sentences.central_lines(changed) == []
    found["central"] = found["median"] * 1.2
    assert len(sentences.central_lines(changed)) == 1
    assert DEVICES[2] in sentences.central_lines(changed)[0]


# Formats


def test_formats_are_the_files_of_the_folder() -> None:
    """A module with a suffix is a format; the nearest is named for one that does not exist."""
    assert {".json", ".csv", ".md"} <= set(report.formats())
    with pytest.raises(DocumentError, match=r"no report format \.jso"):
        report.find_format("x.jso")


@pytest.mark.parametrize("suffix", sorted(report.formats()))
def test_every_format_renders_a_run_and_a_comparison(suffix: str, three: dict[str, Any]) -> None:
    """Each format takes any result: with and without a comparison, and says each option's name."""
    for result in (three, {**three, "comparison": None}):
        made = report.formats()[suffix](result)
        text = made.decode("latin-1") if isinstance(made, bytes) else made
        if not isinstance(made, bytes):
            assert all(name in text.replace("\\", "") for name in DEVICES[:3])


def test_csv_lines_add_up_to_the_totals(three: dict[str, Any]) -> None:
    """The means of the lines of an option on one account add up to its total."""
    rows = list(csv.DictReader(io.StringIO(csv_table.render(three))))
    for number, name in enumerate(DEVICES[:3]):
        mine = [
            float(row["mean"])
            for row in rows
            if row["option"] == name
            and row["indicator"] == "gwp100"
            and row["basis"] in {"both", "location"}
        ]
        total = three["options"][number]["total"]["gwp100"]["location"]["mean"]
        assert sum(mine) == pytest.approx(total)


def test_csv_text_is_no_formula() -> None:
    """A name that a spreadsheet would run is written as text; negative numbers stay numbers."""
    assert csv_table.safe("=1+1") == "'=1+1"
    assert csv_table.safe(-1.5) == -1.5


def test_markdown_lists_sources_assumptions_and_attribution(three: dict[str, Any]) -> None:
    """A report that is passed on names every source, assumption and attribution line."""
    text = markdown.render(three).replace("\\", "")
    for source in three["sources"]:
        assert source["key"] in text
        assert " ".join(source["attribution"].split()) in text
    for entry in three["assumptions"]:
        assert entry["what"] in text
    for gap in three["missing"]:
        assert gap["reason"] in text


def test_markdown_tables_are_whole(three: dict[str, Any]) -> None:
    """Every row of a Markdown table has as many cells as its heading."""
    blocks = [b for b in markdown.render(three).split("\n\n") if b.startswith("| |")]
    assert len(blocks) >= 3
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1


def test_markdown_escapes_what_a_user_wrote() -> None:
    """A title cannot break the document or bring markup of its own."""
    assert markdown.plain("a|b <i> *x* _y_ [z]\n# h") == r"a\|b \<i\> \*x\* \_y\_ \[z\] \# h"


def test_ccby_sources_have_an_attribution_line(three: dict[str, Any]) -> None:
    """A licence that asks for attribution gets a line, even where the bibliography has none."""
    asked = [s for s in three["sources"] if s["licence"].startswith("CC BY")]
    assert asked
    assert [s["key"] for s in asked if not s["attribution"]] == []


# Gates


def test_a_limit_reads_its_unit() -> None:
    """A limit is converted to the indicator's own unit."""
    assert gate.read("gwp100 > 2 tCO2e").limit == pytest.approx(2000)
    with pytest.raises(UnitError):
        gate.read("gwp100 > 2 kWh")


def test_a_limit_holds_or_is_crossed_by_the_median(three: dict[str, Any]) -> None:
    """A limit just above the largest median holds; just below it, that option is named."""
    medians = {o["name"]: o["total"]["gwp100"]["location"]["median"] for o in three["options"]}
    worst = max(medians, key=lambda name: medians[name])
    gate.check(three, [gate.read(f"gwp100 > {medians[worst] * 1.001} kgCO2e")])
    with pytest.raises(GateFailed, match=worst) as caught:
        gate.check(three, [gate.read(f"gwp100 > {medians[worst] * 0.999} kgCO2e")])
    assert str(caught.value).count("gwp100 is") == 1


# Catalog


def test_database_values_read_in_their_own_units() -> None:
    """Power is shown in watts, rates in TFLOP/s, as data sheets write them."""
    exact = {"value": 0.7, "p5": 0.7, "p95": 0.7, "unit": "kW"}
    assert catalog.say_number(exact) == "700 W"
    assert catalog.say_number(None) == ""
    range_ = {"value": 1.0, "p5": 0.748324, "p95": 1.50379, "unit": "kW"}
    assert catalog.say_number(range_) == "1 (0.75–1.5) kW"
