"""Reads a written value (``55% ± 10%``, ``{low: …, mode: …, high: …}``) with its unit.

The notation is described in ``docs/data-contract.md``; scenario files, the hardware
database and the factor files all use it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lca import units
from lca.errors import UnitError, did_you_mean
from lca.sources import Quality
from lca.terms import Factor
from lca.uncertain import (
    Distribution,
    exact,
    lognormal,
    lognormal_interval,
    normal_interval,
    two_piece,
    uniform,
)

_ABOUT = ("source", "quality", "identity", "note")
_SHAPES: dict[frozenset[str], str] = {
    frozenset({"value"}): "value",
    frozenset({"low", "mode", "high"}): "three",
    frozenset({"low", "mode", "high", "distribution"}): "three",
    frozenset({"low", "high"}): "uniform",
    frozenset({"median", "gsd"}): "lognormal",
    frozenset({"p5", "p95"}): "interval",
    frozenset({"p5", "median", "p95"}): "two_piece",
    frozenset({"mean", "sd"}): "normal",
    frozenset({"values"}): "choice",
    frozenset({"values", "weights"}): "choice",
    frozenset({"samples"}): "empirical",
}
_KEYS = sorted({key for shape in _SHAPES for key in shape} | set(_ABOUT))
_ACCEPTED = "value; low, mode, high; low, high; median, gsd; p5, p95; p5, median, p95; mean, sd; values; samples"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as read: a distribution in a canonical unit, and where it comes from."""

    distribution: Distribution
    unit: str
    source: str = ""
    quality: Quality = Quality.GIVEN
    identity: str = ""
    note: str = ""

    @property
    def central(self) -> float:
        """The central value in the canonical unit."""
        return self.distribution.central

    def factor(self, name: str, identity: str = "", role: str = "unknown") -> Factor:
        """Return the leaf for this value; its own ``identity`` wins over the one given."""
        return Factor(
            name,
            self.distribution,
            self.unit,
            identity=self.identity or identity or name,
            source=self.source,
            quality=self.quality,
            role=role,
            note=self.note,
        )

    def cited(self, source: str, quality: Quality) -> Value:
        """Return the value with a default source, where it names none itself."""
        return self if self.source else replace(self, source=source, quality=quality)


def read(raw: object, unit: str, lower: float = 0.0, upper: float = math.inf) -> Value:
    """Read a written value.

    Parameters
    ----------
    raw
        Text, or a mapping of texts, as it stands in a YAML file; a number is accepted only
        where the unit is dimensionless.
    unit
        Canonical unit of the result.
    lower, upper
        Physical range; an exact value or parameter outside is refused, tails are cut.

    Raises
    ------
    UnitError
        With what was found and what is accepted.
    """
    if isinstance(raw, Mapping):
        return _read_mapping(raw, unit, lower, upper)
    if isinstance(raw, bool) or raw is None or not isinstance(raw, str | int | float):
        found = (
            "nothing"
            if raw is None
            else f"a {'list' if isinstance(raw, list) else type(raw).__name__}"
        )
        msg = f"expected a value such as {units.example(unit)}, found {found}"
        raise UnitError(msg)
    text = raw if isinstance(raw, str) else repr(raw)
    for sign in ("±", "+/-", "+-"):
        if sign in text:
            return Value(_plus_minus(text, sign, unit, lower, upper), unit)
    return Value(exact(_number(text, unit, lower, upper)), unit)


def _number(text: object, unit: str, lower: float, upper: float) -> float:
    number = units.parse(str(text).strip(), unit)
    if not math.isfinite(number):
        msg = f'"{text}" is not a finite number'
        raise UnitError(msg)
    if number < lower or number > upper:
        msg = f'"{text}" is {"less" if number < lower else "more"} than {_limit(lower if number < lower else upper, unit)}'
        raise UnitError(msg)
    return number


def _limit(bound: float, unit: str) -> str:
    if not unit:
        return "100%" if bound == 1 else f"{bound:g}"
    return f"{bound:g} {unit}"


def _plus_minus(text: str, sign: str, unit: str, lower: float, upper: float) -> Distribution:
    middle_text, _, width_text = (part.strip() for part in text.partition(sign))
    if not units.split(middle_text)[1] and units.split(width_text)[1]:
        middle_text += " " + units.split(width_text)[1]
    middle = _number(middle_text, unit, lower, upper)
    if unit and width_text.endswith("%"):
        width = middle * _number(width_text, "", 0, math.inf)
    else:
        width = _number(width_text, unit, 0, math.inf)
    return normal_interval(middle, width).bounded(lower, upper)


