"""Says how much of a change of a total each cause explains.

A line is the sum over years of activity times intensity. With d for a change and m for a mean of old
and new, d(a i) = da m(i) + di m(a): the change of a line is a change of activity at the mean
intensity plus a change of intensity at the mean activity, without remainder (for two causes the
Shapley value, and Bennet's indicator of price and volume). What is explained is the mean of the draws:
means of lines add up, medians do not. The central intensity of a year stands for its mean in the
proportion of the line's mean to its central total.

References
----------
1. Bennet, T. L. (1920). The theory of measurement of changes in cost of living. Journal of the
   Royal Statistical Society 83(3).
2. Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lca.report.difference.matching import Changed, Line, Pair, changed_inputs, pair_lines
from lca.report.wording import spoken

Result = Mapping[str, Any]
Years = Mapping[str, Sequence[float]]
GROUPS = ("setting", "input", "method", "line", "version", "sampling", "shape", "unexplained")
_MADE_OF = ("manufacture", "transport")
_SCRAPPED = ("end_of_life", "recovery_credit")
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line contributes to a change, in the unit of its indicator.

    ``volume`` is the part of its activity, ``price`` that of its intensity; a line that came or went
    has neither, only ``amount``.
    """

    pair: Pair
    amount: float
    volume: float = 0.0
    price: float = 0.0
    inputs: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Methods:
    """How two results differ in method: the embodied model and view of an option, rules as written."""

    embodied_model: tuple[str, str] | None = None
    view: tuple[str, str] | None = None
    end_of_life: tuple[str, str] | None = None
    versions: tuple[str, str] | None = None
    draws: tuple[str, str] | None = None

    def of(self, stage: str) -> str:
        """Return the method that changed for a stage, or ""."""
        if stage in _SCRAPPED and self.end_of_life:
            return f"end-of-life rule: {_arrow(self.end_of_life)}"
        if stage in (*_MADE_OF, *_SCRAPPED) and self.embodied_model:
            return f"embodied model: {_arrow(self.embodied_model)}"
        return ""


def _arrow(change: tuple[str, str]) -> str:
    return " to ".join(spoken(text) or "none" for text in change)


def effects(
    old: Result, new: Result, names: tuple[str, str], indicator: str, basis: str
) -> list[Effect]:
    """Return what each line of an indicator contributes to the change of one option.

    Parameters
    ----------
    old, new
        Results with lines.
    names
        The option in the old result and in the new one.
    indicator, basis
        Which total is explained.
    """
    pairs = pair_lines(
        _lines(old, names[0], indicator, basis), _lines(new, names[1], indicator, basis)
    )
    return [_effect(pair, old, new) for pair in pairs]


def _lines(result: Result, option: str, indicator: str, basis: str) -> Iterator[Line]:
    for line in result["lines"]:
        mine = line["option"] == option and line["indicator"] == indicator
        if mine and line["basis"] in {"both", basis}:
            yield line


def _effect(pair: Pair, old: Result, new: Result) -> Effect:
    before, after = pair.old, pair.new
    if before is None or after is None:
        was = before["total"]["mean"] if before else 0.0
        now = after["total"]["mean"] if after else 0.0
        return Effect(pair, now - was)
    volume, price = _split(*_years(before, after))
    amount = after["total"]["mean"] - before["total"]["mean"]
    return Effect(pair, amount, volume, price, _inputs_of(before, after, old, new))


def _years(before: Line, after: Line) -> tuple[Years, Years]:
    """Return activity and mean intensity by year; as one period where a file has no years."""
    if all(line.get("by_year") and line["total"]["central"] for line in (before, after)):
        return _scaled(before), _scaled(after)
    return _as_one(before), _as_one(after)


def _scaled(line: Line) -> Years:
    ratio = line["total"]["mean"] / line["total"]["central"]
    return {year: (amount, value * ratio) for year, (amount, value) in line["by_year"].items()}


def _as_one(line: Line) -> Years:
    amount = line["activity"]
    return {"": (amount, line["total"]["mean"] / amount)} if amount else {}


