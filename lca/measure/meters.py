"""Open the meters of this machine, and say why one is missing."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lca.errors import MeasurementUnavailable
from lca.measure.ranks import may_own, owns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lca.measure.ranks import Rank
    from lca.measure.reading import Meter

__all__ = ["Opened", "open_meters", "open_own_boards"]

PROCESSORS = "cpu"
_PART_OF_MODULE = "the processors are part of the measured module and are not added"

_NONE_VISIBLE = "NVIDIA boards: CUDA_VISIBLE_DEVICES shows none"
_NO_BOARD = "NVIDIA boards: the driver lists none"


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


def open_own_boards(place: Rank, clock: Callable[[], float] = time.monotonic) -> Opened:
    """Return the boards that only this rank sees, else the reason why it measures nothing.

    Parameters
    ----------
    place : Rank
        A rank that is not the first of its node.
    clock : callable
        Monotonic time (s).
    """
    if not may_own(os.environ):
        return Opened((), (place.reason,))
    meters: list[Meter] = []
    missing: list[str] = []
    _open_boards(None, clock, meters, missing)
    opened = Opened(tuple(meters), (*missing, place.part))
    if any(owns(place, *_seen(meter), os.environ) for meter in meters):
        return opened
    opened.close()
    return Opened((), (*missing, place.reason))


def _seen(meter: Any) -> tuple[int, int]:
    """Return how many boards a rank sees, and how many the driver shows to it."""
    return len(meter.devices()), meter.listed


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
        missing += [f"NVIDIA {reason}" for reason in meter.refused]
        if meter.devices():
            meters.append(meter)
            return
        meter.close()
        if not meter.refused:
            missing.append(_NONE_VISIBLE if meter.listed else _NO_BOARD)


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
