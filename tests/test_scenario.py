"""Scenarios: options, what-ifs and functional units, and what is said when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import lca
from lca import units
from lca.errors import InputError, ScenarioError, UnitError
from lca.library import Library
from lca.scenario import Scenario, functional_unit

TEXT = """\
schema: 1
title: two sites
functional_unit: [device year, 1 million tokens]
period: 2027-2031
sites:
  paris: {region: FR}
  oslo: {region: NO}
fleet:
  chat: {device: nvidia-h100-sxm5-80gb, count: 8, lifetime: 5 years, site: paris, utilization: 60%}
options:
  early: {fleet.chat.lifetime: 3 years, fleet.chat.count: 16}
  north: {based_on: early, fleet.chat.site: oslo, fleet.chat.count: 4}
  pair:
    fleet.spare: {device: nvidia-h100-sxm5-80gb, count: 1, lifetime: 4 years, site: oslo}
    fleet.spare.count: 2
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Return a small scenario, loaded from a file."""
    file = tmp_path / "two_sites.yaml"
    file.write_text(TEXT)
    return lca.load(file)


def refusal(scenario: Scenario, path: str, value: object) -> ScenarioError:
    """Return the error that a what-if must raise."""
    with pytest.raises(ScenarioError) as caught:
        scenario.replace(path, value)
    return caught.value


def test_options_are_the_base_and_its_alternatives(scenario: Scenario) -> None:
    """The scenario as written comes first, then its options in the order of the file."""
    assert [option.name for option in scenario.options()] == ["base", "early", "north", "pair"]


def test_an_option_builds_on_another(scenario: Scenario) -> None:
    """``based_on`` takes over the other's values; its own have the last word."""
    north = scenario.options()[2].model.fleet["chat"]
    assert (north.lifetime.central, north.site, north.count) == (3.0, "oslo", {"first": 4})
    assert scenario.model.fleet["chat"].count == {"first": 8}


def test_an_option_may_add_a_fleet_and_change_it(scenario: Scenario) -> None:
    """A whole fleet is added as a mapping; later paths of the option reach into it."""
    pair = scenario.options()[3].model.fleet
    assert {name: dict(fleet.count) for name, fleet in pair.items()} == {
        "chat": {"first": 8},
        "spare": {"first": 2},
    }


def test_replace_makes_a_new_scenario(scenario: Scenario) -> None:
    """A what-if changes nothing in the scenario it starts from."""
    before = scenario.digest()
    north = scenario.replace("fleet.chat.site", "oslo")
    assert north.model.fleet["chat"].site == "oslo"
    assert scenario.model.fleet["chat"].site == "paris"
    assert scenario.digest() == before != north.digest()
    assert north.replace("fleet.chat.site", "paris").digest() == before


def test_replace_takes_what_python_has(scenario: Scenario) -> None:
    """Quantities, numbers, mappings and None are as good as text; None unsets a value."""
    fleet = scenario.replace("fleet.chat.lifetime", units.quantity(36.0, "month")).model.fleet
    assert fleet["chat"].lifetime.central == pytest.approx(3.0)
    fleet = scenario.replace("fleet.chat.count", {2027: 4, 2029: 8}).model.fleet
    assert fleet["chat"].count == {"2027": 4, "2029": 8}
    assert scenario.replace("fleet.chat.utilization", 0.5).model.fleet["chat"].utilization == (
        scenario.replace("fleet.chat.utilization", "50%").model.fleet["chat"].utilization
    )
    unset = scenario.replace("fleet.chat.utilization", None)
    assert unset.model.fleet["chat"].utilization is None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "fleet.chat.device",
            "nvidia-h100-smx",
            'fleet.chat.device: no device "nvidia-h100-smx"; did you mean "nvidia-h100-sxm5-80gb"? '
            "(lca list gpu)",
        ),
        (
            "fleet.chat.lifetime",
            5,
            'fleet.chat.lifetime: "5" has no unit; write for example 5 years',
        ),
        (
            "fleet.chat.lifetimes",
            "5 years",
            'fleet.chat.lifetimes: no key "lifetimes" here; did you mean "lifetime"?',
        ),
        ("flet.chat.site", "oslo", 'flet: no key "flet" here; did you mean "fleet"?'),
        ("fleet.chatt.site", "oslo", 'fleet.chatt.site: no fleet "chatt"; did you mean "chat"?'),
        (
            "fleet.train.site",
            "oslo",
            'fleet.train.site: no fleet "train"; to add one, set fleet.train to a mapping',
        ),
        (
            "fleet.chat.site.pue",
            1.2,
            'fleet.chat.site.pue: "fleet.chat.site" is not a mapping: nothing is inside it',
        ),
        (
            "fleet.chat.site",
            "osslo",
            'fleet.chat.site: no site "osslo"; did you mean "oslo"? (one of: paris, oslo)',
        ),
        (
            "fleet.chat.count",
            {2027: -1},
            'fleet.chat.count.2027: expected a whole number of 0 or more, found "-1"',
        ),
        ("fleet.chat.device", ["a"], "fleet.chat.device: expected text, found a list"),
        (
            "fleet..site",
            "oslo",
            "fleet..site: not a path; write names with dots between them, such as fleet.chat.site",
        ),
        (
            "schema",
            2,
            'schema: "schema" cannot be changed here, only what the scenario describes',
        ),
        (
            "period",
            "2031-2027",
            'period: the period runs backwards: "2031-2027"; write 2027-2031',
        ),
    ],
)
def test_replace_refuses_as_a_file_does(
    scenario: Scenario, path: str, value: object, message: str
) -> None:
    """A wrong path or value of a what-if is told with its path, but without a place in the file."""
    error = refusal(scenario, path, value)
    assert str(error) == message
    assert [(p.file, p.line, p.excerpt) for p in error.problems] == [(None, None, None)]
    assert error.exit_code == 3


