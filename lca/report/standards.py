"""What standards ask of a report: filled, missing or not applicable, with the place of the answer.

A report is prepared with reference to standards and never said to comply with one: that is a
reviewer's word. The list is data, ``standards.yaml``; requirements marked ``recalled`` there were
written from memory and must be checked before anyone relies on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lca.report.inventory_lines import data, inventory_lines, keys_of, option_of
from lca.report.tables import Cell, Table
from lca.scenario import Scenario
from lca.vocabulary import HOURS_PER_YEAR

Result = Mapping[str, Any]

FILLED, MISSING, NOT_APPLICABLE = "filled", "missing", "not applicable"
STATES = (FILLED, MISSING, NOT_APPLICABLE)

PREPARED = (
    "Prepared with reference to the standards below; compliance with any of them is not claimed."
)
PUBLIC_LIMIT = (
    "Options are compared in a document marked public. ISO 14044 allows a comparative claim to be made public "
    "only after a critical review by a panel and over enough impact categories; no review is recorded "
    "and {indicators} assessed, so this comparison must not be published as a comparative assertion."
)
INTERNAL_LIMIT = (
    "Options are compared for internal use. Before any of it is made public, ISO 14044 asks for a "
    "critical review by a panel and for enough impact categories."
)
_LARGE = 500.0
"""IT power from which EU 2024/1364 asks data centers to report (kW)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A requirement and how a report stands to it.

    Attributes
    ----------
    id, standard, asks
        Which requirement, of which standard, and what it asks in own words.
    need
        ``must``, ``cond`` (only where it applies) or ``should``.
    basis
        On what our wording rests: ``opened``, ``secondary`` or ``recalled``.
    status
        One of `STATES`.
    text
        Where it is answered, or why it is not.
    """

    id: str
    standard: str
    asks: str
    need: str
    basis: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What conditions and probes look at: the result, the scenario and its inventory lines."""

    result: Result
    scenario: Scenario
    categories: frozenset[str]

    @property
    def options(self) -> list[Mapping[str, Any]]:
        """The options of the result."""
        found: list[Mapping[str, Any]] = self.result["options"]
        return found

    def all(self, holds: Callable[[Mapping[str, Any]], Any]) -> bool:
        """Return whether something holds for every option."""
        return all(holds(option) for option in self.options)


def answers(result: Result, scenario: Scenario) -> tuple[Answer, ...]:
    """Return every requirement with its status for a result.

    Parameters
    ----------
    result
        Of ``lca.report.result``, of a run or a comparison.
    scenario
        The scenario that it is of.
    """
    asked = _Asked(result, scenario, _categories(result, scenario))
    return tuple(_answer(item, asked) for item in data()["items"])


def _answer(item: Mapping[str, Any], asked: _Asked) -> Answer:
    status, text = _status(item, asked)
    standard = data()["standards"][item["std"]]
    return Answer(item["id"], standard, item["asks"], item["need"], item["basis"], status, text)


def _status(item: Mapping[str, Any], asked: _Asked) -> tuple[str, str]:
    applies = _applies(item["when"], asked)
    if not applies:
        why = item["lacks"] if item["when"] == "never" else _WHY_NOT[_kind(item["when"])]
        return NOT_APPLICABLE, why
    if _shown(item["shown"], asked):
        return FILLED, item["where"]
    return MISSING, item["lacks"]


def _kind(when: str) -> str:
    return "category" if when.startswith("cat") else when


def _categories(result: Result, scenario: Scenario) -> frozenset[str]:
    """Return the inventory lines that the entries of a result's options fall in."""
    options = [option_of(scenario, option["name"]) for option in result["options"]]
    places = [place for option in options for place in keys_of(option).values()]
    return frozenset(key for place in places for key in place.values())


def _applies(when: str, asked: _Asked) -> bool:
    if when.startswith("cat"):
        leased = when == "cat13" and asked.result["role"] == "provider"
        return leased or when in asked.categories
    return _CONDITIONS[when](asked)


def _compared(asked: _Asked) -> bool:
    return bool(asked.result["comparison"])


def _is_large(asked: _Asked) -> bool:
    """Whether a provider's data center draws enough for EU 2024/1364 on average over the period."""
    hours = len(asked.scenario.years) * HOURS_PER_YEAR
    drawn = [option["energy"]["it_energy"]["central"] for option in asked.options]
    return bool(asked.result["role"] == "provider" and max(drawn) / hours >= _LARGE)


