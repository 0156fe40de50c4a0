"""Electricity of networks for data moved, in two modes that are never mixed.

``attributional`` divides all electricity of a network by all its data: a figure for reports.
``marginal`` takes only the slope of power over bit rate: what more or less data changes. The
energy of a network is not proportional to its data (Mytton, Lunden, Malmodin 2024), so an
attributional figure must never say what a saving of data saves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lca import units
from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.factors.files import Row
from lca.formulas import data_phases
from lca.terms import Factor, Node, apply
from lca.uncertain import Distribution, exact, two_piece
from lca.workloads import tabled

KINDS = ("fixed_core", "fixed_access", "mobile", "inter_data_center", "router")
"""Kinds of network; what crosses several adds them up."""

MODES = ("attributional", "marginal")
FIRST_YEAR, LAST_YEAR = 2000, 2040
_UNIT = "kWh/GB"
_TABLE = "network_intensity"
_HALVING = 2.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Electricity of a network for some data.

    Attributes
    ----------
    node
        Electricity in kWh.
    intensity
        Electricity per data in kWh/GB.
    remarks
        What a reader must know of mode, year and trust.
    """

    node: Node
    intensity: Node
    remarks: tuple[str, ...]


def energy(data: Node, kind: str, year: int, mode: str = "attributional") -> Transfer:
    """Return the electricity of moving data over a kind of network.

    Parameters
    ----------
    data
        Data moved, in GB.
    kind
        One of `KINDS`.
    year
        Calendar year, 2000 to 2040.
    mode
        ``attributional`` for reports, ``marginal`` for what-if questions.

    Raises
    ------
    UnknownNameError
        If there is no such kind or mode.
    InputError
        If the year is outside the range.
    """
    per_data, remarks = intensity(kind, year, mode)
    node = apply(data_phases.transferred_energy, transferred_data=data, transfer_intensity=per_data)
    return Transfer(node, per_data, remarks)


def intensity(kind: str, year: int, mode: str = "attributional") -> tuple[Node, tuple[str, ...]]:
    """Return electricity per data (kWh/GB) of a kind of network in a year, and remarks.

    Fixed networks halve every two years up to 2020, the last year for which the trend is
    published. Beyond, the central value is held; the low end goes on halving (the trend may
    have gone on) and the high end is held (it may have stopped), so the interval widens.
    """
    _check(kind, year, mode)
    known = tabled.row(_TABLE, f"{kind}/{mode}")
    if mode == "marginal":
        span = _interval(known)
        return _leaf(known, span, 0.0, span[2]), _marginal_remarks(known, year)
    floor = _interval(tabled.row(_TABLE, f"{kind}/marginal"))[2]
    node = _by_year(known, year, floor) if known["halving"] else _held(known, year, floor)
    return node, _attributional_remarks(known, year)


def _check(kind: str, year: int, mode: str) -> None:
    for what, given, accepted in (("network", kind, KINDS), ("mode", mode, MODES)):
        if given not in accepted:
            msg = f"no {what} {quoted(given)}{did_you_mean(given, accepted)} (one of: {', '.join(accepted)})"
            raise UnknownNameError(msg)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        msg = f"no electricity of networks for {year}: published from {FIRST_YEAR}, held with a growing interval to {LAST_YEAR}"
        raise InputError(msg)


def _interval(known: Row) -> tuple[float, float, float]:
    low, middle, high = (
        units.parse(f"{known[key]} {known['unit']}", _UNIT) for key in ("p5", "median", "p95")
    )
    return low, middle, high


def _leaf(
    known: Row, interval: tuple[float, float, float], floor: float, ceiling: float = math.inf
) -> Factor:
    """Return a row's value as a factor, cut to its range.

    All electricity of a network holds its slope, so an average is never below the highest slope.
    """
    shape: Distribution = two_piece(*interval)
    return Factor(
        known["name"],
        shape.bounded(floor, ceiling),
        _UNIT,
        identity=f"{_TABLE}/{known['id']}",
        source=known["source"],
        quality=known["quality"],
        note=known["note"],
    )


def _by_year(known: Row, year: int, floor: float) -> Node:
    """Return a value on its trend, and held where the trend ends."""
    reached, base = min(year, int(known["trend_until"])), int(known["year"])
    halving = float(known["halving"])
    fallen = 2 ** ((reached - base) / halving)
    low, middle, high = _interval(known)
    reference = _leaf(known, (low / _doubt(year - reached), middle, high), floor * fallen)
    return apply(
        data_phases.halved_transfer_intensity,
        name="transfer_intensity",
        reference_transfer_intensity=reference,
        elapsed_time=_year("elapsed_time", reached - base, known),
        halving_time=_year("halving_time", halving, known),
    )


def _held(known: Row, year: int, floor: float) -> Factor:
    """Return a value without a trend, wider the further the year is from its own."""
    away = year - int(known["year"])
    low, middle, high = _interval(known)
    return _leaf(known, (low / _doubt(away), middle, high * _doubt(-away)), floor)


def _doubt(years: int) -> float:
    """Return by how much an interval widens over years that no publication covers."""
    return float(2 ** (max(0, years) / _HALVING))


def _year(name: str, value: float, known: Row) -> Factor:
    return Factor(
        name, exact(value), "year", source=known["source"], quality=known["quality"], role="method"
    )


def _marginal_remarks(known: Row, year: int) -> tuple[str, ...]:
    slope = f"marginal: only the slope of power over bit rate ({known['note']})"
    if year == int(known["year"]):
        return (slope,)
    return (slope, f"the slope is of {known['year']} and used for other years, too")


def _attributional_remarks(known: Row, year: int) -> tuple[str, ...]:
    kind = known["id"].partition("/")[0]
    found = [
        f"{kind}: an average for reports; it must not be used for what less data would save",
        known["note"],
    ]
    last = int(known["trend_until"] or known["year"])
    if year > last:
        found.append(
            f"{kind}: nothing is published beyond {last}; held at that year, interval widened"
        )
    elif not known["halving"] and year < last:
        found.append(
            f"{kind}: no trend is published; the value of {last} is used for years before it, interval widened"
        )
    return tuple(found)
