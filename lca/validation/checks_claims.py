"""A footprint as its author tells it: inputs, printed results, rows; the checks read nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lca.errors import UnitError
from lca.units import factor, normalize
from lca.validation.checks_names import renamed
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["TOLERANCE", "Claims", "amount", "claims_of", "claims_of_case", "first", "rounding"]

TOLERANCE = 0.02
"""Relative difference that printed digits may explain where nobody says otherwise."""

_ASSUMED = frozenset({"inferred", "recalled"})
_LABELS = frozenset({"name", "text"})
_MOST_DIGITS = 15
_PRINTED_WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Claims:
    """What one source says about one footprint.

    Attributes
    ----------
    name : str
        What the footprint is called.
    inputs, printed : mapping of str to Known
        What the source starts from, and what it prints as result.
    rows : tuple of mapping
        Rows, groups, stages or components, keys with their unit in the name.
    shares : mapping of str to mapping
        Named parts of a whole, each a fraction.
    assumed : frozenset of str
        Inputs that the source did not publish; no check accuses on their word alone.
    tolerance : float
        Relative difference within which a result agrees with its inputs.
    where : str
        File and line, for messages.
    """

    name: str
    inputs: Mapping[str, Known]
    printed: Mapping[str, Known]
    rows: tuple[Mapping[str, Any], ...] = ()
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    tolerance: float = TOLERANCE
    where: str = ""

    def given(self, names: Iterable[str], unit: str) -> float | None:
        """Return the first input of these names in a unit, None where there is none."""
        return first(self.inputs, names, unit)

    def label(self, name: str) -> str:
        """Return an input that is a text, ``""`` where there is none."""
        known = self.inputs.get(name)
        return known.value if known is not None and isinstance(known.value, str) else ""

    def published(self, name: str) -> bool:
        """Whether the source itself gives an input."""
        return name in self.inputs and name not in self.assumed


def first(knowns: Mapping[str, Known], names: Iterable[str], unit: str) -> float | None:
    """Return the first quantity of these names in a unit, None where there is none."""
    for name in names:
        if name in knowns:
            found = amount(knowns[name], unit)
            if found is not None:
                return found
    return None


def amount(known: Known, unit: str) -> float | None:
    """Return a quantity in a unit; None where it is a label or measures something else.

    CO2e is written as plain mass or as CO2e; both are read.
    """
    if isinstance(known.value, str):
        return None
    written = normalize(known.unit).replace("CO2e", "")
    try:
        return float(known.value * factor(written, unit))
    except UnitError:
        return None


def rounding(known: Known) -> float:
    """Return the relative half width of the last digit that a number is printed with.

    Zeros at the end of a number from 1000 may or may not be digits, so they are taken as not,
    the wider reading; below, an integer is printed to the last digit.
    """
    if isinstance(known.value, str) or known.value == 0 or not math.isfinite(known.value):
        return 0.0
    digits = Decimal(f"{known.value:.{_MOST_DIGITS}g}").normalize()
    exponent = digits.as_tuple().exponent
    place = exponent if isinstance(exponent, int) else 0
    last = Decimal(1).scaleb(min(place, 0) if abs(known.value) < _PRINTED_WHOLE else place)
    return abs(float(last / digits)) / 2


def claims_of_case(case: Mapping[str, Any], where: str = "") -> Claims:
    """Return the claims of a published case, its schema being that of the packaged cases.

    Parameters
    ----------
    case
        A mapping with ``id``, ``inputs``, ``published`` and perhaps ``tolerance``.
    where
        File and line, for messages.
    """
    tolerance = _number(_mapping(case.get("tolerance")).get("rel"))
    printed = _printed(case.get("published"))
    inputs = _mapping(case.get("inputs"))
    return claims_of(str(case.get("id", "")), inputs, printed, tolerance, where)


def claims_of(
    name: str,
    inputs: Mapping[str, Any],
    printed: Iterable[Known],
    tolerance: float | None = None,
    where: str = "",
) -> Claims:
    """Return the claims of a footprint from written inputs and read results.

    Parameters
    ----------
    name
        What it is called.
    inputs
        As written: ``{value, unit}`` mappings, lists of rows, mappings of shares.
    printed
        The results.
    tolerance
        Relative difference that counts as agreement; never less than `TOLERANCE`.
    where
        File and line, for messages.
    """
    told = renamed(_knowns(inputs))
    return Claims(
        name=name,
        inputs=told,
        printed=renamed({known.name: known for known in printed}, printed=True),
        rows=_rows(inputs),
        shares={key: part for key in inputs if (part := _shares(inputs[key]))},
        assumed=frozenset(n for n, known in told.items() if _assumed(inputs.get(known.name))),
        tolerance=TOLERANCE if tolerance is None else max(TOLERANCE, tolerance),
        where=where,
    )


def _assumed(given: object) -> bool:
    return _mapping(given).get("seen") in _ASSUMED


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    """Return a number that YAML may have left as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _knowns(inputs: Mapping[str, Any]) -> dict[str, Known]:
    found = {}
    for name, given in inputs.items():
        known = _known(name, _mapping(given))
        if known is not None:
            found[name] = known
    return found


def _known(name: str, given: Mapping[str, Any]) -> Known | None:
    unit = str(given.get("unit", ""))
    written = given.get("value")
    note = str(given.get("note") or "")
    if unit in _LABELS:
        return Known(name, str(written), unit="name", note=note)
    value = _sum(written) if name == "device_hours" else _number(written)
    if value is None:
        return None
    unit = "" if unit == "dimensionless" else unit
    return Known(name, value, _number(given.get("low")), _number(given.get("high")), unit, note)


def _sum(value: object) -> float | None:
    """Add the device-hours of several runs; any other list is no single quantity."""
    if not isinstance(value, list):
        return _number(value)
    parts = [_number(part) for part in value]
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def _printed(published: object) -> list[Known]:
    entries: Sequence[Any] = published if isinstance(published, list) else []
    found = (_known(str(_mapping(e).get("quantity", "")), _mapping(e)) for e in entries)
    return [known for known in found if known is not None]


def _rows(inputs: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    lists = (value for value in inputs.values() if isinstance(value, list))
    return tuple(row for value in lists for row in value if isinstance(row, dict))


def _shares(value: object) -> dict[str, float]:
    """Return a mapping of plain numbers, {} for anything else."""
    numbers = {name: _number(part) for name, part in _mapping(value).items()}
    known = {name: part for name, part in numbers.items() if part is not None}
    return known if len(known) == len(numbers) else {}
