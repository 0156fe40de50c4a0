"""Rules of a PACT 3.0 product footprint, from the list of its fields: kinds, needs, sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lca import document
from lca.errors import did_you_mean
from lca.exports.product import weight
from lca.exports.writing import is_decimal

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
_VERSION = re.compile(r"\d+\.\d+\.\d+(-\d{8})?\Z")
_URN = re.compile(r"urn:\S+\Z", re.I)
_REPORT = re.compile(r"AR\d+\Z")
_OPTIONAL, _LACKS = "optional", "is missing"


@cache
def fields() -> Mapping[str, Any]:
    """Return the list of fields."""
    path = Path(__file__).parent / "schemas" / "pact_fields.yaml"
    found: Mapping[str, Any] = document.read(path).data
    return found


def problems(footprint: Mapping[str, Any]) -> list[str]:
    """Return every rule that a footprint breaks.

    Parameters
    ----------
    footprint
        A product footprint, as exchanged.

    Returns
    -------
    list of str
        One sentence for each: missing fields, wrong kinds, sums that do not hold, units mixed up.
    """
    found = list(_judge(footprint, "footprint", ""))
    pcf = footprint.get("pcf")
    if not isinstance(pcf, dict):
        return found
    found += _judge(pcf, "pcf", "pcf.")
    found += _conditions(pcf)
    return found if found else [*_sums(pcf), *_weight(pcf)]


def _judge(given: Mapping[str, Any], part: str, at: str) -> Iterator[str]:
    """Yield what is missing, unknown or of the wrong kind in one part."""
    known = fields()[part]
    for name, of in known.items():
        if name not in given and of["need"] != _OPTIONAL:
            yield f"{at}{name} {_LACKS} ({of['need']} by {'the schema' if of['need'] == 'required' else 'the rules'})"
    for name, value in given.items():
        if name not in known:
            yield f"{at}{name} is no field{did_you_mean(name, known)}"
        elif not _is(known[name], value):
            yield f"{at}{name} must be {_WORDS[known[name]['kind']]}{_listed(known[name])}, found {value!r}"


def _listed(of: Mapping[str, Any]) -> str:
    return f" ({', '.join(of['words'])})" if "words" in of else ""


def _is(of: Mapping[str, Any], value: Any) -> bool:
    if of["kind"] == "word":
        return value in of["words"]
    return _KINDS[of["kind"]](value)


def _signed(value: object, low: str, high: str) -> bool:
    return is_decimal(value) and Decimal(low) <= Decimal(str(value)) <= Decimal(high)


def _every(pattern: re.Pattern[str], value: object) -> bool:
    texts = value if isinstance(value, list) else []
    return bool(texts) and all(isinstance(x, str) and pattern.match(x) for x in texts)


def _text(pattern: str | re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and re.match(pattern, value) is not None


_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda x: _text(r"(?s).+", x),
    "texts": lambda x: _every(re.compile(r".+"), x) and len(set(x)) == len(x),
    "uuid": lambda x: _text(_UUID, x),
    "uuids": lambda x: _every(_UUID, x),
    "moment": lambda x: _text(_MOMENT, x),
    "version": lambda x: _text(_VERSION, x),
    "urns": lambda x: _every(_URN, x) and len(set(x)) == len(x),
    "reports": lambda x: _every(_REPORT, x),
    "switch": lambda x: isinstance(x, bool),
    "object": lambda x: isinstance(x, dict),
    "objects": lambda x: isinstance(x, list) and all(isinstance(y, dict) for y in x),
    "decimal": is_decimal,
    "positive": lambda x: _signed(x, "0", "1e30") and Decimal(x) > 0,
    "not_negative": lambda x: _signed(x, "0", "1e30"),
    "not_positive": lambda x: _signed(x, "-1e30", "0"),
    "percent": lambda x: _signed(x, "0", "100"),
}
_WORDS = {
    "word": "one of the accepted words",
    "text": "text",
    "texts": "a list of different texts, at least one",
    "uuid": "a UUID",
    "uuids": "a list of UUIDs",
    "moment": "a date and time such as 2027-01-01T00:00:00Z",
    "version": "a version such as 3.0.3",
    "urns": "a list of different URNs such as urn:pact:example.com:product-id:x1",
    "reports": "a list of IPCC reports such as AR6",
    "switch": "true or false",
    "object": "an object",
    "objects": "a list of objects",
    "decimal": 'a decimal number written as text such as "1.85"',
    "positive": 'a decimal number above 0 written as text such as "1"',
    "not_negative": 'a decimal number of 0 or more written as text such as "1.85"',
    "not_positive": 'a decimal number of 0 or less written as text such as "-1.5"',
    "percent": 'a decimal number from 0 to 100 written as text such as "56.12"',
}


def _conditions(pcf: Mapping[str, Any]) -> Iterator[str]:
    """Yield rules that tie fields together."""
    if pcf.get("ccsTechnologicalCO2CaptureIncluded") is True:
        for name in ("ccsTechnologicalCO2Capture", "technologicalCO2CaptureOrigin"):
            if name not in pcf:
                yield f"pcf.{name} {_LACKS}: carbon capture is said to be included"
    start, end = (str(pcf.get(f"referencePeriod{x}", "")) for x in ("Start", "End"))
    if start and end and end <= start:
        yield f"pcf.referencePeriodEnd {end} is not after its start {start}"
    dqi = pcf.get("dqi", {})
    for name, value in dqi.items() if isinstance(dqi, dict) else ():
        if not _signed(value, "1", "5"):
            yield f"pcf.dqi.{name} must be a decimal text from 1 to 5, found {value!r}"


def _sums(pcf: Mapping[str, Any]) -> Iterator[str]:
    """Yield sums that do not hold; exact, because decimal texts are exact."""
    excluding = _number(pcf, "pcfExcludingBiogenicUptake")
    including = _number(pcf, "pcfIncludingBiogenicUptake")
    uptake = _number(pcf, "biogenicCO2Uptake")
    if excluding + uptake != including:
        yield (
            f"pcf.pcfIncludingBiogenicUptake must be pcfExcludingBiogenicUptake + biogenicCO2Uptake = "
            f"{excluding} + ({uptake}) = {excluding + uptake}, found {including}"
        )
    parts = [name for name in fields()["sum_without_uptake"] if name in pcf]
    whole = sum((_number(pcf, name) for name in parts), Decimal(0))
    if whole != excluding:
        yield f"pcf.pcfExcludingBiogenicUptake must be {' + '.join(parts)} = {whole}, found {excluding}"


def _number(pcf: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(pcf.get(name, "0"))


def _weight(pcf: Mapping[str, Any]) -> list[str]:
    """Hold the footprint of a piece of hardware against its mass."""
    if pcf["declaredUnitOfMeasurement"] != "piece":
        return []
    footprint = float(pcf["pcfExcludingBiogenicUptake"])
    return weight(footprint, float(pcf["productMassPerDeclaredUnit"]))
