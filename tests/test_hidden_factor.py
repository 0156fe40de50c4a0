"""The hidden factor: one constant for a family of rows, how well it does, and who stands out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lca.cli import main
from lca.errors import DocumentError, InputError
from lca.validation.cases import PACKAGED
from lca.validation.hidden import Family, fit
from lca.validation.hidden_result import infer
from lca.validation.hidden_rows import FREE, Implied

PUBLISHED = sorted(PACKAGED.glob("*.yaml"))[0]
CENTRAL = st.floats(0.01, 1.5)


def row(name: str, value: float, half: float = 0.0) -> Implied:
    """Return a row that implies a value, give or take a fraction."""
    low, high = value * (1 - half), value * (1 + half)
    return Implied(name, "family", "co2e", value, low, high, "kg/kWh", "co2e / energy")


def families(free: str, by: str = "family") -> dict[str, dict[str, Any]]:
    """Return what is recovered from the packaged cases, by family."""
    return {family["name"]: family for family in infer(PUBLISHED, free, by)["families"]}


def standing_out(family: dict[str, Any]) -> set[str]:
    """Return the rows that stand out."""
    return {one["id"] for one in family["rows"] if one["stands_out"]}


def written(folder: Path, data: object) -> Path:
    """Write a file of cases."""
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def case(name: str, hours: float, carbon: float) -> dict[str, Any]:
    """Return a row of a card: hours, power and CO2e."""
    return {
        "id": name,
        "family": "card",
        "inputs": {
            "device_hours": {"value": hours, "unit": "hour"},
            "device_power": {"value": 700, "unit": "W"},
        },
        "published": [{"quantity": "co2e", "value": carbon, "unit": "t"}],
    }


# --- the constant of a family -------------------------------------------------------------------


@given(CENTRAL, st.lists(st.floats(-0.004, 0.004), min_size=4, max_size=12))
def test_one_wrong_row_does_not_move_the_constant(center: float, noise: list[float]) -> None:
    """However wrong one row is, the constant stays within the noise of the others."""
    rows = [row(f"r{i}", center * (1 + part)) for i, part in enumerate(noise)]
    found = fit("family", [*rows, row("wrong", center * 150)])
    assert found.constant == pytest.approx(center, rel=0.0041)
    assert [one.case for one in found.standing_out] == ["wrong"]


@given(CENTRAL, st.integers(3, 10))
def test_rows_of_one_constant_stand_together(center: float, number: int) -> None:
    """Rows that all imply one value have no deviation, and none stands out."""
    found = fit("family", [row(f"r{i}", center, 0.01) for i in range(number)])
    assert (found.mad, found.standing_out, len(found.agreeing)) == (0.0, (), number)


@given(CENTRAL, st.floats(1.5, 100))
def test_two_rows_accuse_nobody(center: float, ratio: float) -> None:
    """Of two rows that disagree nobody can say which one is wrong."""
    found = fit("family", [row("a", center), row("b", center * ratio)])
    assert not found.judged
    assert found.standing_out == ()


def test_rounding_excuses_a_row() -> None:
    """A row printed with one digit does not stand out where its rounding holds the constant."""
    rows = [row("a", 0.400), row("b", 0.401), row("c", 0.399)]
    assert fit("f", [*rows, row("d", 0.5, 0.25)]).standing_out == ()
    assert [one.case for one in fit("f", [*rows, row("d", 0.5)]).standing_out] == ["d"]


def test_the_shared_interval_is_where_most_rows_meet() -> None:
    """The interval told lies in the most rows' own intervals."""
    found = fit("f", [row("a", 1.0, 0.02), row("b", 1.01, 0.02), row("c", 2.0, 0.01)])
    assert [one.case for one in found.agreeing] == ["a", "b"]
    assert (found.low, found.high) == (pytest.approx(0.9898), pytest.approx(1.02))


def test_the_residual_is_what_the_constant_misses() -> None:
    """A constant 10 % above what a row implies misses its result by 10 %."""
    one = row("a", 1.0)
    found = Family("f", "", (one,), 1.1, 0.0, 1.1, 1.1, (), ())
    assert found.residual(one) == pytest.approx(0.1)


# --- published families -------------------------------------------------------------------------


def test_llama_3_1_rows_share_one_factor() -> None:
    """Both rows of the Llama 3.1 card follow from one factor of 0.41 kg/kWh within 2 %."""
    found = families("grid_intensity", "source")[
        "Llama 3.1 model card (meta-llama/llama-models repository)"
    ]
    assert found["constant"] == pytest.approx(0.4135, rel=0.01)
    assert found["largest_residual"] < 0.02


def test_llama_3_3_stands_out_from_the_cards_of_its_maker() -> None:
    """The 12.9 t printed for Llama 3.3 stand out; the same hours with 2,040 t do not."""
    rows = families("grid_intensity")["Meta"]["rows"]
    out = {one["quantity"] for one in rows if one["stands_out"]}
    assert "co2e_location_based_as_printed" in out
    assert "co2e_location_based_sibling_card" not in out


