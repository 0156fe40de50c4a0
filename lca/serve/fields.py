"""Fields of the page: what each is called, what it accepts, and how an answer to it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca import document
from lca.errors import Problem, did_you_mean, quoted
from lca.library import constants

if TYPE_CHECKING:
    from lca.values import Value

LONGEST_TEXT = 200
_FILE = Path(__file__).parent / "fields.yaml"
_LARGEST = 1e300
_NUMBERS = frozenset({"range", "number"})

Answer = str | float | None


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the page.

    Attributes
    ----------
    name
        Key of its answer: a word, or a path of the scenario.
    kind
        ``range``, ``number``, ``text``, ``region`` or ``choice``.
    value
        What it starts with; None where it starts unset.
    low, high, step
        Of a number, in ``unit``.
    start
        Where the slider of an unset field stands.
    unset
        What holds while nothing is said.
    needs
        Field that must be set before this one counts.
    choices
        Texts by value.
    """

    name: str
    label: str
    kind: str
    value: Answer = None
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    start: float | None = None
    unit: str = ""
    unset: str = ""
    needs: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def complaint(self, given: object) -> str:
        """Return what is wrong with an answer, or nothing."""
        if given is None:
            return "" if self.value is None else "this cannot be left empty"
        if self.kind in _NUMBERS:
            return self._wrong_number(given)
        if not isinstance(given, str) or len(given) > LONGEST_TEXT:
            return f"expected a text of at most {LONGEST_TEXT} letters"
        known = dict(self.choices)
        if known and given not in known:
            return f"{quoted(given)} is not a choice{did_you_mean(given, known)} (one of: {', '.join(known)})"
        return ""

    def _wrong_number(self, given: object) -> str:
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if not (number and -_LARGEST < given < _LARGEST):  # type: ignore[operator]
            return f"expected a number, found {quoted(given)}"
        value = float(given)  # type: ignore[arg-type]
        if not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            return f"{value:g} is not accepted ({self.low:g} to {self.high:g}{unit})"
        if self.step == 1 and value != int(value):
            return f"expected a whole number, found {value:g}"
        return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]


@cache
def composed_groups() -> tuple[Group, ...]:
    """Return the fields of a comparison of devices."""
    data: Any = document.read(_FILE).data
    return tuple(
        Group(one["title"], tuple(_field(name, about) for name, about in one["fields"].items()))
        for one in data.values()
    )


def _field(name: str, about: Mapping[str, Any]) -> Field:
    texts = {
        key: about[key]
        for key in ("label", "kind", "unit", "unset", "needs", "hint")
        if key in about
    }
    numbers: dict[str, Any] = {
        key: float(about[key]) for key in ("low", "high", "step") if key in about
    }
    value = about.get("value")
    if value is not None and about["kind"] in _NUMBERS:
        value = float(value)
    if "default" in about:
        texts["unset"], numbers["start"] = cited_default(about["default"], about.get("unit", ""))
    return Field(
        name=name, value=value, choices=tuple(about.get("choices", {}).items()), **texts, **numbers
    )


def cited_default(name: str, unit: str) -> tuple[str, float]:
    """Return what holds where nothing is said: as a text, and its center in the unit of the page."""
    value = constants("defaults").value(name, "")
    scale = 100.0 if unit == "%" else 1.0
    return said(value, scale, unit), scale * value.central


def said(value: Value, scale: float, unit: str) -> str:
    """Return a value as the page shows it: its center and 90 % interval."""
    low, high = (scale * x for x in value.distribution.interval())
    middle = f"{scale * value.central:.4g}{unit}"
    return middle if low >= high else f"{middle} ({low:.3g}–{high:.3g}{unit})"


def read(groups: tuple[Group, ...], given: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:  # fmt: skip
    """Return the answer to every field, those not given as they start, and what is wrong.

    Parameters
    ----------
    given
        Answers by name, as they came from a page: nothing of them is trusted.
    """
    known = {field.name: field for group in groups for field in group.fields}
    answers: dict[str, Any] = {name: field.value for name, field in known.items()}
    problems = list(_unknown(known, given))
    for name, field in known.items():
        if name not in given:
            continue
        wrong = field.complaint(given[name])
        if wrong:
            problems.append(Problem(name, wrong))
        else:
            answers[name] = given[name]
    return answers, problems


def _unknown(known: Mapping[str, Field], given: Mapping[str, object]) -> Iterator[Problem]:
    for name in given:
        if name not in known:
            yield Problem("", f"no field {quoted(name)}{did_you_mean(name, known)}")


def plain(number: float) -> str:
    """Return a number as it is written in a scenario: ``5``, ``1.25``.

    Examples
    --------
    >>> plain(5.0), plain(1.25)
    ('5', '1.25')
    """
    return str(int(number)) if number == int(number) else repr(float(number))


def share(middle: float | None, spread: float | None) -> str | None:
    """Return a percentage with how far it may be off, as a scenario writes it.

    Examples
    --------
    >>> share(60.0, 15.0), share(60.0, 0.0), share(None, 15.0)
    ('60% ± 15%', '60%', None)
    """
    if middle is None:
        return None
    return f"{plain(middle)}% ± {plain(spread)}%" if spread else f"{plain(middle)}%"
