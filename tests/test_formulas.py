"""Worked examples: published or derived numbers that the formulas must give again."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
import yaml

import lca.formulas
from lca import values
from lca.formulas import (
    boavizta,
    boavizta_gpu,
    calibrated,
    electricity,
    embodied,
    end_of_life,
    memory,
    operation,
    rates,
    silicon,
    transport,
    water,
    work,
    yields,
)

MODULES = [f"lca.formulas.{member.name}" for member in pkgutil.iter_modules(lca.formulas.__path__)]
FACTORS = Path(lca.formulas.__file__).parent.parent / "factors" / "embodied"
WAFER = 30.0
EDGE = 0.3
KERF = 0.02


def load(name: str) -> dict[str, Any]:
    """Read a factor file as text scalars, the way the toolkit does."""
    text = (FACTORS / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return loaded


def central(raw: object, unit: str) -> float:
    """Read the central value of a written factor."""
    return values.read(raw, unit).central


@pytest.mark.parametrize("module", ["lca.allocations", *MODULES])
def test_every_formula_example_runs(module: str) -> None:
    """The doctest of each formula gives what it shows."""
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


def wafer_model(scope12: float, die_area: float, die_count: float, sold: float | None) -> float:
    """Run the wafer model with imec.netzero's Scope 1 and 2 and 0.5 kg/cm2 of materials."""
    dies = silicon.dies_per_wafer(die_area, WAFER, EDGE, KERF)
    share = yields.negative_binomial_yield(die_area, 0.1, 10.0) if sold is None else sold
    return float(silicon.wafer_logic_footprint(scope12 + 0.5, WAFER, dies, share, die_count))


@pytest.mark.parametrize(
    ("scope12", "die_area", "die_count", "unharvested", "harvested"),
    [
        pytest.param(1.44, 8.26, 1.0, 51.8, 29.3, id="A100"),
        pytest.param(1.54, 8.14, 1.0, 53.0, 30.3, id="H100"),
        pytest.param(1.54, 8.00, 2.0, 102.5, 59.3, id="B200"),
        pytest.param(1.54, 2.94, 1.0, 10.3, 9.6, id="L4"),
    ],
)
def test_wafer_model_gives_the_cross_check_table(
    scope12: float, die_area: float, die_count: float, unharvested: float, harvested: float
) -> None:
    """D0 0.1 per cm2, alpha 10, 3 mm edge, 0.2 mm kerf; 80 % sellable in the second column.

    The variant that gives the table: usable diameter less twice the edge, die plus kerf, the
    loss pi d / sqrt(2 S), no rounding, yield over the die without its kerf.
    """
    assert wafer_model(scope12, die_area, die_count, None) == pytest.approx(unharvested, abs=0.1)
    assert wafer_model(scope12, die_area, die_count, 0.8) == pytest.approx(harvested, abs=0.1)


def test_wafer_model_brackets_what_nvidia_discloses() -> None:
    """Circuits of an H100 (25 % of 164 kg) lie between full harvest and none."""
    assert wafer_model(1.54, 8.14, 1.0, 0.8) < 0.25 * 164 < wafer_model(1.54, 8.14, 1.0, None)


@pytest.mark.parametrize(
    ("energy", "gas", "die_area", "die_count", "expected"),
    [
        pytest.param(2.15, 0.275, 8.26, 1.0, 19.1, id="A100 at 7 nm"),
        pytest.param(2.75, 0.3275, 8.14, 1.0, 22.6, id="H100 at 5 nm"),
        pytest.param(2.75, 0.3275, 8.00, 2.0, 44.4, id="B200 at 5 nm"),
        pytest.param(2.75, 0.3275, 2.94, 1.0, 8.2, id="L4 at 5 nm"),
    ],
)
def test_act_gives_its_default_die_footprints(
    energy: float, gas: float, die_area: float, die_count: float, expected: float
) -> None:
    """ACT 2.0: Taiwan at 583 g/kWh, 97 % abatement, 500 g/cm2 of materials, yield 0.875."""
    per_area = silicon.wafer_carbon_per_area(energy, 0.583, gas, 0.5)
    found = silicon.act_logic_footprint(per_area, die_area, die_count, 0.875)
    assert found == pytest.approx(expected, abs=0.06)


