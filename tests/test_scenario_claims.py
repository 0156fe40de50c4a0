"""A scenario passes through the checks of published figures: silent where right, loud where wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import lca
from lca import document
from lca.cli import main
from lca.library import DEVICE_KINDS, Library
from lca.report.catalog import templates
from lca.validation.cards import check_card
from lca.validation.checks import check
from lca.validation.checks_claims import claims_of
from lca.validation.quantities import Known
from lca.validation.scenario_checks import SCENARIO_CODES, check_scenario
from lca.validation.scenario_claims import claims_of_scenario

ROOT = Path(__file__).parent.parent
PLANTED = document.read(Path(__file__).with_name("planted_scenarios.yaml")).data
CARD = """
- Hardware Type: Z9000 accelerator
- Hours used: 1000
- Carbon Emitted: 100 kg
"""
DEVICE = """
schema: 1
id: acme-z9000
kind: gpu
name: Acme Z9000
vendor: Acme
source: lca-assumption
power: {tdp: 500 W}
"""


def changed(entry: dict[str, Any]) -> lca.Scenario:
    """Return the scenario of an entry with its mistake in it."""
    return lca.load(PLANTED["scenarios"][entry["scenario"]]).patch(entry["changes"], "planted")


@pytest.mark.parametrize("path", sorted(templates().values()), ids=lambda path: path.stem)
def test_no_packaged_scenario_is_flagged(path: Path) -> None:
    """Every packaged scenario, which is every template, passes with all its options."""
    assert check_scenario(lca.load(path)) == []


def test_no_device_or_instance_is_flagged_by_its_own_record() -> None:
    """Every device as a fleet and every cloud instance at work, defaults throughout, pass."""
    library = Library()
    devices = [name for kind in DEVICE_KINDS for name in library.ids(kind)]
    fleet = {"count": "8", "site": "hall", "lifetime": "4 years"}
    work = {"site": "hall", "instance_hours": "1000 h", "tokens": "1e9 token"}
    data = {
        "schema": "1",
        "period": "2026-2027",
        "indicators": ["water"],
        "sites": {"hall": {"region": "SE"}},
        "fleet": {name: {"device": name, **fleet} for name in devices},
        "work": {f"on {name}": {"instance": name, **work} for name in library.ids("instance")},
    }
    assert len(devices) > 100
    assert check_scenario(lca.load(data, library=library)) == []


@pytest.mark.parametrize("pue", [1.08, 1.2, 1.56, 2.0])
@pytest.mark.parametrize(
    ("given", "multiple", "code"),
    [("it_energy", 1, "boundary-mixed"), ("facility_energy", 2, "pue-twice"), ("facility_energy", -1, "pue-divided")],
)  # fmt: skip
def test_a_misplaced_pue_is_noticed_at_any_pue(
    pue: float, given: str, multiple: int, code: str
) -> None:
    """The PUE is found in the wrong place whatever it is; the right energy is never accused."""
    data = json.loads(json.dumps(PLANTED["scenarios"]["facility"]))
    data["sites"]["hall"]["pue"] = str(pue)
    run = data["work"]["run"]
    right = 500 if given == "it_energy" else 500 * pue
    del run["facility_energy"]
    run[given] = f"{right} kWh"
    assert check_scenario(lca.load(data)) == []
    run[given] = f"{500 * pue**multiple} kWh"
    codes = {flag["code"] for flag in check_scenario(lca.load(data))}
    assert code in codes


@pytest.mark.parametrize("name", list(PLANTED["scenarios"]))
def test_a_scenario_without_its_mistake_is_not_flagged(name: str) -> None:
    """The scenarios that mistakes are planted in are right without them."""
    assert check_scenario(lca.load(PLANTED["scenarios"][name])) == []


@pytest.mark.parametrize("entry", PLANTED["planted"], ids=lambda e: f"{e['code']}: {e['what']}")
def test_a_planted_mistake_is_noticed(entry: dict[str, Any]) -> None:
    """Each mistake is told under its code, with the path of what it is about."""
    found = check_scenario(changed(entry))
    assert entry["code"] in {flag["code"] for flag in found}
    place = next(iter(entry["changes"])).split(".")[:2]
    assert any(flag["where"].split(".")[:2] == place for flag in found) or "sites" in place


def test_every_code_has_a_meaning_and_those_of_scenarios_an_example() -> None:
    """No flag leaves without an entry in the table of codes, and each own code is planted once."""
    planted = {entry["code"] for entry in PLANTED["planted"]}
    assert planted <= set(SCENARIO_CODES)
    own = {"host-with-devices", "work-above-capacity", "per-token-implausible"}
    assert own | {"grid-against-region"} <= planted
    page = (ROOT / "docs" / "scenario-checks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", page)) - {"lca"} >= planted


def test_a_percentage_above_one_is_refused_before_anything_is_computed() -> None:
    """Utilization 55 without a unit cannot reach the checks: the schema names what it accepts."""
    data = json.loads(json.dumps(PLANTED["scenarios"]["fleet"]))
    data["fleet"]["chat"]["utilization"] = 55
    with pytest.raises(lca.errors.InputError, match="utilization"):
        lca.load(data)


def test_claims_hold_what_the_ledger_computed() -> None:
    """Energies, emissions and the sum of the stages are those of the ledger."""
    scenario = lca.load(ROOT / "scenarios" / "inference_fleet_eu.yaml")
    ledger = lca.evaluate(scenario, samples=0)
    uses, claims = claims_of_scenario(scenario)
    energy = ledger.total("it_energy").central
    assert sum(use.energies["it_energy"] for use in uses) == pytest.approx(energy)
    [whole] = [one for one in claims if "footprint_total" in one.printed]
    stages = sum(float(k.value) for n, k in whole.printed.items() if n != "footprint_total")
    assert whole.printed["footprint_total"].value == pytest.approx(ledger.total().central)
    assert stages == pytest.approx(ledger.total().central)


def planted_file(folder: Path) -> Path:
    """Write a scenario with facility energy given as IT energy."""
    file = folder / "mine.yaml"
    text = document.dump(PLANTED["scenarios"]["work"]).replace("500 kWh", "750 kWh")
    file.write_text(text, encoding="utf-8")
    return file


def test_the_command_tells_file_line_and_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``lca check --results`` names the line; without it nothing is evaluated and nothing flagged."""
    file = planted_file(tmp_path)
    assert main(["check", str(file)]) == 0
    assert "boundary-mixed" not in capsys.readouterr().out
    assert main(["check", str(file), "--results"]) == 0
    shown = capsys.readouterr().out
    line = next(n for n, t in enumerate(file.read_text().splitlines(), 1) if "run:" in t)
    assert re.search(rf"mine\.yaml:({line}|{line + 1}): boundary-mixed \(work\.run", shown)
    assert "1 flag\n" in shown


