"""A saved record in a scenario: what was measured becomes sampled lines, on the record's word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lca
from lca import document
from lca.errors import LcaError, ScenarioError
from lca.scenario import Scenario

H100 = "nvidia-h100-sxm5-80gb"
GRID = {"value": "0.5 kgCO2e/kWh", "boundary": "lifecycle"}
HOUR = 3600.0


def gpu(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return one board of a record: an hour at 500 W, ± 10 %."""
    return {
        "id": f"gpu{number}",
        "name": "NVIDIA H100 80GB HBM3",
        "uuid": f"GPU-{number}",
        "hardware": H100,
        "energy": "1.8e6 J",
        "low": "1.62e6 J",
        "high": "1.98e6 J",
        "method": "counter",
        "scope": "gpu",
    } | changes


def record(*devices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a record of 7.2 million tokens in an hour on one board."""
    return {
        "schema": "1",
        "workload": "chat",
        "work": {"amount": "7.2e6", "unit": "token"},
        "repeats": "1",
        "started": "2026-11-20T10:00:00Z",
        "duration": "3600 s",
        "devices": list(devices) or [gpu()],
        "energy_per_unit": {
            "value": "0.25 J",
            "low": "0.225 J",
            "high": "0.275 J",
            "unit": "token",
        },
        "quality": "measured",
    } | changes


def study(**use: Any) -> dict[str, Any]:
    """Return a scenario with one piece of work or one fleet."""
    sites = {"here": {"region": "DE", "pue": "1", "transmission_loss": "0%", "grid": GRID}}
    return {
        "schema": "1",
        "period": "2027",
        "functional_unit": "1 million tokens",
        "sites": sites,
        "assumptions": {"boundary": "module"},
        "uncertainty": {"samples": "1000", "seed": "1"},
        **use,
    }


def work(**changes: Any) -> dict[str, Any]:
    """Return a scenario whose only work is the record's."""
    return study(
        work={"chat": {"record": "r.yaml", "site": "here", "occupancy": "100%", **changes}}
    )


def fleet(serves: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return a scenario with a fleet of one device that serves as the record did."""
    entry = {"device": H100, "count": "1", "site": "here", "lifetime": "5 years"}
    entry |= {"utilization": "50%", "serves": serves or {"record": "r.yaml"}}
    return study(fleet={"chat": entry | changes})


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Write a scenario and its record side by side, elsewhere than the current folder; load it."""

    def made(scenario: dict[str, Any], of: dict[str, Any] | None = None) -> Scenario:
        (tmp_path / "r.yaml").write_text(document.dump(of or record()), encoding="utf-8")
        (tmp_path / "s.yaml").write_text(document.dump(scenario), encoding="utf-8")
        return lca.load(tmp_path / "s.yaml")

    return made


def operation(scenario: Scenario) -> Any:
    """Return the estimate of the emissions of operation."""
    return stages(scenario)["operation"]


def stages(scenario: Scenario) -> dict[str, Any]:
    """Return the emissions of each stage."""
    return {row.labels[0]: row.estimate for row in lca.evaluate(scenario).by("stage")}


def test_work_emits_what_the_record_measured(load: Any) -> None:
    """Half a kilowatt-hour at 0.5 kg/kWh, and the bounds of the meter as its interval."""
    found = operation(load(work()))
    assert found.central == pytest.approx(0.25)
    assert found.draws.min() == pytest.approx(0.225, rel=0.02)
    assert found.draws.max() == pytest.approx(0.275, rel=0.02)


@pytest.mark.parametrize(
    "asked", [{"amount": "14.4 million tokens"}, {"tokens": "14.4e6 tokens"}, {"repeats": "2"}]
)
def test_work_scales_with_what_is_asked_for(load: Any, asked: dict[str, str]) -> None:
    """Twice the tokens, as an amount, as tokens or as repeats, take twice the energy."""
    assert operation(load(work(**asked))).central == pytest.approx(0.5)


def test_work_knows_its_device_and_hours(load: Any) -> None:
    """The board of the record is made, too: its share is that of an hour."""
    scenario = load(work())
    entry = scenario.model.work["chat"]
    assert entry.device == H100
    assert entry.device_hours is not None
    assert entry.device_hours.central == pytest.approx(1.0)
    assert stages(scenario)["manufacture"].central > 1e-4


def test_energy_per_token_is_that_of_the_record(load: Any) -> None:
    """A fleet at half utilization and a piece of work emit the same for a token, draw for draw."""
    of_work = operation(load(work())).samples / 7.2
    found = load(fleet(power={"idle": "0 W"}))
    assert found.model.fleet["chat"].serves.throughput.central == pytest.approx(7.2e6)
    units = lca.evaluate(found).units()
    assert operation(found).samples / units.samples == pytest.approx(of_work)


def test_both_uses_of_one_record_move_together(load: Any) -> None:
    """The factor is keyed by the record's contents: no second draw of the same measurement."""
    first = load(work()).model.work["chat"].power.busy
    second = load(fleet()).model.fleet["chat"].power.busy
    assert first is not None
    assert first == second
    assert first.identity.startswith("record/chat/")


def test_two_boards_share_the_work(load: Any) -> None:
    """Two boards for an hour are two device-hours of half the throughput each."""
    two = record(gpu(0), gpu(1))
    scenario = load(fleet(), two)
    entry = scenario.model.fleet["chat"]
    assert entry.serves.throughput.central == pytest.approx(3.6e6)
    assert entry.power.busy.central == pytest.approx(0.5)
    assert load(work(), two).model.work["chat"].device_hours.central == pytest.approx(2.0)
    assert operation(load(work(), two)).central == pytest.approx(0.5)


def test_the_record_is_cited_with_method_device_and_date(load: Any) -> None:
    """Every line of operation names the file, how it was read, on which board and when."""
    ledger = lca.evaluate(load(work()))
    sources = {factor.source for factor in ledger.factors() if factor.source.startswith("record")}
    assert len(sources) == 1
    source = sources.pop()
    for part in ("r.yaml", "counter", "GPU-0", "2026-11-20", "sha256"):
        assert part in source


def test_a_modeled_record_is_said_to_be_modeled(load: Any) -> None:
    """In the warnings of the result, and in the quality of its factor."""
    scenario = load(work(), record(gpu(method="model"), quality="modeled"))
    assert scenario.model.work["chat"].power.busy.quality == "modelled"
    warnings = lca.evaluate(scenario).warnings
    assert any("modeled, not measured" in text for text in warnings)


def test_a_measured_record_needs_no_warning(load: Any) -> None:
    """Nothing is said of a complete record of a known board."""
    assert load(work()).remarks == ()


def test_a_value_that_the_meter_refused_is_spread_between_its_bounds(load: Any) -> None:
    """No point value: all between the bounds is as likely, and the result says so."""
    found = load(work(), record(gpu(energy=None)))
    assert found.model.work["chat"].power.busy.distribution.kind == "uniform"
    assert any("no value" in text for text in found.remarks)


def test_a_processor_is_energy_without_a_device(load: Any) -> None:
    """A CPU-only record gives IT energy, and says what it leaves out."""
    package = gpu(id="package0", scope="package", hardware=None, name="some CPU", method="model")
    found = load(work(), record(package, quality="modeled"))
    entry = found.model.work["chat"]
    assert entry.it_energy is not None
    assert entry.it_energy.central == pytest.approx(0.5)
    assert operation(found).central == pytest.approx(0.25)
    assert any("not the rest of the node" in text for text in found.remarks)
    assert any("making it is not counted" in text for text in found.remarks)


def test_a_calibrated_record_counts_the_wall(load: Any) -> None:
    """Energy at the wall takes the place of the boards' and needs no host beside it."""
    wall = {"energy": "2.7e6 J", "low": "2.4e6 J", "high": "3e6 J", "source": "readings.csv"}
    found = load(work(), record(calibration=wall))
    assert operation(found).central == pytest.approx(0.375)
    assert found.model.work["chat"].device == H100


def test_energy_above_idle_is_used_as_such_and_said(load: Any) -> None:
    """The record's policy holds: its energy per unit, not that of its whole devices."""
    found = load(work(), record(idle="above_idle", energy_per_unit={
        "value": "0.1 J", "low": "0.09 J", "high": "0.11 J", "unit": "token"}))  # fmt: skip
    assert operation(found).central == pytest.approx(0.1)
    assert any("above idle" in text for text in found.remarks)


def test_a_host_is_counted_beside_a_measured_board(load: Any) -> None:
    """The board's counter does not see its host: that comes from the host's own entry."""
    inside = operation(load(work()))
    whole = work()
    whole["assumptions"] = {"boundary": "host"}
    assert operation(load(whole)).central > 1.05 * inside.central


def test_the_measured_idle_power_is_used(load: Any) -> None:
    """A fleet idles as its board was seen to idle, unless the scenario says otherwise."""
    idle = record(gpu(idle_power="70 W"))
    assert load(fleet(), idle).model.fleet["chat"].power.idle.central == pytest.approx(0.07)
    given = fleet(power={"idle": "90 W"})
    assert load(given, idle).model.fleet["chat"].power.idle.central == pytest.approx(0.09)


def test_a_name_is_looked_up_in_the_database_too(load: Any, tmp_path: Path) -> None:
    """Without an ending, in the workload folder of a hardware database beside the scenario."""
    folder = tmp_path / "hardware_db" / "workload"
    folder.mkdir(parents=True)
    (folder / "chat-h100.yaml").write_text(document.dump(record()), encoding="utf-8")
    assert operation(load(work(record="chat-h100"))).central == pytest.approx(0.25)


def refusal(load: Any, scenario: dict[str, Any], of: dict[str, Any] | None = None) -> str:
    """Return what is said of a scenario that cannot be used."""
    with pytest.raises(LcaError) as refused:
        load(scenario, of)
    return str(refused.value)


def test_a_record_that_is_nowhere_is_named_with_its_place(load: Any) -> None:
    """File, line and the nearest name."""
    text = refusal(load, work(record="rr.yaml"))
    assert "s.yaml:" in text
    assert 'work.chat.record: no record "rr.yaml"; did you mean "r.yaml"?' in text


def test_a_record_of_another_device_is_refused(load: Any) -> None:
    """A measurement does not transfer to another board."""
    text = refusal(load, fleet(device="nvidia-a100-sxm4-80gb"))
    assert "fleet.chat.device" in text
    assert f"is of {H100}" in text


def test_what_the_record_gives_is_not_given_twice(load: Any) -> None:
    """Each of them is named."""
    text = refusal(load, work(it_energy="1 kWh", device_hours="3 h", device=H100))
    assert "work.chat.it_energy: the record gives this" in text
    assert "work.chat.device_hours: the record gives this" in text
    assert "throughput" in refusal(load, fleet({"record": "r.yaml", "throughput": "10 token/s"}))


def test_an_amount_of_other_work_is_refused(load: Any) -> None:
    """Samples cannot be asked of a record that counts tokens."""
    text = refusal(load, work(amount="1200 samples"))
    assert "work.chat.amount" in text
    assert "the record counts tokens" in text


def test_an_amount_without_a_record_is_refused(load: Any) -> None:
    """There is nothing that it could be an amount of."""
    scenario = study(work={"x": {"it_energy": "1 kWh", "amount": "5 tokens", "site": "here"}})
    assert "amount belongs to a record" in refusal(load, scenario)


def test_a_record_that_measured_nothing_is_refused(load: Any) -> None:
    """Nothing measured is no zero."""
    nothing = record(gpu(energy=None, low=None, high=None, method="none"), quality="none")
    assert "measured nothing" in refusal(load, work(), nothing)


def test_a_bound_that_is_infinite_does_not_make_a_number(load: Any) -> None:
    """Without a value and without an upper bound there is nothing to sample."""
    assert "measure longer" in refusal(load, work(), record(gpu(energy=None, high=None)))


def test_the_mistakes_of_a_record_are_told_with_their_lines(load: Any) -> None:
    """They are the record's, not the scenario's."""
    wrong = record(gpu(energy="5 kg"), quality="perhaps")
    text = refusal(load, work(), wrong)
    assert "r.yaml:" in text
    assert "devices[0].energy" in text
    assert "quality" in text


def test_an_option_can_take_another_record(load: Any, tmp_path: Path) -> None:
    """A lever is compared with the base by its record."""
    half = record(gpu(energy="0.9e6 J", low="0.8e6 J", high="1e6 J"))
    (tmp_path / "int8.yaml").write_text(document.dump(half), encoding="utf-8")
    scenario = work()
    scenario["options"] = {"int8": {"work.chat.record": "int8.yaml"}}
    base, int8 = load(scenario).options()
    assert operation(int8).central == pytest.approx(operation(base).central / 2)


def test_a_fleet_needs_an_accelerator(load: Any) -> None:
    """A processor's record does not say what a board draws."""
    package = gpu(scope="package", hardware=None)
    with pytest.raises(ScenarioError, match="has no accelerator"):
        load(fleet(), record(package))
