"""Reads a written value (``55% ± 10%``, ``{low: …, mode: …, high: …}``) with its unit.

The notation is described in ``docs/data-contract.md``; scenario files, the hardware
database and the factor files all use it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lca import units
from lca.errors import UnitError, did_you_mean, quoted
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

ASSUMPTION = "lca-assumption"
"""Source key of what the authors of this package assume."""

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
_KINDS = {list: "list", dict: "mapping", bool: "yes or no"}
_LARGEST = 1e40
_WIDEST = 1e3
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
        """Return the value with a default source and quality, where it names none itself.

        What the authors assume is assumed, whatever the default.
        """
        own = self.source or source
        known = self.quality if self.quality is not Quality.GIVEN else quality
        if own == ASSUMPTION and self.quality is Quality.GIVEN:
            known = Quality.ASSUMED
        return replace(self, source=own, quality=known)


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
    text = _written(raw, unit, lower)
    for sign in ("±", "+/-", "+-"):
        if sign in text:
            return Value(_plus_minus(text, sign, unit, lower, upper), unit)
    return Value(exact(_number(text, unit, lower, upper)), unit)


def _number(given: object, unit: str, lower: float, upper: float) -> float:
    text = _written(given, unit, lower).strip()
    number = units.parse(text, unit)
    if not abs(number) <= _LARGEST:
        msg = f"{quoted(text)} is beyond any real quantity; check the exponent"
        raise UnitError(msg)
    if number < lower or number > upper:
        bound = lower if number < lower else upper
        advice = _percent_advice(text, number, unit, upper) or _accepted(lower, upper, unit)
        too = "less" if number < lower else "more"
        msg = f"{quoted(text)} is {too} than {_limit(bound, upper, unit)}{advice}"
        raise UnitError(msg)
    return number


def _written(given: object, unit: str, lower: float) -> str:
    """Return the text of one number, or say what stands in its place."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        found = "nothing" if given is None else f"a {_KINDS.get(type(given), 'strange thing')}"
        example = "1.2" if lower >= 1 and not unit else units.example(unit)
        msg = f"expected a value such as {example}, found {found}"
        raise UnitError(msg)
    return given if isinstance(given, str) else repr(given)


def _percent_advice(text: str, number: float, unit: str, upper: float) -> str:
    """Return what to write where a share looks like a percentage without its sign."""
    plain = re.fullmatch(r"[\d.]+", text)
    return f"; write {text}%" if not unit and upper == 1 and number <= 100 and plain else ""


def _accepted(lower: float, upper: float, unit: str) -> str:
    if math.isinf(upper) or math.isinf(lower):
        return f"; write for example {units.example(unit)}"
    return f" (accepted: {_limit(lower, upper, unit)} to {_limit(upper, upper, unit)})"


def _limit(bound: float, upper: float, unit: str) -> str:
    """Return a bound as it could be written: that of a share in percent."""
    if unit:
        return f"{bound:g} {unit}"
    return f"{bound:.0%}" if upper == 1 else f"{bound:g}"


def _plus_minus(text: str, sign: str, unit: str, lower: float, upper: float) -> Distribution:
    middle_text, _, width_text = (part.strip() for part in text.partition(sign))
    relative = bool(unit) and width_text.endswith("%")
    shared = "" if relative else _unit_of(width_text)
    if shared and not _unit_of(middle_text):
        middle_text += " " + shared
    if _unit_of(middle_text) and not _unit_of(width_text):
        msg = (
            f"{quoted(width_text)} has no unit; write for example {quoted(_with_unit(text, sign))}"
        )
        raise UnitError(msg)
    middle = _number(middle_text, unit, lower, upper)
    if relative:
        width = abs(middle) * _number(width_text, "", 0, math.inf)
    else:
        width = _number(width_text, unit, 0, math.inf)
    return normal_interval(middle, width).bounded(lower, upper)


def _unit_of(text: str) -> str:
    """Return the unit of a number as written, or nothing."""
    match = re.match(r"\s*[-+]?[\d_.]+(?:[eE][-+]?\d+)?\s*(.*)", text, re.DOTALL)
    return match[1].strip() if match else ""


def _with_unit(text: str, sign: str) -> str:
    """Return a text with the unit of its middle put behind its width too."""
    unit = _unit_of(text.partition(sign)[0])
    return f"{text.strip()}{'' if unit == '%' else ' '}{unit}"


