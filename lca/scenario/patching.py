"""Dotted-path patches: how options and what-ifs change a scenario, with places for errors."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lca.document import MAX_DEPTH, Document
from lca.errors import Problem, ScenarioError, did_you_mean, dotted, quoted

Steps = tuple[str, ...]
Place = tuple[str | int, ...]

_NAMED = {
    "sites": "site",
    "models": "model",
    "fleet": "fleet",
    "services": "service",
    "work": "work",
}
_FIXED = ("schema", "options", "base_name")


def split_path(path: str) -> Steps:
    """Split ``fleet.chat.site`` into its steps."""
    return tuple(step.strip() for step in path.split("."))


def patched(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the data with values set by dotted path.

    Only the mappings on the way are copied, so a what-if on a large scenario is cheap.

    Raises
    ------
    ScenarioError
        If paths lead nowhere; all of them, each problem with the path that was asked for.
    """
    result = dict(data)
    problems: list[Problem] = []
    for path, value in changes.items():
        message = _refusal(result, split_path(path))
        if message:
            problems.append(Problem(path, message))
        else:
            _set(result, split_path(path), copy.deepcopy(value))
    if problems:
        raise ScenarioError(problems)
    return result


def _refusal(data: Mapping[str, Any], steps: Steps) -> str:
    """Return why a path cannot be set, or nothing."""
    if len(steps) > MAX_DEPTH:
        return f"a path of {len(steps)} names; a scenario has at most {MAX_DEPTH} levels"
    if not all(steps):
        return "not a path; write names with dots between them, such as fleet.chat.site"
    if steps[0] in _FIXED:
        return f'"{steps[0]}" cannot be changed here, only what the scenario describes'
    for number, step in enumerate(steps[:-1]):
        inner = data.get(step)
        if number == 1 and step not in data and steps[0] in _NAMED:
            return _no_entry(steps, data)
        if inner is not None and not isinstance(inner, Mapping):
            return f"{quoted(dotted(steps[: number + 1]))} is not a mapping: nothing is inside it"
        data = inner or {}
    return ""


def _no_entry(steps: Steps, known: Mapping[str, Any]) -> str:
    """Say that a path runs through an entry, such as a site, that does not exist."""
    where = dotted(steps[:2])
    add = f"to add one, set {where} to a mapping"
    return f"no {_NAMED[steps[0]]} {quoted(steps[1])}{did_you_mean(steps[1], known) or '; ' + add}"


def _set(data: dict[str, Any], steps: Steps, value: Any) -> None:
    for step in steps[:-1]:
        data[step] = dict(data.get(step) or {})
        data = data[step]
    data[steps[-1]] = value


@dataclass(frozen=True, slots=True)
class Patched:
    """A document with patches: its problems point at the patch that caused them.

    ``origins`` tells for each patched path where it stands in the document; None for a value
    that was given in Python and stands nowhere. Nothing is ``placed`` where the whole scenario was
    given in Python: its problems have a path, but neither file nor line.
    """

    base: Document
    data: dict[str, Any]
    origins: Mapping[Steps, Place | None]
    placed: bool = True

    def problem(self, path: Place, message: str, at: Literal["value", "key"] = "value") -> Problem:
        """Return a problem at the patch that set the path, else at the path itself."""
        found = self._problem(path, message, at)
        return found if self.placed else Problem(found.path, message)

    def _problem(self, path: Place, message: str, at: Literal["value", "key"]) -> Problem:
        steps = tuple(str(step) for step in path)
        for patch, origin in reversed(list(self.origins.items())):
            made = at == "key" and patch[: len(steps)] == steps  # a key on the way is unknown
            if made or steps[: len(patch)] == patch:
                if origin is None:
                    return Problem(dotted(path), message)
                return self.base.problem((*origin, *path[len(patch) :]), message, at)
        return self.base.problem(path, message, at)


def resolve_options(
    document: Document, options: Mapping[str, Mapping[str, Any]], base_name: str = "base"
) -> tuple[dict[str, dict[str, tuple[Any, Place]]], list[Problem]]:
    """Return each option's patches, with those of the options it is based on, and the problems.

    Returns
    -------
    dict
        By option and dotted path: the value, and the place in the document where it stands.
    list of Problem
        Options that are based on unknown ones or on themselves; they are left out.
    """
    problems = list(_name_problems(document, options, base_name))
    resolved = {}
    for name in options:
        order, problem = _chain(document, options, name)
        if problem is None:
            resolved[name] = _merged(options, order)
        else:
            problems.append(problem)
    return resolved, problems


def _name_problems(
    document: Document, options: Mapping[str, Any], base_name: str
) -> Iterator[Problem]:
    if base_name in options:
        message = (
            f"{quoted(base_name)} is what the scenario as written is called; "
            "rename the option, or set base_name"
        )
        yield document.problem(("options", base_name), message, "key")


def _chain(
    document: Document, options: Mapping[str, Mapping[str, Any]], name: str
) -> tuple[list[str], Problem | None]:
    """Return an option and those it is based on, the nearest first."""
    order, current = [name], options[name].get("based_on")
    while current is not None:
        place = ("options", order[-1], "based_on")
        if not isinstance(current, str):
            return order, document.problem(place, "expected the name of another option")
        if current not in options:
            others = [other for other in options if other != order[-1]]
            known = f" (one of: {', '.join(others)})" if others else ""
            hint = did_you_mean(current, others) or known
            return order, document.problem(place, f"no option {quoted(current)}{hint}")
        if current in order:
            circle = " → ".join([*order, current])
            message = (
                f"options are based on each other in a circle: {circle}; take one based_on out"
            )
            return order, document.problem(place, message)
        order.append(current)
        current = options[current].get("based_on")
    return order, None


def _merged(
    options: Mapping[str, Mapping[str, Any]], order: list[str]
) -> dict[str, tuple[Any, Place]]:
    """Return the patches of a chain of options, the first of the chain having the last word."""
    merged: dict[str, tuple[Any, Place]] = {}
    for step in reversed(order):
        for path, value in options[step].items():
            if path != "based_on":
                merged.pop(path, None)
                merged[path] = (value, ("options", step, path))
    return merged
