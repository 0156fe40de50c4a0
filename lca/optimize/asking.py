"""How every question begins: what the scenario asks, the draws its choices share, steps told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from lca.errors import Problem, ScenarioError
from lca.scenario import Scenario
from lca.terms import Draws

FEWEST_DRAWS, MOST_DRAWS = 256, 2048
"""Draws over which choices are compared: no fewer, and no more unless asked for."""

Progress = Callable[[int, int], None]
"""Told of steps done, and of all."""

Question = TypeVar("Question")
Limit = TypeVar("Limit")


def asked_part(scenario: Scenario, name: str, kind: type[Question], missing: str) -> Question:
    """Return the part of ``optimize`` that asks a question.

    Parameters
    ----------
    name
        Of the part: ``fleet`` for ``optimize.fleet``.
    kind
        Record that the part is read into.
    missing
        What is said where the scenario does not ask.

    Raises
    ------
    ScenarioError
        If the scenario does not ask.
    """
    found = getattr(scenario.model.optimize, name, None)
    if not isinstance(found, kind):
        raise ScenarioError(Problem(f"optimize.{name}", missing))
    return found


def objective_of(scenario: Scenario) -> str:
    """Return what is made low: as asked, or emissions."""
    asked = scenario.model.optimize
    return "gwp100" if asked is None else str(asked.objective)


def constraints_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the constraints as they are written."""
    asked = scenario.model.optimize
    return () if asked is None else asked.constraints


def shared_draws(
    scenario: Scenario,
    samples: int | None,
    seed: int | None,
    fewest: int = FEWEST_DRAWS,
    most: int = MOST_DRAWS,
) -> Draws:
    """Return the draws that all choices of an answer share.

    Parameters
    ----------
    samples, seed
        As asked for; by default the scenario's own.
    fewest, most
        Bounds of the number of draws; what is asked for may be more.
    """
    own = scenario.model.uncertainty
    wanted = min(own.samples, most) if samples is None else samples
    return Draws(max(wanted, fewest), own.seed if seed is None else seed)


class Steps:
    """Tells how far the work is: called after every step."""

    def __init__(self, progress: Progress | None, of: int) -> None:
        self.progress, self.of, self.done = progress, of, 0

    def __call__(self) -> None:
        """Tell of one more step done."""
        self.done += 1
        if self.progress is not None:
            self.progress(min(self.done, self.of), self.of)


def smallest_conflict(
    limits: Sequence[Limit], kept: Callable[[Sequence[Limit]], bool]
) -> list[Limit]:
    """Return a smallest set of limits that cannot hold together.

    Parameters
    ----------
    limits
        That cannot hold together.
    kept
        Whether some of them can.

    Notes
    -----
    Deletion filter: each is left out in turn, for good where the others still conflict.
    """
    needed = list(limits)
    for limit in limits:
        others = [one for one in needed if one is not limit]
        if not kept(others):
            needed = others
    return needed
