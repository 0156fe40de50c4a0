"""Read the energy counters of processors and memory through the kernel's powercap tree."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lca.errors import MeasurementUnavailable
from lca.measure.integrate import Energy, Sample, from_counter
from lca.measure.reading import Health, Lost, MeterDevice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["POWERCAP", "RaplMeter"]

POWERCAP = Path("/sys/class/powercap")
MICRO = 1e-6
STEP = 0.002
"""The counters move about every millisecond (s)."""
MAXIMUM = {"package": 1000.0, "dram": 300.0}
"""Power that no package and no memory exceeds (W); only the edges of a window depend on it."""
GAIN = 0.05
"""Largest relative error that is taken for measuring processors; older ones may be worse."""
INTERVAL = 0.5
_ALIKE = 5.0
"""Two counters that differ by less (J), of thousands, are one (read milliseconds apart)."""
_ZONE = re.compile(r"intel-rapl:(\d+)(?::\d+)?\Z")
_DENIED = (
    "no permission to read {path}; since 2020 kernels let only root read it. Allow it with"
    " `sudo chmod -R a+r /sys/class/powercap/intel-rapl:*` (until the next start), or run as root"
)
_ABSENT = (
    "no energy counter of the processor: {root} has no intel-rapl zones. Virtual machines and"
    " most containers do not have them; on an own machine try `sudo modprobe intel_rapl_msr`"
)


class RaplMeter:
    """Packages and memory with an energy counter.

    Parameters
    ----------
    root : Path, optional
        Folder of the powercap tree.
    clock : callable
        Monotonic time (s).

    Raises
    ------
    MeasurementUnavailable
        There are no counters, or they may not be read; the message says what to do.
    """

    def __init__(
        self, root: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._zones: dict[str, _Zone] = {}
        root = POWERCAP if root is None else root
        found: list[MeterDevice] = []
        shown: list[float] = []
        for folder in sorted(_zones(root)):
            device, zone = _device(folder), _Zone(folder)
            if device is None or device.id in self._zones:
                continue
            joules = zone.read(clock())
            if device.scope == "package" and _is_mirror(joules, shown):
                continue
            shown.append(joules)
            self._zones[device.id] = zone
            found.append(device)
        if not found:
            raise MeasurementUnavailable(_ABSENT.format(root=root))
        self._devices = tuple(found)

    def devices(self) -> tuple[MeterDevice, ...]:
        """Return packages and memory."""
        return self._devices

    def read(self, device: MeterDevice) -> Sample | Lost:
        """Return the counter of a zone (J), wraps counted."""
        now = self._clock()
        try:
            return Sample(now, energy=self._zones[device.id].read(now))
        except MeasurementUnavailable as error:
            return Lost(now, str(error))

    def health(self, _device: MeterDevice) -> Health | None:
        """Return None: a zone tells nothing but energy."""
        return None

    def settle(
        self, device: MeterDevice, samples: Sequence[Sample], start: float, stop: float
    ) -> Energy:
        """Return the energy of a zone between two times."""
        return from_counter(
            samples,
            start,
            stop,
            step=device.step,
            maximum_power=device.maximum_power,
            gain=device.gain,
        )

    def close(self) -> None:
        """Release nothing: files are opened for each reading."""


class _Zone:
    """One counter; it starts again from 0 behind its range."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "energy_uj"
        self._range = int(_text(folder / "max_energy_range_uj") or 0) * MICRO
        self._last: tuple[float, float] | None = None
        self._wraps = 0.0

    def read(self, now: float) -> float:
        """Return the energy since the first reading that never falls (J).

        A gap in which the counter could have gone round more than once cannot be told: the
        sum then begins anew, which integration takes for a reset and bridges.
        """
        joules = self._raw()
        if self._last is not None:
            then, before = self._last
            if (now - then) * max(MAXIMUM.values()) >= self._range > 0:
                self._wraps = -joules
            elif joules < before:
                self._wraps += self._range + MICRO
        self._last = (now, joules)
        return joules + self._wraps

    def _raw(self) -> float:
        """Return the counter (J)."""
        try:
            with open(self._file, "rb", buffering=0) as file:  # noqa: PTH123 - a quick read
                return int(file.read(32)) * MICRO
        except PermissionError:
            raise MeasurementUnavailable(_DENIED.format(path=self._file)) from None
        except (OSError, ValueError) as error:
            msg = f"{self._file} cannot be read any more: {error}"
            raise MeasurementUnavailable(msg) from None


def _is_mirror(joules: float, shown: list[float]) -> bool:
    """Whether a counter shows what another one shows: some dies repeat that of their package."""
    return joules > _ALIKE and any(abs(joules - other) < _ALIKE for other in shown)


def _zones(root: Path) -> list[Path]:
    """Return the folders of zones; the tree may be missing."""
    try:
        return [path for path in root.iterdir() if _ZONE.match(path.name)]
    except OSError:
        return []


def _device(folder: Path) -> MeterDevice | None:
    """Return a package or memory zone as a device; cores and others are parts of a package."""
    kind, _, number = (_text(folder / "name") or "").partition("-")
    match = _ZONE.match(folder.name)
    if match is None or kind not in MAXIMUM:
        return None
    socket = number or match[1]
    return MeterDevice(
        id=f"{kind}{socket}",
        uuid=f"{_machine()}-{folder.name}",
        name=f"{'processor' if kind == 'package' else 'memory'} {socket}",
        scope=kind,
        method="counter",
        step=STEP,
        maximum_power=MAXIMUM[kind],
        gain=GAIN,
        interval=INTERVAL,
    )


def _text(path: Path) -> str | None:
    """Return the text of a small file, None if it cannot be read."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None


def _machine() -> str:
    """Return a name of this machine that tells it from others and reveals nothing."""
    import hashlib

    text = _text(Path("/etc/machine-id")) or ""
    boot = _text(Path("/proc/sys/kernel/random/boot_id")) or ""
    return f"node-{hashlib.sha256(f'lca {text} {boot}'.encode()).hexdigest()[:8]}"
