"""A meter whose truth is simple, on a clock that a test moves."""

from __future__ import annotations

from lca.measure.integrate import Energy, Sample
from lca.measure.reading import Health, Lost, MeterDevice, settle


class Steady:
    """A meter whose board draws a steady 100 W on a clock that a test moves."""

    def __init__(self, method: str = "counter", step: float = 0.001) -> None:
        self.time = 50.0
        self.reads = 0
        self.device = MeterDevice(
            "gpu0", "GPU-1", "board", "gpu", method, step=step, maximum_power=200.0
        )

    def clock(self) -> float:
        """Return the time (s)."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.time += seconds

    def devices(self) -> tuple[MeterDevice, ...]:
        """Return the board."""
        return (self.device,)

    def read(self, _device: MeterDevice) -> Sample | Lost:
        """Return the counter."""
        self.reads += 1
        return Sample(self.time, energy=1e6 + 100.0 * self.time, power=100.0)

    def health(self, _device: MeterDevice) -> Health:
        """Return a board that is held down by its power cap."""
        return Health({"sm": 1500.0}, 60.0, 200.0, ("power cap",))

    def settle(
        self, device: MeterDevice, samples: list[Sample], start: float, stop: float
    ) -> Energy:
        """Return the energy of the counter."""
        return settle(device, samples, start, stop)

    def close(self) -> None:
        """Release nothing."""
