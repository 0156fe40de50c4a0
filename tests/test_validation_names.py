"""Cases by other authors: other names, units and boundaries, and what cannot be told from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lca.cli import main
from lca.errors import InputError
from lca.validation.cases import held_out, read_cases
from lca.validation.scoring import Score, score_case, score_cases


def quantity(text: str) -> dict[str, Any]:
    """Return "3 kWh" as a quantity; a number alone is dimensionless, a word a label."""
    number, _, unit = text.partition(" ")
    try:
        return {"value": float(number), "unit": unit or "dimensionless"}
    except ValueError:
        return {"value": text, "unit": "name"}


def scored(folder: Path, inputs: dict[str, str], printed: dict[str, str], /, **more: Any) -> Score:
    """Return one made-up case scored on its own."""
    entry = {
        "id": "one",
        "kind": "training",
        "subkind": "energy_and_carbon",
        "status": "complete",
        "expect": "match",
        "source": {"identifier": "a test"},
        "inputs": {name: quantity(text) for name, text in inputs.items()},
        "published": [{"quantity": n, "target": True, **quantity(t)} for n, t in printed.items()],
        "tolerance": {"rel": 0.001},
        **more,
    }
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump({"cases": [entry]}, sort_keys=False), encoding="utf-8")
    return score_case(read_cases(path)[0])


@pytest.fixture(scope="module")
def tried() -> tuple[Score, ...]:
    """Return the packaged cases with other names, scored."""
    return score_cases(held_out())


def test_no_figure_of_cases_with_other_names_is_wrong(tried: tuple[Score, ...]) -> None:
    """What the rules cannot read they leave; what they read is within tolerance."""
    wrong = [
        (score.case.id, target.published.known.name)
        for score in tried
        for target in score.targets
        if target.published.target and target.within is False
    ]
    assert wrong == []


def test_contradictions_with_other_names_are_flagged(tried: tuple[Score, ...]) -> None:
    """Every case that contradicts itself is flagged, and no case that closes is."""
    for score in tried:
        broken = score.case.status == "inconsistent_as_published"
        assert bool(score.flags) == broken, score.case.id


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("train-card-gpt3-slip", "power-of-ten"),
        ("train-dalle-mini-chips", "device-count"),
        ("infer-kyc-maverick", "grid-implied"),
        ("infer-sci-api-embodied", "power-of-ten"),
        ("hw-tailpipe-c6gd-old-ssd", "parts-against-total"),
    ],
)
def test_contradictions_have_the_right_reason(
    case: str, code: str, tried: tuple[Score, ...]
) -> None:
    """The flag says what went wrong, not only that something did."""
    score = next(score for score in tried if score.case.id == case)
    assert code in {flag.code for flag in score.flags}


@pytest.mark.parametrize(
    ("inputs", "printed"),
    [
        (
            {"chips": "256", "chip_tdp": "400 W", "wall_hours": "300 hour", "PUE": "1.1"}
            | {"grid_gco2e_per_kwh": "400 g/kWh"},
            {"energy_facility": "33.792 MWh", "emissions": "13516.8 kg"},
        ),
        (
            {"gpu_hours": "2788000 hour", "gpu_power": "350 W", "non_gpu_overhead": "1.2"}
            | {"pue": "1.3", "carbon_intensity": "582 g/kWh"},
            {"gpu_energy": "975.8 MWh", "carbon_footprint": "885948.336 kg"},
        ),
        (
            {"node_power": "5.6 kW", "tokens_per_second": "2500 1/s", "grid": "370 g/kWh"},
            {"joules_per_token": "2.24 J", "co2e_per_million_tokens": "230.222 g"},
        ),
        (
            {"energy_per_query": "0.34 Wh", "queries_per_day": "2.5e9 1/day"},
            {"energy_per_day": "850 MWh", "queries_per_kwh": "2941.176"},
        ),
        (
            {"host": "5700 kg", "devices": "8", "embodied_per_device": "273 kg"},
            {"server_embodied": "7884 kg"},
        ),
        (
            {"embodied_new_server": "1300 kg", "energy_saved_per_year": "1200 kWh"}
            | {"grid_intensity": "0.35 kg/kWh"},
            {"payback_time": "3.0952381 year"},
        ),
        (
            {"gpu_hours": "30000 hour", "gpu_count": "96"},
            {"wall_clock_time": "13.020833 day"},
        ),
        (
            {
                "cores": "64",
                "dram": "512 GB",
                "kg_per_core": "5.01 kg",
                "kg_per_gb_dram": "1 kg/GB",
            },
            {"embodied": "832.64 kg"},
        ),
    ],
)
def test_names_of_other_authors_are_read(
    inputs: dict[str, str], printed: dict[str, str], tmp_path: Path
) -> None:
    """Synonyms, amounts in names and unit words lead to the same rules."""
    kind = "hardware" if {"host", "cores"} & set(inputs) else "decision"
    assert scored(tmp_path, inputs, printed, kind=kind).status == "match"


def test_device_that_is_only_named_is_rated(tmp_path: Path) -> None:
    """Without a power the rating of the named device is taken, and the input says so."""
    inputs = {"device": "NVIDIA GeForce RTX 4090", "n_gpus": "2", "hours": "427 hour", "pue": "1.2"}
    target = scored(tmp_path, inputs, {"energy": "461.16 kWh"}).targets[0]
    assert target.within
    assert any("rated power of NVIDIA" in name for name in target.inputs)


def test_one_product_by_dimensions_is_labeled(tmp_path: Path) -> None:
    """Where no rule speaks, the one product of the right dimension is taken and says how."""
    score = scored(
        tmp_path, {"annual_energy": "310 GWh", "homes": "29000"}, {"energy_per_home": "10.69 MWh"}
    )
    assert (score.targets[0].method, score.status) == ("by dimensions", "match")


def test_several_products_by_dimensions_are_told(tmp_path: Path) -> None:
    """Where two products have the dimension, none is taken and both are candidates."""
    inputs = {"load_alpha": "3 kW", "load_beta": "5 kW", "shift": "10 hour", "zone": "2 kg"}
    target = scored(tmp_path, inputs, {"energy_moved": "30 kWh"}).targets[0]
    assert target.computed is None
    assert len(target.candidates) == 2


def test_dimensions_never_answer_for_another_quantity(tmp_path: Path) -> None:
    """What is avoided or bought on the market is not what the plain product gives."""
    inputs = {"energy": "100 kWh", "grid_intensity": "0.4 kg/kWh"}
    score = scored(tmp_path, inputs, {"co2e_avoided": "40 kg", "co2e_market_based": "40 kg"})
    assert [target.computed for target in score.targets] == [None, None]


def test_missing_inputs_are_named(tmp_path: Path) -> None:
    """An unsupported figure says which quantity it lacks."""
    target = scored(tmp_path, {"energy": "100 kWh"}, {"co2e": "40 kg"}).targets[0]
    assert "intensity" in target.missing


def test_zero_inputs_give_no_number(tmp_path: Path) -> None:
    """A division by zero is told, not computed."""
    inputs = {"energy_total": "100 kWh", "requests": "0"}
    target = scored(tmp_path, inputs, {"energy_per_request": "1 kWh"}).targets[0]
    assert (target.computed, "no finite number" in target.missing) == (None, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "a paper"}, "a source is a mapping"),
        ({"expect": ["match"]}, '"expect" is a text'),
        ({"tolerance": {"rel": -1}}, "tolerance"),
        ({"inputs": {"energy": 5}}, "bare 5"),
        ({"inputs": {"energy": {"value": 1, "unit": ["kWh"]}}}, "a unit is a text"),
        ({"published": [{"quantity": "co2e", "unit": "kg"}]}, "no value"),
        ({"id": None}, 'needs "id"'),
    ],
)
def test_hostile_files_are_refused_by_line(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """A wrong field is told with its line, never a traceback."""
    with pytest.raises(InputError) as caught:
        scored(tmp_path, {}, {"co2e": "1 kg"}, **change)
    told = [problem for problem in caught.value.problems if said in problem.message]
    assert told[0].line


def test_unknown_unit_of_a_target_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A target in a unit that nobody knows is unsupported; the file is read all the same."""
    scored(tmp_path, {"energy": "1 kWh"}, {"co2e": "1 florin"})
    assert main(["validate", str(tmp_path / "cases.yaml")]) == 0
    assert "florin" in capsys.readouterr().out
