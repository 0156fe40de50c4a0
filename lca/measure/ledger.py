"""Keep the readings of all devices, and settle windows of them.

A ledger knows no threads and no waiting: something calls `sample`. Long measurements are
settled block by block, so that memory and the time of a window's end stay bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lca.measure.integrate import Energy, Sample
from lca.measure.reading import Health, Lost
from lca.measure.records import DeviceRecord, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lca.measure.reading import Meter, MeterDevice

__all__ = ["Ledger", "Window"]

BLOCK = 2048
"""Readings of a device that are kept before a block of them is settled."""
KEPT = 64
"""Readings that stay behind, more than the shortest window needs."""
HEALTH_INTERVAL = 1.0
"""Time between two looks at the state of a device (s)."""
RETRY_INTERVAL = 1.0
"""Time after which a device that was lost is asked again (s)."""


@dataclass(slots=True)
class Window:
    """A named time that is being measured."""

    name: str
    start: float
    stop: float | None = None
    settled: dict[str, list[tuple[float, Energy]]] = field(default_factory=dict)
    """Blocks of each device that are settled already: (length in s, energy)."""
    cuts: dict[str, float] = field(default_factory=dict)
    """Time until which each device is settled."""
    energies: dict[str, Energy] = field(default_factory=dict)


@dataclass(slots=True)
class _Entry:
    """One device with its readings."""

    meter: Meter
    device: MeterDevice
    samples: list[Sample] = field(default_factory=list)
    lost: Lost | None = None
    retry: float = 0.0
    outages: list[str] = field(default_factory=list)
    pause: float = 0.0
    """Time after which the device is read again (s): half a tick short of its interval, so that
    a tick that comes a little early after one that came late is not passed over."""
    due: float = 0.0
    health_due: float = 0.0
    states: int = 0
    clocks: dict[str, float] = field(default_factory=dict)
    temperature: float | None = None
    power_limit: float | None = None
    throttled: dict[str, int] = field(default_factory=dict)
    idle_power: float | None = None


class Ledger:
    """The readings of some meters.

    Parameters
    ----------
    meters : iterable of Meter
        What is read.
    clock : callable
        Monotonic time (s).
    """

    def __init__(self, meters: Iterable[Meter], clock: Callable[[], float]) -> None:
        self._clock = clock
        found = [(meter, device) for meter in meters for device in meter.devices()]
        pace = min((device.interval for _, device in found), default=0.0)
        self._entries = [
            _Entry(meter, device, pause=device.interval - pace / 2) for meter, device in found
        ]
        self._open: list[Window] = []

    @property
    def interval(self) -> float | None:
        """Time between two calls of `sample` (s) that the devices need."""
        return min((entry.device.interval for entry in self._entries), default=None)

    @property
    def devices(self) -> list[MeterDevice]:
        """All devices."""
        return [entry.device for entry in self._entries]

    def sample(self, *, due: bool = False) -> None:
        """Read all devices, or only those whose time has come."""
        if due:
            self.sample_due()
            return
        now = self._clock()
        for entry in self._entries:
            self._read(entry)
            entry.due = now + entry.pause

    def sample_due(self) -> None:
        """Read the devices whose time has come: what the sampling thread does at each tick."""
        now = self._clock()
        for entry in self._entries:
            if now >= entry.due:
                self._read(entry)
                entry.due = now + entry.pause
            if now >= entry.health_due:
                self._look(entry)
                entry.health_due = now + HEALTH_INTERVAL

    def open(self, name: str) -> Window:
        """Begin a window with a reading of every device."""
        start = self._clock()
        self.sample()
        window = Window(name, start)
        self._open.append(window)
        return window

    def close(self, window: Window) -> None:
        """End a window with a reading of every device."""
        self.sample()
        window.stop = self._clock()
        self.settle(window)
        self._open.remove(window)

    def settle(self, window: Window) -> None:
        """Work out the energies of a window; one that is open ends now."""
        stop = self._clock() if window.stop is None else window.stop
        window.energies = {
            entry.device.id: self._energy(entry, window, stop) for entry in self._entries
        }

    def look(self) -> None:
        """Read the state of every device."""
        for entry in self._entries:
            self._look(entry)

    def ticked(self, marks: list[float | None]) -> bool:
        """Whether every counter has moved since readings that `latest` returned."""
        return all(
            entry.device.method != "counter" or now != then or entry.lost is not None
            for entry, then, now in zip(self._entries, marks, self.latest(), strict=True)
        )

    def latest(self) -> list[float | None]:
        """Return the last counter reading of each device (J)."""
        return [entry.samples[-1].energy if entry.samples else None for entry in self._entries]

    def set_idle(self, window: Window) -> None:
        """Take the mean power of a window as idle power of each device."""
        length = (window.stop or 0.0) - window.start
        for entry in self._entries:
            energy = window.energies[entry.device.id]
            if energy.value is not None and length > 0:
                entry.idle_power = energy.value / length

    def records(self, window: Window, share: float | None = None) -> tuple[DeviceRecord, ...]:
        """Return the devices of a settled window as they stand in a record."""
        return tuple(
            _record(entry, window.energies[entry.device.id], share) for entry in self._entries
        )

    def total(self, window: Window, idle: str = "total", share: float | None = None) -> Energy:
        """Return the energy of all devices in a settled window, after an idle policy."""
        stop = window.start if window.stop is None else window.stop
        return total(self.records(window, share), idle, stop - window.start)

    def _read(self, entry: _Entry) -> None:
        """Add a reading; a device that is gone is asked again now and then."""
        if entry.lost is not None and self._clock() < entry.retry:
            return
        reading = entry.meter.read(entry.device)
        if isinstance(reading, Lost):
            entry.lost = entry.lost or reading
            entry.retry = reading.time + RETRY_INTERVAL
            return
        if entry.lost is not None:
            entry.outages.append(_outage(entry.lost, reading.time))
            entry.lost = None
        entry.samples.append(reading)
        if len(entry.samples) > BLOCK:
            self._cut(entry)

    def _cut(self, entry: _Entry) -> None:
        """Settle all but the last readings of a device, for every open window."""
        at = entry.samples[-KEPT].time
        for window in self._open:
            begin = window.cuts.get(entry.device.id, window.start)
            if begin < at:
                energy = entry.meter.settle(entry.device, entry.samples, begin, at)
                window.settled.setdefault(entry.device.id, []).append((at - begin, energy))
                window.cuts[entry.device.id] = at
        # One reading before the cut stays, for the edge of what follows.
        del entry.samples[: len(entry.samples) - KEPT - 1]

    def _energy(self, entry: _Entry, window: Window, stop: float) -> Energy:
        """Return the energy of a device in a window."""
        name = entry.device.id
        begin = window.cuts.get(name, window.start)
        rest = entry.meter.settle(entry.device, entry.samples, begin, stop)
        blocks = [*window.settled.get(name, ()), (stop - begin, rest)]
        return _joined(blocks) if len(blocks) > 1 else rest

    def _look(self, entry: _Entry) -> None:
        """Add the state of a device."""
        if entry.lost is not None:
            return
        health = entry.meter.health(entry.device)
        if health is not None:
            _observe(entry, health)


def _observe(entry: _Entry, health: Health) -> None:
    """Keep mean clocks, the highest temperature and how often clocks were held down."""
    for name, clock in health.clocks.items():
        before = entry.clocks.get(name, 0.0)
        entry.clocks[name] = before + (clock - before) / (entry.states + 1)
    entry.states += 1
    entry.power_limit = health.power_limit
    if health.temperature is not None:
        entry.temperature = max(health.temperature, entry.temperature or health.temperature)
    for reason in health.throttled:
        entry.throttled[reason] = entry.throttled.get(reason, 0) + 1


def _joined(blocks: list[tuple[float, Energy]]) -> Energy:
    """Return the energy of blocks that follow each other; a block without a value adds none."""
    length = sum(time for time, _ in blocks) or 1.0
    values = [energy.value for _, energy in blocks if energy.value is not None]
    reasons = dict.fromkeys(reason for _, energy in blocks for reason in energy.reasons)
    return Energy(
        value=sum(values) if values else None,
        low=sum(energy.low for _, energy in blocks),
        high=sum(energy.high for _, energy in blocks),
        coverage=sum(time * energy.coverage for time, energy in blocks) / length,
        method=blocks[0][1].method,
        reasons=tuple(reasons),
    )


def _outage(lost: Lost, back: float) -> str:
    """Say that a device was lost and came back."""
    return f"did not answer for {back - lost.time:.3g} s: {lost.reason}"


def _record(entry: _Entry, energy: Energy, share: float | None) -> DeviceRecord:
    """Return a device as it stands in a record."""
    device = entry.device
    lost = () if entry.lost is None else (f"lost: {entry.lost.reason}",)
    return DeviceRecord(
        id=device.id,
        name=device.name,
        uuid=device.uuid,
        hardware=device.hardware,
        energy=energy.value,
        low=energy.low,
        high=energy.high,
        method="none" if energy.value is None else energy.method,
        scope=device.scope,
        coverage=energy.coverage,
        share=device.share if share is None else device.share * share,
        idle_power=entry.idle_power,
        clocks=dict(entry.clocks),
        temperature=entry.temperature,
        power_limit=entry.power_limit,
        throttled={name: count / entry.states for name, count in entry.throttled.items()},
        reasons=(*lost, *entry.outages, *energy.reasons, *device.notes),
    )
