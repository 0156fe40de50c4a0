"""Every formula is held against the vocabulary, and called with units of another scale."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_type_hints

import numpy as np
import pytest

import lca.allocations
import lca.formulas
from lca import units, vocabulary
from lca.vocabulary import (
    VOCABULARY,
    Hour,
    Kilogram,
    Kilowatt,
    KilowattHour,
    LiterPerKilowattHour,
    Ratio,
)

Formula = Callable[..., Any]

ALIAS_UNITS = {
    alias.__metadata__[0] for alias in vars(vocabulary).values() if hasattr(alias, "__metadata__")
}
PLAIN_NUMBERS = {0, 1, 2, 4}
"""Numbers a body may hold: geometry and algebra, never a conversion."""

OTHER_UNITS = {
    "": "percent",
    "1/cm2": "1/mm2",
    "GB": "MiB",
    "GB/cm2": "Mb/mm2",
    "GB/h": "TB/s",
    "L/kWh": "m3/GJ",
    "MJ": "Wh",
    "cm": "inch",
    "cm2": "mm2",
    "flop": "TFLOP",
    "flop/h": "PFLOP/s",
    "h": "minute",
    "h/year": "day/month",
    "kW": "MJ/day",
    "kWh": "MJ",
    "kWh/cm2": "J/mm2",
    "kg": "lb",
    "kgCO2e": "tCO2e",
    "kgCO2e/(kg*km)": "gCO2e/(t*mile)",
    "kgCO2e/GB": "gCO2e/GiB",
    "kgCO2e/cm2": "tCO2e/m2",
    "kgCO2e/h": "tCO2e/year",
    "kgCO2e/kWh": "gCO2e/MJ",
    "kgCO2e/kg": "lbCO2e/tonne",
    "km": "mile",
    "flop/token": "TFLOP/token",
    "token/h": "token/s",
    "kWh/GB": "J/MB",
    "kW/GB": "W/TB",
    "kWh/token": "J/token",
    "request": "krequest",
    "request/h": "request/s",
    "token": "ktoken",
    "token/request": "ktoken/request",
    "kWh/request": "J/request",
    "year": "week",
}
COMMON_ENDINGS = {"share": "", "yield": ""}

SENSIBLE = {
    "die_area": 8.14,
    "die_count": 2.0,
    "edge_exclusion": 0.3,
    "kerf": 0.02,
    "layer_count": 8.0,
    "layer_yield": 0.99,
    "pue": 1.2,
    "wafer_diameter": 30.0,
    "yield_alpha": 10.0,
}


def modules(room: ModuleType) -> Iterator[ModuleType]:
    """Import every member of a room."""
    for member in pkgutil.iter_modules(room.__path__):
        yield importlib.import_module(f"{room.__name__}.{member.name}")


def public_functions(room: ModuleType) -> list[Formula]:
    """List the public functions that the members of a room define."""
    return [
        function
        for module in modules(room)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


FORMULAS = public_functions(lca.formulas)
RULES = [rule for rule in public_functions(lca.allocations) if rule.__name__ != "shares"]


def full_name(function: Formula) -> str:
    """Name a function with its room, for the report of a failing test."""
    return f"{function.__module__.removeprefix('lca.')}.{function.__name__}"


def annotated_units(function: Formula) -> dict[str, str | None]:
    """Read the unit of each annotation; None where it is not a unit alias."""
    hints = get_type_hints(function, include_extras=True)
    return {name: getattr(hint, "__metadata__", (None,))[0] for name, hint in hints.items()}


def naming_problems(function: Formula) -> list[str]:
    """Compare parameters and annotations with the vocabulary."""
    found = []
    for name, unit in annotated_units(function).items():
        if unit not in ALIAS_UNITS:
            found.append(f"{name} is not annotated with an alias of the vocabulary")
        elif name != "return" and name not in VOCABULARY:
            found.append(f"{name} is not a name of the vocabulary")
        elif name != "return" and VOCABULARY[name].unit != unit:
            found.append(f"{name} is in {unit}, the vocabulary says {VOCABULARY[name].unit}")
    missing = set(inspect.signature(function).parameters) - set(annotated_units(function))
    return found + [f"{name} has no annotation" for name in sorted(missing)]


def constant_problems(function: Formula) -> list[str]:
    """List the numbers in a body that are not plain algebra."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    numbers = [
        node.value
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    ]
    odd = [number for number in numbers if number not in PLAIN_NUMBERS]
    return [f"the body holds the number {number}" for number in odd]


def bare_arguments(function: Formula) -> dict[str, float]:
    """Choose a different value in canonical units for every parameter."""
    names = inspect.signature(function).parameters
    return {name: SENSIBLE.get(name, 0.21 + 0.07 * place) for place, name in enumerate(names)}


def dress(value: float, unit: str) -> Any:
    """Give a value its canonical unit and express it in another one."""
    quantity = units.registry().Quantity
    return quantity(value, unit or "dimensionless").to(OTHER_UNITS.get(unit, unit))


