"""Read NVIDIA boards through NVML; the one file where millijoules and milliwatts appear."""

from __future__ import annotations

import csv
import math
import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.errors import MeasurementUnavailable
from lca.measure import devices
from lca.measure.devices import Board, Chosen
from lca.measure.integrate import Energy, Sample
from lca.measure.nvml_query import Query
from lca.measure.reading import Health, Lost, MeterDevice, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["NvmlMeter"]

MILLI = 1e-3
EXCURSION = 1.1
"""Power above the limit that a board may draw for the step of a counter (assumed)."""
COUNTER_INTERVAL = 0.25
"""Time between two readings of a counter (s): it loses nothing in between, so that reading it
more often would only narrow the gap of a reset or a loss, and cost more of the processor.
Boards without a counter are read a little faster than their sensor publishes."""
_ARCHITECTURES = {
    2: "kepler",
    3: "maxwell",
    4: "pascal",
    5: "volta",
    6: "turing",
    7: "ampere",
    8: "ada",
    9: "hopper",
    10: "blackwell",
}
_THROTTLES = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x20: "thermal, software",
    0x40: "thermal, hardware",
    0x80: "power brake",
    0x100: "display clock",
    0x10: "sync boost",
}
_PART_TIME = (
    "the bounds take the energy counter to integrate the whole signal; no source settles whether"
    " it does on a board whose power sensor sees only {share:.0%} of the time"
)
_UNCLEAR_SCOPE = "whether the counter covers the GPU or the module is not known"
_WITH_PROCESSOR = "linked to its CPU: the module is measured, CPU counters are not added"
_ADVICE = {
    "NVMLError_LibraryNotFound": "no NVIDIA driver library was found; without an NVIDIA board"
    " that is as it should be, in a container start it with --gpus all",
    "NVMLError_DriverNotLoaded": "the NVIDIA driver is not loaded; try nvidia-smi, or load it",
    "NVMLError_NoPermission": "no permission to use the NVIDIA driver; the user needs access to"
    " /dev/nvidiactl and /dev/nvidia0",
    "NVMLError_LibRmVersionMismatch": "the NVIDIA library and the loaded driver have different"
    " versions; restart the machine, or reload the driver",
}


