"""Records: what is written is read back, mistakes are told together, ranks add up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lca.errors import InputError, UnitError
from lca.measure.adding import add
from lca.measure.integrate import Energy
from lca.measure.records import (
    DeviceRecord,
    EnergyPerUnit,
    WindowRecord,
    Work,
    WorkloadRecord,
    load,
    per_unit,
    quality_of,
    total,
)

GPU = DeviceRecord(
    id="gpu0",
    name="NVIDIA H100 80GB HBM3",
    uuid="GPU-1",
    hardware="nvidia-h100-sxm5-80gb",
    energy=1234.5,
    low=1150.0,
    high=1310.0,
    method="counter",
    scope="gpu",
    coverage=1.0,
    idle_power=68.0,
    clocks={"sm": 1755.0, "memory": 2619.0},
    temperature=61.0,
    power_limit=700.0,
    throttled={"power cap": 0.12},
    reasons=("a reason: with a colon",),
)
MODEL = DeviceRecord(
    id="cpu", energy=200.0, low=80.0, high=320.0, method="model", scope="package", coverage=1.0
)
LOST = DeviceRecord(
    id="gpu1", uuid="GPU-2", energy=700.0, low=600.0, high=5000.0, method="counter", coverage=0.5
)
UNKNOWN = DeviceRecord(id="gpu2", uuid="GPU-3", reasons=("no reading inside the window",))


@pytest.fixture
def record() -> WorkloadRecord:
    """Return a record that uses every field."""
    return WorkloadRecord(
        workload="finetune",
        work=Work(1200.0, "sample"),
        repeats=3,
        started="2026-11-22T08:30:00+00:00",
        duration=6.25,
        software={"lca": "0.1.0", "torch": "2.13.0"},
        host={"processor": "AMD EPYC", "threads": "2"},
        devices=(GPU, UNKNOWN),
        energy_per_unit=EnergyPerUnit(None, 1.0, math.inf, "sample", (1.01, 1.05)),
        windows=(
            WindowRecord(
                "prefill", 0.5, 2.0, Energy(400.0, 380.0, 420.0, 1.0, "counter"), "measured"
            ),
        ),
        idle="above_idle",
        metrics={"accuracy": 0.97, "break-even by energy": None},
        calibration={"scale": "1.17", "base": "43 W"},
        quality="measured",
        status="partial",
        reasons=("a remark",),
    )


def test_a_record_survives_its_file(record: WorkloadRecord, tmp_path: Path) -> None:
    """What is saved is what is loaded, every field of it."""
    record.save(tmp_path / "r.yaml")
    assert load(tmp_path / "r.yaml") == record


def test_quantities_are_text_with_their_unit(record: WorkloadRecord, tmp_path: Path) -> None:
    """A file reads like the contract: numbers with units, null for what is not known."""
    record.save(tmp_path / "r.yaml")
    text = (tmp_path / "r.yaml").read_text(encoding="utf-8")
    for line in (
        "energy: 1234.5 J",
        "idle_power: 68 W",
        "sm: 1755 MHz",
        "temperature: 61 degC",
        "duration: 6.25 s",
        "high: null",
        "energy: null",
        "method: none",
    ):
        assert line in text


def test_other_units_are_read(record: WorkloadRecord, tmp_path: Path) -> None:
    """A file that a person wrote may say kWh and hours."""
    record.save(tmp_path / "r.yaml")
    text = (tmp_path / "r.yaml").read_text(encoding="utf-8")
    changed = text.replace("energy: 1234.5 J", "energy: 0.343 Wh")
    (tmp_path / "r.yaml").write_text(changed, encoding="utf-8")
    assert load(tmp_path / "r.yaml").devices[0].energy == pytest.approx(1234.8)


MISTAKES = """\
schema: 1
workload: finetune
work: {amount: many, unit: sample}
duration: 6 kg
devices:
  - id: gpu0
    energy: 1000 J
    low: 1200 J
    high: 1300 J
    method: countr
    coverage: 1.5
  - id: gpu1
    energy: 0 J
    method: none
    enrgy: 3 J
