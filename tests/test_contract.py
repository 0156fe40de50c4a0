"""The contracts that programs rely on: result, list and scenario schemas, and their promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import lca
from lca import document
from lca.commands.schema import find, published
from lca.library import Library
from lca.library.models import KINDS
from lca.report import as_json, catalog, provenance
from lca.report.result import compare_result, run_result
from lca.scenario.models import Fleet
from lca.scenario.schema import field_docstrings, json_schema
from lca.terms import Factor

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
STATISTICS = {"central", "median", "mean", "p5", "p95", "unit"}

STUDY: dict[str, Any] = {
    "schema": "1",
    "title": "Contract",
    "functional_unit": ["EFLOP peak", "device year"],
    "period": "2027-2029",
    "indicators": ["gwp100", "water", "adp_elements", "primary_energy", "e_waste"],
    "sites": {"rome": {"region": "IT", "pue": "1.2", "contract": {
        "kind": "ppa", "share": "40%", "source": "wind"}}},
    "fleet": {"x": {"device": "nvidia-h100-sxm5-80gb", "count": 8, "lifetime": "6 years",
                    "site": "rome", "utilization": "60%"}},
    "base_name": "h100",
    "options": {"mi300x": {"fleet.x.device": "amd-instinct-mi300x"},
                "v6e": {"fleet.x.device": "google-tpu-v6e-trillium"}},
    "uncertainty": {"samples": 256, "seed": 1},
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    """Return a published schema, itself checked."""
    found: dict[str, Any] = json.loads(published()[name].read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return found


def complaints(name: str, data: object) -> list[str]:
    """Return what a schema finds wrong with data."""
    errors = Draft202012Validator(schema(name)).iter_errors(data)
    return [f"{list(error.path)}: {error.message[:200]}" for error in errors]


def result_of(study: dict[str, Any]) -> dict[str, Any]:
    """Return a comparison's result as a program reads it."""
    scenario = lca.load(study)
    text = as_json.render(compare_result(scenario, lca.compare(scenario)))
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Return the result of a study with gaps, contracts, fallbacks and all indicators."""
    return result_of(STUDY)


# The result


def test_a_comparison_keeps_the_contract(result: dict[str, Any]) -> None:
    """The result of a comparison is as the published schema says."""
    assert complaints("result", result) == []


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_example_scenario_keeps_the_contract(path: Path) -> None:
    """The result of running each packaged scenario is as the published schema says."""
    from lca.commands._shared import Settings
    from lca.commands.run import evaluate_options

    scenario = lca.load(path)
    ledgers = evaluate_options(scenario, Settings(samples=64, seed=0))
    made = run_result(scenario, ledgers, by=("stage", "year"))
    assert complaints("result", json.loads(as_json.render(made))) == []


def test_the_schema_can_refuse(result: dict[str, Any]) -> None:
    """A null without a reason, a probability above one and a missing key are found."""
    broken = json.loads(json.dumps(result))
    broken["options"][0]["total"]["gwp100"]["location"]["median"] = None
    broken["comparison"]["probability_best"]["h100"] = 1.2
    del broken["inputs_hash"]
    assert len(complaints("result", broken)) >= 3


def test_statistics_have_the_keys_of_the_contract(result: dict[str, Any]) -> None:
    """Totals hold both accounts, parts one number each, all with the same keys."""
    option = result["options"][0]
    assert set(option["total"]["gwp100"]["location"]) >= STATISTICS
    assert set(option["total"]["gwp100"]["market"]) >= STATISTICS
    assert set(option["by_stage"]["manufacture"]["gwp100"]) >= STATISTICS
    assert set(option["by_year"]["2027"]["gwp100"]) >= STATISTICS
    assert set(option["per_unit"]["gwp100"]["location"]) >= STATISTICS
    assert option["total"]["gwp100"]["location"]["unit"] == "kgCO2e"
    assert option["functional_unit"] == "EFLOP peak"


def test_a_contract_changes_the_market_account_alone(result: dict[str, Any]) -> None:
    """With electricity under contract the two accounts of a total differ."""
    total = result["options"][0]["total"]["gwp100"]
    assert total["location"]["median"] != pytest.approx(total["market"]["median"])


def test_stages_years_and_lines_add_up_to_the_total(result: dict[str, Any]) -> None:
    """Means add up exactly: by stage, by year and by line, for every option and indicator."""
    for option in result["options"]:
        for indicator in ("gwp100", "water"):
            total = option["total"][indicator]["location"]["mean"]
            for parts in (option["by_stage"], option["by_year"]):
                shares = [p[indicator]["mean"] or 0.0 for p in parts.values() if indicator in p]
                assert sum(shares) == pytest.approx(total)
            mine = [
                line["total"]["mean"]
                for line in result["lines"]
                if line["option"] == option["name"]
                and line["indicator"] == indicator
                and line["basis"] in {"both", "location"}
            ]
            assert sum(mine) == pytest.approx(total)


def test_per_unit_is_the_total_over_what_is_delivered(result: dict[str, Any]) -> None:
    """At the central values, total over units delivered is the number per unit."""
    for option in result["options"]:
        total = option["total"]["gwp100"]["market"]["central"]
        units = option["delivered"]["EFLOP peak"]["central"]
        assert option["per_unit"]["gwp100"]["market"]["central"] == pytest.approx(total / units)


def test_the_inventory_view_books_purchases_whole(result: dict[str, Any]) -> None:
    """Devices of six years' life bear half their making in three years, or all of it when bought."""
    option = result["options"][0]
    spread = option["by_stage"]["manufacture"]["gwp100"]["mean"]
    booked = option["inventory"]["total"]["gwp100"]["location"]["mean"]
    assert booked - option["total"]["gwp100"]["location"]["mean"] >= spread * 0.9


