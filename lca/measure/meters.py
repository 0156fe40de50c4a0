"""Open the meters of this machine, and say why one is missing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.errors import MeasurementUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lca.measure.reading import Meter

__all__ = ["Opened", "open_meters"]

PROCESSORS = "cpu"
_PART_OF_MODULE = "the processors are part of the measured module and are not added"


@dataclass(frozen=True, slots=True)
class Opened:
    """Meters that can be read, and why others are missing."""

    meters: tuple[Meter, ...]
    missing: tuple[str, ...] = ()

    def close(self) -> None:
        """Release all drivers."""
        for meter in self.meters:
            meter.close()


def open_meters(
    wanted: Sequence[str | int] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Opened:
    """Return the meters of the wanted devices.

    Parameters
    ----------
    wanted : sequence of str or int, optional
        UUIDs, beginnings of UUIDs or indices of boards; ``"cpu"`` stands for the processors.
        None means every visible board and the processors.
    clock : callable
        Monotonic time (s).

    Raises
    ------
    UnknownNameError
        A wanted board does not exist.
    """
    meters: list[Meter] = []
    missing: list[str] = []
    boards = None if wanted is None else [name for name in wanted if name != PROCESSORS]
    if boards is None or boards:
        _open_boards(boards, clock, meters, missing)
    if wanted is None or PROCESSORS in wanted:
        scopes = {device.scope for meter in meters for device in meter.devices()}
        if "module" in scopes:
            missing.append(_PART_OF_MODULE)
        else:
            _open_processors(clock, meters, missing)
    return Opened(tuple(meters), tuple(missing))


def _open_boards(
    boards: Sequence[str | int] | None,
    clock: Callable[[], float],
    meters: list[Meter],
    missing: list[str],
) -> None:
    """Add the meter of NVIDIA boards, or the reason why there is none."""
    from lca.errors import UnknownNameError
    from lca.measure.nvml import NvmlMeter

    try:
        meter = NvmlMeter(boards, clock)
    except MeasurementUnavailable as error:
        missing.append(f"NVIDIA boards: {error}")
    except UnknownNameError as error:
        if boards is not None:
            raise
        missing.append(f"NVIDIA boards: {error}")  # only CUDA_VISIBLE_DEVICES is unclear
    else:
        if meter.devices():
            meters.append(meter)
        else:
            meter.close()
            missing.append("NVIDIA boards: CUDA_VISIBLE_DEVICES shows none")


def _open_processors(clock: Callable[[], float], meters: list[Meter], missing: list[str]) -> None:
    """Add the counters of processors, else the model, and the reasons."""
    from lca.measure.model_cpu import CpuModel
    from lca.measure.rapl import RaplMeter

    for kind in (RaplMeter, CpuModel):
        try:
            meters.append(kind(clock=clock))
        except MeasurementUnavailable as error:
            missing.append(f"processors: {error}")
        else:
            return