def test_yield_models_agree_for_few_defects_and_order_for_many() -> None:
    """For a reticle-size die, clustering helps; the Seeds model is the more pessimistic."""
    negative_binomial = yields.negative_binomial_yield(8.14, 0.1, 10.0)
    assert negative_binomial == pytest.approx(0.457, abs=0.001)
    assert yields.seeds_yield(8.14, 0.1) < negative_binomial
    few = yields.negative_binomial_yield(1e-8, 0.1, 10.0)
    assert few == pytest.approx(float(yields.seeds_yield(1e-8, 0.1)), rel=1e-4)


def test_harvest_reaches_from_yield_to_everything() -> None:
    """No harvest sells the good dies, full harvest sells all."""
    assert yields.sellable_share(0.457, 0.0) == pytest.approx(0.457)
    assert yields.sellable_share(0.457, 1.0) == pytest.approx(1.0)


def test_stacking_multiplies_the_yield_of_each_layer() -> None:
    """Eight steps at 99 % leave 92.3 %."""
    assert memory.stack_yield(0.99, 8.0) == pytest.approx(0.9227, abs=1e-4)


GPU_DEFAULTS = {
    "casing_mass": 0.79,
    "heatsink_mass": 0.90,
    "device_mass": 1.69,
    "board_area": 296.0,
}
H100_BODY = {
    "casing_mass": 0.78923,
    "heatsink_mass": 0.90077,
    "device_mass": 1.69,
    "board_area": 296.37,
}
L4_BODY = {"casing_mass": 0.0, "heatsink_mass": 0.0871, "device_mass": 0.142, "board_area": 93.13}
L40S_BODY = {
    "casing_mass": 0.269,
    "heatsink_mass": 0.579,
    "device_mass": 1.052,
    "board_area": 234.36,
}
A100_BODY = {
    "casing_mass": 0.387,
    "heatsink_mass": 0.609,
    "device_mass": 1.23,
    "board_area": 234.36,
}


def boavizta_card(
    dies: list[tuple[float, float]], memory_capacity: float, packages: float, body: dict[str, float]
) -> float:
    """Add up Boavizta's graphics card from the packaged factors: made, delivered and scrapped."""
    file = load("boavizta")
    gpu, freight = file["gpu"], file["freight"]
    unit = {"mass": "kgCO2e/kg", "area": "kgCO2e/cm2"}

    def factor(name: str, per: str) -> float:
        return central(gpu[name]["gwp100"], unit[per])

    shape = (WAFER, central(gpu["kerf"], "cm"), central(gpu["defect_density"], "1/cm2"))
    wafer = factor("wafer_carbon_per_area", "area")
    effective = [(boavizta_gpu.effective_die_area(area, *shape), count) for area, count in dies]
    logic = sum(boavizta_gpu.gpu_logic_footprint(wafer, area, count) for area, count in effective)
    stack = memory.memory_die_area(memory_capacity, central(gpu["bit_density"], "GB/cm2"), packages)
    vram = boavizta_gpu.gpu_memory_footprint(
        factor("memory_wafer_carbon_per_area", "area"),
        boavizta_gpu.effective_die_area(stack, *shape),
        packages,
    )
    shell = boavizta_gpu.gpu_body_footprint(
        body["casing_mass"],
        factor("casing_carbon_per_mass", "mass"),
        body["heatsink_mass"],
        factor("heatsink_carbon_per_mass", "mass"),
        body["board_area"],
        factor("board_carbon_per_area", "area"),
    )
    mass = body["device_mass"]
    per_mass = factor("upstream_carbon_per_mass", "mass")
    upstream = boavizta_gpu.upstream_transport_footprint(mass, per_mass)
    legs = sum(
        transport.transport_footprint(
            mass,
            1.0,
            central(leg["transport_distance"], "km"),
            central(freight[leg["mode"]]["gwp100"], "kgCO2e/(kg*km)"),
        )
        for leg in gpu["routes"]
    )
    scrapped = end_of_life.treatment_footprint(mass, 1.0, factor("treatment_intensity", "mass"))
    return float(logic + vram + shell + upstream + legs + scrapped)


