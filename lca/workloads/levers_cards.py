"""Lever cards as records, read from ``levers_cards.yaml`` and the figures of ``levers.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from lca import document, factors
from lca.factors.files import Row
from lca.sources import Quality
from lca.terms import Factor
from lca.uncertain import Distribution, exact, triangular, uniform
from lca.values import ASSUMPTION
from lca.workloads import tabled

SAVES, MAY_BACKFIRE, BACKFIRES = "saves", "may backfire", "backfires"
OUT_OF_RANGE, UNSUPPORTED = "out of range", "unsupported"
VERDICTS = (SAVES, MAY_BACKFIRE, BACKFIRES, OUT_OF_RANGE, UNSUPPORTED)
"""What may be said of a lever, in the order in which levers are listed."""

_NIL = 0.02
_LEAST_RATIO = 0.01
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """A published effect, as new over old: 0.9 is 10 % less.

    Attributes
    ----------
    metric
        What changes, such as ``energy per token`` or ``time``.
    best, central, worst
        Most favorable, central and least favorable ratio; None where none is published.
    """

    metric: str
    best: float | None
    central: float | None
    worst: float | None

    @property
    def verdict(self) -> str:
        """Whether it saves over its whole range, nowhere, or in a part of it."""
        low = self.best if self.best is not None else self.central
        high = self.worst if self.worst is not None else self.central
        if low is not None and low >= 1 + _NIL:
            return BACKFIRES
        saves = low is not None and low < 1 - _NIL
        return SAVES if saves and (high is None or high <= 1) else MAY_BACKFIRE

    @property
    def distribution(self) -> Distribution:
        """The ratio with its interval.

        Where only a central value is published, half to one and a half of the change is
        assumed; where only the best ("up to") is, anything between it and no change.
        """
        best, central, worst = self.best, self.central, self.worst
        if best is not None and worst is not None:
            if central is None or best == worst:
                return uniform(best, worst) if best < worst else exact(best)
            return triangular(best, central, worst)
        if central is not None:
            change = central - 1
            ends = sorted((max(1 + 1.5 * change, _LEAST_RATIO), 1 + 0.5 * change))
            return triangular(ends[0], central, ends[1])
        return uniform(cast("float", best), 1.0)

    def __str__(self) -> str:
        """Say the change in percent, with its range."""
        middle = _change(self.central)
        if self.best is None or self.worst is None:
            return f"{self.metric} {middle or 'up to ' + _change(self.best)}"
        return f"{self.metric} {middle} ({_change(self.best)} to {_change(self.worst)})".replace(
            "  ", " "
        )


def _change(ratio: float | None) -> str:
    return (
        ""
        if ratio is None
        else f"{100 * (ratio - 1):+.0f} %".replace("+0 %", "0 %").replace("-0 %", "0 %")
    )


@dataclass(frozen=True, slots=True)
class Validity:
    """Where a case holds; an empty or missing bound does not restrict.

    Attributes
    ----------
    phases
        Phases of work.
    devices
        Families of devices, such as ``hopper`` or ``cpu``.
    batch, parameters
        Range of the batch, and of the model's parameters.
    precision
        Precisions that the change starts from.
    modalities
        ``text``, ``image generation`` or ``video generation``: what is made.
    """

    phases: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    batch: Range | None = None
    parameters: Range | None = None
    precision: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What a lever does in one range.

    Attributes
    ----------
    evidence
        Row of ``levers.csv``; empty where the verdict is judgement.
    validity
        Where it holds.
    verdict, reason
        What follows, and why.
    effect
        Published figures, or None.
    conditions, side_effect
        Where they were seen, and what else changed.
    source, quality, provenance
        On whose word, and how it was read.
    """

    evidence: str
    validity: Validity
    verdict: str
    reason: str
    effect: Effect | None
    conditions: str
    side_effect: str
    source: str
    quality: Quality
    provenance: str

    def factor(self) -> Factor | None:
        """Return the effect as a factor on energy (or time), or None without figures."""
        if self.effect is None or self.verdict == UNSUPPORTED:
            return None
        note = f"{self.conditions} ({self.provenance})"
        distribution = self.effect.distribution
        return Factor(
            "lever_ratio",
            distribution,
            "",
            identity=f"levers/{self.evidence}",
            source=self.source,
            quality=self.quality,
            note=note,
        )


