"""A scenario: typed, frozen, checked as a whole; `load`, `replace`, `options`, `save`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from lca import document
from lca.document import Document
from lca.errors import InputError, Problem, ScenarioError, UnknownNameError
from lca.library import Library
from lca.library.checking import salvage, validate
from lca.scenario import functional_unit
from lca.scenario.functional_unit import FunctionalUnit
from lca.scenario.models import ScenarioModel
from lca.scenario.patching import Patched, patched, resolve_options, split_path
from lca.scenario.planned import PLANNED_FROM, Plans, make_plans
from lca.scenario.recorded import with_records
from lca.scenario.references import reference_problems

_SHOWN = 40
"""Longest value that the name of a changed scenario shows."""


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    Attributes
    ----------
    name
        Name of the file or of the option.
    model
        The typed contents.
    data
        The contents as written (texts), for saving and patching.
    library
        Where devices, hosts and factors come from.
    remarks
        What must be said of the workload records and plans that it uses.
    plans
        What training and answering need, where it is predicted.
    """

    name: str
    model: ScenarioModel
    data: dict[str, Any]
    library: Library = field(repr=False)
    source: Document = field(repr=False)
    remarks: tuple[str, ...] = ()
    plans: Plans = field(default_factory=Plans, repr=False)

    def replace(self, path: str, value: object) -> Scenario:
        """Return the scenario with one value changed, checked afresh and named after the change.

        Parameters
        ----------
        path
            Dotted path such as ``fleet.chat.site``.
        value
            What could stand in the file: text with a unit, a number, a mapping, or a pint quantity.

        Raises
        ------
        ScenarioError
            If the path or value is not accepted.
        """
        shown = as_written(value)
        changed = shown if isinstance(shown, str) and len(shown) <= _SHOWN else "changed"
        return self.patch({path: value}, f"{self.name} with {path.rsplit('.', 1)[-1]} {changed}")

    def patch(self, changes: Mapping[str, object], name: str) -> Scenario:
        """Return the scenario with several values changed, under a name."""
        written = {path: as_written(value) for path, value in changes.items()}
        origins = dict.fromkeys(map(split_path, written), None)
        text = Patched(self.source, patched(self.data, written), origins)
        same = not {steps[0] for steps in origins} & PLANNED_FROM
        return _checked(text, name, self.library, self.plans if same else None)

    def options(self) -> list[Scenario]:
        """Return the scenario as written and each of its options, checked."""
        base = dataclasses.replace(self, name=self.model.base_name)
        return [base, *self._alternatives()]

    def _alternatives(self) -> Iterator[Scenario]:
        texts, problems = _option_texts(self.source, self.data, self.model.base_name)
        for name, text in texts.items():
            try:
                yield _checked(text, name, self.library)
            except InputError as error:
                problems.extend(error.problems)
        if problems:
            raise ScenarioError(problems)

    @cached_property
    def functional_units(self) -> tuple[FunctionalUnit, ...]:
        """The functional units, the primary one first."""
        return tuple(functional_unit.parse(text) for text in self.model.functional_unit)

    def require_uses(self) -> None:
        """Refuse a scenario that only asks questions: there is nothing to add up.

        Raises
        ------
        ScenarioError
            If neither it nor an option has a fleet, work or services.
        """
        uses = (one.model for one in self.options())
        if not any(model.fleet or model.work or model.services for model in uses):
            msg = "nothing to account for: add fleet, work or services; what it asks is answered by lca optimize"
            raise ScenarioError(msg)

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the period."""
        return self.model.years

    def digest(self) -> str:
        """Return the SHA-256 of the resolved contents: equal for equal inputs."""
        text = json.dumps(self.data, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def save(self, path: str | Path) -> None:
        """Write the scenario as YAML, atomically."""
        document.write_atomically(Path(path), document.dump(self.data))


def load(
    source: str | Path | Mapping[str, Any],
    *,
    library: Library | None = None,
    db: tuple[str | Path, ...] = (),
) -> Scenario:
    """Load and check a scenario.

    Parameters
    ----------
    source
        Path of a YAML file, or its contents as a mapping.
    library
        The hardware library; by default the packaged one, with ``hardware_db`` beside the file.
    db
        Further folders of the user's own devices.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    if isinstance(source, Mapping):
        text = document.parse(document.dump(as_written(dict(source))), "scenario")
        folders: tuple[Path, ...] = ()
        name = str(source.get("title") or "scenario")
    else:
        text = document.read(source)
        beside = Path(source).resolve().parent / "hardware_db"
        folders = (beside,) if beside.is_dir() else ()
        name = os.fsencode(Path(source).stem).decode("utf-8", "replace")  # what reports can write
    placed = not isinstance(source, Mapping)
    shelf = library or Library((*map(Path, db), *folders))
    return _load(Patched(text, text.data, {}, placed), name, shelf)


