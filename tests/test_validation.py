"""The published record: how cases are read, what the rules derive, and what the bars are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lca.cli import main
from lca.errors import InputError
from lca.validation.cases import held_out, packaged, read_cases
from lca.validation.facts import facts_of
from lca.validation.names import read_name
from lca.validation.page import rendered
from lca.validation.picture import picture
from lca.validation.report import BAR, STRICT, as_data
from lca.validation.scoring import Score, score_case, score_cases

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def scores() -> tuple[Score, ...]:
    """Return the packaged cases scored."""
    return score_cases(packaged())


def case_file(folder: Path, inputs: dict[str, Any], published: dict[str, Any], **more: Any) -> Path:
    """Write a file with one case and return its path."""
    entry = {
        "id": "one",
        "kind": "training",
        "subkind": "energy_and_carbon",
        "status": "complete",
        "expect": "match",
        "source": {"identifier": "a test"},
        "inputs": {name: quantity(value) for name, value in inputs.items()},
        "published": [
            {"quantity": name, "target": True, **quantity(value)}
            for name, value in published.items()
        ],
        "tolerance": {"rel": 0.001},
        **more,
    }
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump({"cases": [entry]}, sort_keys=False), encoding="utf-8")
    return path


def quantity(value: Any) -> Any:
    """Return a written quantity: "3 kWh" or a plain number; anything else as it is."""
    if isinstance(value, str):
        number, unit = value.split(" ", 1)
        return {"value": float(number), "unit": unit}
    return {"value": value, "unit": "dimensionless"} if isinstance(value, int | float) else value


def scored(folder: Path, inputs: dict[str, Any], published: dict[str, Any], **more: Any) -> Score:
    """Return one case of a file scored on its own."""
    return score_case(read_cases(case_file(folder, inputs, published, **more))[0])


def computed(score: Score) -> list[float | None]:
    """Return the computed figures of a score."""
    return [target.computed for target in score.targets]


def test_packaged_targets_meet_the_bar(scores: tuple[Score, ...]) -> None:
    """At least 95 % of the targets that must match are within the tolerance of their case."""
    wanted = [
        target.within
        for score in scores
        if score.case.status in STRICT
        for target in score.targets
        if target.published.target
    ]
    assert wanted.count(True) >= BAR * len(wanted)


def test_wrong_values_are_flagged(scores: tuple[Score, ...]) -> None:
    """Every case that contradicts itself is flagged, and no wrong value is reproduced in silence."""
    broken = [score for score in scores if score.case.status == "inconsistent_as_published"]
    assert [score.case.id for score in broken if not score.flags] == []
    assert [score.case.id for score in scores if score.failed] == []


def test_intervals_cover_and_say_something(scores: tuple[Score, ...]) -> None:
    """Every predicted interval holds what was published and is no wider than a factor of four."""
    asked = [score for score in scores if score.case.expect == "interval_contains"]
    wide = [t for score in asked for t in score.targets if t.published.target and t.low is not None]
    assert [target.published.known.name for target in wide if not target.covered] == []
    assert wide


def test_consistent_cases_are_not_flagged(scores: tuple[Score, ...]) -> None:
    """A check that cries at a complete case would be worth nothing."""
    assert [s.case.id for s in scores if s.case.status == "complete" and s.flags] == []


def test_other_names_give_the_same_answer(tmp_path: Path) -> None:
    """Names are read by their words: nodes x devices x hours is device-hours under any of them."""
    inputs = {
        "node_count": 16,
        "gpus_per_node": 8,
        "duration": "100 hour",
        "gpu_power": "400 W",
        "pue": 1.1,
        "carbon_intensity": "400 g/kWh",
    }
    printed = {"gpu_hours": "12800 hour", "energy_it": "5120 kWh", "co2e": "2.2528 t"}
    assert scored(tmp_path, inputs, printed).status == "match"


def test_marks_choose_their_own_inputs(tmp_path: Path) -> None:
    """A figure for one place takes the factor of that place."""
    inputs = {"energy": "100 kWh", "intensity_best": "50 g/kWh", "intensity_worst": "400 g/kWh"}
    score = scored(tmp_path, inputs, {"co2e_best": "5 kg", "co2e_worst": "40 kg"})
    assert score.status == "match"


def test_marks_that_nothing_speaks_of_are_refused(tmp_path: Path) -> None:
    """A figure of something else is unsupported, not taken for the plain one."""
    inputs = {"energy": "100 kWh", "grid_intensity": "0.4 kg/kWh"}
    score = scored(tmp_path, inputs, {"co2e_avoided": "40 kg"})
    assert score.status == "unsupported"
    assert "avoided" in score.targets[0].missing


def test_pue_counts_once_over_a_list(tmp_path: Path) -> None:
    """The energy of several stages contains the PUE once."""
    stages = [
        {"name": "first", "device_hours": 100, "power_W": 400},
        {"name": "second", "device_hours": 200, "power_W": 500},
    ]
    inputs = {"stages": stages, "pue": 1.1, "grid_intensity": "0.5 kg/kWh"}
    score = scored(tmp_path, inputs, {"energy": "154 kWh", "co2e": "77 kg"})
    assert computed(score) == pytest.approx([154.0, 77.0])


def test_market_based_zero_needs_a_contract(tmp_path: Path) -> None:
    """Without a word about matching, a market-based zero is not computed."""
    inputs = {"energy": "100 MWh", "grid_intensity": "0.4 kg/kWh"}
    printed = {"co2e_market_based": "0 t"}
    assert scored(tmp_path, inputs, printed).status == "unsupported"
    matched = scored(tmp_path, {**inputs, "renewable_matching": 1.0}, printed)
    assert computed(matched) == [0.0]


def test_unknown_inputs_are_told(tmp_path: Path) -> None:
    """An input whose name means nothing is reported by its name."""
    inputs = {"energy": "100 kWh", "grid_intensity": "0.4 kg/kWh", "zorbs": 3}
    assert scored(tmp_path, inputs, {"co2e": "40 kg"}).unknown == ("zorbs",)


def test_inputs_read_by_their_unit_alone_and_not_used_are_unknown(tmp_path: Path) -> None:
    """A unit may tell what a strange name is; where nothing comes of it the name is reported."""
    inputs = {"energy": "100 kWh", "grid_intensity": "0.4 kg/kWh", "flux_capacitance": "3 W"}
    assert scored(tmp_path, inputs, {"co2e": "40 kg"}).unknown == ("flux_capacitance",)


def test_pue_counts_once_for_each_call(tmp_path: Path) -> None:
    """Energy, CO2e and a year of calls follow from the IT energy of each with one PUE."""
    inputs = {"energy_per_prompt_it": "0.3 Wh", "pue": 1.1, "grid_intensity": "100 g/kWh"}
    printed = {"energy_per_prompt": "0.33 Wh", "co2e_per_prompt": "0.033 g"}
    score = scored(
        tmp_path, {**inputs, "prompts_per_day": 1e6}, {**printed, "co2e_per_year": "12.045 t"}
    )
    assert computed(score) == pytest.approx([0.33, 0.033, 12.045])


def test_mean_power_beside_device_hours_is_that_of_a_device(tmp_path: Path) -> None:
    """Device hours multiply with the power of one device, whether or not they are counted."""
    inputs = {"avg_power": "400 W", "gpu_hours": "32000 hour", "gpu_count": 64}
    assert computed(scored(tmp_path, inputs, {"energy": "12.8 MWh"})) == pytest.approx([12.8])


def test_utilization_beside_a_rated_power_scales_it(tmp_path: Path) -> None:
    """With no life to spread and no peak to share, a utilization is that of the rated power."""
    inputs = {"tdp": "700 W", "utilization": 0.6, "gpu_hours": "1000 hour"}
    assert computed(scored(tmp_path, inputs, {"energy": "420 kWh"})) == pytest.approx([420.0])


@pytest.mark.parametrize("made", ["manufacturing", "manufacturing_footprint"])
def test_a_total_has_the_use_of_a_life_and_the_making(tmp_path: Path, made: str) -> None:
    """A total of a product is never the making alone where its use can be computed."""
    inputs = {"annual_energy": "1000 kWh", "lifetime": "4 year", "grid_intensity": "0.3 kg/kWh"}
    score = scored(tmp_path, {**inputs, made: "500 kg"}, {"co2e_total": "1700 kg"}, kind="hardware")
    assert computed(score) == pytest.approx([1700.0])


def test_pue_on_an_energy_of_the_facility_is_pue_twice(tmp_path: Path) -> None:
    """A result one PUE above the facility's energy is told as that, not as another grid factor."""
    inputs = {"facility_energy": "500 MWh", "pue": 1.25, "grid_intensity": "0.4 kg/kWh"}
    score = scored(tmp_path, inputs, {"co2e": "250 t"})
    assert [flag.code for flag in score.flags] == ["pue-twice"]