def test_llama_2_has_the_factor_of_the_llama_paper() -> None:
    """PUE 1.1 times 0.385 kg/kWh is what every row of the Llama 2 card implies."""
    found = families("grid_intensity", "source")
    name = next(name for name in found if name.startswith("Llama 2 model card"))
    assert found[name]["constant"] == pytest.approx(1.1 * 0.385, rel=2e-4)


def test_the_copied_energy_of_a_vendor_sheet_stands_out() -> None:
    """Among Dell's sheets the R640, whose yearly energy is the R740's, stands out alone."""
    found = families("grid_intensity")
    dell = next(family for name, family in found.items() if name.endswith("Dell"))
    assert standing_out(dell) == {"hw-pcf-dell-r640-outlier"}
    assert dell["constant"] == pytest.approx(1.036, rel=0.01)


def test_each_maker_of_sheets_is_a_family() -> None:
    """Dell's factor is not HPE's: sheets of one collection are not thrown together."""
    found = families("grid_intensity")
    hpe = next(family for name, family in found.items() if name.endswith("HPE"))
    assert hpe["constant"] == pytest.approx(1.415, rel=0.01)
    assert not hpe["judged"]


def test_sites_of_different_grids_have_no_single_factor() -> None:
    """The sites of Patterson's table differ, and that is said instead of a constant."""
    assert not families("grid_intensity")["Patterson et al."]["one_constant"]
    assert families("grid_intensity")["Strubell, Ganesh, McCallum"]["one_constant"]


def test_a_logged_factor_is_recovered() -> None:
    """Power Hungry Processing implies 0.139 kg/kWh as in its logs, not the 0.298 of its text."""
    found = families("grid_intensity")["Luccioni, Jernite, Strubell"]
    assert found["constant"] == pytest.approx(0.13875, rel=0.005)


@pytest.mark.parametrize(
    ("free", "family", "value", "within"),
    [
        ("pue", "Strubell, Ganesh, McCallum", 1.58, 0.001),
        ("pue", "Touvron et al.", 1.1, 0.002),
        ("overhead", "Strubell, Ganesh, McCallum", 1.58, 0.001),
        ("lifetime", "Luccioni, Viguier, Ligozat", 6.0, 0.002),
        ("utilization", "Luccioni, Viguier, Ligozat", 0.85, 0.002),
    ],
)
def test_a_stated_factor_is_found_again(
    free: str, family: str, value: float, within: float
) -> None:
    """Left out and recovered, a factor that a source states is the one it states."""
    assert families(free)[family]["constant"] == pytest.approx(value, rel=within)


@pytest.mark.parametrize("free", FREE)
def test_every_row_is_told_or_named_as_silent(free: str) -> None:
    """No case disappears: it implies a value, or it is listed as saying nothing."""
    result = infer(PUBLISHED, free)
    told = {one["id"] for family in result["families"] for one in family["rows"]}
    cases = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))["cases"]
    assert told | set(result["unsupported"]) == {one["id"] for one in cases}
    assert not told & set(result["unsupported"])


def test_an_assumed_input_is_named() -> None:
    """A value that rests on an input which the source did not publish says so."""
    found = families("grid_intensity")["Kirillov et al."]
    assert found["rows"][0]["assumed_inputs"] == ["device_power"]


# --- the command --------------------------------------------------------------------------------


def test_the_command_tells_the_constant_and_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page has the constant, marks the row that stands out, and fits 80 columns."""
    rows = [case("a", 1.46e6, 420), case("b", 7e6, 2040), case("c", 30.84e6, 8930)]
    path = written(tmp_path, {"cases": [*rows, case("d", 7e6, 12.9)]})
    assert main(["infer", str(path), "--free", "grid_intensity"]) == 0
    shown = capsys.readouterr().out
    assert "card: grid_intensity 0.4123 kg/kWh" in shown
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("! d")] == ["d"]
    assert max(map(len, shown.splitlines())) <= 80


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has every row with its implied value and interval."""
    path = written(tmp_path, {"cases": [case("a", 1e6, 280), case("b", 2e6, 560)]})
    assert main(["infer", str(path), "--free", "grid_intensity", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["families"][0]
    assert found["constant"] == pytest.approx(0.4)
    assert all(one["low"] < one["implied"] < one["high"] for one in found["rows"])


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        ({"rows": []}, 1, "no list of cases"),
        ({"cases": ["x"]}, 2, "a case is a mapping"),
        ({"cases": [{"id": "a", "inputs": [], "published": []}]}, 3, '"inputs" must be a mapping'),
        ({"cases": [{"id": "a", "inputs": {}}]}, 2, '"published" must be a list'),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line(
    tmp_path: Path, data: object, line: int, message: str
) -> None:
    """A mistake is told with file, line and what is accepted."""
    path = written(tmp_path, data)
    with pytest.raises(DocumentError, match=message) as told:
        infer(path, "grid_intensity")
    assert told.value.problems[0].line == line


def test_a_file_that_says_nothing_is_refused(tmp_path: Path) -> None:
    """Where no row could give the factor, that is said instead of an empty page."""
    path = written(tmp_path, {"cases": [{"id": "a", "inputs": {}, "published": []}]})
    with pytest.raises(InputError, match="no row has the inputs"):
        infer(path, "lifetime")