def test_json_lists_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets code, message, path, option and line."""
    assert main(["check", str(planted_file(tmp_path)), "--results", "--json"]) == 0
    [flag] = json.loads(capsys.readouterr().out)["flags"]
    assert set(flag) == {"code", "message", "where", "option", "line"}


def test_a_gate_fails_only_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--fail-if-flagged exits with 4 on a flag and 0 without; alone it is refused."""
    file = str(planted_file(tmp_path))
    assert main(["check", file, "--results", "--fail-if-flagged"]) == 4
    assert "1 flag (boundary-mixed)" in capsys.readouterr().err
    right = str(ROOT / "scenarios" / "procurement.yaml")
    assert main(["check", right, "--results", "--fail-if-flagged"]) == 0
    assert main(["check", file, "--fail-if-flagged"]) == 2


def test_a_flagged_card_fails_only_with_the_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """check-card exits with 0 on flags unless --fail-if-flagged is given."""
    file = tmp_path / "claims.yaml"
    file.write_text(
        "claims:\n- id: run\n  inputs:\n    device_hours: 1000 hour\n    device_power: 400 W\n"
        "    pue: 1.2\n  printed:\n    energy_facility: 0.48 kWh\n",
        encoding="utf-8",
    )
    assert main(["check-card", str(file)]) == 0
    assert main(["check-card", str(file), "--fail-if-flagged"]) == 4
    assert "power-of-ten" in capsys.readouterr().err


def test_a_card_may_name_a_device_of_the_users_own(tmp_path: Path) -> None:
    """--db adds devices to those that a card's words are looked up in."""
    card = tmp_path / "README.md"
    card.write_text(CARD, encoding="utf-8")
    (tmp_path / "db" / "gpu").mkdir(parents=True)
    (tmp_path / "db" / "gpu" / "acme-z9000.yaml").write_text(DEVICE, encoding="utf-8")
    assert check_card(card)["claims"][0]["device_ids"] == []
    assert check_card(card, [tmp_path / "db"])["claims"][0]["device_ids"] == ["acme-z9000"]
    assert check_card(card)["claims"][0]["device_ids"] == []


RUN = {
    "device_hours": {"value": 1000, "unit": "hour"},
    "device_power": {"value": 400, "unit": "W"},
    "pue": {"value": 1.2, "unit": "dimensionless"},
}


@pytest.mark.parametrize(
    ("power", "printed", "flagged"),
    [
        ({}, {}, True),
        ({"low": 300, "high": 600}, {}, False),
        ({"low": 390, "high": 410}, {}, True),
        ({}, {"low": 450, "high": 800}, False),
    ],
)
def test_what_stated_bounds_explain_is_not_flagged(
    power: dict[str, float], printed: dict[str, float], flagged: bool
) -> None:
    """A result within the stated bounds of its inputs, or of itself, follows from them."""
    inputs = {**RUN, "device_power": {**RUN["device_power"], **power}}
    result = Known("energy_facility", 700.0, printed.get("low"), printed.get("high"), "kWh")
    codes = {flag.code for flag in check(claims_of("run", inputs, [result]))}
    assert ("does-not-follow" in codes) is flagged


def test_bounds_of_a_count_reach_values_per_request() -> None:
    """Energy per request is held against the widest that energy and requests allow."""
    inputs = {"energy": {"value": 400, "unit": "kWh"}, "requests": {"value": 100000, "unit": ""}}
    result = Known("energy_per_request", 6.0, unit="Wh")
    assert {f.code for f in check(claims_of("run", inputs, [result]))} == {"does-not-follow"}
    inputs["requests"] |= {"low": 60000, "high": 120000}
    assert check(claims_of("run", inputs, [result])) == ()