def test_amounts_in_names_are_never_passed_over(tmp_path: Path) -> None:
    """An energy of a thousand calls is divided by a thousand before it is multiplied by calls."""
    inputs = {"energy_per_1000_queries": "2 kWh", "queries": 5_000_000, "pue": 1.2}
    score = scored(tmp_path, inputs | {"grid_intensity": "0.3 kg/kWh"}, {"co2e": "3.6 t"})
    assert computed(score) == pytest.approx([3.6])


def test_market_factor_serves_the_market_line_only(tmp_path: Path) -> None:
    """Two grid factors give two lines: the location's gross, the market's beside it."""
    inputs = {
        "energy_facility": "100 MWh",
        "grid_intensity_location": "0.4 kg/kWh",
        "grid_intensity_market": "0.02 kg/kWh",
    }
    printed = {"co2e_location_based": "40 t", "co2e_market_based": "2 t"}
    assert scored(tmp_path, inputs, printed).status == "match"


def test_order_of_inputs_changes_nothing(scores: tuple[Score, ...]) -> None:
    """The same inputs in reverse give the same answers; a ratio of two groups has its own order."""
    turned = score_cases(
        [replace(case, inputs=dict(reversed(case.inputs.items()))) for case in packaged()]
    )
    for plain, other in zip(scores, turned, strict=True):
        if plain.case.subkind != "comparison":
            assert computed(other) == pytest.approx(computed(plain), nan_ok=True), plain.case.id


