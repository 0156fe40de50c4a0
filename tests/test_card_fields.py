"""Entries of a name and a value on model cards: lists, tables of two columns, told twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lca.validation.cards import check_card


def checked(folder: Path, text: str) -> dict[str, Any]:
    """Return what is said of a card."""
    path = folder / "README.md"
    path.write_text(text, encoding="utf-8")
    return check_card(path)


def flags(result: dict[str, Any]) -> list[tuple[str, int]]:
    """Return code and line of every flag."""
    return [(flag["code"], flag["line"]) for flag in result["flags"]]


LISTED = """\
- **Hardware Type:** NVIDIA A100 SXM4 80GB
- **Hours used:** 1,000,000 GPU hours
- **Mean power per GPU:** 400 W
- **PUE:** 1.2
- **Carbon intensity:** 50 gCO2eq/kWh
- **Energy consumed:** 480 MWh including PUE
- **Carbon Emitted:** 24 tCO2eq
"""


def test_a_list_with_hours_power_and_intensity_is_read_whole(tmp_path: Path) -> None:
    """Entries of documented names are read with their units, and hold together."""
    result = checked(tmp_path, LISTED)
    claim = result["claims"][0]
    assert (flags(result), result["not_understood"]) == ([], [])
    assert claim["inputs"]["device_hours"] == {"value": 1e6, "unit": "hour"}
    assert claim["inputs"]["pue"]["value"] == 1.2
    assert claim["printed"]["energy_facility"] == {"value": 480.0, "unit": "MWh"}


def test_a_table_of_names_and_values_is_read(tmp_path: Path) -> None:
    """Two columns without documented headings are a list; its megawatt hours are kilowatt hours."""
    rows = "| Hours used | 120 |\n| Power per GPU | 400 W |\n| Energy Consumed | 384 MWh |\n"
    result = checked(tmp_path, "| | |\n|---|---|\n| Hardware Type | 8 x NVIDIA A100 |\n" + rows)
    assert ("power-of-ten", 3) in flags(result)
    odd = checked(tmp_path, "| | |\n|---|---|\n| Energy Consumed | about 5 MWh, or 6 |\n")
    assert odd["not_understood"] == [{"line": 3, "text": "Energy Consumed: about 5 MWh, or 6"}]


def test_pue_on_the_energy_of_a_facility_is_pue_twice(tmp_path: Path) -> None:
    """A sentence that names a facility's energy is taken at its word."""
    text = "Facility energy was 455 MWh at a PUE of 1.25 and 0.4 kgCO2e/kWh."
    result = checked(tmp_path, f"{text}\nEstimated total emissions were 227.5 tCO2eq.\n")
    assert flags(result) == [("pue-twice", 1)]


def test_what_is_told_twice_otherwise_is_remarked(tmp_path: Path) -> None:
    """A front matter and a list that give different emissions are told, with the second's line."""
    text = "---\nco2_eq_emissions:\n  emissions: 50000\n---\n- **Carbon Emitted:** 60 kg\n"
    remarks = checked(tmp_path, text)["remarks"]
    assert any("co2e is told again in line 5: 60 kg, not 50 kg" in said for said in remarks)
