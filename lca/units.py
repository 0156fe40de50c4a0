"""The one pint registry: text in, floats in canonical units out, units back for display.

Everything that crosses a door of the toolkit (YAML, Python, results) has a unit; all
arithmetic inside is on bare floats in the canonical units of ``vocabulary``.
"""

from __future__ import annotations

import re
import sys
import threading
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.errors import UnitError, did_you_mean, quoted

if TYPE_CHECKING:
    import pint

_NUMBER = re.compile(
    r"\s*([+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\d,'.:])\s*(.*)\Z",
    re.DOTALL,
)
_EMISSION = re.compile(
    r"\b(kg|Mg|Gg|g|kt|Mt|Gt|t|tonnes?|lb|pounds?)[ _-]*CO2[ -]?(?:equivalents?|eq|e)\b"
)
_ANTIMONY = re.compile(r"\b(kg|mg|g)\s*Sb[ -]?(?:eq|e)\b")
_LONG_FORMS = {"tonne": "tonneCO2e", "pound": "poundCO2e"}
_UNIT = re.compile(r"(?:(?:1\s*)?/|[A-Za-zµ_(])[A-Za-zµ0-9_/*^(). \-]{0,80}\Z|\Z")
_GROUPED = re.compile(r"\d[,']\d")
_POWER = r"\s*(?:\^|\*\*)\s*"
_UNBOUNDED = re.compile(  # powers of numbers, brackets and powers could keep Python busy for ever
    rf"\d{{3,}}|{_POWER}-?\d{{2,}}|[\d)]{_POWER}|{_POWER}[^\d\s-]"
)

EXAMPLES = {
    "kW": "700 W",
    "kWh": "1.2 MWh",
    "h": "12000 h",
    "year": "5 years",
    "kg": "1.7 kg",
    "km": "8000 km",
    "L/kWh": "1.8 L/kWh",
    "GB": "80 GB",
    "cm2": "814 mm2",
    "kgCO2e": "164 kgCO2e",
    "kgCO2e/kWh": "56 gCO2e/kWh",
    "flop/h": "989 TFLOP/s",
    "token/h": "2500 token/s",
    "h/year": "8000 h/year",
    "": "60%",
}


_KNOWN = (
    "W kW MW GW J kJ MJ GJ Wh kWh MWh GWh TWh g kg Mg t tonnes mm cm m km mm2 cm2 m2 L "
    "B MB GB TB PB GB/s kgCO2e gCO2e tCO2e gCO2e/kWh kgCO2e/kWh FLOP GFLOP TFLOP PFLOP EFLOP "
    "TFLOP/s s minutes h hours days weeks months years tokens requests runs devices percent million"
)


_LOCK = threading.RLock()
"""Held while the registry is built or reads text: it fills its tables as it goes."""


def registry() -> pint.UnitRegistry[Any]:
    """Return the private registry, built from ``units.txt`` on first use."""
    with _LOCK:
        return _built()


@cache
def _built() -> pint.UnitRegistry[Any]:
    with _unseen("babel", "dask", "uncertainties", "xarray"):
        import pint

    return pint.UnitRegistry(str(Path(__file__).with_name("units.txt")))


@contextmanager
def _unseen(*names: str) -> Iterator[None]:
    """Keep libraries from being imported: pint loads each it could work with, at 0.2 s for dask."""
    hidden = dict.fromkeys(set(names) - sys.modules.keys())
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None is how Python marks them
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[float, str]:
    """Split ``"700 W"`` into its number and the text of its unit, normalized.

    Raises
    ------
    UnitError
        If the text does not begin with a number.
    """
    match = _NUMBER.match(text[:200])
    if match is None or len(text) > 200:
        msg = f"{_short(text)} {_no_number(text)}"
        raise UnitError(msg)
    return float(match[1].replace("_", "")), normalize(match[2])


def _no_number(text: str) -> str:
    """Say why a text does not begin with a number."""
    if _GROUPED.search(text):
        return "has a comma; write thousands as 12000 or 12_000, decimals with a point"
    if "\u2212" in text or "\u2013" in text:
        return 'has a typographic minus sign; write "-"'
    if re.match(r"\s*[+-]?(?:nan|inf)", text, re.IGNORECASE):
        return "is not a finite number"
    return "is not a number with a unit" if text.strip() else "is empty"


def normalize(unit: str) -> str:
    """Write a unit the registry's way: ``kg CO2-eq`` is ``kgCO2e``, ``%`` is ``percent``."""
    unit = _EMISSION.sub(_co2e, unit.strip())
    unit = _ANTIMONY.sub(r"\1Sbeq", unit)
    return unit.replace("%", "percent").replace("²", "2").replace("³", "3").replace("·", "*")