def test_strange_units_are_told(tmp_path: Path) -> None:
    """A unit that the registry does not know costs its figure, not the whole file."""
    inputs = {"energy": "100 kWh", "pue": "1.2 wats", "grid_intensity": "0.4 kg/kWh"}
    score = scored(tmp_path, inputs, {"co2e": "40 kg", "price": "3 florins"})
    assert score.unknown == ("pue",)
    assert "florins" in score.targets[1].missing


def test_mappings_are_groups(tmp_path: Path) -> None:
    """Members of a mapping are told apart by their keys, as those of a list by their names."""
    runs = {"small": {"energy_MWh": 10}, "large": {"energy_MWh": 40}}
    inputs = {"runs": runs, "grid_intensity": "0.5 kg/kWh"}
    score = scored(tmp_path, inputs, {"co2e_large": "20 t", "co2e": "25 t", "energy_ratio": 0.25})
    assert computed(score) == pytest.approx([20.0, 25.0, 0.25])


def test_interval_of_an_input_is_carried(tmp_path: Path) -> None:
    """The ends of an input become the ends of the answer."""
    power = {"value": 375, "unit": "W", "low": 350, "high": 400}
    inputs = {"device_hours": "1000 hour", "device_power": power}
    score = scored(tmp_path, inputs, {"energy_it": "390 kWh"}, expect="interval_contains")
    target = score.targets[0]
    assert (target.low, target.high) == pytest.approx((350.0, 400.0))
    assert score.status == "covered"