def scale_problems(function: Formula) -> list[str]:
    """Call a formula bare and with other units: the canonical number must be the same."""
    hints = annotated_units(function)
    bare = bare_arguments(function)
    expected = function(**bare)
    dressed = {name: dress(value, str(hints[name])) for name, value in bare.items()}
    target = str(hints["return"]) or "dimensionless"
    try:
        result = units.registry().Quantity(function(**dressed)).to(target).magnitude
    except Exception as error:
        return [f"with units it fails: {error}"]
    if not np.isclose(result, expected, rtol=1e-9, atol=0):
        return [f"bare it is {expected} {target}, with units {result}"]
    return []


def problems(function: Formula) -> list[str]:
    """Audit one formula."""
    named = naming_problems(function)
    return named + constant_problems(function) + ([] if named else scale_problems(function))


@pytest.mark.parametrize("function", FORMULAS + RULES, ids=full_name)
def test_formula_agrees_with_the_vocabulary_in_name_unit_and_scale(function: Formula) -> None:
    """Names, units, constants and scale of a formula have no problem."""
    assert problems(function) == []


@pytest.mark.parametrize("function", FORMULAS, ids=full_name)
def test_formula_named_after_a_quantity_returns_its_unit(function: Formula) -> None:
    """A function whose name is, or ends in, a name of the vocabulary has that name's unit."""
    words = function.__name__.split("_")
    endings = ["_".join(words[start:]) for start in range(len(words))]
    known = {name: entry.unit for name, entry in VOCABULARY.items()} | COMMON_ENDINGS
    returned = annotated_units(function)["return"]
    noun = next((ending for ending in endings if ending in known), None)
    assert noun is None or returned == known[noun]
    assert "footprint" not in words or str(returned).startswith("kgCO2e")


@pytest.mark.parametrize("function", FORMULAS, ids=full_name)
def test_formula_documents_each_parameter_with_its_unit(function: Formula) -> None:
    """The docstring has an equation, each parameter (a unit beside it is right), an example."""
    text = inspect.getdoc(function) or ""
    for name in inspect.signature(function).parameters:
        documented = re.search(rf"^(?:\w+, )*{name}(?:, \w+)*(?: : (.+))?$", text, re.M)
        assert documented is not None, name
        assert documented[1] in {None, VOCABULARY[name].unit or "ratio"}
    assert "Equation:" in text or ".. math::" in text
    assert ">>> " in text


@pytest.mark.parametrize("function", FORMULAS + RULES, ids=full_name)
def test_formula_works_on_arrays_as_on_floats(function: Formula) -> None:
    """Arrays of samples give, element by element, what floats give."""
    bare = bare_arguments(function)
    arrays = {name: np.array([value, value * 1.01]) for name, value in bare.items()}
    second = function(**{name: float(values[1]) for name, values in arrays.items()})
    np.testing.assert_allclose(function(**arrays), [function(**bare), second], rtol=1e-12)


def test_other_units_are_truly_other() -> None:
    """Each unit of the audit differs in scale from the canonical one it stands in for."""
    registry = units.registry()
    for canonical, other in OTHER_UNITS.items():
        ratio = registry.Quantity(1.0, other).to(canonical or "dimensionless").magnitude
        assert abs(ratio - 1) > 0.001, (canonical, other)


def test_every_parameter_unit_has_another_unit() -> None:
    """No parameter is audited in its canonical unit only."""
    every = [annotated_units(function) for function in FORMULAS + RULES]
    used = {str(unit) for hints in every for name, unit in hints.items() if name != "return"}
    assert used <= set(OTHER_UNITS)


def _power_annotated_energy_returned(device_power: Kilowatt, powered_time: Hour) -> Kilowatt:
    return device_power * powered_time


def _watts_taken_for_kilowatts(device_power: Kilowatt, powered_time: Hour) -> KilowattHour:
    return device_power * powered_time / 1000


def _inverted_division(device_power: Kilowatt, powered_time: Hour) -> KilowattHour:
    return device_power / powered_time


def _inverted_mass(device_mass: Kilogram, collected_share: Ratio) -> Kilogram:
    return collected_share / device_mass


def _unit_of_another_name(wue: Ratio, it_energy: KilowattHour) -> KilowattHour:
    return wue * it_energy


def _unknown_name(it_power: Kilowatt) -> Kilowatt:
    return it_power


def _percent_taken_for_share(it_energy: KilowattHour, pue: Ratio) -> KilowattHour:
    return it_energy * pue / 100


def _mixed_sum(it_energy: KilowattHour, wue: LiterPerKilowattHour) -> KilowattHour:
    return it_energy + wue


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (_power_annotated_energy_returned, "with units it fails"),
        (_watts_taken_for_kilowatts, "the number 1000"),
        (_inverted_division, "with units it fails"),
        (_inverted_mass, "with units it fails"),
        (_unit_of_another_name, "the vocabulary says L/kWh"),
        (_unknown_name, "not a name of the vocabulary"),
        (_percent_taken_for_share, "the number 100"),
        (_mixed_sum, "with units it fails"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_planted_fault_is_caught(function: Formula, message: str) -> None:
    """The audit finds a slip that was put there on purpose."""
    assert any(message in problem for problem in problems(function))
