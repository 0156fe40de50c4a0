"""Scenarios that must agree: written otherwise, ordered otherwise, changed or saved and loaded."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lca
from lca import Ledger
from lca.ledger import PHYSICAL
from lca.scenario import Scenario

SAMPLES = 24
Data = dict[str, Any]


def ledger_of(data: Data, samples: int = SAMPLES) -> Ledger:
    """Evaluate a scenario as written."""
    return lca.evaluate(lca.load(data), samples=samples, seed=11)


def accounts() -> itertools.product[tuple[str, str, str]]:
    """Return every indicator, basis and view."""
    return itertools.product(PHYSICAL, ("location", "market"), ("spread", "inventory"))


def same(a: Any, b: Any) -> None:
    """Demand that arrays agree to rounding."""
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=0)


def test_a_replacement_of_sunk_devices_within_the_period_is_new(small: Data) -> None:
    """Sunk is what was bought before: eight H100 that end in 2028 are bought again, at 1,312 kg."""
    fleet = {**small["fleet"]["chat"], "count": {2024: 8}, "embodied": "sunk", "host": "none"}
    small |= {"fleet": {"chat": fleet}, "assumptions": {"embodied_model": "vendor"}}
    rows = ledger_of(small, 0).by("stage", "year", view="inventory")
    made = {row.labels[1]: row.estimate.central for row in rows if row.labels[0] == "manufacture"}
    assert {year: kg for year, kg in made.items() if kg} == {"2029": pytest.approx(1312)}


def test_a_fleet_replaced_before_the_period_serves_all_of_it(small: Data) -> None:
    """Devices of 2022 with three years of life, bought again in 2025 and 2028, never leave a gap."""
    small["fleet"]["chat"] |= {"count": {2022: 8}, "lifetime": "3 years"}
    ledger = ledger_of(small, 0)
    assert ledger.units("device year").central == pytest.approx(8 * 5)
    assert len(ledger.by("year", indicator="it_energy")) == 5


def test_a_contract_changes_the_market_account_only(small: Data) -> None:
    """A full contract at 10 g/kWh puts the market account at a tenth of 100 g; location stays."""
    grid = {"value": "100 gCO2e/kWh", "year": 2027}
    small["sites"]["here"]["grid"] = grid
    plain = ledger_of(small, 0)
    contract = {"kind": "ppa", "share": "100%", "intensity": "10 gCO2e/kWh"}
    small["sites"]["here"]["contract"] = contract
    bought = ledger_of(small, 0)

    def operation(ledger: Ledger, basis: str) -> float:
        rows = {r.labels[0]: r.estimate.central for r in ledger.by("stage", basis=basis)}
        return rows["operation"]

    assert operation(bought, "location") == operation(plain, "location")
    assert operation(bought, "market") == pytest.approx(operation(plain, "market") / 10, rel=1e-12)


EQUAL_WRITINGS = {
    "fleet.chat.power.busy": ["600 W", "0.6 kW", "2.16 MJ/h", "600 J/s", "6e5 mW"],
    "fleet.chat.lifetime": ["5 years", "60 months", "1826.25 days", "43830 h"],
    "fleet.chat.utilization": ["60%", "0.6", "600 permille"],
    "sites.here.wue": ["1.8 L/kWh", "1.8 m3/MWh", "0.5 L/MJ"],
    "sites.here.grid": [
        {"value": value, "year": 2027}
        for value in ("360 gCO2e/kWh", "0.36 kgCO2e/kWh", "360 kgCO2e/MWh", "100 gCO2e/MJ")
    ],
    "work.job.it_energy": ["3 MWh", "3000 kWh", "10.8 GJ", "1.08e10 J"],
    "work.job.device_hours": ["1200 h", "50 days", "4.32e6 s"],
    "fleet.chat.mass": ["3 kg", "3000 g", "0.003 t"],
}


@pytest.mark.parametrize("path", EQUAL_WRITINGS)
def test_the_unit_written_does_not_change_the_answer(path: str, small: Data) -> None:
    """Watts, kilowatts or megajoules an hour: equal amounts give equal results to 1e-12."""
    job = {"device": "nvidia-h100-sxm5-80gb", "device_hours": "1200 h", "site": "here"}
    small |= {"work": {"job": job}, "indicators": ["gwp100", "water", "e_waste"]}
    base = lca.load(small)
    totals = []
    for text in EQUAL_WRITINGS[path]:
        ledger = lca.evaluate(base.replace(path, text), samples=SAMPLES)
        totals.append([ledger.total(i).samples for i in ("gwp100", "water", "e_waste")])
    unchanged = lca.evaluate(base, samples=SAMPLES).total().samples
    for other in totals[1:]:
        same(other, totals[0])
    if path in {"sites.here.grid", "work.job.it_energy"}:
        assert not np.allclose(totals[0][0], unchanged)


OPTIONS = {
    "north": {"sites.here.region": "SE"},
    "long": {"fleet.chat.lifetime": "7 years"},
    "both": {"based_on": "north", "fleet.chat.lifetime": "7 years"},
}


def test_the_order_of_options_does_not_matter(small: Data) -> None:
    """Options listed in another order have the same totals, probabilities and pairs."""
    found = []
    for order in itertools.permutations(OPTIONS):
        written = {**small, "options": {name: OPTIONS[name] for name in order}}
        found.append(lca.compare(lca.load(written), samples=200, seed=3, methods=False))
    first = found[0]
    for other in found[1:]:
        assert other.probability_best == first.probability_best
        assert other.ranks == first.ranks
        for name, value in first.values.items():
            assert np.array_equal(other.values[name].samples, value.samples)
        for a, b in itertools.combinations(first.values, 2):
            one, two = first.pair(a, b), other.pair(a, b)
            assert two.probability_first_lower == one.probability_first_lower
            assert np.array_equal(two.difference.samples, one.difference.samples)


PATCHES = [
    {"fleet.chat.device": "nvidia-b200-sxm-180gb"},
    {"fleet.chat.count": {2027: 3, 2030: 9}, "sites.here.pue": "1.4 ± 0.1"},
    {"sites.far": {"region": "SE"}, "fleet.chat.site": "far"},
    {"assumptions.end_of_life.rule": "cff", "assumptions.embodied_model": "wafer"},
]


@pytest.mark.parametrize("changes", PATCHES)
def test_a_changed_scenario_equals_its_file(changes: Data, small: Data, tmp_path: Path) -> None:
    """Patching in memory, saving and loading again give the same bytes."""
    patched: Scenario = lca.load(small).patch(changes, "patched")
    patched.save(tmp_path / "patched.yaml")
    loaded = lca.load(tmp_path / "patched.yaml")
    assert loaded.digest() == patched.digest() != lca.load(small).digest()
    a, b = (lca.evaluate(s, samples=SAMPLES) for s in (patched, loaded))
    for indicator, basis, view in accounts():
        assert np.array_equal(
            a.total(indicator, basis=basis, view=view).samples,
            b.total(indicator, basis=basis, view=view).samples,
        )


def test_amortizing_by_hours_follows_use(small: Data) -> None:
    """Half of the hours that a device can work bear half of it; straight line bears its years."""
    chat = small["fleet"]["chat"]
    chat |= {"host": "none", "replace": False}
    small |= {"period": "2027-2028", "assumptions": {"embodied_model": "vendor"}}
    worked = 2 * 8766 * 0.6
    chat["lifetime_hours"] = f"{2 * worked!r} h"

    def made(rule: str) -> float:
        small["assumptions"]["amortize"] = rule
        rows = ledger_of(small, 0).by("stage")
        return {row.labels[0]: row.estimate.central for row in rows}["manufacture"]

    assert made("by_hours") == pytest.approx(1312 / 2, rel=1e-12)
    assert made("straight_line") == pytest.approx(1312 * 2 / 5, rel=1e-12)
    assert made("up_front") == pytest.approx(1312, rel=1e-12)


def test_devices_with_a_second_life_bear_no_treatment(small: Data) -> None:
    """A quarter reused leaves three quarters of the treatment and of the e-waste."""
    small["indicators"] = ["gwp100", "e_waste"]
    plain = ledger_of(small)
    reused = ledger_of(small | {"assumptions": {"end_of_life": {"reuse": "25%"}}})

    def treatment(ledger: Ledger) -> Any:
        rows = {r.labels: r.estimate.samples for r in ledger.by("stage", "process")}
        return rows["end_of_life", "treatment"]

    same(treatment(reused), 0.75 * treatment(plain))
    same(reused.total("e_waste").samples, 0.75 * plain.total("e_waste").samples)