@pytest.mark.parametrize(
    ("dies", "memory_capacity", "packages", "body", "expected"),
    [
        pytest.param([(8.14, 1.0)], 80.0, 6.0, H100_BODY, 575.1, id="H100 SXM"),
        pytest.param([(8.00, 2.0)], 180.0, 8.0, GPU_DEFAULTS, 1414.9, id="B200"),
        pytest.param([(8.00, 2.0)], 288.0, 8.0, GPU_DEFAULTS, 2543.0, id="B300"),
        pytest.param(
            [(1.15, 8.0), (3.70, 4.0)],
            192.0,
            8.0,
            GPU_DEFAULTS | {"board_area": 168.3},
            1497.2,
            id="MI300X",
        ),
        pytest.param([(2.94, 1.0)], 24.0, 12.0, L4_BODY, 123.5, id="L4"),
        pytest.param([(6.09, 1.0)], 48.0, 24.0, L40S_BODY, 277.1, id="L40S"),
        pytest.param([(8.26, 1.0)], 40.0, 6.0, A100_BODY, 321.6, id="A100 PCIe 40 GB"),
    ],
)
def test_boavizta_formula_gives_what_the_released_package_computes(
    dies: list[tuple[float, float]],
    memory_capacity: float,
    packages: float,
    body: dict[str, float],
    expected: float,
) -> None:
    """Figures computed with boaviztapi 2.5.0, to a tenth of a percent."""
    assert boavizta_card(dies, memory_capacity, packages, body) == pytest.approx(expected, rel=1e-3)


def test_boavizta_effective_area_is_the_one_in_its_table() -> None:
    """Its gpu_specs table holds 2808.45 mm2 for an H100, 5460.70 mm2 for a B200."""
    shape = (WAFER, KERF, 0.1)
    h100 = boavizta_gpu.effective_die_area(8.14, *shape)
    b200 = 2 * boavizta_gpu.effective_die_area(8.0, *shape)
    assert h100 == pytest.approx(28.0845, abs=1e-3)
    assert b200 == pytest.approx(54.607, abs=1e-3)


@pytest.mark.parametrize(
    ("indicator", "unit", "expected"),
    [
        ("gwp100", "kgCO2e", 23.1664),
        ("primary_energy", "MJ", 344.68),
        ("adp_elements", "kgSbeq", 0.020404),
    ],
)
def test_one_processor_formula_serves_every_indicator(
    indicator: str, unit: str, expected: float
) -> None:
    """An EPYC 7302 (712 mm2 in all): 9.14 + 1.97 per cm2 is 23.17 kg; energy and metals alike."""
    cpu = load("boavizta")["cpu"]
    base = central(cpu["base_footprint"][indicator], unit)
    per_area = central(cpu["logic_carbon_per_area"][indicator], f"{unit}/cm2")
    assert boavizta.cpu_footprint(base, per_area, 7.12, 1.0) == pytest.approx(expected, rel=1e-4)


def test_boavizta_memory_drive_and_power_supply() -> None:
    """32 GB at 1.25 GB/cm2 is 61.5 kg, 1 TB at 50 GB/cm2 is 50.3 kg, 2.99 kg of PSU is 72.7 kg."""
    assert boavizta.ram_footprint(5.22, 2.2, 32.0, 1.25) == pytest.approx(61.54)
    assert boavizta.drive_footprint(6.34, 2.2, 1000.0, 50.0) == pytest.approx(50.34)
    assert boavizta.power_supply_footprint(24.3, 2.99) == pytest.approx(72.657)


def calibrated_device(die_area: float, memory_capacity: float, carbon: float, mass: float) -> float:
    """Run the calibrated model at its central factors."""
    file = load("calibrated")
    per_area, per_mass = "kgCO2e/cm2", "kgCO2e/kg"
    return float(
        calibrated.manufacture_footprint(
            calibrated.logic_footprint(
                central(file["logic_carbon_per_area"], per_area), die_area, 1.0
            ),
            calibrated.memory_footprint(carbon, memory_capacity, 1.0),
            calibrated.thermal_footprint(central(file["thermal_carbon_per_mass"], per_mass), mass),
            calibrated.board_footprint(central(file["board_carbon_per_mass"], per_mass), mass),
            central(file["model_residual"], ""),
        )
    )


