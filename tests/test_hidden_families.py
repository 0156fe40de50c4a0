"""The hidden factor over families of other names: found within 1 %, the odd row told, rivals named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lca.validation.hidden_result import infer

ODD = 3
"""The row that is printed with 2.7 times its result."""

HOURS = (120_000, 45_500, 3_100_000, 777_000, 1_460_000, 64_200, 9_900)
ENERGIES = (812.0, 1760.3, 2044.5, 990.0, 3012.1, 1151.0, 1408.0)

FAMILIES: dict[str, dict[str, Any]] = {
    "model cards": {
        "free": "grid_intensity",
        "truth": 0.4135,
        "inputs": lambda i: {
            "accelerator_hours": (HOURS[i], "hour"),
            "power_per_gpu": (0.7, "kW"),
        },
        "printed": lambda i: ("carbon_emitted", HOURS[i] * 0.7 * 0.4135 / 1000, "t"),
    },
    "vendor sheets": {
        "free": "grid_intensity",
        "truth": 1.043,
        "inputs": lambda i: {
            "annual_energy": (ENERGIES[i], "kWh"),
            "service_life": (4, "year"),
        },
        "printed": lambda i: ("use_phase_emissions", ENERGIES[i] * 4 * 1.043, "kg"),
    },
    "water": {
        "free": "water_factor",
        "truth": 1.29,
        "inputs": lambda i: {"facility_energy": (ENERGIES[i], "MWh")},
        "printed": lambda i: ("water_consumption", ENERGIES[i] * 1.29, "m**3"),
    },
    "meters": {
        "free": "pue",
        "truth": 1.17,
        "inputs": lambda i: {
            "n_gpus": (8 * (i + 1), ""),
            "runtime": (100 + 7 * i, "hour"),
            "gpu_power": (350, "W"),
        },
        "printed": lambda i: (
            "facility_energy",
            8 * (i + 1) * (100 + 7 * i) * 0.35 * 1.17,
            "kWh",
        ),
    },
    "rated power": {
        "free": "overhead",
        "truth": 1.3,
        "inputs": lambda i: {"gpu_hours": (HOURS[i], "hour"), "tdp": (400, "W")},
        "printed": lambda i: ("electricity", HOURS[i] * 0.4 * 1.3, "kWh"),
    },
    "overhead told": {
        "free": "grid_intensity",
        "truth": 0.332,
        "inputs": lambda i: {"it_energy": (ENERGIES[i], "kWh"), "pue": (1.2, "")},
        "printed": lambda i: ("co2e", ENERGIES[i] * 1.2 * 0.332, "kg"),
    },
}


def written(value: float, unit: str) -> dict[str, Any]:
    """Return a quantity of a case, with four digits."""
    return {"value": float(f"{value:.5g}"), "unit": unit or "dimensionless"}


def family_file(folder: Path, name: str) -> Path:
    """Write the rows of one family, one of them odd, and return the path."""
    family = FAMILIES[name]
    rows = []
    for number in range(len(HOURS)):
        quantity, value, unit = family["printed"](number)
        odd = 2.7 if number == ODD else 1.0
        rows.append(
            {
                "id": f"row-{number}",
                "family": name,
                "inputs": {key: written(*pair) for key, pair in family["inputs"](number).items()},
                "published": [{"quantity": quantity, **written(value * odd, unit)}],
            }
        )
    path = folder / "family.yaml"
    path.write_text(yaml.safe_dump({"cases": rows}, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FAMILIES)
def test_factor_of_a_family_is_found_and_the_odd_row_told(name: str, tmp_path: Path) -> None:
    """The constant is within 1 % of the planted one, and the one odd row stands out alone."""
    found = infer(family_file(tmp_path, name), FAMILIES[name]["free"])["families"][0]
    assert found["constant"] == pytest.approx(FAMILIES[name]["truth"], rel=0.01)
    assert [row["id"] for row in found["rows"] if row["stands_out"]] == [f"row-{ODD}"]


def test_rival_factor_is_named(tmp_path: Path) -> None:
    """Where an overhead of the machine explains the rows as well as a PUE, that is told."""
    found = infer(family_file(tmp_path, "meters"), "pue")["families"][0]
    assert [rival["free"] for rival in found["also_explained_by"]] == ["overhead"]
    assert found["also_explained_by"][0]["constant"] == pytest.approx(1.17, rel=0.01)


def test_factor_without_a_rival_says_nothing_of_one(tmp_path: Path) -> None:
    """A water factor is not taken for anything else."""
    found = infer(family_file(tmp_path, "water"), "water_factor")["families"][0]
    assert found["also_explained_by"] == []
