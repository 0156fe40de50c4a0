"""The inventory: the lines of all stages of a scenario, with what was missing or assumed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lca import stages
from lca.errors import FactorError
from lca.intensities.context import Context
from lca.intensities.embodied import has_vendor_figure
from lca.ledger import Line, Missing
from lca.scenario import Scenario
from lca.subjects import subjects
from lca.subjects.subject import Subject

Stage = Callable[[Context, Sequence[Subject]], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Lines of a scenario, not yet evaluated."""

    scenario: Scenario
    embodied_model: str
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[str, ...]
    fallbacks: tuple[str, ...]


def stage_modules() -> tuple[Stage, ...]:
    """Return the ``lines`` function of every stage in the folder, by name of the file."""
    return tuple(stage_files().values())


@cache
def stage_files() -> dict[str, Stage]:
    """Return the name of each stage's file, with its function ``lines``."""
    found = {}
    for member in sorted(pkgutil.iter_modules(stages.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"lca.stages.{member.name}")
        if hasattr(module, "lines"):
            found[member.name] = module.lines
    return found


def stage_lines(
    context: Context, accounted: Sequence[Subject], names: Sequence[str] | None = None
) -> tuple[Line, ...]:
    """Return the lines of stages.

    Parameters
    ----------
    context
        Scenario and model; it keeps what is missing or must be said.
    accounted
        What is accounted for.
    names
        Files of the stages, by default all.

    Raises
    ------
    FactorError
        If a factor that the scenario needs does not exist, such as a grid path beyond its years.
    """
    chosen = stage_files()
    wanted = chosen if names is None else names
    try:
        return tuple(line for name in wanted for line in chosen[name](context, accounted))
    except LookupError as error:
        raise FactorError(str(error.args[0] if error.args else error)) from None


def build(scenario: Scenario, embodied_model: str | None = None) -> Inventory:
    """Turn a scenario into lines.

    Parameters
    ----------
    embodied_model
        The model that serves all options of a comparison; by default the scenario's own choice.

    Raises
    ------
    FactorError
        If a factor that the scenario needs does not exist, such as a grid path beyond its years.
    """
    model = embodied_model or choose_model([scenario])
    context = Context(scenario, model)
    for remark in scenario.remarks:
        context.warn(remark)
    try:
        accounted = tuple(subjects(context))
    except LookupError as error:
        raise FactorError(str(error.args[0] if error.args else error)) from None
    return Inventory(
        scenario,
        model,
        stage_lines(context, accounted),
        tuple(context.missing),
        tuple(context.warnings),
        tuple(context.fallbacks),
    )


def choose_model(options: list[Scenario]) -> str:
    """Return the embodied model that serves all options alike.

    What a scenario names is used. Otherwise the makers' own figures, if every device has one for the
    same boundary, else the calibrated model: a ranking across methods is no ranking.
    """
    named = {str(option.model.assumptions.embodied_model) for option in options} - {"auto"}
    if len(named) == 1 and all(
        option.model.assumptions.embodied_model != "auto" for option in options
    ):
        return named.pop()
    devices = {name for option in options for name in device_names(option)}
    library = options[0].library
    return (
        "vendor"
        if devices and all(has_vendor_figure(library.device(name)) for name in devices)
        else "calibrated"
    )


def device_names(scenario: Scenario) -> list[str]:
    """Return the ids of all devices of a scenario."""
    names = [fleet.device for fleet in scenario.model.fleet.values()]
    names += [service.device for service in scenario.model.services.values()]
    for work in scenario.model.work.values():
        if work.device:
            names.append(work.device)
        elif work.instance:
            names.append(scenario.library.instance(work.instance).device)
    return list(dict.fromkeys(names))
