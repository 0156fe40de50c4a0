"""Activities of lines as formulas: hours, purchases and shares of life of the schedule.

A formula is used only where it gives what the ledger booked; every other activity stays a value,
and the line says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lca.intensities.context import default
from lca.ledger import PRICED, Line
from lca.report.xlsx.expressions import number
from lca.report.xlsx.inputs import Inputs
from lca.report.xlsx.schedule import Schedule
from lca.scenario import Scenario
from lca.scenario.models import Work

_EXACT = 1e-12
_BEFORE_USE = ("manufacture", "transport")

Found = tuple[str, float]
"""A formula without ``=``, and its value."""


@dataclass(frozen=True, slots=True)
class Activities:
    """A line's activity in a view: one formula a year, or "" where the value is kept."""

    formulas: tuple[str, ...]
    why: str = ""


class Writer:
    """Writes the activities of an option's lines."""

    def __init__(
        self, scenario: Scenario | None, option: str, inputs: Inputs, schedule: Schedule
    ) -> None:
        self._scenario, self._option = scenario, option
        self._inputs, self._schedule = inputs, schedule
        self._amounts = {u.text: u.amount for u in scenario.functional_units} if scenario else {}
        if scenario is not None:
            schedule.add(scenario, option)

    def write(self, line: Line, view: str) -> Activities:
        """Return the formulas of a line's activity, in the view ``spread`` or ``inventory``."""
        booked = line.spread if view == "spread" else line.inventory
        states = self._states(line)
        made = [self._candidate(line._replace(process=state), view) for state in states]
        tried = [[one(year) for year in range(len(booked))] for one in made if one is not None]
        fits = [found for found in tried if _agree(found, booked)]
        # busy and idle time that are equally long cannot be told apart where a line names neither
        if len(fits) != 1:
            return Activities(("",) * len(booked), self._reason(line))
        return Activities(tuple(x[0] for x in fits[0] if x))

    def _states(self, line: Line) -> tuple[str, ...]:
        """Return the states that a line may stand for: what is paid for power names none."""
        priced = line.indicator in PRICED and line.per == "device*h"
        return ("busy", "idle") if priced and self._is_exact(line) else (line.process,)

    def _is_exact(self, line: Line) -> bool:
        """Whether a fleet's utilization is exact, so that its hours are split before the rates."""
        return bool(self._share(line._replace(process="busy"))[0])

    def _reason(self, line: Line) -> str:
        """Say why an activity is a value."""
        if self._scenario is None:
            return "value kept: the option's scenario is not at hand"
        if line.asset in self._scenario.model.fleet:
            return "value kept: more than a straight line of lifetime and count"
        return "value kept: planned or given by the scenario"

    def _candidate(self, line: Line, view: str) -> Callable[[int], Found | None] | None:
        if self._scenario is None:
            return None
        work = self._scenario.model.work.get(line.asset)
        if line.asset in self._scenario.model.fleet:
            base = self._fleet(line, view)
        else:
            base = None if work is None else self._work(line, work)
        if base is None:
            return None
        if line.indicator == "present_cost":
            return self._discounted(line, view, base)
        amount = self._amounts.get(line.indicator.removeprefix("unit:"), 1.0)
        if not line.indicator.startswith("unit:") or amount == 1.0:
            return base
        return lambda year: _over(base(year), number(amount), amount)

    def _fleet(self, line: Line, view: str) -> Callable[[int], Found | None] | None:
        option, asset = self._option, line.asset
        if line.per == "device*h":
            share = self._share(line)
            return lambda year: _times(self._schedule.total(option, asset, "hours", year), share)
        if line.per != "device":
            return None
        what = self._happened(line, view)
        return lambda year: self._schedule.total(option, asset, what, year)

    def _happened(self, line: Line, view: str) -> str:
        """Return which quantity of a fleet carries what happens once in a device's life."""
        if line.indicator.startswith("unit:"):
            return "bought"
        before = line.stage in _BEFORE_USE
        rule = self._scenario.model.assumptions.amortize if self._scenario else ""
        if view == "spread" and rule != "up_front":
            return "counted_shares" if before else "shares"
        return "counted" if before else "scrapped"

    def _share(self, line: Line) -> Found:
        """Return the share of hours that is busy or idle, where utilization is exact."""
        fleet = self._scenario.model.fleet.get(line.asset) if self._scenario else None
        if self._scenario is None or fleet is None or line.process not in {"busy", "idle"}:
            return "", 1.0
        own = fleet.utilization or fleet.serves.utilization
        given = own or self._scenario.model.assumptions.utilization
        if given is None or not given.distribution.is_exact:
            return "", 1.0
        identity = f"fleet.{line.asset}.utilization" if own else "assumptions.utilization"
        name = self._inputs.factor(default("utilization", given, identity))
        if line.process == "busy":
            return name, given.central
        return f"(1-{name})", 1 - given.central

    def _work(self, line: Line, work: Work) -> Callable[[int], Found | None] | None:
        """Return hours times how often, for work whose hours are given."""
        where = f"work.{line.asset}"
        often = work.runs_per_year or work.repeats
        count = 1.0 if often is None else often.central
        name = self._inputs.decision(f"{where}.times", self._option, count, "")
        times = name, count
        if line.per == "":
            return self._when(line, times)
        hours = self._hours(work, where) if line.per == "device*h" else None
        return hours and self._when(line, (f"{hours[0]}*{name}", hours[1] * count))

    def _hours(self, work: Work, where: str) -> Found | None:
        """Return the device-hours of work done once, where they are stated and not planned."""
        scenario, stated = self._scenario, work.device_hours
        if scenario is None or where in {**scenario.plans.training, **scenario.plans.answers}:
            return None
        if work.cores is not None:  # their energy counts the core-hours, too
            return None
        if stated is not None:
            cell = self._inputs.decision(f"{where}.device_hours", self._option, stated.central, "h")
            return cell, stated.central
        given = work.instance_hours
        # uncertain hours of an instance stand in the intensity, relative to their central value
        if given is None or work.instance is None or not given.distribution.is_exact:
            return None
        count = scenario.library.instance(work.instance).count
        cell = self._inputs.decision(f"{where}.instance_hours", self._option, given.central, "h")
        return f"{cell}*{count}", given.central * count

    def _when(self, line: Line, once: Found) -> Callable[[int], Found | None]:
        """Return an amount in the years in which the line has one."""
        return lambda year: once if line.spread[year] else ("0", 0.0)

    def _discounted(
        self, line: Line, view: str, base: Callable[[int], Found | None]
    ) -> Callable[[int], Found | None] | None:
        """Return the present value of what is paid in a year; spread purchases keep their value."""
        prices = self._scenario.model.prices if self._scenario else None
        if prices is None or prices.discount is None:
            return None
        if view == "spread" and line.process == "purchase":
            return None
        rate = prices.discount.central
        name = self._inputs.decision("prices.discount", "", rate, "")
        return lambda year: _over(base(year), f"(1+{name})^{year}", (1 + rate) ** year)


def _times(found: Found | None, share: Found) -> Found | None:
    if found is None or not share[0]:
        return found
    return f"{found[0]}*{share[0]}", found[1] * share[1]


def _over(found: Found | None, divisor: str, value: float) -> Found | None:
    return None if found is None else (f"{found[0]}/{divisor}", found[1] / value)


def _agree(made: Sequence[Found | None], booked: Sequence[float]) -> bool:
    return all(
        one is not None and math.isclose(one[1], amount, rel_tol=_EXACT)
        for one, amount in zip(made, booked, strict=True)
    )