def _read_mapping(raw: Mapping[str, object], unit: str, lower: float, upper: float) -> Value:
    numbers = {key: value for key, value in raw.items() if key not in _ABOUT}
    for key in numbers:
        if key not in _KEYS:
            msg = f"not a part of a value: {quoted(key)}{did_you_mean(key, _KEYS)} (accepted: {_ACCEPTED})"
            raise UnitError(msg)
    shape = _SHAPES.get(frozenset(numbers))
    if shape is None:
        found = ", ".join(numbers) or "none"
        msg = f"these parts do not make a value: {found} (accepted: {_ACCEPTED})"
        raise UnitError(msg)
    distribution = _READERS[shape](numbers, unit, lower, upper)
    if shape not in {"value", "choice", "empirical"}:
        distribution = distribution.bounded(lower, upper)
    about = {key: _text(key, raw[key]) for key in _ABOUT if raw.get(key) is not None}
    return Value(
        distribution,
        unit,
        about.get("source", ""),
        _quality(about.get("quality")),
        about.get("identity", ""),
        about.get("note", ""),
    )


def _text(key: str, given: object) -> str:
    if not isinstance(given, str):
        msg = f"{key}: expected text, found a {_KINDS.get(type(given), type(given).__name__)}"
        raise UnitError(msg)
    return given


def _quality(name: str | None) -> Quality:
    if name is None:
        return Quality.GIVEN
    names = [str(quality) for quality in Quality]
    if name not in names:
        msg = f"no quality {quoted(name)}{did_you_mean(name, names)} (one of: {', '.join(names)})"
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
            msg = (
                f"{first} {quoted(parts[first])} is more than {second} {quoted(parts[second])}; "
                f"write them in the order {', '.join(names)}"
            )
            raise UnitError(msg)
    return numbers


def _three(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    low, mode, high = _ordered(parts, ("low", "mode", "high"), unit, lower, upper)
    name = str(parts.get("distribution", "triangular"))
    if name not in {"triangular", "pert"}:
        msg = f"no distribution {quoted(name)} for low, mode, high (one of: triangular, pert)"
        raise UnitError(msg)
    return Distribution(name, (low, mode, high)) if low < high else exact(mode)


def _uniform(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    return uniform(*_ordered(parts, ("low", "high"), unit, lower, upper))


def _lognormal(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    median = _positive(parts, "median", unit, lower, upper)
    gsd = _number(parts["gsd"], "", 0.0, math.inf)
    if not 1 <= gsd <= _WIDEST:
        found = quoted(parts["gsd"])
        msg = f"a geometric standard deviation is a factor from 1 to {_WIDEST:g} such as 1.2, found {found}"
        raise UnitError(msg)
    return lognormal(median, gsd) if gsd > 1 else exact(median)


def _interval(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    _not_too_wide(parts, unit, lower, upper)
    return lognormal_interval(*_ordered(parts, ("p5", "p95"), unit, lower, upper))


def _two_piece(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    _not_too_wide(parts, unit, lower, upper)
    return two_piece(*_ordered(parts, ("p5", "median", "p95"), unit, lower, upper))


def _not_too_wide(parts: Parts, unit: str, lower: float, upper: float) -> None:
    low = _positive(parts, "p5", unit, lower, upper)
    if _number(parts["p95"], unit, lower, upper) / low > _WIDEST**2:
        msg = (
            f"p95 {quoted(parts['p95'])} is more than {_WIDEST**2:g} times p5 {quoted(parts['p5'])}"
        )
        raise UnitError(msg + "; check the units")


def _positive(parts: Parts, name: str, unit: str, lower: float, upper: float) -> float:
    number = _number(parts[name], unit, lower, upper)
    if number <= 0:
        msg = f"{name} {quoted(parts[name])} must be more than 0 for a lognormal"
        raise UnitError(msg)
    return number


def _normal(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    mean, deviation = (
        _number(parts["mean"], unit, lower, upper),
        _number(parts["sd"], unit, 0, math.inf),
    )
    return Distribution("normal", (mean, deviation))


def _numbers(raw: object, unit: str, lower: float, upper: float) -> tuple[float, ...]:
    if not isinstance(raw, list | tuple) or not raw:
        msg = f"expected a list of values such as [{units.example(unit)}]"
        raise UnitError(msg)
    return tuple(_number(item, unit, lower, upper) for item in raw)


def _choice(parts: Parts, unit: str, lower: float, upper: float) -> Distribution:
    values = _numbers(parts["values"], unit, lower, upper)
    weights = (
        _numbers(parts["weights"], "", 0, math.inf) if "weights" in parts else (1.0,) * len(values)
    )
    if len(weights) != len(values) or sum(weights) <= 0:
        msg = f"{len(values)} values need {len(values)} weights, not all of them 0; found {len(weights)}"
        raise UnitError(msg)
    pairs = sorted(zip(values, weights, strict=True))  # quantiles ascend
    return Distribution("choice", tuple(v for v, _ in pairs) + tuple(w for _, w in pairs))


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
