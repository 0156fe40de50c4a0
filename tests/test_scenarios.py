"""The example scenarios: complete, free of surprises, and right about what they claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lca
from lca import Ledger
from lca.library import packaged_scenarios
from lca.scenario import Scenario

FILES = sorted(packaged_scenarios().glob("*.yaml"))
DRAWS = 16384
NAMES = {
    "cloud_or_owned",
    "chat_service",
    "fleet_three_sites",
    "inference_fleet_eu",
    "keep_or_replace_a100",
    "power_cap_h100",
    "procurement",
    "retrieval_service",
    "shift_training_queue",
    "solar_and_battery",
    "training_bloom",
    "training_program",
    "workstation",
}

# gaps that a scenario's comments announce: (stage, what)
ANNOUNCED = {
    "training_bloom": {("manufacture", "work.idle")},
    "training_program": {
        ("manufacture", "work.collect"),
        ("manufacture", "work.clean"),
        ("transport", "storage of work.keep"),
        ("end_of_life", "storage of work.keep"),
    },
    "retrieval_service": {
        ("manufacture", "work.collect"),
        ("manufacture", "work.cut"),
        ("transport", "storage of work.keep"),
        ("end_of_life", "storage of work.keep"),
        ("transport", "storage of work.keep-index"),
        ("end_of_life", "storage of work.keep-index"),
    },
}


def example(name: str) -> Scenario:
    """Load one example."""
    return lca.load(packaged_scenarios() / f"{name}.yaml")


def options(name: str, samples: int = 0) -> dict[str, Ledger]:
    """Evaluate an example and its options."""
    return {o.name: lca.evaluate(o, samples=samples) for o in example(name).options()}


def central(ledger: Ledger, *labels: str, **how: Any) -> dict[Any, float]:
    """Return central totals by labels."""
    rows = ledger.by(*labels, **how)
    return {row.labels if len(labels) > 1 else row.labels[0]: row.estimate.central for row in rows}


def test_there_is_an_example_for_each_question() -> None:
    """Procurement, serving, training, data, refresh, renting and a workstation have a template."""
    assert {path.stem for path in FILES} >= NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_is_complete_and_commented(path: Path) -> None:
    """It has a title, a question, a functional unit, a seed, and says where its inputs come from."""
    model = lca.load(path).model
    assert model.title
    assert model.question.endswith("?")
    assert model.functional_unit
    assert (model.uncertainty.samples, model.uncertainty.seed) == (DRAWS, 7)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "assumed" in text or "published" in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_runs_in_full_without_surprises(path: Path) -> None:
    """Every option evaluates on 16,384 draws, delivers its unit, and lacks nothing for gwp100."""
    announced = ANNOUNCED.get(path.stem, set())
    for option in lca.load(path).options():
        ledger = lca.evaluate(option)
        total = ledger.total("gwp100")
        assert total.draws.size == DRAWS
        assert np.all(np.isfinite(total.samples))
        assert np.all(total.samples > 0)
        assert total.percentile(5) < total.median < total.percentile(95)
        for unit in ledger.functional_units:
            assert np.all(ledger.units(unit).samples > 0), unit
        gaps = {(m.stage, m.what) for m in ledger.missing if m.indicator == "gwp100"}
        assert gaps == announced
        stages = {row.labels[0] for row in ledger.by("stage")}
        assert {"operation", "end_of_life"} <= stages


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_with_options_can_be_compared(path: Path) -> None:
    """The verdict names the lowest option; probabilities of being best sum to one."""
    scenario = lca.load(path)
    names = [option.name for option in scenario.options()]
    if len(names) == 1:
        assert path.stem == "training_bloom"
        return
    found = lca.compare(scenario, samples=2048, methods=False)
    assert list(found.values) == names
    assert sum(found.probability_best.values()) == pytest.approx(1)
    assert str(found).startswith(found.order[0])


# --- procurement ---------------------------------------------------------------------------------


def test_procurement_names_the_option_whose_method_differs() -> None:
    """The TPU has no published die, so its vendor figure is used, and the verdict says so."""
    found = lca.compare(example("procurement"), samples=1024, methods=False)
    assert [text.split(":")[0] for text in found.fallbacks] == ["google-tpu-v6e-trillium"]
    assert "google-tpu-v6e-trillium" in str(found)
    assert {ledger.embodied_model for ledger in found.ledgers} == {"calibrated"}


def test_procurement_compares_by_capacity_and_not_by_device() -> None:
    """Each option has 64 devices for five years; the B200 has 2.27 times the peak of the H100."""
    found = options("procurement")
    for ledger in found.values():
        assert ledger.units("device year").central == pytest.approx(320)
    peak = {name: ledger.units("EFLOP peak").central for name, ledger in found.items()}
    assert peak["nvidia-b200"] / peak["nvidia-h100"] == pytest.approx(2250 / 989.4)
    assert peak["google-tpu-v6e"] / peak["nvidia-h100"] == pytest.approx(918 / 989.4)


# --- serving ---------------------------------------------------------------------------------------


def test_serving_books_purchases_in_their_years() -> None:
    """64 H100 in 2027 and 32 in 2029; replaced early, 64 again in 2030."""
    found = options("inference_fleet_eu")

    def bought(name: str) -> dict[str, float]:
        rows = central(found[name], "stage", "year", view="inventory")
        made = {year: kg for (stage, year), kg in rows.items() if stage == "manufacture" and kg}
        return {year: kg / made["2027"] for year, kg in made.items()}

    assert bought("base") == {"2027": pytest.approx(1), "2029": pytest.approx(0.5)}
    assert bought("early") == bought("base") | {"2030": pytest.approx(1)}
    assert found["early"].total().central > found["base"].total().central


def test_serving_delivers_the_tokens_of_its_throughput() -> None:
    """Device-hours times 55 % times 969 tokens a second, in millions."""
    ledger = options("inference_fleet_eu")["base"]
    device_hours = (64 * 5 + 32 * 3) * 8766
    tokens = device_hours * 3600 * 0.55 * 969 / 1e6
    assert ledger.units("1 million tokens").central == pytest.approx(tokens)


def test_serving_has_a_contract_at_one_site_only() -> None:
    """The market-based account is lower in Frankfurt, and equal to location in Luleå."""
    found = options("inference_fleet_eu")
    base, north = found["base"], found["north"]
    assert base.total(basis="market").central < 0.75 * base.total(basis="location").central
    assert north.total(basis="market").central == north.total(basis="location").central
    assert set(central(base, "component", indicator="water")) == {
        "on_site_water",
        "off_site_water",
    }


# --- BLOOM -------------------------------------------------------------------------------------------


def test_bloom_gives_the_published_dynamic_emissions() -> None:
    """433,196 kWh at 57 g/kWh are 24.69 t, as published; with PUE 1.2 they are 29.6, printed as 30."""
    ledger = options("training_bloom")["base"]
    rows = central(ledger, "asset", "component")
    dynamic = rows["training", "equipment"] / 1000
    assert dynamic == pytest.approx(433_196 * 0.057 / 1000, rel=1e-12)
    assert round(dynamic, 2) == 24.69
    with_pue = dynamic + rows["training", "facility_overhead"] / 1000
    assert with_pue == pytest.approx(29.63, abs=0.005)
    assert round(with_pue, -1) == 30


def test_bloom_gives_the_published_idle_emissions() -> None:
    """256,646 kWh of idle machines at 57 g/kWh are 14.6 t, as published."""
    rows = central(options("training_bloom")["base"], "asset", "component")
    assert round(rows["idle", "equipment"] / 1000, 1) == 14.6


def test_bloom_hardware_agrees_with_the_published_within_its_interval() -> None:
    """The paper's 11.2 t of hardware lie within the 90 % interval of our own models."""
    ledger = options("training_bloom", samples=4096)["base"]
    stages = {row.labels[0]: row.estimate for row in ledger.by("stage")}
    made = stages["manufacture"]
    assert made.percentile(5) / 1000 < 11.2 < made.percentile(95) / 1000


