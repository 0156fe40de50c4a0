"""Workload records: what a measurement found, how, and how sure it is.

Inside, energies are joules, powers watts, times seconds, clocks megahertz, temperatures
degrees Celsius. In a file every quantity is text with its unit. A value of None was not
measured; it is never written as zero. An upper bound of infinity is written ``null``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lca.measure.totals import quality_of, total

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from lca.measure.integrate import Energy

__all__ = [
    "DeviceRecord",
    "EnergyPerUnit",
    "WindowRecord",
    "Work",
    "WorkloadRecord",
    "load",
    "per_unit",
    "quality_of",
    "save",
    "total",
]

SCHEMA = "1"
ENOUGH = 0.95
"""Share of a window that must be measured before energy is divided by work."""


@dataclass(frozen=True, slots=True)
class Work:
    """An amount of work, such as 1200 samples.

    Parameters
    ----------
    amount : float
        How much was done in all repeats together.
    unit : str
        What is counted, in the singular, such as ``sample`` or ``token``.

    """

    amount: float = 1.0
    unit: str = "run"

    @classmethod
    def read(cls, text: str) -> Work:
        """Return the work in a text such as ``1200 samples`` or ``1e6 tokens``.

        Raises
        ------
        UnitError
            The text is not a positive number and a noun.

        Examples
        --------
        >>> Work.read("1e6 tokens")
        Work(amount=1000000.0, unit='token')
        """
        from lca.errors import UnitError, quoted

        number, _, noun = text.strip().partition(" ")
        try:
            amount = float(number)
        except ValueError:
            amount = math.nan
        unit = noun.strip()
        if not (0 < amount < math.inf) or not unit:
            msg = f'{quoted(text)} is not an amount of work; write for example "1200 samples"'
            raise UnitError(msg)
        plural = len(unit) > 2 and unit.endswith("s") and not unit.endswith("ss")
        return cls(amount, unit[:-1] if plural else unit)


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One device of a record: its energy (J), its bounds and its state.

    Parameters
    ----------
    id : str
        Name within the record, such as ``gpu0`` or ``package0``.
    name : str
        What the device calls itself.
    uuid : str, optional
        Identity that does not change with the order of boards.
    hardware : str, optional
        Id in the hardware database, None if unknown.
    energy : float or None
        Energy of the whole device (J); None was not measured.
    low, high : float
        Bounds of the true energy (J); `high` may be infinite.
    method : str
        ``counter``, ``power``, ``model`` or ``none``.
    scope : str
        ``gpu``, ``module``, ``package``, ``dram``.
    coverage : float
        Share of the window in which the device was measured, 0 to 1.
    share : float
        Share of the device that is attributed to the workload, 0 to 1.
    idle_power : float, optional
        Measured power without the workload (W).
    clocks : dict of str to float
        Mean clock by domain (MHz).
    temperature : float, optional
        Highest temperature seen (degrees Celsius).
    power_limit : float, optional
        Enforced limit (W).
    throttled : dict of str to float
        Share of the time in which clocks were held down, by reason.
    reasons : tuple of str
        Why a value is missing, partial or doubtful.

    """

    id: str
    name: str = ""
    uuid: str | None = None
    hardware: str | None = None
    energy: float | None = None
    low: float = 0.0
    high: float = math.inf
    method: str = "none"
    scope: str = "gpu"
    coverage: float = 0.0
    share: float = 1.0
    idle_power: float | None = None
    clocks: Mapping[str, float] = field(default_factory=dict)
    temperature: float | None = None
    power_limit: float | None = None
    throttled: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """A named part of the measured time; times (s) count from the start of the record."""

    name: str
    begins: float
    duration: float
    energy: Energy
    quality: str = "none"


@dataclass(frozen=True, slots=True)
class EnergyPerUnit:
    """Energy per unit of work (J); `value` is None where the window could not tell."""

    value: float | None
    low: float
    high: float
    unit: str
    repeats: tuple[float, ...] = ()
    """Energy per unit of each repeat that was long enough to tell (J)."""


@dataclass(frozen=True, slots=True)
class WorkloadRecord:
    """What was run, on what, with how much energy, and how that is known.

    Parameters
    ----------
    workload : str
        Name of what was run.
    work : Work
        Amount of work of all repeats together.
    repeats : int
        How often the workload ran inside the measured time.
    started : str
        Date and time in UTC, ISO 8601.
    duration : float
        Measured time (s).
    software, host : dict of str to str
        Versions, and what the machine is; no names of people or machines.
    devices : tuple of DeviceRecord
        Whole devices, without deductions.
    energy_per_unit : EnergyPerUnit, optional
        Total after the idle policy, divided by the work.
    windows : tuple of WindowRecord
        Named parts, such as prefill and decode.
    idle : str
        Idle policy: ``total``, ``above_idle`` or ``share``.
    metrics : dict of str to float or None
        Quality of the result, such as accuracy or loss; None does not exist, and a reason says why.
    calibration : dict of str to str
        Node calibration that was applied, if any.
    quality : str
        ``measured``, ``modeled`` or ``none``.
    status : str
        ``complete``, or ``partial`` while it runs and after an abrupt end.
    reasons : tuple of str
        Remarks on the whole record.

    """

    workload: str
    work: Work = Work()
    repeats: int = 1
    started: str = ""
    duration: float = 0.0
    software: Mapping[str, str] = field(default_factory=dict)
    host: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[DeviceRecord, ...] = ()
    energy_per_unit: EnergyPerUnit | None = None
    windows: tuple[WindowRecord, ...] = ()
    idle: str = "total"
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    calibration: Mapping[str, str] = field(default_factory=dict)
    quality: str = "none"
    status: str = "complete"
    reasons: tuple[str, ...] = ()
    schema: str = SCHEMA

    @property
    def total(self) -> Energy:
        """Energy of all devices (J) after the idle policy, none counted twice."""
        return total(self.devices, self.idle, self.duration)

    @property
    def energy(self) -> Any:
        """The total as a pint quantity, or None if it was not measured."""
        from lca import units

        value = self.total.value
        return None if value is None else units.quantity(value, "J")

    def window(self, name: str) -> WindowRecord:
        """Return the first window with a name.

        Raises
        ------
        UnknownNameError
            No window has it.
        """
        from lca.errors import UnknownNameError, did_you_mean, quoted

        for window in self.windows:
            if window.name == name:
                return window
        names = [window.name for window in self.windows]
        msg = f"no window {quoted(name)}{did_you_mean(name, names)}"
        raise UnknownNameError(msg)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record to a YAML file, whole or not at all."""
        save(self, path)


def per_unit(energy: Energy, work: Work, repeats: tuple[float, ...] = ()) -> EnergyPerUnit:
    """Return energy per unit of work (J); no value where too little was measured."""
    value = energy.value if energy.coverage >= ENOUGH else None
    return EnergyPerUnit(
        value=None if value is None else value / work.amount,
        low=energy.low / work.amount,
        high=energy.high / work.amount,
        unit=work.unit,
        repeats=repeats,
    )


def load(path: str | os.PathLike[str]) -> WorkloadRecord:
    """Return the record in a YAML file.

    Raises
    ------
    InputError
        With every mistake of the file, each with its line and column.
    """
    from lca.measure.record_files import read

    return read(path)


def save(record: WorkloadRecord, path: str | os.PathLike[str]) -> None:
    """Write a record to a YAML file, whole or not at all.

    Raises
    ------
    DocumentError
        The file cannot be written; what was there is untouched.
    """
    from lca import document
    from lca.measure.record_files import written

    document.write_atomically(path, document.dump(written(record)))