def test_a_missing_indicator_is_null_with_its_reason(result: dict[str, Any]) -> None:
    """What has no factor at all is null with a reason, never zero; a partial sum names what it lacks."""
    v6e = result["options"][2]
    operation = v6e["by_stage"]["operation"]["adp_elements"]
    assert operation["median"] is None
    assert operation["mean"] is None
    assert "no factor is packaged" in operation["reason"]
    partial = v6e["total"]["adp_elements"]
    assert any("die area" in text for text in partial["missing"])
    water = v6e["by_stage"]["operation"]["water"]
    assert water["median"] > 1000
    assert any("WUE" in text for text in water["missing"])


def test_an_indicator_without_any_line_is_null(small: dict[str, Any]) -> None:
    """A total of nothing is null with the reason of each gap, not zero."""
    scenario = lca.load(
        {
            "schema": 1,
            "period": "2027",
            "indicators": ["gwp100", "adp_elements"],
            "sites": {"here": {"region": "DE", "pue": "1.2"}},
            "work": {"run": {"it_energy": "10 MWh", "site": "here"}},
        }
    )
    made = run_result(scenario, [lca.evaluate(scenario, samples=10)])
    total = made["options"][0]["total"]["adp_elements"]
    assert total["location"]["median"] is None
    assert total["location"]["reason"]
    assert complaints("result", json.loads(as_json.render(made))) == []


def test_comparison_states_all_pairs_and_shares(result: dict[str, Any]) -> None:
    """Probabilities of being best add up to one; every pair is there once; order is by median."""
    found = result["comparison"]
    assert sum(found["probability_best"].values()) == pytest.approx(1)
    assert {(p["a"], p["b"]) for p in found["pairs"]} == {
        ("h100", "mi300x"), ("h100", "v6e"), ("mi300x", "v6e"),
    }  # fmt: skip
    medians = [found["values"][name]["median"] for name in found["order"]]
    assert medians == sorted(medians)
    for shares in found["ranks"].values():
        assert sum(shares) == pytest.approx(1)
    assert found["verdict"].startswith(found["order"][0])
    assert sum(found["methods"]["lowest"].values()) == found["methods"]["combinations"]


def test_every_source_of_a_line_is_in_the_bibliography(result: dict[str, Any]) -> None:
    """Each key that a line cites is listed with a citation; none is listed for nothing."""
    cited = {key for line in result["lines"] for key in line["sources"]}
    listed = {source["key"]: source for source in result["sources"]}
    assert cited <= set(listed)
    known = Library().sources
    assert [key for key in listed if key not in known] == []


def test_every_assumption_is_listed_with_its_reason(result: dict[str, Any]) -> None:
    """What nobody published is listed, the defaults of the package included."""
    listed = {entry["identity"]: entry for entry in result["assumptions"]}
    assert "defaults/idle_fraction" in listed
    assert "measure it" in listed["defaults/idle_fraction"]["note"]
    assert all(entry["options"] for entry in listed.values())