def _read_mapping(raw: Mapping[str, object], unit: str, lower: float, upper: float) -> Value:
    numbers = {key: value for key, value in raw.items() if key not in _ABOUT}
    for key in numbers:
        if key not in _KEYS:
            msg = (
                f'not a part of a value: "{key}"{did_you_mean(key, _KEYS)} (accepted: {_ACCEPTED})'
            )
            raise UnitError(msg)
    shape = _SHAPES.get(frozenset(numbers))
    if shape is None:
        msg = f"these parts do not make a value: {', '.join(numbers) or 'none'} (accepted: {_ACCEPTED})"
        raise UnitError(msg)
    distribution = _READERS[shape](numbers, unit, lower, upper)
    if shape not in {"value", "choice", "empirical"}:
        distribution = distribution.bounded(lower, upper)
    about = {key: str(raw[key]) for key in _ABOUT if raw.get(key) is not None}
    return Value(
        distribution,
        unit,
        about.get("source", ""),
        _quality(about.get("quality")),
        about.get("identity", ""),
        about.get("note", ""),
    )


def _quality(name: str | None) -> Quality:
    if name is None:
        return Quality.GIVEN
    names = [str(quality) for quality in Quality]
    if name not in names:
        msg = f'no quality "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)})'
        raise UnitError(msg)
    return Quality(name)


Parts = Mapping[str, object]


def _value(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    inner = read(parts["value"], unit, lower, upper)
    return inner.distribution


def _ordered(
    parts: Parts, names: tuple[str, ...], unit: str, lower: float, upper: float
) -> tuple[float, ...]:
    numbers = tuple(_number(parts[name], unit, lower, upper) for name in names)
    for (first, low), (second, high) in zip(
        zip(names, numbers, strict=True), list(zip(names, numbers, strict=True))[1:], strict=False
    ):
        if low > high:
            msg = f'{first} "{parts[first]}" is more than {second} "{parts[second]}"'
            raise UnitError(msg)
    return numbers


def _three(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    low, mode, high = _ordered(parts, ("low", "mode", "high"), unit, lower, upper)
    name = str(parts.get("distribution", "triangular"))
    if name not in {"triangular", "pert"}:
        msg = f'no distribution "{name}" for low, mode, high (one of: triangular, pert)'
        raise UnitError(msg)
    return Distribution(name, (low, mode, high)) if low < high else exact(mode)


def _uniform(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    return uniform(*_ordered(parts, ("low", "high"), unit, lower, upper))


def _lognormal(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    median = _positive(parts, "median", unit, lower, upper)
    gsd = units.parse(str(parts["gsd"]), "")
    if gsd < 1:
        msg = f'a geometric standard deviation is 1 or more, found "{parts["gsd"]}"'
        raise UnitError(msg)
    return lognormal(median, gsd) if gsd > 1 else exact(median)


def _interval(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    _positive(parts, "p5", unit, lower, upper)
    return lognormal_interval(*_ordered(parts, ("p5", "p95"), unit, lower, upper))


def _two_piece(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    _positive(parts, "p5", unit, lower, upper)
    return two_piece(*_ordered(parts, ("p5", "median", "p95"), unit, lower, upper))


def _positive(parts: Parts, name: str, unit: str, lower: float, upper: float) -> float:
    number = _number(parts[name], unit, lower, upper)
    if number <= 0:
        msg = f'{name} "{parts[name]}" must be more than 0 for a lognormal'
        raise UnitError(msg)
    return number


def _normal(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    mean, deviation = (
        _number(parts["mean"], unit, lower, upper),
        _number(parts["sd"], unit, 0, math.inf),
    )
    return Distribution("normal", (mean, deviation))


def _numbers(raw: object, unit: str, lower: float, upper: float) -> tuple[float, ...]:
    if not isinstance(raw, list) or not raw:
        msg = f"expected a list of values such as [{units.example(unit)}]"
        raise UnitError(msg)
    return tuple(_number(item, unit, lower, upper) for item in raw)


def _choice(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    values = _numbers(parts["values"], unit, lower, upper)
    weights = (
        _numbers(parts["weights"], "", 0, math.inf) if "weights" in parts else (1.0,) * len(values)
    )
    if len(weights) != len(values) or sum(weights) <= 0:
        msg = f"{len(values)} values need as many weights that do not all vanish, found {len(weights)}"
        raise UnitError(msg)
    return Distribution("choice", values + weights)


def _empirical(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    return Distribution("empirical", tuple(sorted(_numbers(parts["samples"], unit, lower, upper))))


_READERS: dict[str, Callable[[Parts, str, float, float], Distribution]] = {
    "value": _value,
    "three": _three,
    "uniform": _uniform,
    "lognormal": _lognormal,
    "interval": _interval,
    "two_piece": _two_piece,
    "normal": _normal,
    "choice": _choice,
    "empirical": _empirical,
}
