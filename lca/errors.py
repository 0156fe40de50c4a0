"""Say what went wrong: the exception tree, the `Problem`, and the nearest known name.

::

    LcaError                      anything this package refuses, with its problems   exit 1
    ├── InputError                what a user wrote is wrong                         exit 3
    │   ├── DocumentError         a file that cannot be read as YAML, or written
    │   ├── ScenarioError         a scenario that means nothing
    │   ├── HardwareError         a mistake in a file of the hardware database
    │   ├── FactorError           a factor that is missing, or two that may not be mixed
    │   ├── UnitError             a value without its unit, or with the wrong one
    │   └── UnknownNameError      an id, region or path that nothing is called by
    ├── GateFailed                a result crossed the limit the user set            exit 4
    └── MeasurementUnavailable    the machine cannot measure what was asked          exit 5

Every exception carries `problems`, so that all mistakes of a file are told at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DocumentError",
    "FactorError",
    "GateFailed",
    "HardwareError",
    "InputError",
    "LcaError",
    "MeasurementUnavailable",
    "Problem",
    "ScenarioError",
    "UnitError",
    "UnknownNameError",
    "did_you_mean",
    "dotted",
    "nearest",
    "quoted",
    "visible",
]

EXCERPT_WIDTH = 80
"""Columns that a source line may fill when it is shown."""

_LONGEST_NAME = 120
_LONGEST_PATH = 200
_SHORTEST_PART = 3
_MANY_CHOICES = 5000
_SAME_NUMBER = 0.05
_PLAIN_STEP = re.compile(r"[^\s.\[\]\"]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, and what to do about it.

    Parameters
    ----------
    path : str
        Dotted path of the value, such as ``fleet.chat.device``; "" for a whole file.
    message : str
        What was found, what is accepted, the nearest name, what to do next.
    file : str, optional
        File as the user named it.
    line, column : int, optional
        Position in that file, counted from 1.
    excerpt : str, optional
        The source line.

    """

    path: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None

    def render(self) -> str:
        """Return ``file:line:column: path: message``, then the source line and a caret."""
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        path = _shorten(self.path, _LONGEST_PATH)
        head = ": ".join(part for part in (where, path, self.message) if part)
        lines = [visible(line) for line in head.split("\n")]
        if self.excerpt is not None and self.excerpt.strip():
            lines += _point(self.excerpt, self.column)
        return "\n".join(lines)


