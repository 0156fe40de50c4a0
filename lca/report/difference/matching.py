"""Finds which line and which input of a new result is which of an old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
Input = Mapping[str, Any]

_PLACE = ("site", "region", "basis")
_LABELS = ("asset", "component", "stage", "process", "phase", "indicator", "per", *_PLACE)
_LOOSER: tuple[tuple[str, ...], ...] = (("region",), _PLACE, ("per",), ("per", *_PLACE))
_VALUE = ("central", "p5", "p95", "unit", "source", "quality")


@dataclass(frozen=True, slots=True)
class Pair:
    """A line in both results, or in one of them: then the other is None."""

    old: Line | None
    new: Line | None

    @property
    def line(self) -> Line:
        """The line as it is now, or as it was."""
        return self.new or self.old or {}


@dataclass(frozen=True, slots=True)
class Changed:
    """An input that has another value or source, or is in one of the results alone."""

    old: Input | None
    new: Input | None

    @property
    def entry(self) -> Input:
        """The input as it is now, or as it was."""
        return self.new or self.old or {}

    @property
    def moves(self) -> bool:
        """Whether its value or interval changed: a new source alone moves no sum."""
        if self.old is None or self.new is None:
            return True
        return any(self.old[key] != self.new[key] for key in ("central", "p5", "p95", "unit"))


def pair_lines(old: Iterable[Line], new: Iterable[Line]) -> list[Pair]:
    """Return the lines of two results side by side.

    Lines with equal labels belong together, in the order in which they are listed; what is left is
    matched again without region, then without place and account, then without unit of activity.
    """
    left, right = list(old), list(new)
    found: list[Pair] = []
    for dropped in ((), *_LOOSER):
        labels = tuple(label for label in _LABELS if label not in dropped)
        matched, left, right = _matched(left, right, labels)
        found += matched
    return [*found, *(Pair(x, None) for x in left), *(Pair(None, x) for x in right)]


def _matched(
    left: Sequence[Line], right: Sequence[Line], labels: Sequence[str]
) -> tuple[list[Pair], list[Line], list[Line]]:
    def key(line: Line) -> tuple[Any, ...]:
        return tuple(line[label] for label in labels)

    waiting = _grouped(right, key)
    pairs: list[Pair] = []
    rest: list[Line] = []
    for line in left:
        others = waiting[key(line)]
        if others:
            pairs.append(Pair(line, others.pop(0)))
        else:
            rest.append(line)
    return pairs, rest, [line for lines in waiting.values() for line in lines]


def _grouped(
    entries: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], tuple[Any, ...]]
) -> defaultdict[tuple[Any, ...], list[Mapping[str, Any]]]:
    found: defaultdict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        found[key(entry)].append(entry)
    return found


def changed_inputs(old: Iterable[Input], new: Iterable[Input]) -> list[Changed]:
    """Return the inputs that differ: by identity, else by name where one of that name is left."""
    gone, come = _without_equal(old, new)
    found: list[Changed] = []
    for key in (_identity, _name):
        before, after = _grouped(gone, key), _grouped(come, key)
        gone, come = [], []
        for name in dict.fromkeys([*before, *after]):
            if len(before[name]) == len(after[name]) and (
                key is _identity or len(after[name]) == 1
            ):
                found += map(Changed, before[name], after[name])
            else:
                gone += before[name]
                come += after[name]
    return [*found, *(Changed(x, None) for x in gone), *(Changed(None, x) for x in come)]


def _identity(entry: Input) -> tuple[Any, ...]:
    return entry["identity"], entry["name"]


def _name(entry: Input) -> tuple[Any, ...]:
    return entry["name"], entry["unit"]


def _without_equal(old: Iterable[Input], new: Iterable[Input]) -> tuple[list[Input], list[Input]]:
    def key(entry: Input) -> tuple[Any, ...]:
        return (*_identity(entry), *(entry[name] for name in _VALUE))

    before, after = _grouped(old, key), _grouped(new, key)
    gone = [x for name, entries in before.items() for x in entries[len(after[name]) :]]
    come = [x for name, entries in after.items() for x in entries[len(before[name]) :]]
    return gone, come