def test_a_number_cited_to_an_assumption_is_assumed() -> None:
    """A source that is itself an assumption makes its numbers assumed, whatever they call themselves."""
    cited = {
        Factor("a", 1.0, "kg", identity="a", source="lca-assumption", quality="declared"): ["x"],
        Factor("b", 1.0, "kg", identity="b", source="nvidia-hgx-h100-pcf", quality="declared"): [
            "x"
        ],
        Factor("c", 1.0, "kg", identity="c", source="nvidia-hgx-h100-pcf", quality="assumed"): [
            "x"
        ],
    }
    found = provenance.assumptions(cited, Library())
    assert [entry["identity"] for entry in found] == ["a", "c"]


def test_a_fallback_is_named_in_the_result(result: dict[str, Any]) -> None:
    """An option computed by another model than the rest is named."""
    assert any("google-tpu-v6e-trillium" in text for text in result["fallbacks"])
    assert "methods are mixed" in result["comparison"]["verdict"]


# Determinism


def test_same_inputs_and_seed_give_the_same_bytes() -> None:
    """Two evaluations of one scenario with one seed are equal to the byte."""
    assert as_json.render(result_of(STUDY)) == as_json.render(result_of(STUDY))


def test_the_hash_tells_inputs_apart(result: dict[str, Any]) -> None:
    """Another seed keeps the hash of the inputs; another value in the scenario changes it."""
    seeded = result_of(STUDY | {"base_name": "h100"})
    assert seeded["inputs_hash"] == result["inputs_hash"]
    fleet = {"x": {**STUDY["fleet"]["x"], "utilization": "61%"}}
    assert result_of(STUDY | {"fleet": fleet})["inputs_hash"] != result["inputs_hash"]


def test_the_hash_tells_data_apart(result: dict[str, Any], tmp_path: Path) -> None:
    """The same scenario on another database has another hash: a changed device is another input."""
    name = "nvidia-h100-sxm5-80gb"
    text = (ROOT / f"hardware_db/gpu/{name}.yaml").read_text("utf-8")
    (tmp_path / "gpu").mkdir()
    (tmp_path / f"gpu/{name}.yaml").write_text(text.replace("814 mm2", "815 mm2"), "utf-8")
    scenario = lca.load(STUDY, db=(tmp_path,))
    made = compare_result(scenario, lca.compare(scenario, methods=False))
    assert made["inputs_hash"] != result["inputs_hash"]


# The lists


@pytest.mark.parametrize("kind", [*KINDS, *catalog.OTHER_KINDS])
def test_every_list_keeps_the_contract(kind: str) -> None:
    """What `lca list KIND --json` prints is as the published schema says, each id once."""
    found = json.loads(as_json.dump(catalog.records(kind, Library())))
    assert complaints("list", found) == []
    ids = [record["id"] for record in found]
    assert len(ids) == len(set(ids))


# The scenario


def test_the_published_scenario_schema_is_the_models_own() -> None:
    """The file is what the model gives now (`lca schema > lca/schemas/scenario.schema.json`)."""
    assert schema("scenario") == json.loads(json.dumps(json_schema()))
    assert find("scenario") == json_schema()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_scenario_schema_accepts_every_example(path: Path) -> None:
    """What the toolkit accepts, an editor with this schema accepts."""
    assert complaints("scenario", document.read(path).data) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"perid": "2027"},
        {"role": "owner"},
        {"fleet": {"x": {"device": "h100"}}},
        {"sites": {"a": {"region": "DE", "pue": ["1.2"]}}},
    ],
)
def test_the_scenario_schema_refuses_what_the_toolkit_refuses(wrong: dict[str, Any]) -> None:
    """An unknown key, an unknown name, a missing key and a wrong shape are marked in the editor."""
    assert complaints("scenario", {**STUDY, **wrong})


def test_the_scenario_schema_describes_its_fields() -> None:
    """Descriptions are the docstrings below the fields."""
    fleet = json_schema()["$defs"]["Fleet"]["properties"]
    assert fleet["count"]["description"] == field_docstrings(Fleet)["count"]
    assert fleet["count"]["description"].startswith("Devices bought")


@pytest.mark.parametrize("name", ["scenario", "result", "list"])
def test_every_contract_is_published(name: str) -> None:
    """`lca schema NAME` finds each contract."""
    assert name in published()