def _split(old: Years, new: Years) -> tuple[float, float]:
    """Return the change by activity and the change by intensity.

    A year without activity has no intensity of its own: it takes that of the other result, so that
    activity which begins or ends is a change of activity alone.
    """
    volume = price = 0.0
    for year in dict.fromkeys([*old, *new]):
        (was, before), (now, after) = (
            old[year] if year in old else (0.0, new[year][1]),
            new[year] if year in new else (0.0, old[year][1]),
        )
        volume += (now - was) * (before + after) / 2
        price += (after - before) * (was + now) / 2
    return volume, price


def _inputs_of(before: Line, after: Line, old: Result, new: Result) -> tuple[Changed, ...]:
    was = [old["inputs"][place] for place in before.get("inputs", ())]
    now = [new["inputs"][place] for place in after.get("inputs", ())]
    return tuple(change for change in changed_inputs(was, now) if change.moves)


def causes(found: Sequence[Effect], methods: Methods) -> dict[tuple[str, str], float]:
    """Return the change by group and cause, in the unit of the indicator.

    Parameters
    ----------
    found
        Every line's contribution.
    methods
        What changed in method and version.
    """
    sums: dict[tuple[str, str], float] = {}
    for effect in found:
        for cause, amount in _parts(effect, methods):
            sums[cause] = sums.get(cause, 0.0) + amount
    return sums


def _parts(effect: Effect, methods: Methods) -> Iterator[tuple[tuple[str, str], float]]:
    pair, stage = effect.pair, effect.pair.line["stage"]
    if pair.old is None or pair.new is None:
        method = methods.of(stage)
        yield ("method", method) if method else ("line", _line_words(pair)), effect.amount
        return
    scale = max(abs(pair.old["total"]["mean"]), abs(pair.new["total"]["mean"]))
    if abs(effect.volume) > _SAME * scale:
        yield _volume_cause(effect, methods), effect.volume
    if abs(effect.price) > _SAME * scale:
        yield _price_cause(effect, pair.old, pair.new, methods), effect.price
    rest = effect.amount - effect.volume - effect.price
    if abs(rest) > _SAME * scale:
        yield ("unexplained", "the line's years do not add up to its total"), rest


def _line_words(pair: Pair) -> str:
    """Say which lines came or went: a stage of an asset is one cause."""
    line = pair.line
    change = "new" if pair.old is None else "gone"
    return f"{change}: {spoken(line['stage'])} of {line['asset']}, {spoken(line['component'])}"


def _volume_cause(effect: Effect, methods: Methods) -> tuple[str, str]:
    stage = effect.pair.line["stage"]
    if methods.view and stage in (*_MADE_OF, *_SCRAPPED):
        return "method", f"embodied emissions: {_arrow(methods.view)}"
    return "setting", f"activity: {spoken(stage)} of {effect.pair.line['asset']}"


def _price_cause(effect: Effect, old: Line, new: Line, methods: Methods) -> tuple[str, str]:
    method = methods.of(new["stage"])
    if not method and old["formula"] != new["formula"]:
        method = (
            f"formula: {old['formula'] or 'plain factor'} to {new['formula'] or 'plain factor'}"
        )
    if method:
        return "method", method
    if effect.inputs:
        return _input_group(effect.inputs), say_inputs(effect.inputs)
    if methods.versions:
        return "version", f"lca {' to '.join(methods.versions)}, or its data"
    if methods.draws:
        return "sampling", f"other draws: {' to '.join(methods.draws)}"
    return "unexplained", "intensity changed; the files do not name an input that did"


def _input_group(changes: Sequence[Changed]) -> str:
    chosen = all(change.entry["role"] == "decision" for change in changes)
    return "setting" if chosen else "input"


def say_inputs(changes: Sequence[Changed], most: int = 3) -> str:
    """Name the inputs that changed together; what each alone does, the files do not hold."""
    names = list(dict.fromkeys(change.entry["what"] for change in changes))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more + (", together" if len(names) > 1 else "")