def test_boundary_read_otherwise_is_flagged(tmp_path: Path) -> None:
    """A result that follows only if the energy holds the PUE already is never a plain match."""
    inputs = {"energy": "100 kWh", "pue": 1.2, "grid_intensity": "0.5 kg/kWh"}
    assert scored(tmp_path, inputs, {"co2e": "60 kg"}).status == "match"
    assert scored(tmp_path, inputs, {"co2e": "50 kg"}).status == "flagged"


@pytest.mark.parametrize(
    ("name", "unit", "base", "marks"),
    [
        ("avg_system_power_per_device", "W", "device_power", set()),
        ("grid_intensity_gross", "kg/kWh", "grid_intensity", {"gross"}),
        ("request_water_total", "L", "water", {"request"}),
        ("gpu", "W", "power", {"gpu"}),
        ("gpus", "", "device_count", set()),
    ],
)
def test_names_are_read_with_their_unit(name: str, unit: str, base: str, marks: set[str]) -> None:
    """The longest phrase of the right dimension says what a figure is; the rest are marks."""
    term, _ = read_name(name, unit)
    assert (term.base, term.marks) == (base, frozenset(marks))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "trainning"}, "training"),
        ({"status": "finished"}, "accepted: complete"),
        ({"tolerance": {}}, "tolerance"),
        ({"inputs": {"power": {"value": "much", "unit": "W"}}}, "not a number"),
        ({"inputs": {"power": {"value": 3}}}, "needs a unit"),
    ],
)
def test_mistakes_are_told_by_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """A case that breaks the schema is refused with its line and what is accepted."""
    path = case_file(tmp_path, change.pop("inputs", {}), {"energy": "1 kWh"}, **change)
    with pytest.raises(InputError) as caught:
        read_cases(path)
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.line


def test_json_keeps_its_schema(scores: tuple[Score, ...]) -> None:
    """What programs read is what the schema says."""
    file = ROOT / "lca" / "schemas" / "validation.schema.json"
    jsonschema.validate(json.loads(json.dumps(as_data(scores))), json.loads(file.read_text()))


def test_command_scores_chosen_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """``--only`` prints one case."""
    assert main(["validate", "--published", "--only", "train-sam", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [case["id"] for case in found["cases"]] == ["train-sam"]
    assert found["cases"][0]["targets"][0]["within"] is True


def test_command_refuses_a_case_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is no case is refused with the nearest one."""
    assert main(["validate", "--published", "--only", "train-sm"]) == 3
    assert "train-sam" in capsys.readouterr().err


def test_every_packaged_case_names_its_source() -> None:
    """A figure without a source would be hearsay."""
    for case in packaged():
        assert case.source.get("identifier"), case.id
        assert case.source.get("authors"), case.id


def test_every_input_becomes_a_fact_or_a_label() -> None:
    """No input of the packaged cases is lost between the file and the rules."""
    for case in packaged():
        facts = facts_of(case)
        told = {f.name.split(".")[0].split("[")[0] for f in facts.facts} | set(facts.unknown)
        told |= {name.split(".")[0].split("[")[0] for name in facts.labels}
        assert set(case.inputs) <= told | {"windows"}, case.id


def test_page_is_what_the_cases_give_now(scores: tuple[Score, ...]) -> None:
    """The table of the manual is written by the command, never by hand."""
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert rendered(page, scores, score_cases(held_out())) == page


def test_picture_has_a_dot_for_each_target(scores: tuple[Score, ...]) -> None:
    """Every computed target above zero, in a unit of the axes, is one titled dot."""
    drawn = picture(scores)
    assert drawn == (ROOT / "docs" / "validation.svg").read_text(encoding="utf-8")
    assert "<title>train-sam: energy</title>" in drawn


def test_missing_series_is_named(scores: tuple[Score, ...]) -> None:
    """A case that needs a series says which."""
    nightly = next(score for score in scores if score.case.id == "dec-lwa-nightly-france")
    assert nightly.status == "unsupported"
    assert "fr_ci.csv" in nightly.targets[0].missing