def test_bloom_total_is_higher_than_published_by_what_the_paper_leaves_out() -> None:
    """PUE, transport and end of life stand apart: without them and hardware, 39.3 t remain."""
    ledger = options("training_bloom")["base"]
    stages = central(ledger, "stage")
    embodied = stages["manufacture"] + stages["transport"] + stages["end_of_life"]
    overhead = central(ledger, "component")["facility_overhead"]
    rest = ledger.total().central - embodied - overhead
    assert rest / 1000 == pytest.approx(24.69 + 14.63, abs=0.01)
    assert overhead == pytest.approx(0.2 * rest)


BLOOM_DEVICE = """
schema: 1
id: bloom-a100
kind: gpu
name: A100 as the paper counts it
source: luccioni-2022
form_factor: card
host: bloom-server
host_slots: 8
power: {tdp: 400 W}
footprints:
  - {indicator: gwp100, value: 150 kgCO2e, boundary: module, stages: [manufacture], source: luccioni-2022}
"""
BLOOM_SERVER = """
schema: 1
id: bloom-server
kind: server
name: HPE ProLiant DL345 Gen10 Plus as the paper counts it
role: host
accelerator_slots: 8
source: luccioni-2022
footprints:
  - {indicator: gwp100, value: 2500 kgCO2e, boundary: host, stages: [manufacture], source: luccioni-2022}
"""
BLOOM_SOURCES = """
luccioni-2022:
  title: Estimating the Carbon Footprint of BLOOM
  licence: facts cited
  seen: secondary
"""