energy_per_unit: 3 J
quality: exact
"""


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Every mistake has its line, and the nearest accepted word where there is one."""
    file = tmp_path / "r.yaml"
    file.write_text(MISTAKES, encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load(file)
    told = {(problem.line, problem.path): problem.message for problem in refusal.value.problems}
    assert set(told) == {
        (3, "work.amount"),
        (4, "duration"),
        (7, "devices[0].energy"),
        (10, "devices[0].method"),
        (11, "devices[0].coverage"),
        (13, "devices[1].energy"),
        (15, "devices[1].enrgy"),
        (16, "energy_per_unit"),
        (17, "quality"),
    }
    assert 'did you mean "counter"' in told[10, "devices[0].method"]
    assert 'did you mean "energy"' in told[15, "devices[1].enrgy"]
    assert "not measured has no value" in told[13, "devices[1].energy"]


def test_a_missing_workload_is_told(tmp_path: Path) -> None:
    """A record without a name, work or quality is none."""
    file = tmp_path / "r.yaml"
    file.write_text("schema: 1\n", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load(file)
    paths = {problem.path for problem in refusal.value.problems}
    assert paths == {"workload", "work", "quality"}


def test_another_schema_is_refused(tmp_path: Path) -> None:
    """A record of a later version says that it is one."""
    file = tmp_path / "r.yaml"
    text = "schema: 2\nworkload: a\nwork: {amount: 1, unit: run}\nquality: none\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match='this version reads "1"'):
        load(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1200 samples", Work(1200.0, "sample")),
        ("1e6 tokens", Work(1e6, "token")),
        ("0.5 epoch", Work(0.5, "epoch")),
        ("3 passes over the set", Work(3.0, "passes over the set")),
        ("1 pass", Work(1.0, "pass")),
    ],
)
def test_work_is_a_number_and_a_noun(text: str, expected: Work) -> None:
    """Work is counted in a singular noun."""
    assert Work.read(text) == expected


@pytest.mark.parametrize("text", ["", "samples", "12", "0 samples", "nan samples", "inf tokens"])
def test_other_work_is_refused(text: str) -> None:
    """What is no positive amount of something shows an example."""
    with pytest.raises(UnitError, match="1200 samples"):
        Work.read(text)


def test_a_device_without_value_leaves_the_total_without() -> None:
    """A total is never the sum of what happened to be measured."""
    energy = total([GPU, UNKNOWN], "total", 6.0)
    assert energy.value is None
    assert energy.low == GPU.low
    assert energy.high == math.inf
    assert energy.reasons == (
        "gpu0: a reason: with a colon",
        "gpu2: no reading inside the window",
    )


def test_nothing_is_not_zero() -> None:
    """No device at all is no energy, with a reason."""
    energy = total([], "total", 6.0)
    assert (energy.value, energy.high, energy.method) == (None, math.inf, "none")


def test_idle_power_that_was_not_measured_is_not_zero() -> None:
    """Above an unknown idle power there is no value; the truth is below the whole."""
    energy = total([replace(GPU, idle_power=None)], "above_idle", 6.0)
    assert (energy.value, energy.low, energy.high) == (None, 0.0, GPU.high)
    assert "its idle power was not measured" in energy.reasons[-1]


def test_partly_measured_energy_is_not_divided_by_work() -> None:
    """Half of the energy is not the energy of half the work: only bounds remain."""
    per = per_unit(total([LOST], "total", 6.0), Work(100.0, "sample"))
    assert per.value is None
    assert (per.low, per.high) == (6.0, 50.0)


def test_a_small_model_beside_a_measurement_is_named() -> None:
    """A total of which a model gives 14 % is modeled; of which 5 %, measured with a remark."""
    assert quality_of([GPU, MODEL])[0] == "modeled"
    quality, reasons = quality_of([replace(GPU, energy=4000.0), MODEL])
    assert quality == "measured"
    assert reasons == ("5% of the energy is modeled, not measured: cpu",)
    assert quality_of([GPU]) == ("measured", ())
    assert quality_of([UNKNOWN])[0] == "none"


@pytest.fixture
def ranked() -> Callable[..., WorkloadRecord]:
    """Return a function that makes the record of one rank."""

    def make(*devices: DeviceRecord, duration: float = 10.0, **changes: object) -> WorkloadRecord:
        base = WorkloadRecord(
            "train", Work(100.0, "step"), duration=duration, devices=devices, started="2026"
        )
        return replace(base, **changes)

    return make


def test_ranks_of_one_node_add_without_double_counting(
    ranked: Callable[..., WorkloadRecord],
) -> None:
    """Eight ranks did eight shares of work; the boards, measured by one rank, count once."""
    ranks = [ranked(GPU, LOST), *[ranked(quality="none") for _ in range(7)]]
    joined = add(ranks)
    assert joined.work == Work(800.0, "step")
    assert joined.total.value == pytest.approx(1234.5 + 700.0)
    assert [device.uuid for device in joined.devices] == ["GPU-1", "GPU-2"]


def test_nodes_add_up(ranked: Callable[..., WorkloadRecord]) -> None:
    """Boards of different nodes are different boards."""
    joined = add([ranked(GPU), ranked(replace(GPU, uuid="GPU-9"), duration=12.0)])
    assert joined.total.value == pytest.approx(2469.0)
    assert joined.energy_per_unit.value == pytest.approx(2469.0 / 200)
    assert joined.duration == 12.0
    assert joined.quality == "measured"


def test_a_board_measured_by_two_ranks_counts_once(
    ranked: Callable[..., WorkloadRecord],
) -> None:
    """The same UUID in two records is one board; the longer measurement stays, with a remark."""
    joined = add([ranked(replace(GPU, energy=1200.0)), ranked(GPU, duration=11.0)])
    assert joined.total.value == pytest.approx(1234.5)
    assert joined.reasons == ("NVIDIA H100 80GB HBM3 was measured twice and counts once",)


FIRST, BEHIND, WITHIN = (f"2026-11-22T10:00:{second}+00:00" for second in ("00", "10", "05"))


@pytest.mark.parametrize(
    ("started", "energy", "duration"), [(BEHIND, 2469.0, 20.0), (WITHIN, 1234.5, 15.0)]
)
def test_a_board_measured_at_two_times_counts_twice(
    ranked: Callable[..., WorkloadRecord], started: str, energy: float, duration: float
) -> None:
    """The same board counts in each of two windows that follow each other, once if they overlap."""
    joined = add([ranked(GPU, started=FIRST), ranked(GPU, started=started)])
    assert joined.total.value == pytest.approx(energy)
    assert joined.duration == pytest.approx(duration)


def test_idle_power_is_not_deducted_at_two_times(ranked: Callable[..., WorkloadRecord]) -> None:
    """Above idle, two windows of one board have no common time to deduct, and are refused."""
    both = [ranked(GPU, started=start, idle="above_idle") for start in (FIRST, BEHIND)]
    with pytest.raises(InputError, match="only records of the same time"):
        add(both)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"idle": "above_idle"}, "differ in idle"),
        ({"calibration": {"scale": "1.1"}}, "differ in calibration"),
        ({"work": Work(1.0, "token")}, "different work: step, token"),
    ],
)
def test_records_of_different_kinds_do_not_add(
    ranked: Callable[..., WorkloadRecord], changes: dict[str, object], message: str
) -> None:
    """What was measured differently is not added up silently."""
    with pytest.raises(InputError, match=message):
        add([ranked(GPU), ranked(GPU, **changes)])


def test_no_records_do_not_add() -> None:
    """The sum of no records is no record."""
    with pytest.raises(InputError, match="no record to add"):
        add([])
