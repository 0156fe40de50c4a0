"""Field types shared by all files: values with units, read at the door."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import CoreSchema, core_schema

from lca import units
from lca.errors import UnitError, did_you_mean, quoted
from lca.values import Value, read


class Record(BaseModel):
    """A frozen record that accepts no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def read_amount(raw: object, unit: str, lower: float, upper: float) -> Value:
    """Read a written value for a model.

    Raises
    ------
    ValueError
        As pydantic expects it, with what was found and what is accepted.
    """
    if isinstance(raw, Value):
        return raw
    try:
        return read(raw, unit, lower, upper)
    except UnitError as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True)
class Amount:
    """Annotates a `Value`: its canonical unit and physical range, checked when it is read."""

    unit: str
    lower: float = 0.0
    upper: float = math.inf

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Read the value with its unit."""
        reader = partial(read_amount, unit=self.unit, lower=self.lower, upper=self.upper)
        return core_schema.no_info_plain_validator_function(reader)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        """Describe what may be written, for editors."""
        kinds = ["string", "object"] if self.unit else ["string", "number", "object"]
        return {
            "type": kinds,
            "description": f"{units.name_dimension(self.unit)}: a value with its unit, or a distribution",
            "examples": [units.example(self.unit)],
        }


@dataclass(frozen=True)
class OneOf:
    """Annotates a text: one of a few names, hyphens and underscores being the same."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Accept one of the names."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        """List the names, for editors, in both spellings."""
        hyphened = (name.replace("_", "-") for name in self.names)
        return {"enum": list(dict.fromkeys((*self.names, *hyphened)))}

    def _read(self, raw: object) -> str:
        text = str(raw).strip().replace("-", "_").replace(" ", "_")
        if not isinstance(raw, str) or text not in self.names:
            found = "nothing" if raw is None else quoted(raw)
            hint = did_you_mean(text, self.names)
            msg = f"{found} is not accepted here{hint} (one of: {', '.join(self.names)})"
            raise ValueError(msg)
        return text


Power = Annotated[Value, Amount("kW")]
Energy = Annotated[Value, Amount("kWh")]
Mass = Annotated[Value, Amount("kg")]
Area = Annotated[Value, Amount("cm2")]
Length = Annotated[Value, Amount("cm")]
Capacity = Annotated[Value, Amount("GB")]
Share = Annotated[Value, Amount("", 0.0, 1.0)]
Ratio = Annotated[Value, Amount("")]
Pue = Annotated[Value, Amount("", 1.0, 20.0)]
Lifetime = Annotated[Value, Amount("year", 0.01, 100.0)]
Hours = Annotated[Value, Amount("h")]
Distance = Annotated[Value, Amount("km")]
Rate = Annotated[Value, Amount("flop/h")]
Emissions = Annotated[Value, Amount("kgCO2e", -math.inf)]
Intensity = Annotated[Value, Amount("kgCO2e/kWh", -math.inf)]
CarbonPerCapacity = Annotated[Value, Amount("kgCO2e/GB")]
CarbonPerArea = Annotated[Value, Amount("kgCO2e/cm2")]
EnergyPerArea = Annotated[Value, Amount("kWh/cm2")]
BitDensity = Annotated[Value, Amount("GB/cm2")]
DefectDensity = Annotated[Value, Amount("1/cm2")]
WaterIntensity = Annotated[Value, Amount("L/kWh")]
Throughput = Annotated[Value, Amount("token/h")]


def _whole(raw: object) -> object:
    """Read a whole number written as text, also as ``1e3`` or ``12_000``."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return raw
    try:
        number = float(str(raw).replace("_", ""))
    except ValueError:
        msg = f"expected a whole number such as 8, found {quoted(raw)}"
        raise ValueError(msg) from None
    if not math.isfinite(number) or number != int(number):
        msg = f"expected a whole number such as 8, found {quoted(raw)}"
        raise ValueError(msg)
    if number < 0:
        msg = f"expected a whole number of 0 or more, found {quoted(raw)}"
        raise ValueError(msg)
    return int(number)


Count = Annotated[int, BeforeValidator(_whole)]


def _switch(raw: object) -> object:
    """Read a yes or no."""
    answers = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    text = str(raw).lower()
    if text not in answers:
        msg = f'expected yes or no, found "{raw}"'
        raise ValueError(msg)
    return answers[text]


Switch = Annotated[bool, BeforeValidator(_switch)]
