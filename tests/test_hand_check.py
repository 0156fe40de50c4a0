"""One scenario by hand: plain arithmetic, number by number, must give what the toolkit gives.

Eight H100 without a host, bought and scrapped in 2027, 60 % busy all year:

manufacture   8 devices x 164 kg (one eighth of NVIDIA's HGX H100 figure)      = 1,312 kg
transport     8 x 3 kg x 1.3 (boxed), by plane and truck, see TRANSPORT
operation     0.6 x 600 W + 0.4 x 100 W = 400 W; 8 devices x 8,766 h           = 28,051.2 kWh
              100 gCO2e/kWh                                                    = 2,805.12 kg
              PUE 1.2 adds 20 %                                                = 561.024 kg
end of life   8 x 3 kg, all collected, see SCRAP
water         on site 28,051.2 kWh x 1.8 L/kWh (IT energy, without PUE)        = 50,492.16 L
              off site 28,051.2 kWh x 1.2 x 1.947 L/kWh (facility energy)
"""

from __future__ import annotations

from typing import Any

import pytest

import lca
from lca import Ledger

DEVICES = 8
MASS = 3.0  # kg, one eighth of the 24 kg baseboard
YEAR = 365.25 * 24
PUE = 1.2
GRID = 0.1  # kgCO2e/kWh
WUE = 1.8  # L/kWh
GRID_WATER = 1.947  # L/kWh, Germany, WRI 2020

POWER = 0.6 * 0.6 + 0.4 * 0.1  # kW
IT_ENERGY = DEVICES * POWER * YEAR
MANUFACTURE = DEVICES * 164.0
# central factors of lca/factors/embodied/freight.yaml: packaging 1.3, plane 1.035 and truck 0.1252 kg/(t km)
TRANSPORT = DEVICES * MASS * 1.3 * (9000 * 1.035e-3 + 1000 * 0.1252e-3)
# treatment 1.506 kg/kg, all collected; 500 km by truck without packaging
SCRAP = DEVICES * MASS * (1.506 + 500 * 0.1252e-3)
OPERATION = IT_ENERGY * GRID
OVERHEAD = OPERATION * (PUE - 1)

BY_HAND = {
    "schema": 1,
    "title": "by hand",
    "period": "2027",
    "functional_unit": ["device year", "EFLOP peak"],
    "indicators": ["gwp100", "water", "e_waste"],
    "sites": {
        "here": {
            "region": "DE",
            "pue": "1.2",
            "wue": "1.8 L/kWh",
            "grid": {"value": "100 gCO2e/kWh", "year": 2027},
        }
    },
    "fleet": {
        "chat": {
            "device": "nvidia-h100-sxm5-80gb",
            "host": "none",
            "count": DEVICES,
            "lifetime": "1 year",
            "site": "here",
            "utilization": "60%",
            "power": {"idle": "100 W", "busy": "600 W"},
        }
    },
    "assumptions": {
        "embodied_model": "vendor",
        "electricity": {"losses": "exclude"},
        "transport": {"plane": "9000 km", "truck": "1000 km"},
        "end_of_life": {"rule": "cut_off", "collected": "100%", "distance": "500 km"},
    },
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Return the central estimate of the scenario."""
    return lca.evaluate(lca.load(BY_HAND), samples=0)


def of(ledger: Ledger, label: str, name: str, **how: Any) -> float:
    """Return the central value of one group."""
    found = {row.labels[0]: row.estimate.central for row in ledger.by(label, **how)}
    return found[name]


def exactly(value: float) -> Any:
    """Compare to the last digits."""
    return pytest.approx(value, rel=1e-12)


def test_each_stage_is_the_sum_by_hand(ledger: Ledger) -> None:
    """Manufacture, transport, operation and end of life agree with plain arithmetic."""
    assert of(ledger, "stage", "manufacture") == exactly(MANUFACTURE)
    assert of(ledger, "stage", "transport") == exactly(TRANSPORT)
    assert of(ledger, "stage", "operation") == exactly(OPERATION + OVERHEAD)
    assert of(ledger, "stage", "end_of_life") == exactly(SCRAP)


def test_the_total_is_the_sum_by_hand(ledger: Ledger) -> None:
    """Nothing is added to or left out of the four stages."""
    whole = MANUFACTURE + TRANSPORT + OPERATION + OVERHEAD + SCRAP
    assert ledger.total().central == exactly(whole)
    assert ledger.total(view="inventory").central == exactly(whole)
    assert ledger.missing == ()


def test_pue_multiplies_once(ledger: Ledger) -> None:
    """Facility energy is IT energy times PUE, and emissions follow facility energy."""
    assert ledger.total("it_energy").central == exactly(IT_ENERGY)
    assert ledger.total("facility_energy").central == exactly(IT_ENERGY * PUE)
    assert of(ledger, "component", "facility_overhead") == exactly(OVERHEAD)


def test_water_counts_it_energy_on_site_and_facility_energy_off_site(ledger: Ledger) -> None:
    """On-site water leaves PUE out, off-site water multiplies it once."""
    water = {
        row.labels[0]: row.estimate.central for row in ledger.by("component", indicator="water")
    }
    assert water == {
        "on_site_water": exactly(IT_ENERGY * WUE),
        "off_site_water": exactly(IT_ENERGY * PUE * GRID_WATER),
    }


def test_all_devices_are_scrapped_once(ledger: Ledger) -> None:
    """E-waste is the mass of what was bought, when all of it is scrapped."""
    assert ledger.total("e_waste").central == exactly(DEVICES * MASS)


def test_work_is_devices_times_hours(ledger: Ledger) -> None:
    """Eight devices for a year are eight device-years, and peak capacity is rate times hours."""
    assert ledger.units("device year").central == exactly(8.0)
    seconds = YEAR * 3600
    assert ledger.units("EFLOP peak").central == exactly(DEVICES * 989.4e12 * seconds / 1e18)


def test_energy_is_a_functional_unit(ledger: Ledger) -> None:
    """Per MWh, results are divided by the IT energy, before PUE."""
    per_energy = lca.evaluate(lca.load(BY_HAND | {"functional_unit": ["MWh"]}), samples=0)
    assert per_energy.units().central == exactly(IT_ENERGY / 1000)
    assert per_energy.per().central == exactly(ledger.total().central / (IT_ENERGY / 1000))