class NvmlMeter:
    """The visible NVIDIA boards.

    Parameters
    ----------
    wanted : sequence of str or int, optional
        UUIDs, beginnings of UUIDs or indices; None means all visible boards.
    clock : callable
        Monotonic time (s).
    environment : mapping, optional
        Instead of the process's own.
    interval : float, optional
        Time between two readings (s), instead of what each board needs.

    Attributes
    ----------
    listed : int
        Boards that the driver shows, also those that CUDA_VISIBLE_DEVICES hides.
    refused : list of str
        Boards that cannot be opened, and why.

    Raises
    ------
    MeasurementUnavailable
        There is no driver, or it refuses; the message says what to do.
    UnknownNameError
        A wanted board does not exist.
    """

    def __init__(
        self,
        wanted: Sequence[str | int] | None = None,
        clock: Callable[[], float] = time.monotonic,
        environment: Mapping[str, str] | None = None,
        interval: float | None = None,
    ) -> None:
        import pynvml

        self._nvml: Any = pynvml
        self._clock, self._interval = clock, interval
        self._open = False
        self._handles: dict[str, Any] = {}
        self._modules: set[str] = set()
        self.refused: list[str] = []
        try:
            pynvml.nvmlInit()
            self._open = True
            self._devices = self._find(wanted, os.environ if environment is None else environment)
        except pynvml.NVMLError as error:
            self.close()
            raise MeasurementUnavailable(_explain(error)) from None
        except BaseException:
            self.close()
            raise
        self._fields = self._instant_fields()
        found = ((device.id, self._query(device)) for device in self._devices)
        self._queries = {name: query for name, query in found if query is not None}

    def _find(
        self, wanted: Sequence[str | int] | None, environment: Mapping[str, str]
    ) -> tuple[MeterDevice, ...]:
        """Return the wanted boards."""
        boards = self._boards()
        self.listed = len(boards)
        chosen = devices.choose(boards, wanted, environment, devices.torch_order())
        return tuple(map(self._device, chosen))

    @property
    def driver(self) -> str:
        """Version of the driver."""
        return str(self._nvml.nvmlSystemGetDriverVersion())

    def devices(self) -> tuple[MeterDevice, ...]:
        """Return the boards."""
        return self._devices

    def read(self, device: MeterDevice) -> Sample | Lost:
        """Return counter and power of a board, in one call where the driver answers both."""
        query = self._queries.get(device.id)
        if query is not None:
            now = self._clock()
            answer = query.ask()
            if answer is not None and not answer[0] and not answer[2]:
                return Sample(now, answer[1] * MILLI, answer[3] * MILLI)
        return self._read_apart(device)

    def _read_apart(self, device: MeterDevice) -> Sample | Lost:
        """Return counter and power of a board, each asked for alone, and what is wrong."""
        nvml, handle = self._nvml, self._handles[device.id]
        energy = power = None
        now = self._clock()
        try:
            if device.method == "counter":
                energy = self._counter(device, handle)
        except nvml.NVMLError as error:
            if self._is_gone(error):
                return Lost(now, str(error))
        try:
            power = self._power(device, handle)
        except nvml.NVMLError as error:
            if self._is_gone(error):
                return Lost(now, str(error))
        return Sample(now, energy, power)

    def health(self, device: MeterDevice) -> Health:
        """Return clocks, temperature, limit and what holds the clocks down."""
        nvml, handle = self._nvml, self._handles[device.id]
        clocks = {
            name: self._try(nvml.nvmlDeviceGetClockInfo, handle, kind)
            for name, kind in (("sm", nvml.NVML_CLOCK_SM), ("memory", nvml.NVML_CLOCK_MEM))
        }
        mask = self._try(nvml.nvmlDeviceGetCurrentClocksEventReasons, handle) or 0
        limit = self._try(nvml.nvmlDeviceGetEnforcedPowerLimit, handle)
        return Health(
            clocks={name: float(clock) for name, clock in clocks.items() if clock is not None},
            temperature=self._temperature(handle),
            power_limit=None if limit is None else limit * MILLI,
            throttled=tuple(name for bit, name in _THROTTLES.items() if mask & bit),
        )

    def settle(
        self, device: MeterDevice, samples: Sequence[Sample], start: float, stop: float
    ) -> Energy:
        """Return the energy of a board between two times."""
        return settle(device, samples, start, stop)

    def close(self) -> None:
        """Release the driver; once is enough."""
        if self._open:
            self._open = False
            with suppress(self._nvml.NVMLError):
                self._nvml.nvmlShutdown()

    def _boards(self) -> list[Board]:
        """Return all boards of the driver, without those that cannot be opened."""
        boards = []
        for index in range(self._nvml.nvmlDeviceGetCount()):
            try:
                handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
                uuid = self._nvml.nvmlDeviceGetUUID(handle)
            except self._nvml.NVMLError as error:
                self.refused.append(f"board {index}: {_explain(error)}")
                continue
            name = self._try(self._nvml.nvmlDeviceGetName, handle) or "unknown board"
            boards.append(Board(index, str(uuid), str(name), self._slices(handle)))
        return boards

    def _slices(self, handle: Any) -> dict[str, float]:
        """Return the MIG devices of a board with their share of its compute slices."""
        nvml = self._nvml
        mode = self._try(nvml.nvmlDeviceGetMigMode, handle)
        if not mode or mode[0] != 1:
            return {}
        shares = {}
        for index in range(self._try(nvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
            slice_handle = self._try(nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
            if slice_handle is None:
                continue
            uuid = self._try(nvml.nvmlDeviceGetUUID, slice_handle)
            facts = self._try(nvml.nvmlDeviceGetAttributes, slice_handle)
            if uuid is not None:
                slices = facts.gpuInstanceSliceCount if facts is not None else 0
                shares[str(uuid)] = (slices or devices.MIG_SLICES) / devices.MIG_SLICES
        return shares

    def _device(self, chosen: Chosen) -> MeterDevice:
        """Return a board with what is known of its meters."""
        nvml, board = self._nvml, chosen.board
        handle = nvml.nvmlDeviceGetHandleByIndex(board.index)
        name = f"gpu{board.index}"
        self._handles[name] = handle
        sensor, period, window = self._sensor(handle, board)
        counter = self._try(nvml.nvmlDeviceGetTotalEnergyConsumption, handle) is not None
        linked = self._is_linked(name, handle)
        notes = [chosen.note] if chosen.note else []
        if linked:
            notes += [] if name in self._modules else [_UNCLEAR_SCOPE]
            notes.append(_WITH_PROCESSOR)
        if counter and window < period:
            notes.append(_PART_TIME.format(share=window / period))
        return MeterDevice(
            id=name,
            uuid=board.uuid,
            name=board.name,
            scope="module" if linked else "gpu",
            method="counter" if counter else "power",
            step=float(sensor["counter_step"] or 0.1),
            period=period,
            window=window,
            maximum_power=self._maximum(handle) + (_LINKED_CPU if linked else 0.0),
            gain=float(sensor["gain"]),
            interval=self._interval or (COUNTER_INTERVAL if counter else max(0.018, 0.9 * period)),
            share=chosen.share,
            hardware=devices.hardware_id(board.name),
            notes=tuple(notes),
        )

    def _sensor(self, handle: Any, board: Board) -> tuple[dict[str, str], float, float]:
        """Return the row of the sensor table for a board, and period and window (s) of its power."""
        number = self._try(self._nvml.nvmlDeviceGetArchitecture, handle)
        sensor = sensor_of(_ARCHITECTURES.get(number or 0, "unknown"), board.name)
        instant = sensor["usage"] == "instant" or self._field(handle, _INSTANT) is not None
        kind = "instant" if instant else "average"
        return sensor, float(sensor[f"{kind}_period"]), float(sensor[f"{kind}_window"])

    def _is_linked(self, name: str, handle: Any) -> bool:
        """Whether a board shares a module with its CPU; note whether it tells the module's energy."""
        mode = self._try(self._nvml.nvmlDeviceGetC2cModeInfoV, handle)
        linked = bool(getattr(mode, "isC2cEnabled", 0))
        if linked and self._field(handle, (_ENERGY, _MODULE)) is not None:
            self._modules.add(name)
        return linked

    def _maximum(self, handle: Any) -> float:
        """Return the power (W) that a board does not exceed for a step."""
        limits = self._try(self._nvml.nvmlDeviceGetPowerManagementLimitConstraints, handle)
        limit = self._try(self._nvml.nvmlDeviceGetEnforcedPowerLimit, handle)
        highest = max(limits[1] if limits else 0, limit or 0)
        return highest * MILLI * EXCURSION if highest else math.inf

    def _counter(self, device: MeterDevice, handle: Any) -> float | None:
        """Return the energy counter (J), of the module where that is what is measured."""
        if device.id in self._modules:
            values = self._nvml.nvmlDeviceGetFieldValues(handle, [(_ENERGY, _MODULE)])
            return float(values[0].value.ullVal) * MILLI if values[0].nvmlReturn == 0 else None
        return float(self._nvml.nvmlDeviceGetTotalEnergyConsumption(handle)) * MILLI

    def _instant_fields(self) -> dict[str, bool]:
        """Return for each board whether its instantaneous field answers."""
        return {
            name: self._field(handle, _INSTANT) is not None
            for name, handle in self._handles.items()
        }

    def _query(self, device: MeterDevice) -> Query | None:
        """Return the one call that answers counter and power, None where there is none."""
        if device.method != "counter" or not self._fields[device.id]:
            return None
        module = device.id in self._modules
        fields = (
            [(_ENERGY, _MODULE), (_INSTANT, _MODULE)] if module else [(_TOTAL, 0), (_INSTANT, 0)]
        )
        try:
            query = Query(self._nvml, self._handles[device.id], fields)
        except AttributeError:  # a library without this call
            return None
        answer, reading = query.ask(), self._read_apart(device)
        if answer is None or answer[0] or answer[2]:
            return None
        if not isinstance(reading, Sample) or reading.energy is None:
            return None
        # The field is the same counter as the call; a driver in which it is not is not trusted.
        apart = abs(reading.energy - answer[1] * MILLI)
        return query if apart <= device.maximum_power else None

    def _power(self, device: MeterDevice, handle: Any) -> float:
        """Return instantaneous power (W), else what the usage call returns."""
        if self._fields[device.id]:
            scope = _MODULE if device.id in self._modules else 0
            watts = self._field(handle, (_INSTANT, scope))
            if watts is not None:
                return watts
        return float(self._nvml.nvmlDeviceGetPowerUsage(handle)) * MILLI

    def _field(self, handle: Any, field: int | tuple[int, int]) -> float | None:
        """Return a power field (W), None where it does not answer."""
        values = self._try(self._nvml.nvmlDeviceGetFieldValues, handle, [field])
        if values is None or values[0].nvmlReturn != 0:
            return None
        return float(values[0].value.uiVal) * MILLI

    def _temperature(self, handle: Any) -> float | None:
        """Return the temperature of the chip (degrees Celsius)."""
        nvml = self._nvml
        value = self._try(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU)
        return None if value is None else float(value)

    def _is_gone(self, error: Any) -> bool:
        """Whether an error says that the board will not come back."""
        return getattr(error, "value", None) in {
            self._nvml.NVML_ERROR_GPU_IS_LOST,
            self._nvml.NVML_ERROR_UNINITIALIZED,
        }

    def _try(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the driver answers, None where it does not."""
        try:
            return function(*arguments)
        except (self._nvml.NVMLError, OSError):
            return None


_INSTANT = 186  # NVML_FI_DEV_POWER_INSTANT
_TOTAL = 83  # NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION
_ENERGY = 191  # NVML_FI_DEV_ENERGY
_MODULE = 1  # NVML_POWER_SCOPE_MODULE
_LINKED_CPU = 500.0  # W that the processor of a superchip may add (assumed, Grace)


@cache
def _sensors() -> tuple[dict[str, str], ...]:
    """Return the rows of the sensor table."""
    path = Path(__file__).with_name("sensors.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def sensor_of(architecture: str, name: str) -> dict[str, str]:
    """Return the row of the sensor table for an architecture and a board's name."""
    for row in _sensors():
        parts = [part for part in row["match"].split("|") if part]
        if row["architecture"] == architecture and (
            not parts or any(part in name for part in parts)
        ):
            return row
    return sensor_of("unknown", name)


def _explain(error: Exception) -> str:
    """Return why the driver cannot be used, and what to do."""
    advice = _ADVICE.get(type(error).__name__)
    return advice or f"the NVIDIA driver refuses: {error}"