def _co2e(match: re.Match[str]) -> str:
    singular = match[1].removesuffix("s")
    return _LONG_FORMS.get(singular, f"{match[1]}CO2e")


@lru_cache(maxsize=4096)
def factor(unit: str, canonical: str) -> float:
    """Return how many ``canonical`` units one ``unit`` is.

    Raises
    ------
    UnitError
        If the unit is unknown or of another dimension.

    Examples
    --------
    >>> factor("MJ/h", "kW")
    0.2777777777777778
    """
    with _LOCK:
        return _factor(unit, canonical)


def _factor(unit: str, canonical: str) -> float:
    ureg = registry()
    source, target = _units(unit), _units(canonical)
    if ureg.get_dimensionality(source) != ureg.get_dimensionality(target):
        found = (
            f"{_short(unit)} is not a unit of {name_dimension(canonical)}"
            if unit
            else f"the unit is missing, {name_dimension(canonical)} was expected"
        )
        raise UnitError(found)
    return float(ureg.convert(1.0, source, target))


def _units(text: str) -> Any:
    import pint

    if not _UNIT.match(text) or _UNBOUNDED.search(text):
        msg = f"{_short(text)} is not a unit"
        raise UnitError(msg)
    try:
        parsed = registry().parse_expression("1" + text if text.startswith("/") else f"1 {text}")
    except pint.UndefinedUnitError as error:
        raise UnitError(_unknown(text, error)) from None
    except (
        pint.PintError,
        ArithmeticError,
        AttributeError,
        LookupError,
        SyntaxError,
        tokenize.TokenError,
        TypeError,
        ValueError,
        RecursionError,
        AssertionError,
    ) as error:
        msg = f"{_short(text)} is not a unit"
        raise UnitError(msg) from error
    if getattr(parsed, "magnitude", 1) != 1:  # a second number among the units
        msg = f"{_short(text)} is not a unit: it has a number in it"
        raise UnitError(msg)
    return registry().Quantity(parsed).units  # a bare 1 where there is no unit at all


def _unknown(text: str, error: Any) -> str:
    names = error.unit_names
    name = names if isinstance(names, str) else ", ".join(names)
    if name.endswith("CO2") or "CO2" in text.replace("CO2e", ""):
        return f"no unit {_short(text)}: write emissions as CO2e, for example kgCO2e"
    return f"no unit {_short(name)}{did_you_mean(name, known_units())}"


@cache
def known_units() -> tuple[str, ...]:
    """Return the names and symbols of the registry, for suggestions."""
    return tuple(_KNOWN.split())


def parse(text: str, canonical: str) -> float:
    """Read ``"0.7 kW"`` as a float in the canonical unit.

    Raises
    ------
    UnitError
        If the number or unit is missing, unknown, or of another dimension.

    Examples
    --------
    >>> parse("2.52 MJ/h", "kW")
    0.7000000000000001
    """
    try:
        number, unit = split(text)
        if canonical and not unit:
            msg = f"{_short(text)} has no unit"
            raise UnitError(msg)
        return number * factor(unit, canonical)
    except UnitError as error:
        message = error.problems[0].message
        raise UnitError(_with_example(message, canonical)) from None


def _with_example(message: str, canonical: str) -> str:
    """Add what is accepted to a message that does not say it yet."""
    if "write" in message:
        return message
    if message.endswith("?"):
        return f"{message} (for example {example(canonical)})"
    return f"{message}; write for example {example(canonical)}"


def quantity(value: Any, unit: str) -> Any:
    """Dress a float or array in its unit (``unit * array`` would copy; this does not)."""
    with _LOCK:
        return registry().Quantity(value, _units(unit))


def magnitude(value: Any, canonical: str) -> float:
    """Take the bare float out of a pint quantity, in the canonical unit.

    Raises
    ------
    UnitError
        If the dimension differs.
    """
    return float(value.magnitude) * factor(f"{value.units:~}".replace("**", "^"), canonical)


def name_dimension(unit: str) -> str:
    """Name what a unit measures, for messages: ``kW`` is "power (kW)"."""
    names = {
        "kW": "power",
        "kWh": "energy",
        "h": "time",
        "year": "time",
        "kg": "mass",
        "km": "length",
        "cm2": "area",
        "GB": "data",
        "kgCO2e": "emissions",
        "kgCO2e/kWh": "emissions per energy",
        "": "a share or ratio",
    }
    return f"{names[unit]} ({unit})" if names.get(unit) and unit else names.get(unit, unit)


def example(unit: str) -> str:
    """Give an accepted example for a unit."""
    return EXAMPLES.get(unit, f"1 {unit}")


def _short(text: str) -> str:
    """Return a text in quotes, shortened; units as they are written, not as they are parsed."""
    return quoted(re.sub(r"\bpercent\b", "%", text), 40)
