"""AI models by their size and shape: described by the user, or well-known ones by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from lca import document
from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.factors.files import ROOT
from lca.sources import SCENARIO
from lca.workloads.architecture import Architecture

_MOST_APART = 0.05
_SMALLEST, _LARGEST = 1e6, 1e13


@dataclass(frozen=True, slots=True)
class AIModel:
    """Size of an AI model, and its shape where that is known.

    Parameters
    ----------
    name
        What it is called; two options that name the same model are compared in pairs.
    parameters, active_parameters
        All parameters, and those that work on one token.
    architecture
        Its shape, or None.
    source
        Key of the bibliography.

    Raises
    ------
    InputError
        If a count is not positive, more are active than there are, or counts and shape are more
        than 5 % apart.
    """

    name: str
    parameters: float
    active_parameters: float
    architecture: Architecture | None = None
    source: str = SCENARIO.key

    def __post_init__(self) -> None:
        if not 0 < self.parameters < float("inf"):
            msg = f"{self.name}: parameters must be more than 0 such as 7e9, found {self.parameters:g}"
            raise InputError(msg)
        if not 0 < self.active_parameters <= self.parameters:
            msg = (
                f"{self.name}: {self.active_parameters:g} active parameters of {self.parameters:g};"
                f" accepted: more than 0, at most {self.parameters:g}"
            )
            raise InputError(msg)
        if self.architecture is not None:
            _compare(self.name, "parameters", self.parameters, self.architecture.parameters)
            active = self.architecture.active_parameters
            _compare(self.name, "active parameters", self.active_parameters, active)

    def remarks(self) -> tuple[str, ...]:
        """Say what is unusual about its size."""
        if _SMALLEST <= self.parameters <= _LARGEST:
            return ()
        return (
            f"{self.name} has {self.parameters:.3g} parameters; the models of its energy are meant for"
            f" {_SMALLEST:.0e} to {_LARGEST:.0e}",
        )


def _compare(name: str, what: str, given: float, derived: float) -> None:
    """Refuse a count that contradicts the shape."""
    if abs(given / derived - 1) > _MOST_APART:
        msg = (
            f"{name}: {given:.4g} {what} given, but its architecture has {derived:.4g};"
            f" they may be {_MOST_APART:.0%} apart. Give one of the two, or correct it"
        )
        raise InputError(msg)


def describe(
    name: str = "",
    *,
    parameters: float | None = None,
    active_parameters: float | None = None,
    architecture: Architecture | Mapping[str, Any] | None = None,
    source: str = SCENARIO.key,
) -> AIModel:
    """Return an AI model: a well-known one by name alone, or one of the size and shape given.

    Parameters
    ----------
    name
        Name of a preset if nothing else is given, else a name for explanations.
    parameters, active_parameters
        Counts; derived from the architecture where not given, and all active where not stated.
    architecture
        Shape, as a record or as the mapping of its fields.
    source
        Key of the bibliography.

    Raises
    ------
    InputError
        If neither counts nor shape nor a known name is given, or they contradict each other.
    """
    if parameters is None and architecture is None:
        return preset(name)
    shape = architecture
    if isinstance(shape, Mapping):
        shape = read_architecture(shape)
    total = parameters if parameters is not None else _derived(shape).parameters
    if active_parameters is not None:
        active = active_parameters
    elif shape is not None:
        active = min(total, float(shape.active_parameters)) if shape.experts else total
    else:
        active = total
    return AIModel(name or f"{total:.3g} parameters", float(total), float(active), shape, source)


def _derived(shape: Architecture | None) -> Architecture:
    if shape is None:
        msg = "give parameters, such as 7e9, or an architecture"
        raise InputError(msg)
    return shape


def read_architecture(written: Mapping[str, Any]) -> Architecture:
    """Read a shape from a mapping of numbers, texts and switches.

    Raises
    ------
    InputError
        With the key, what was found, and what is accepted.
    """
    kinds = {field.name: str(field.type) for field in fields(Architecture)}
    for key in written:
        if key not in kinds:
            msg = f"no part of an architecture is called {quoted(key)}{did_you_mean(key, kinds)} (one of: {', '.join(kinds)})"
            raise InputError(msg)
    missing = [key for key in list(kinds)[:5] if key not in written]
    if missing:
        msg = f"an architecture needs {', '.join(missing)} as well"
        raise InputError(msg)
    return Architecture(**{key: _read(key, raw, kinds[key]) for key, raw in written.items()})


def _read(key: str, raw: Any, kind: str) -> Any:
    """Read one field of a shape."""
    text = str(raw).lower()
    if kind == "bool" and text in {"true", "yes", "false", "no"}:
        return text in {"true", "yes"}
    if kind == "Norm" and text in {"layer", "root_mean_square"}:
        return text
    if kind == "int":
        try:
            number = float(text.replace("_", ""))
        except ValueError:
            number = float("nan")
        if number.is_integer():
            return int(number)
    accepted = {"bool": "yes or no", "Norm": "layer or root_mean_square", "int": "a whole number"}
    msg = f"architecture.{key}: expected {accepted[kind]}, found {quoted(raw)}"
    raise InputError(msg)


@cache
def presets() -> Mapping[str, AIModel]:
    """Return the well-known models by id."""
    data: Any = document.read(ROOT / "workloads" / "ai_models.yaml").data
    return {name: _preset(entry) for name, entry in data["models"].items()}


def _preset(entry: Mapping[str, Any]) -> AIModel:
    shape = entry.get("architecture")
    return describe(
        entry["name"],
        parameters=float(entry["parameters"]),
        active_parameters=float(entry["active_parameters"])
        if "active_parameters" in entry
        else None,
        architecture=shape,
        source=entry["source"],
    )


def preset(name: str) -> AIModel:
    """Return a well-known model by its id or name.

    Raises
    ------
    UnknownNameError
        If there is none; the nearest is named.
    """
    wanted = name.strip().casefold().replace(" ", "-").replace("_", "-")
    known = presets()
    by_name = {model.name.casefold().replace(" ", "-"): model for model in known.values()}
    found = known.get(wanted) or by_name.get(wanted)
    if found is None:
        msg = (
            f"no AI model {quoted(name)}{did_you_mean(wanted, known)}"
            f" (give its parameters, or one of: {', '.join(known)})"
        )
        raise UnknownNameError(msg)
    return found
