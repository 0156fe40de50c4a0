"""Field types shared by all files: values with units, read at the door."""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema

from lca import units
from lca.errors import UnitError
from lca.values import Value, read


class Record(BaseModel):
    """A frozen record that accepts no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _read(raw: object, unit: str, lower: float, upper: float) -> Value:
    if isinstance(raw, Value):
        return raw
    try:
        return read(raw, unit, lower, upper)
    except UnitError as error:
        raise ValueError(str(error)) from None


def amount(unit: str, lower: float = 0.0, upper: float = math.inf) -> Any:  # noqa: ANN401 - a type, made
    """Return the type of a value in a canonical unit, within a physical range."""
    schema: dict[str, Any] = {
        "description": f"a value in any unit of {units.name_dimension(unit)}, or a distribution of it",
        "examples": [units.example(unit)],
        "anyOf": [{"type": "string"}, {"type": "object"}] + ([] if unit else [{"type": "number"}]),
    }
    reader = partial(_read, unit=unit, lower=lower, upper=upper)
    return Annotated[Value, PlainValidator(reader), WithJsonSchema(schema)]


Power = amount("kW")
Energy = amount("kWh")
Mass = amount("kg")
Area = amount("cm2")
Length = amount("cm")
Capacity = amount("GB")
Share = amount("", 0.0, 1.0)
Ratio = amount("")
Pue = amount("", 1.0, 20.0)
Lifetime = amount("year", 0.01, 100.0)
Hours = amount("h")
Distance = amount("km")
Rate = amount("flop/h")
Emissions = amount("kgCO2e", -math.inf)
Intensity = amount("kgCO2e/kWh", -math.inf)
CarbonPerCapacity = amount("kgCO2e/GB")
CarbonPerArea = amount("kgCO2e/cm2")
CarbonPerMass = amount("kgCO2e/kg")
EnergyPerArea = amount("kWh/cm2")
BitDensity = amount("GB/cm2")
DefectDensity = amount("1/cm2")
WaterIntensity = amount("L/kWh")
Throughput = amount("token/h")


def _whole(raw: object) -> object:
    """Read a whole number written as text, also as ``1e3`` or ``12_000``."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return raw
    try:
        number = float(str(raw).replace("_", ""))
    except ValueError:
        msg = f'expected a whole number, found "{raw}"'
        raise ValueError(msg) from None
    if not math.isfinite(number) or number != int(number):
        msg = f'expected a whole number, found "{raw}"'
        raise ValueError(msg)
    if number < 0:
        msg = f'expected a whole number of 0 or more, found "{raw}"'
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