@dataclass(frozen=True, slots=True)
class Application:
    """How a lever is applied: never by multiplying levers.

    Attributes
    ----------
    way
        ``rerun`` (change the scenario and evaluate it again), ``factor`` (multiply the energy
        of one phase, where no model of the effect exists) or ``none``.
    paths
        Paths of the scenario, ``*`` for any name.
    change
        What to write there.
    phase
        The phase whose energy a factor multiplies.
    """

    way: str
    paths: tuple[str, ...]
    change: str
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A change that is tried where the user names none.

    Attributes
    ----------
    name
        What is changed, as ``lca levers --try NAME=VALUE`` calls it.
    values
        What is tried: ``x2`` multiplies, ``+2 years`` adds, anything else is written; none where
        the user must say.
    paths
        Paths of the scenario, ``*`` for any name.
    per
        What two runs are compared by: ``work``, ``requests`` or nothing in particular.
    note
        What the trial leaves out.
    beside
        What is written beside the value.
    """

    name: str
    values: tuple[str, ...]
    paths: tuple[str, ...]
    per: str = ""
    note: str = ""
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LeverCard:
    """A reduction lever: what it is, where it holds, what it does, and how it is applied.

    Attributes
    ----------
    id, topic, name
        Its name, the family of levers it belongs to, and a sentence.
    cases
        What it does in which range.
    application
        How a scenario is run again with it.
    quality_effect
        What it does to the answers.
    precision_to
        Precision after the change, where it is one of precision.
    note
        What else a reader must know.
    trials
        What is tried where a scenario is run again.
    """

    id: str
    topic: str
    name: str
    cases: tuple[Case, ...]
    application: Application
    quality_effect: str
    precision_to: str = ""
    note: str = ""
    trials: tuple[Trial, ...] = ()


@cache
def cards() -> tuple[LeverCard, ...]:
    """Return every card, in the order of the file."""
    path = Path(factors.__file__).parent / "workloads" / "levers_cards.yaml"
    return tuple(_card(entry) for entry in cast("list[Any]", document.read(path).data["cards"]))


def _card(entry: Mapping[str, Any]) -> LeverCard:
    application = Application(
        entry["way"], tuple(entry.get("paths", ())), entry["change"], entry.get("factor_phase", "")
    )
    return LeverCard(
        entry["id"],
        entry["topic"],
        entry["name"],
        tuple(_case(case) for case in entry["cases"]),
        application,
        entry["quality_effect"],
        entry.get("precision_to", ""),
        entry.get("note", ""),
        tuple(_trial(trial, application.paths) for trial in entry.get("trials", ())),
    )


def _trial(entry: Mapping[str, Any], paths: tuple[str, ...]) -> Trial:
    return Trial(
        entry["name"],
        tuple(entry["values"]),
        tuple(entry.get("paths", paths)),
        entry.get("per", ""),
        entry.get("note", ""),
        tuple(
            (key, value)
            for key, _, value in (text.partition("=") for text in entry.get("with", ()))
        ),
    )


def _case(entry: Mapping[str, Any]) -> Case:
    name = entry.get("evidence", "")
    known = tabled.row("levers", name) if name else {}
    effect = _effect(known) if known else None
    verdict = entry.get("verdict") or (effect.verdict if effect else UNSUPPORTED)
    return Case(
        name,
        _validity(entry),
        verdict,
        entry.get("reason", "") or _reason(effect, known),
        effect,
        known.get("conditions", ""),
        known.get("side_effect", ""),
        known.get("source", ASSUMPTION),
        Quality(known.get("quality", "assumed")),
        known.get("provenance", "judgement"),
    )


def _reason(effect: Effect | None, known: Row) -> str:
    nil = effect and effect.best is None and effect.central and abs(effect.central - 1) < _NIL
    end = ": no saving that could be measured" if nil else ""
    return f"{effect}{end}; {known['conditions']}" if effect else "no figure"


def _validity(entry: Mapping[str, Any]) -> Validity:
    def listed(key: str) -> tuple[str, ...]:
        """Return a list, empty where none is written."""
        return tuple(entry.get(key, ()))

    def ranged(key: str) -> Range | None:
        """Return a range, or None where none is written."""
        return (float(entry[key][0]), float(entry[key][1])) if key in entry else None

    return Validity(
        listed("phases"),
        listed("devices"),
        ranged("batch"),
        ranged("parameters"),
        listed("precision"),
        listed("modalities"),
    )


def _effect(known: Row) -> Effect | None:
    """Read the figures of a row as ratios of new over old, best first."""
    reading = {
        "change": lambda value: 1 + value,
        "times_less": lambda value: 1 / value,
        "times_more": lambda value: value,
    }.get(known["reading"])
    if reading is None or not any(known[key] for key in ("low", "central", "high")):
        return None
    low, central, high = (
        reading(float(known[key])) if known[key] else None for key in ("low", "central", "high")
    )
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Effect(_plain(known["metric"]), low, central, high)


def _plain(metric: str) -> str:
    """Return a metric without the words that say how its figures are written."""
    return (
        metric.replace(" ratio best/worst", "")
        .replace(", worst/best", "")
        .replace(" ratio", "")
        .replace(" worst/best", "")
    )