def test_calibrated_model_meets_the_two_boards_it_was_fitted_to() -> None:
    """NVIDIA 2025: 1312 / 8 = 164 kg for an H100 and 2274 / 8 = 284.25 kg for a B200."""
    assert calibrated_device(8.14, 80.0, 0.861, 3.0) == pytest.approx(161, abs=3)
    assert calibrated_device(16.0, 180.0, 0.774, 4.0) == pytest.approx(288, abs=5)
    assert calibrated_device(8.14, 80.0, 0.861, 3.0) == pytest.approx(164, rel=0.03)
    assert calibrated_device(16.0, 180.0, 0.774, 4.0) == pytest.approx(284.25, rel=0.03)


def test_published_boards_are_shared_by_eight() -> None:
    """HGX H100 and HGX B200 carry eight accelerators each."""
    assert embodied.shared_footprint(1312.0, 8.0) == pytest.approx(164.0)
    assert embodied.shared_footprint(2274.0, 8.0) == pytest.approx(284.25)


def test_energy_parts_sum_to_the_facility() -> None:
    """IT energy and overhead make facility energy: PUE multiplies once."""
    it = operation.it_energy(0.5, 8000.0)
    whole = operation.facility_energy(it, 1.2)
    assert it + operation.overhead_energy(it, 1.2) == pytest.approx(whole)
    assert whole == pytest.approx(4800.0)


def test_rates_times_hours_are_the_footprint() -> None:
    """Three hourly rates sum to the emissions of all electricity generated for the device."""
    per_hour = (
        rates.operation_footprint_rate(0.5, 0.4)
        + rates.overhead_footprint_rate(0.5, 1.2, 0.4)
        + rates.loss_footprint_rate(0.5, 1.2, 0.05, 0.4)
    )
    assert 8000.0 * per_hour == pytest.approx(0.5 * 8000.0 * 1.2 / 0.95 * 0.4)


def test_transmission_loss_is_a_share_of_generation() -> None:
    """Five percent lost of 1000 kWh generated leaves 950 kWh and loses 50."""
    assert operation.loss_energy(950.0, 0.05) == pytest.approx(50.0)


def test_water_counts_it_energy_on_site_and_facility_energy_off_site() -> None:
    """Li et al. 2023: water = E_IT x (WUE + PUE x water per kWh)."""
    it = 1000.0
    facility = operation.facility_energy(it, 1.2)
    total = water.on_site_water(it, 0.3) + water.off_site_water(facility, 3.1)
    assert total == pytest.approx(it * (0.3 + 1.2 * 3.1))


def test_life_cycle_intensity_never_falls_below_its_floor() -> None:
    """A trajectory to zero or below leaves the upstream part."""
    assert electricity.floored_intensity(0.4, -0.01, 0.03) == pytest.approx(0.03)
    assert electricity.floored_intensity(0.4, 0.5, 0.03) == pytest.approx(0.2)


def test_market_intensity_runs_from_residual_to_contract() -> None:
    """No contract leaves the residual mix, a full one the contract."""
    assert electricity.market_intensity(0.0, 0.02, 0.5) == pytest.approx(0.5)
    assert electricity.market_intensity(1.0, 0.02, 0.5) == pytest.approx(0.02)


def test_training_time_of_gpt_3() -> None:
    """3.14e23 FLOPs at 40 % of an A100's 312 TFLOP/s take 699 thousand device hours."""
    assert work.busy_time(3.14e23, 312e12 * 3600, 0.4) == pytest.approx(6.99e5, rel=1e-3)


def test_a_kilogram_flown_emits_about_ten() -> None:
    """One kilogram over 9500 km at 1.035 kg per tonne-kilometer is 9.83 kg."""
    plane = load("freight")["modes"]["plane"]["freight_intensity"]["gwp100"]
    middle = float(plane["mode"].split()[0]) / 1000
    assert transport.transport_footprint(1.0, 1.0, 9500.0, middle) == pytest.approx(9.83, rel=0.01)


@pytest.mark.parametrize(
    ("mode", "parts"),
    [("plane", (0.89939, 0.13516)), ("boat", (0.01612, 0.00365)), ("truck", (0.10163, 0.02359))],
)
def test_freight_mode_is_the_published_factor_with_its_fuel_production(
    mode: str, parts: tuple[float, float]
) -> None:
    """UK Government conversion factors 2025: freighting goods plus well-to-tank."""
    written = load("freight")["modes"][mode]["freight_intensity"]["gwp100"]["mode"]
    assert float(written.split()[0]) == pytest.approx(sum(parts), rel=1e-3)
