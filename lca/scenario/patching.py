"""Dotted-path patches: how options and what-ifs change a scenario, with places for errors."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lca.document import Document
from lca.errors import Problem, ScenarioError, did_you_mean

Steps = tuple[str, ...]


def split_path(path: str) -> Steps:
    """Split ``fleet.chat.site`` into its steps."""
    return tuple(step.strip() for step in path.split("."))


def patched(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the data with values set by dotted path.

    Only the mappings on the way are copied, so a what-if on a large scenario is cheap.

    Raises
    ------
    ScenarioError
        If a path runs through a value that is not a mapping.
    """
    result = dict(data)
    for path, value in changes.items():
        _set(result, split_path(path), copy.deepcopy(value), path)
    return result


def _set(data: dict[str, Any], steps: Steps, value: Any, path: str) -> None:
    for step in steps[:-1]:
        inner = data.get(step)
        if isinstance(inner, Mapping):
            data[step] = dict(inner)
        elif inner is None:
            data[step] = {}
        else:
            msg = f'cannot set "{path}": "{step}" is a single value'
            raise ScenarioError(msg)
        data = data[step]
    data[steps[-1]] = value


@dataclass(frozen=True, slots=True)
class Patched:
    """A document with patches: its problems point at the patch that caused them."""

    base: Document
    data: dict[str, Any]
    origins: Mapping[Steps, tuple[str | int, ...]]

    def problem(
        self, path: tuple[str | int, ...], message: str, at: Literal["value", "key"] = "value"
    ) -> Problem:
        """Return a problem at the patch that set the path, else at the path itself."""
        for steps, origin in self.origins.items():
            if tuple(str(step) for step in path[: len(steps)]) == steps:
                return self.base.problem((*origin, *path[len(steps) :]), message, at)
        return self.base.problem(path, message, at)


def resolve_options(
    document: Document, options: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return each option's patches with those of the options it is based on.

    Raises
    ------
    ScenarioError
        If an option is based on an unknown one, or on itself.
    """
    problems: list[Problem] = []
    resolved = {name: _chain(document, options, name, problems) for name in options}
    if problems:
        raise ScenarioError(problems)
    return resolved


def _chain(
    document: Document, options: Mapping[str, Mapping[str, Any]], name: str, problems: list[Problem]
) -> dict[str, Any]:
    order, current = [name], options[name].get("based_on")
    while current is not None:
        if current not in options:
            hint = did_you_mean(str(current), options)
            problems.append(
                document.problem(("options", order[-1], "based_on"), f'no option "{current}"{hint}')
            )
            break
        if current in order:
            circle = " → ".join([*order, str(current)])
            problems.append(
                document.problem(
                    ("options", order[-1], "based_on"),
                    f"options are based on each other in a circle: {circle}",
                )
            )
            break
        order.append(str(current))
        current = options[current].get("based_on")
    merged: dict[str, Any] = {}
    for step in reversed(order):
        merged |= {path: value for path, value in options[step].items() if path != "based_on"}
    return merged
