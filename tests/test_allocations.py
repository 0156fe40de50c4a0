"""Laws and worked examples of the end-of-life rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import lca.allocations
from lca import allocations, values
from lca.vocabulary import VOCABULARY

SERVER = {
    "collected_share": 0.8,
    "recovered_share": 0.8,
    "treatment_intensity": 1.5,
    "recycling_intensity": 1.7,
    "disposal_intensity": 0.01,
    "virgin_intensity": 4.7,
    "quality_ratio": 1.0,
    "allocation_factor": 0.5,
    "recycled_content": 0.0,
    "device_mass": 10.0,
}
shares_of_one = st.floats(0.0, 1.0)
intensities = st.floats(0.0, 100.0)
devices = st.fixed_dictionaries(
    {
        name: intensities if VOCABULARY[name].unit == "kgCO2e/kg" else shares_of_one
        for name in SERVER
        if name != "device_mass"
    }
    | {"device_mass": st.floats(0.01, 1000.0)}
)
each_rule = pytest.mark.parametrize("name", allocations.names())


def test_the_four_rules_are_there() -> None:
    """Being in the folder is the registration."""
    assert allocations.names() == ("cff", "cut_off", "fifty_fifty", "substitution")


@each_rule
def test_rule_introduces_itself(name: str) -> None:
    """A rule states its name, a sentence and where it comes from."""
    rule = allocations.choose(name)
    assert name == rule.NAME
    assert rule.SENTENCE.endswith(".")
    assert any(word in rule.REFERENCE for word in ("ISO 14044", "2021/2279"))


def test_unknown_rule_names_those_that_exist() -> None:
    """A slip of the pen gets the nearest name and the whole list."""
    with pytest.raises(LookupError, match=r'did you mean "cut_off".*cff, cut_off, fifty_fifty'):
        allocations.choose("cutoff")
    with pytest.raises(LookupError, match='no allocation rule "zzz"; there are: cff'):
        allocations.choose("zzz")


@each_rule
@given(device=devices)
def test_burden_is_never_negative_and_credit_never_positive(
    name: str, device: dict[str, float]
) -> None:
    """Burden and credit stand apart, each with its sign."""
    rule = allocations.choose(name)
    assert rule.end_of_life_footprint(**device) >= 0
    assert rule.recovery_credit(**device) <= 0


@each_rule
@given(factor=shares_of_one)
def test_shares_of_this_life_and_the_next_sum_to_one(name: str, factor: float) -> None:
    """Nothing of recycling is lost or counted twice between lives."""
    assert sum(allocations.choose(name).shares(factor)) == pytest.approx(1.0)


@each_rule
@given(device=devices)
def test_shares_tell_what_the_rule_does(name: str, device: dict[str, float]) -> None:
    """Burden and credit are those of substitution, times the share of this life."""
    rule, full = allocations.choose(name), allocations.choose("substitution")
    none = allocations.choose("cut_off")
    this_life, _ = rule.shares(device["allocation_factor"])
    gate = none.end_of_life_footprint(**device)
    recycling = full.end_of_life_footprint(**device) - gate
    credit = full.recovery_credit(**device)
    assert rule.end_of_life_footprint(**device) == pytest.approx(gate + this_life * recycling)
    assert rule.recovery_credit(**device) == pytest.approx(this_life * credit)


@each_rule
@given(device=devices)
def test_a_closed_loop_costs_the_same_under_every_rule(name: str, device: dict[str, float]) -> None:
    """If a device is made of what it gives back, at full quality, allocation cannot matter."""
    recovered = device["collected_share"] * device["recovered_share"]
    loop = device | {"recycled_content": recovered, "quality_ratio": 1.0}

    def total(rule: allocations.Rule) -> Any:
        return (
            rule.end_of_life_footprint(**loop)
            + rule.recovery_credit(**loop)
            + rule.recycled_content_footprint(**loop)
        )

    expected = total(allocations.choose("cut_off"))
    assert total(allocations.choose(name)) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@each_rule
@given(device=devices)
def test_two_devices_count_double(name: str, device: dict[str, float]) -> None:
    """Everything is proportional to mass."""
    rule, twice = allocations.choose(name), device | {"device_mass": 2 * device["device_mass"]}
    for question in ("end_of_life_footprint", "recovery_credit", "recycled_content_footprint"):
        answer = getattr(rule, question)
        assert answer(**twice) == pytest.approx(2 * answer(**device))


@pytest.mark.parametrize(
    ("name", "burden", "credit"),
    [
        pytest.param("cut_off", 12.02, 0.0, id="cut_off"),
        pytest.param("substitution", 22.90, -30.08, id="substitution"),
        pytest.param("fifty_fifty", 17.46, -15.04, id="fifty_fifty"),
        pytest.param("cff", 17.46, -15.04, id="cff at A = 0.5"),
    ],
)
def test_ten_kilograms_by_hand(name: str, burden: float, credit: float) -> None:
    """8 kg treated at 1.5, 2 kg disposed at 0.01, 6.4 kg recycled at 1.7 in place of 4.7."""
    rule = allocations.choose(name)
    assert rule.end_of_life_footprint(**SERVER) == pytest.approx(burden)
    assert rule.recovery_credit(**SERVER) == pytest.approx(credit)


@pytest.mark.parametrize(("factor", "like"), [(0.0, "substitution"), (1.0, "cut_off")])
def test_cff_runs_from_substitution_to_cut_off(factor: float, like: str) -> None:
    """A = 0 gives all recycling to this life, A = 1 all to the next."""
    device = SERVER | {"allocation_factor": factor}
    cff, other = allocations.choose("cff"), allocations.choose(like)
    for question in ("end_of_life_footprint", "recovery_credit"):
        assert getattr(cff, question)(**device) == pytest.approx(getattr(other, question)(**device))


def test_cff_material_terms_as_published() -> None:
    """(1 - R1) Ev + R1 (A Erec + (1 - A) Ev Q) + (1 - A) R2 (Erec - Ev Q), all at once."""
    device = SERVER | {"allocation_factor": 0.2, "recycled_content": 0.3, "quality_ratio": 0.9}
    rule = allocations.choose("cff")
    found = (
        10.0 * 4.7
        + rule.recycled_content_footprint(**device)
        + rule.recovery_credit(**device)
        + rule.end_of_life_footprint(**device)
        - allocations.choose("cut_off").end_of_life_footprint(**device)
    )
    entering = 0.7 * 4.7 + 0.3 * (0.2 * 1.7 + 0.8 * 4.7 * 0.9)
    leaving = 0.8 * 0.64 * (1.7 - 4.7 * 0.9)
    assert found == pytest.approx(10.0 * (entering + leaving))


def test_avoided_emissions_are_those_of_the_e_waste_monitor() -> None:
    """Global E-waste Monitor 2024: 52 Mt avoided over 62 Mt x 22.3 %, per kilogram recycled."""
    package = Path(lca.allocations.__file__).parent.parent
    path = package / "factors" / "embodied" / "end_of_life.yaml"
    file = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    virgin = values.read(file["virgin_intensity"]["gwp100"], "kgCO2e/kg").central
    assert virgin * 0.8 == pytest.approx(52 / (62 * 0.223), rel=0.001)
