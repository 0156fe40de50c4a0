"""Processors: counters of the powercap tree, and the model where there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lca.errors import MeasurementUnavailable
from lca.measure.integrate import Sample
from lca.measure.ledger import Ledger
from lca.measure.model_cpu import CpuModel, Processor, find_processor, hardware_id, power_at
from lca.measure.rapl import RaplMeter
from lca.measure.reading import Lost
from lca.measure.records import total
from measure.stand_in.powercap import Powercap


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        """Return the time (s)."""
        return self.time


@pytest.fixture
def clock() -> Clock:
    """Return a clock at 100 s."""
    return Clock()


def test_package_and_memory_are_counted(powercap: Powercap, clock: Clock) -> None:
    """60 J of the package and 5 J of memory in a second are 65 J, measured."""
    ledger = Ledger([RaplMeter(powercap.root, clock)], clock)
    window = ledger.open("run")
    for _ in range(10):
        clock.time += 0.1
        powercap.add("package", 6.0)
        powercap.add("dram", 0.5)
        ledger.sample(due=True)
    ledger.close(window)
    devices = ledger.records(window)
    assert {d.id: d.energy for d in devices} == pytest.approx({"package0": 60.0, "dram0": 5.0})
    assert {d.scope for d in devices} == {"package", "dram"}
    energy = total(devices, "total", 1.0)
    assert energy.low <= 65.0 <= energy.high
    assert energy.method == "counter"


def test_wraps_are_counted(powercap: Powercap, clock: Clock) -> None:
    """A counter that goes round during the window loses nothing."""
    powercap.set_range("package", 300_000_000)
    meter = RaplMeter(powercap.root, clock)
    device = next(device for device in meter.devices() if device.scope == "package")
    first = meter.read(device)
    for _ in range(8):
        clock.time += 0.1
        powercap.add("package", 99.0)
        last = meter.read(device)
    assert isinstance(first, Sample)
    assert isinstance(last, Sample)
    assert last.energy - first.energy == pytest.approx(8 * 99.0, abs=1e-3)


def test_a_gap_that_could_hide_a_wrap_is_bounded(powercap: Powercap, clock: Clock) -> None:
    """After a gap of many wraps the sum is unknown, not guessed: the bounds are wide."""
    powercap.set_range("package", 100_000_000)
    meter = RaplMeter(powercap.root, clock)
    device = meter.devices()[0]
    samples = [meter.read(device)]
    clock.time += 10.0
    powercap.add(device.scope, 550.0)
    samples.append(meter.read(device))
    energy = meter.settle(device, samples, 100.0, 110.0)
    assert energy.low <= 550.0 <= energy.high
    assert any("reset" in reason for reason in energy.reasons)


def test_refused_permission_says_what_to_do(powercap: Powercap) -> None:
    """A counter that only root may read is named, with the command that allows it."""
    powercap.deny("package")
    with pytest.raises(MeasurementUnavailable, match=r"no permission to read .*sudo chmod"):
        RaplMeter(powercap.root)


def test_absent_tree_says_why(tmp_path: Path) -> None:
    """A machine without the tree is told that virtual machines have none."""
    with pytest.raises(MeasurementUnavailable, match="Virtual machines"):
        RaplMeter(tmp_path / "nothing")


def test_zone_that_disappears_is_lost(powercap: Powercap, clock: Clock) -> None:
    """A zone whose driver is unloaded is lost with a reason, not zero."""
    meter = RaplMeter(powercap.root, clock)
    device = next(device for device in meter.devices() if device.scope == "package")
    powercap.remove("package")
    reading = meter.read(device)
    assert isinstance(reading, Lost)
    assert "cannot be read any more" in reading.reason


def test_only_packages_and_memory_count(powercap: Powercap) -> None:
    """Cores are part of their package and the whole-platform zone holds both: neither adds."""
    powercap.add_zone("core", "intel-rapl:0:1", "core")
    powercap.add_zone("psys", "intel-rapl:1", "psys")
    assert {d.scope for d in RaplMeter(powercap.root).devices()} == {"package", "dram"}


def test_second_socket_adds(powercap: Powercap) -> None:
    """Each package is a device of its own."""
    powercap.add_zone("second", "intel-rapl:1", "package-1")
    ids = [device.id for device in RaplMeter(powercap.root).devices()]
    assert sorted(ids) == ["dram0", "package0", "package1"]


def test_mirrored_packages_count_once(powercap: Powercap) -> None:
    """A second die that shows the counter of the first is the same energy, seen twice."""
    powercap.add("package", 5000.0)
    twin = powercap.counter("package")
    powercap.add_zone("mirror", "intel-rapl:1", "package-0-die-1", start=twin)
    ids = [device.id for device in RaplMeter(powercap.root).devices()]
    assert sorted(ids) == ["dram0", "package0"]


@pytest.mark.parametrize("load", [0.1, 0.3, 0.5, 0.9])
def test_model_curve_is_concave(load: float) -> None:
    """Part load draws more than its share between idle and full load."""
    straight = power_at(0.0, 200.0) * (1 - load) + power_at(1.0, 200.0) * load
    assert power_at(load, 200.0) > straight


def stat(path: Path, busy: int, idle: int) -> None:
    """Write a /proc/stat with so many ticks."""
    path.write_text(f"cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\n", encoding="ascii")


def test_model_is_labeled_and_wide(tmp_path: Path, clock: Clock) -> None:
    """A modeled second at half load is called a model, inside its interval."""
    file = tmp_path / "stat"
    stat(file, 0, 0)
    processor = Processor("CPU", "id", 200.0, (0.4, 1.6), ("a note",))
    ledger = Ledger([CpuModel(clock, file, processor)], clock)
    window = ledger.open("run")
    clock.time += 1.0
    stat(file, 50, 50)
    ledger.close(window)
    device = ledger.records(window)[0]
    assert device.energy == pytest.approx(150.0)
    assert (device.low, device.high) == pytest.approx((60.0, 240.0))
    assert device.method == "model"
    assert "not measured" in device.reasons[0]
    assert "a note" in device.reasons


def test_model_needs_a_load(tmp_path: Path) -> None:
    """Without a load there is no model, and the file is named."""
    with pytest.raises(MeasurementUnavailable, match="load of the processors cannot be read"):
        CpuModel(stat=tmp_path / "stat")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AMD EPYC 7763 64-Core Processor", "amd-epyc-7763"),
        ("Intel(R) Xeon(R) Platinum 8480+", "intel-xeon-platinum-8480"),
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "intel-xeon-platinum-8375c"),
        ("AMD EPYC", None),
        ("AMD EPYC 77", None),
        ("Intel(R) Core(TM) i9-13900K", None),
    ],
)
def test_processor_names_find_their_entry(name: str, expected: str | None) -> None:
    """A processor is found by its whole model number; a family name alone is no model."""
    assert hardware_id(name) == expected


def test_known_processor_gives_its_share(tmp_path: Path) -> None:
    """A known processor has its rated power, by the share of its threads that is visible."""
    file = tmp_path / "cpuinfo"
    file.write_text("model name\t: AMD EPYC 7763 64-Core Processor\n", encoding="utf-8")
    found = find_processor(file)
    assert found.hardware == "amd-epyc-7763"
    assert found.power == pytest.approx(280.0 * os.cpu_count() / 128)


def test_unknown_processor_has_a_wide_interval(tmp_path: Path) -> None:
    """An unknown processor says what was assumed, and its range is wider."""
    file = tmp_path / "cpuinfo"
    file.write_text("model name\t: Quantum 9000\n", encoding="utf-8")
    found = find_processor(file)
    assert found.hardware is None
    assert found.factors == (0.15, 3.0)
    assert "assumed" in found.notes[0]
