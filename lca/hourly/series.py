"""What an hourly series is, and what the quality gate found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lca.errors import InputError, did_you_mean, quoted

Array = NDArray[np.float64]
Times = NDArray[np.datetime64]
HOURS_OF_YEAR = (8760, 8784)
"""Hours of a common and of a leap year."""

CARBON_FREE = ("nuclear", "hydro", "wind", "solar", "geothermal")
"""Sources of a mix that burn nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the gate found.

    Attributes
    ----------
    kind
        ``gap``, ``dropout``, ``range``, ``duplicate``, ``order``, ``daylight saving``, ``step``,
        ``flat`` or ``column``.
    line
        Line of the file, the heading being line 1.
    message
        What was found, and what was done.
    """

    kind: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the gate found and repaired in a file.

    Attributes
    ----------
    file
        File as the user named it.
    repairs, remarks
        What was changed; what was seen and left as it is.
    """

    file: str
    repairs: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()

    def lines(self) -> list[str]:
        """Return every finding as ``file:line: what was done``, in the order of the file."""
        found = sorted((*self.repairs, *self.remarks), key=lambda one: one.line)
        return [f"{self.file}:{one.line}: {one.kind}: {one.message}" for one in found]


@dataclass(frozen=True, eq=False)
class Series:
    """Intensity and generation by hour, without gaps.

    Attributes
    ----------
    name
        Name of the packaged year, or of the file.
    times
        Start of each hour, UTC unless ``zone`` says otherwise, shape ``(hour,)``.
    intensities
        By kind (``lifecycle``, ``direct``, ``marginal``), kgCO2e/kWh, shape ``(hour,)``.
    generation
        By source, mean MW over the hour, shape ``(hour,)``.
    filled
        Whether an hour was filled in, by the publisher of the series or by the gate.
    report
        What the gate found.
    zone
        ``UTC``, or ``local`` where the times carry daylight saving and no offset.
    source, attribution, note
        Key of ``sources.yaml``, the line to print, what must be known.
    """

    name: str
    times: Times
    intensities: Mapping[str, Array]
    generation: Mapping[str, Array]
    filled: NDArray[np.bool_]
    report: Report
    zone: str = "UTC"
    source: str = ""
    attribution: str = ""
    note: str = ""
    label: str = ""
    accounting: str = ""
    given_share: Array | None = field(default=None, repr=False)

    @property
    def hours(self) -> int:
        """How many hours it has."""
        return int(self.times.size)

    @property
    def whole_year(self) -> bool:
        """Whether it is one year of hours."""
        return self.hours in HOURS_OF_YEAR

    def intensity(self, kind: str) -> Array:
        """Return one kind of intensity (kgCO2e/kWh by hour).

        Raises
        ------
        InputError
            The series does not have it.
        """
        if kind not in self.intensities:
            has = ", ".join(self.intensities)
            msg = (
                f"series {quoted(self.name)} has no {kind} intensity"
                f"{did_you_mean(kind, self.intensities)} (it has: {has})"
            )
            raise InputError(msg)
        return self.intensities[kind]

    def profile(self, source: str) -> Array:
        """Return the generation of a source over that of its highest hour, shape ``(hour,)``.

        It stands for all plants of the zone together: smoother than one plant, with curtailment
        and what was built within the year inside.

        Raises
        ------
        InputError
            The series has no such column, or nothing was generated.
        """
        found = self.generation.get(source)
        if found is None or not found.max() > 0:
            has = ", ".join(self.generation) or "no generation at all"
            msg = f"series {quoted(self.name)} has no generation of {source} (it has: {has})"
            raise InputError(msg)
        return np.asarray(found / found.max())

    def shares(self) -> dict[str, Array]:
        """Return the share of each source in each hour; nothing where the mix is not given."""
        if not self.generation:
            return {}
        whole = np.stack(list(self.generation.values())).sum(axis=0)
        if not (whole > 0).all():
            return {}
        return {name: part / whole for name, part in self.generation.items()}

    def carbon_free_share(self) -> Array | None:
        """Return the carbon-free share of each hour, or None where it is not known."""
        shares = self.shares()
        if self.given_share is not None or not shares:
            return self.given_share
        free = [shares[name] for name in CARBON_FREE if name in shares]
        return np.asarray(np.stack([np.zeros(self.hours), *free]).sum(axis=0))

    def from_new_year(self) -> Series:
        """Return a whole year turned so that it begins on 1 January 00:00 UTC.

        Hours before it, which a local year begins with, go to the end: that is where a year that
        repeats has them.
        """
        from dataclasses import replace

        year = (self.times[0] + self.hours // 2 * np.timedelta64(1, "h")).astype("datetime64[Y]")
        first = self.times[0].astype("datetime64[h]")
        shift = int((first - year.astype("datetime64[h]")).astype(int))
        if not shift or not self.whole_year:
            return self
        start = year.astype("datetime64[s]")
        return replace(
            self,
            times=start + np.arange(self.hours) * np.timedelta64(3600, "s"),
            intensities={k: np.roll(v, shift) for k, v in self.intensities.items()},
            generation={k: np.roll(v, shift) for k, v in self.generation.items()},
            filled=np.roll(self.filled, shift),
            given_share=None if self.given_share is None else np.roll(self.given_share, shift),
        )