def test_patch_tells_all_mistakes(scenario: Scenario) -> None:
    """Several wrong values of one what-if are told together, sorted by path."""
    changes = {"fleet.chat.site": "osslo", "fleet.chat.lifetime": "5", "fleet.chat.count": "x"}
    with pytest.raises(ScenarioError) as caught:
        scenario.patch(changes, "what if")
    assert [p.path for p in caught.value.problems] == sorted(changes)
    with pytest.raises(ScenarioError) as caught:
        scenario.patch({"fleet.a.site": "x", "sites.b.pue": "1.1"}, "what if")
    assert [p.path for p in caught.value.problems] == ["fleet.a.site", "sites.b.pue"]


def test_a_saved_scenario_is_the_same(scenario: Scenario, tmp_path: Path) -> None:
    """Saving and loading again gives equal contents, digest and options."""
    scenario.save(tmp_path / "again.yaml")
    again = lca.load(tmp_path / "again.yaml")
    assert again.digest() == scenario.digest()
    assert [o.model for o in again.options()] == [o.model for o in scenario.options()]


def test_a_mapping_is_as_good_as_a_file(scenario: Scenario) -> None:
    """The same contents given in Python make the same scenario, named by its title."""
    mapping = lca.load(scenario.data)
    assert (mapping.model, mapping.digest()) == (scenario.model, scenario.digest())
    assert (mapping.name, scenario.name) == ("two sites", "two_sites")


def test_devices_beside_the_file_are_found(tmp_path: Path) -> None:
    """A ``hardware_db`` folder beside the scenario adds devices, and may replace packaged ones."""
    folder = tmp_path / "hardware_db" / "gpu"
    folder.mkdir(parents=True)
    own = "schema: 1\nid: {id}\nkind: gpu\nname: Ours\npower: {{tdp: 1 kW}}\n"
    for name in ("our-card", "nvidia-h100-sxm5-80gb"):
        (folder / f"{name}.yaml").write_text(own.format(id=name))
    file = tmp_path / "scenario.yaml"
    file.write_text(TEXT.replace("nvidia-h100-sxm5-80gb", "our-card", 1))
    library = lca.load(file).library
    assert library.device("our-card").name == "Ours"
    assert library.device("nvidia-h100-sxm5-80gb").name == "Ours"
    assert Library().device("nvidia-h100-sxm5-80gb").vendor == "NVIDIA"


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("device year", 1.0, "device_time"),
        ("1000 device hours", 1000 / 8766, "device_time"),
        ("device", 1.0, "devices"),
        ("1 million tokens", 1e6, "tokens"),
        ("per 1000 requests", 1000.0, "requests"),
        ("training run", 1.0, "runs"),
        ("EFLOP peak", 1e18, "flop_peak"),
        ("2 PFLOP useful", 2e15, "flop_useful"),
        ("ZFLOP delivered", 1e21, "flop_delivered"),
        ("MWh", 1000.0, "it_energy"),
    ],
)
def test_a_functional_unit_is_read(text: str, amount: float, kind: str) -> None:
    """A functional unit is an amount of one kind of work; the three FLOPs are never mixed."""
    unit = functional_unit.parse(text)
    assert (unit.amount, unit.kind) == (pytest.approx(amount), kind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EFLOP", '"EFLOP" must say which FLOPs: peak (capacity), delivered (executed) or useful'),
        ("1 million tokns", '"1 million tokns" is not a functional unit; did you mean "1 million'),
        ("0 tokens", '"0 tokens" is not an amount to divide by; write for example 1 million'),
        ("-5 requests", '"-5 requests" is not an amount to divide by'),
        ("1e400 tokens", '"1e400 tokens" is not an amount to divide by'),
        ("device year peak", '"device year peak": "peak" belongs to FLOPs; take it out'),
        ("3 kg", '"3 kg" is not a functional unit'),
        ("", '"" is not a functional unit'),
    ],
)
def test_what_is_no_functional_unit_says_so(text: str, message: str) -> None:
    """What nothing can be divided by is refused, with examples."""
    with pytest.raises(UnitError) as caught:
        functional_unit.parse(text)
    assert str(caught.value).startswith(message)


def test_a_mistake_in_an_option_points_at_the_option(tmp_path: Path) -> None:
    """What an option does wrong is told at the option's own line, for each option once."""
    file = tmp_path / "scenario.yaml"
    file.write_text(TEXT.replace("3 years", "3 kg").replace("fleet.chat.site: oslo", "x.y: 1"))
    with pytest.raises(InputError) as caught:
        lca.load(file)
    assert [(p.line, p.column, p.path) for p in caught.value.problems] == [
        (11, 32, 'options.early."fleet.chat.lifetime"'),
        (12, 28, 'options.north."x.y"'),
    ]
