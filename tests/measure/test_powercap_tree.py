"""The fake powercap tree: its counters hold what was added, wrap, and refuse."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from measure.stand_in.powercap import Powercap


def shown(powercap: Powercap, folder: str, name: str) -> str:
    """Return what a file of the tree says."""
    return (powercap.root / folder / name).read_text(encoding="ascii").strip()


def test_tree_has_the_files_of_the_kernel(powercap: Powercap) -> None:
    """A package and, below it by name, its DRAM."""
    names = sorted(path.name for path in powercap.root.iterdir())
    assert names == ["intel-rapl", "intel-rapl:0", "intel-rapl:0:0"]
    assert shown(powercap, "intel-rapl:0", "name") == "package-0"
    assert shown(powercap, "intel-rapl:0:0", "name") == "dram"
    assert shown(powercap, "intel-rapl:0", "max_energy_range_uj") == "262143328850"


def test_counter_holds_what_was_added(powercap: Powercap) -> None:
    """12.5 J are 12,500,000 microjoules more, in that zone alone."""
    powercap.add("package", 12.5)
    assert shown(powercap, "intel-rapl:0", "energy_uj") == "13500000"
    assert shown(powercap, "intel-rapl:0:0", "energy_uj") == "1000000"
    assert powercap.joules("package") == 12.5
    assert powercap.joules("dram") == 0.0


def test_counter_wraps_past_its_range(powercap: Powercap) -> None:
    """The counter shows its largest value, and one microjoule later 0."""
    powercap.set_range("package", 2_000_000)
    powercap.add("package", 1.0)
    assert shown(powercap, "intel-rapl:0", "energy_uj") == "2000000"
    powercap.add("package", 1e-6)
    assert shown(powercap, "intel-rapl:0", "energy_uj") == "0"
    assert powercap.joules("package") == pytest.approx(1.000001)


def test_open_file_sees_new_values(powercap: Powercap) -> None:
    """A meter may keep the counter open, as on the kernel's own files."""
    file = os.open(powercap.root / "intel-rapl:0" / "energy_uj", os.O_RDONLY)
    powercap.add("package", 1.0)
    assert os.pread(file, 32, 0) == b"2000000\n"
    os.close(file)


def test_second_package_has_its_own_zone(powercap: Powercap) -> None:
    """Machines with two sockets have two packages."""
    powercap.add_zone("second", "intel-rapl:1", "package-1")
    powercap.add("second", 2.0)
    assert shown(powercap, "intel-rapl:1", "name") == "package-1"
    assert shown(powercap, "intel-rapl:1", "energy_uj") == "3000000"


@pytest.mark.parametrize("way", ["path", "builtin", "descriptor"])
def test_denied_counter_refuses_everyone(powercap: Powercap, way: str) -> None:
    """A counter that only root may read is refused, also where the tests run as root."""
    powercap.deny("package")
    counter = powercap.root / "intel-rapl:0" / "energy_uj"
    ways: dict[str, Callable[[], object]] = {
        "path": lambda: counter.read_text(encoding="ascii"),
        "builtin": lambda: open(counter, encoding="ascii"),  # noqa: PTH123, SIM115 - one of the ways
        "descriptor": lambda: os.open(counter, os.O_RDONLY),
    }
    with pytest.raises(PermissionError):
        ways[way]()
    assert shown(powercap, "intel-rapl:0", "name") == "package-0"
    assert shown(powercap, "intel-rapl:0:0", "energy_uj") == "1000000"


def test_removed_zone_is_gone(powercap: Powercap) -> None:
    """A zone may vanish while it is measured."""
    powercap.remove("dram")
    assert not (powercap.root / "intel-rapl:0:0").exists()