def _load(text: Patched, name: str, library: Library) -> Scenario:
    """Check a scenario and its options; the mistakes of all of them are told at once."""
    found = _check(text, library)
    seen = {(problem.line, problem.column, problem.path) for problem in found.problems}
    texts, more = _option_texts(text.base, text.data, found.model.base_name, text.placed)
    for option in texts.values():
        wrong = _check(option, library).problems
        more += (one for one in wrong if (one.line, one.column, one.path) not in seen)
    if found.problems or more:
        told = [*found.problems, *more]
        raise ScenarioError(told if text.placed else [Problem(p.path, p.message) for p in told])
    return found.scenario(text, name, library)


def _checked(text: Patched, name: str, library: Library, plans: Plans | None = None) -> Scenario:
    found = _check(text, library, plans)
    if found.problems:
        raise ScenarioError(found.problems)
    return found.scenario(text, name, library)


@dataclass(frozen=True, slots=True)
class _Found:
    """What checking finds; with problems, what is right of it."""

    model: ScenarioModel
    plans: Plans
    remarks: tuple[str, ...]
    problems: list[Problem]

    def scenario(self, text: Patched, name: str, library: Library) -> Scenario:
        """Return the scenario that was found to be right."""
        return Scenario(name, self.model, text.data, library, text.base, self.remarks, self.plans)


def _check(text: Patched, library: Library, plans: Plans | None = None) -> _Found:
    """Return the typed scenario with its plans, made or known already, and every problem."""
    problems: list[Problem] = []
    try:
        model = validate(ScenarioModel, text, ScenarioError)
    except ScenarioError as error:
        problems += error.problems
        model = salvage(ScenarioModel, text.data)
    told = {problem.path for problem in problems}
    found = list(islice(reference_problems(model, text, library), document.MAX_PROBLEMS))
    model, remarks, more = with_records(model, text, library)
    wrong: list[Problem] = []
    if plans is None:
        plans, wrong = make_plans(model, text, library, complete=not (problems or found or more))
    others = [one for one in [*found, *more, *wrong] if one.path not in told]
    return _Found(model, plans, (*remarks, *plans.remarks()), problems + others)


def _option_texts(
    source: Document, data: Mapping[str, Any], base_name: str, placed: bool = True
) -> tuple[dict[str, Patched], list[Problem]]:
    """Return the scenario patched by each option, and what is wrong with the patches."""
    written = data.get("options")
    given = written.items() if isinstance(written, dict) else ()
    options = {name: changes for name, changes in given if isinstance(changes, dict)}
    resolved, problems = resolve_options(source, options, base_name)
    texts = {}
    for name, changes in resolved.items():
        places = {split_path(path): place for path, (_, place) in changes.items()}
        try:
            contents = patched(data, {path: value for path, (value, _) in changes.items()})
        except ScenarioError as error:
            problems += (
                source.problem(places[split_path(one.path)], one.message, "key")
                for one in error.problems
            )
            continue
        texts[name] = Patched(source, contents, places, placed)
    return texts, problems


def as_written(value: Any) -> Any:
    """Turn Python values into what could stand in a file: texts, mappings and lists."""
    if isinstance(value, Mapping):
        return {str(key): as_written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_written(item) for item in value]
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "magnitude"):
        return f"{float(value.magnitude)!r} {value.units}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, int | float) else str(value)


__all__ = ["FunctionalUnit", "Scenario", "UnknownNameError", "load"]