_CONDITIONS: dict[str, Callable[[_Asked], bool]] = {
    "always": lambda _: True,
    "never": lambda _: False,
    "public_comparison": lambda a: _compared(a) and a.result["publication"] == "public",
    "operation": lambda a: a.all(lambda option: "operation" in option["by_stage"]),
    "scope2": lambda a: bool(a.categories & {"scope2", "cat8"}),
    "data_center": _is_large,
}
_WHY_NOT = {
    "public_comparison": "no comparison is marked public",
    "operation": "nothing is operated",
    "scope2": "by its role the electricity is in the supplier's inventory",
    "data_center": "asked of operators of data centers from 500 kW of IT power",
    "category": "by its role nothing of the scenario falls into it",
}


def _shown(probe: str, asked: _Asked) -> bool:
    if probe == "cat3":
        return str(asked.scenario.model.assumptions.electricity.losses) == "include"
    if probe.startswith("cat"):
        return probe in asked.categories
    return bool(_PROBES[probe](asked))


def _total(option: Mapping[str, Any], account: str) -> Any:
    return option["total"]["gwp100"][account]["median"]


def _has_instruments(asked: _Asked) -> bool:
    """Whether the market-based total rests on something: a contract, or a residual mix."""
    contracts = any(site.contract is not None for site in asked.scenario.model.sites.values())
    differs = any(_total(o, "market") != _total(o, "location") for o in asked.options)
    return contracts or differs


_PROBES: dict[str, Callable[[_Asked], Any]] = {
    "always": lambda _: True,
    "nothing": lambda _: False,
    "title": lambda a: a.result["title"],
    "question": lambda a: a.result["question"],
    "functional_unit": lambda a: a.all(lambda o: o["functional_unit"]),
    "delivered": lambda a: a.all(lambda o: o["delivered"]),
    "per_unit": lambda a: a.all(
        lambda o: o["per_unit"] and o["per_unit"]["gwp100"]["location"]["median"] is not None
    ),
    "stages": lambda a: a.all(lambda o: o["by_stage"]),
    "lines": lambda a: a.result["lines"],
    "scenario": lambda a: a.scenario is not None,
    "samples": lambda a: a.result["samples"] > 0,
    "location": lambda a: a.all(lambda o: _total(o, "location") is not None),
    "market": _has_instruments,
    "interpreted": lambda a: _compared(a) and a.result["samples"] > 0,
    "energy": lambda a: a.all(lambda o: o["energy"]["facility_energy"]["median"]),
    "water": lambda a: "water" in a.result["indicators"],
}


def table(result: Result, scenario: Scenario) -> Table:
    """Return the requirements as a table, one a row.

    Returns
    -------
    Table
        Columns: standard, what it asks, need, status, where it is answered or why not.
    """
    found = answers(result, scenario)
    rows = tuple(
        (
            answer.id,
            (
                Cell(answer.standard),
                Cell(answer.asks),
                Cell(_NEEDS[answer.need]),
                Cell(answer.status),
                Cell(answer.text),
            ),
        )
        for answer in found
    )
    columns = ("standard", "asks", "need", "status", "where, or why not")
    return Table("What standards ask of this report", columns, rows, note=_note(found))


_NEEDS = {"must": "must", "cond": "where it applies", "should": "should"}


def _note(found: tuple[Answer, ...]) -> str:
    recalled = sum(answer.basis == "recalled" for answer in found)
    return (
        f"{PREPARED} The wording of {recalled} of {len(found)} requirements was written from memory, "
        "not from the text: check it before relying on it."
    )


def summary(result: Result, scenario: Scenario) -> Table:
    """Return how many requirements of each standard are filled, missing and not applicable."""
    found = answers(result, scenario)
    counts = Counter((answer.standard, answer.status) for answer in found)
    names = dict.fromkeys(answer.standard for answer in found)
    rows = tuple(
        (name, tuple(Cell(str(counts[name, status])) for status in STATES)) for name in names
    )
    return Table("Standards: requirements", STATES, rows, note=PREPARED)


def claims(result: Result) -> list[str]:
    """Return what may be said of a report, and the limit on publishing a comparison."""
    said = [PREPARED]
    if result["comparison"]:
        count = len([name for name in result["indicators"] if name not in {"cost", "present_cost"}])
        words = f"{count} impact {'category is' if count == 1 else 'categories are'}"
        public = result["publication"] == "public"
        said.append(PUBLIC_LIMIT.format(indicators=words) if public else INTERNAL_LIMIT)
    return said


__all__ = ["Answer", "answers", "claims", "inventory_lines", "summary", "table"]