class LcaError(Exception):
    """Refuse something, and say why.

    Parameters
    ----------
    problems : str, Problem or iterable of Problem
        What is wrong; a plain sentence becomes a problem without a position.

    """

    exit_code: ClassVar[int] = 1
    problems: tuple[Problem, ...]

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem("", problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems = tuple(sorted(dict.fromkeys(problems), key=_order))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return all problems, in the order of their lines."""
        return "\n".join(problem.render() for problem in self.problems)


class InputError(LcaError):
    """What a user wrote is wrong."""

    exit_code = 3


class DocumentError(InputError):
    """A file cannot be read as YAML, or cannot be written."""


class ScenarioError(InputError):
    """A scenario is readable but means nothing: a key, a value or a reference is wrong."""


class HardwareError(InputError):
    """A file of the hardware database breaks the rules of its kind."""


class FactorError(InputError):
    """There is no such factor, or factors that may not be mixed were mixed."""


class UnitError(InputError):
    """A value has no unit, an unknown unit, or a unit of the wrong dimension."""


class UnknownNameError(InputError):
    """Nothing has this id, region or path."""


class GateFailed(LcaError):
    """A result crossed the limit that the user set."""

    exit_code = 4


class MeasurementUnavailable(LcaError):
    """The machine cannot measure what was asked."""

    exit_code = 5


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as one text: ``("dies", 0, "area")`` is ``dies[0].area``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _PLAIN_STEP.fullmatch(step) else quoted(step)
            text += f".{name}" if text else name
    return text


def quoted(value: object, longest: int = 60) -> str:
    """Return a user's text in double quotes, visible and of bounded length."""
    return f'"{visible(_shorten(str(value), longest))}"'


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return ``; did you mean "..."?`` to put behind a message, or "" if nothing is near."""
    choice = nearest(name, choices)
    return "" if choice is None else f"; did you mean {quoted(choice, _LONGEST_NAME)}?"


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice that was most probably meant by `name`, or None.

    Case, spaces, underscores and hyphens do not count. A name that is part of a choice
    finds it; the rest is similarity of the whole and of the parts between hyphens.
    """
    import difflib

    wanted = _fold(name)
    if not wanted or len(name) > _LONGEST_NAME:
        return None
    known = {_fold(choice): choice for choice in sorted(choices, reverse=True)}
    for match in (_same, _starts, _contains):
        found = [choice for choice in known if match(wanted, choice)]
        if found:
            return known[min(found, key=lambda choice: (len(choice), choice))]
    if len(known) > _MANY_CHOICES:  # comparing them all would take seconds
        return None
    close = difflib.get_close_matches(wanted, known, n=12, cutoff=0.5)
    score, best = max(((_likeness(wanted, choice), choice) for choice in close), default=(0, ""))
    return known[best] if score >= 0.6 else None


def _fold(name: str) -> str:
    """Return a name without the differences that do not matter."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())


def _same(wanted: str, choice: str) -> bool:
    """Whether two folded names differ in hyphens only."""
    return wanted.replace("-", "") == choice.replace("-", "")


def _starts(wanted: str, choice: str) -> bool:
    """Whether a folded name is the beginning of a choice."""
    return len(wanted) >= _SHORTEST_PART and choice.startswith(wanted)


def _contains(wanted: str, choice: str) -> bool:
    """Whether a folded name is a part of a choice."""
    return len(wanted) >= _SHORTEST_PART and wanted in choice


def _likeness(wanted: str, choice: str) -> float:
    """Return how alike two folded names are: as a whole, part by part, and in their numbers.

    A part with a digit that both share counts extra: an H100 is rather another H100 than a B100.
    """
    whole = _ratio(wanted, choice)
    parts, others = wanted.split("-"), choice.split("-")
    alike = sum(len(part) * max(_ratio(part, other) for other in others) for part in parts)
    models = sum(any(map(str.isdigit, part)) and part in others for part in parts)
    return (whole + alike / max(1, sum(map(len, parts)))) / 2 + _SAME_NUMBER * models


def _ratio(left: str, right: str) -> float:
    """Return the similarity of two texts, 0 to 1 (Ratcliff and Metzener 1988)."""
    import difflib

    return difflib.SequenceMatcher(None, left, right, autojunk=False).ratio()


def _order(problem: Problem) -> tuple[str, int, int, str]:
    """Return what problems are sorted by; those without a position come first."""
    return (problem.file or "", problem.line or 0, problem.column or 0, problem.path)


def _shorten(text: str, longest: int) -> str:
    """Return a text with its middle left out if it is longer than `longest` characters."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - longest // 3 - 1]}…{text[-(longest // 3) :]}"


def visible(text: str) -> str:
    """Return a text in which whatever cannot be seen is escaped."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _point(line: str, column: int | None) -> list[str]:
    """Return a source line, trimmed around `column`, and the caret line below it."""
    at = len(line) if column is None else min(column - 1, len(line))
    after = sum(map(_columns, _fit(line[at:], EXCERPT_WIDTH)))
    before = _trim(line[:at][::-1], max(EXCERPT_WIDTH // 2, EXCERPT_WIDTH - after))[::-1]
    room = EXCERPT_WIDTH - sum(map(_columns, before))
    shown = "".join([*before, *_trim(line[at:], room)]).rstrip()
    if column is None:
        return [shown]
    return [shown, " " * sum(map(_columns, before)) + "^"]


def _trim(text: str, room: int) -> list[str]:
    """Return the visible characters that fill at most `room` columns, "…" where cut."""
    cells = _fit(text, room)
    return cells if len(cells) == len(text) else [*_fit(text, room - 1), "…"]


def _fit(text: str, room: int) -> list[str]:
    """Return the first characters, made visible, that fill at most `room` columns."""
    cells: list[str] = []
    for char in text[: 2 * room]:
        cell = visible(char)
        room -= _columns(cell)
        if room < 0:
            break
        cells.append(cell)
    return cells


def _columns(cell: str) -> int:
    """Return how many columns of a terminal a visible character or escape fills."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in cell)
    return len(cell) + wide - sum(map(bool, map(unicodedata.combining, cell)))