def test_bloom_gives_the_published_total_with_the_published_hardware(tmp_path: Path) -> None:
    """With 2,500 kg a server and 150 kg a GPU from a user's own files: 7.57 + 3.64 t, and 50.5 t."""
    for folder, name, text in (
        ("gpu", "bloom-a100", BLOOM_DEVICE),
        ("server", "bloom-server", BLOOM_SERVER),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(BLOOM_SOURCES, encoding="utf-8")
    base = lca.load(packaged_scenarios() / "training_bloom.yaml", db=(tmp_path,))
    changes = {"work.training.device": "bloom-a100", "assumptions.embodied_model": "vendor"}
    ledger = lca.evaluate(base.patch(changes, "as published"), samples=0)
    rows = central(ledger, "stage", "component")
    servers, devices = (rows["manufacture", part] / 1000 for part in ("host", "accelerator"))
    assert servers == pytest.approx(7.57, rel=0.005)
    assert devices == pytest.approx(3.64, rel=0.005)
    dynamic_and_idle = rows["operation", "equipment"] / 1000
    assert dynamic_and_idle + servers + devices == pytest.approx(50.5, rel=0.005)


# --- keep or replace ----------------------------------------------------------------------------------


def test_replacing_compares_equal_work() -> None:
    """128 A100, 40 H200 and 18 B200 have the same peak within 1.5 %."""
    work = {name: led.units().central for name, led in options("keep_or_replace_a100").items()}
    assert set(work) == {"keep", "h200", "b200"}
    for amount in work.values():
        assert amount == pytest.approx(work["keep"], rel=0.015)


def test_kept_devices_carry_no_manufacture_and_new_ones_do() -> None:
    """What the A100s emitted is sunk; four fifths of the new devices fall into the period."""
    found = options("keep_or_replace_a100")
    assert "manufacture" not in central(found["keep"], "stage")
    for name in ("h200", "b200"):
        spread, booked = (
            central(found[name], "stage", view=view)["manufacture"]
            for view in ("spread", "inventory")
        )
        assert spread == pytest.approx(0.8 * booked)
        assert set(central(found[name], "asset", indicator="it_energy")) == {"new"}


# --- cloud or owned -----------------------------------------------------------------------------------


def test_renting_compares_equal_useful_work() -> None:
    """7,889 instance-hours a year are the work of 16 devices at 45 %."""
    found = options("cloud_or_owned")
    owned, cloud = (found[name].units("EFLOP useful") for name in ("owned", "cloud"))
    np.testing.assert_allclose(cloud.samples, owned.samples, rtol=1e-4)
    assert set(central(found["cloud"], "year")) == {"2027", "2028", "2029"}
    assert set(central(found["cloud"], "asset")) == {"year-1", "year-2", "year-3"}


def test_owned_machines_idle_and_rented_ones_do_not() -> None:
    """Idle hours have lines of their own, and only who owns the machines has them."""
    found = options("cloud_or_owned")
    idle = {name: central(led, "process").get("idle", 0.0) for name, led in found.items()}
    assert idle["owned"] > 0.05 * found["owned"].total().central
    assert idle["cloud"] == 0


# --- workstation --------------------------------------------------------------------------------------


def test_norway_is_a_country_and_not_a_denial() -> None:
    """``region: NO`` is Norway, where making the machines weighs more than their electricity."""
    text = (packaged_scenarios() / "workstation.yaml").read_text(encoding="utf-8")
    assert "region: NO," in text
    found = options("workstation")
    assert set(central(found["oslo"], "region")) == {"NO"}
    oslo, gdansk = (central(found[name], "stage") for name in ("oslo", "gdansk"))
    assert oslo["manufacture"] > 2 * oslo["operation"]
    assert gdansk["operation"] > 10 * oslo["operation"]
    assert gdansk["manufacture"] == pytest.approx(oslo["manufacture"], rel=1e-12)
