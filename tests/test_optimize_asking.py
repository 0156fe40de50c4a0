"""How every question begins: what is asked, shared draws, steps told, conflicts made small."""

from __future__ import annotations

from pathlib import Path

import pytest

from lca.errors import ScenarioError
from lca.optimize.asking import (
    FEWEST_DRAWS,
    MOST_DRAWS,
    Steps,
    asked_part,
    constraints_of,
    objective_of,
    shared_draws,
    smallest_conflict,
)
from lca.optimize.telling import front_objectives
from lca.scenario import load
from lca.scenario.questions import Optimize

PLAIN = Path(__file__).parents[1] / "scenarios" / "chat_service.yaml"


def test_a_scenario_that_does_not_ask_is_refused_by_the_part_it_lacks() -> None:
    """The path is that of the part, and the message is the question's own."""
    with pytest.raises(ScenarioError, match="says nothing of it") as told:
        asked_part(load(PLAIN), "fleet", Optimize, "says nothing of it")
    assert told.value.problems[0].path == "optimize.fleet"


def test_without_a_question_emissions_are_made_low_and_nothing_is_bounded() -> None:
    """What a scenario does not say is the default of the questions."""
    assert objective_of(load(PLAIN)) == "gwp100"
    assert constraints_of(load(PLAIN)) == ()


@pytest.mark.parametrize(
    ("asked", "given"), [(1, FEWEST_DRAWS), (300, 300), (MOST_DRAWS + 1, MOST_DRAWS + 1)]
)
def test_draws_are_never_too_few_and_as_many_as_asked_for(asked: int, given: int) -> None:
    """Fewer than the least are raised to it; more than the usual most are taken if asked for."""
    found = shared_draws(load(PLAIN), asked, 7)
    assert (found.samples, found.seed) == (given, 7)


def test_the_scenarios_own_draws_are_cut_at_the_most() -> None:
    """Without a number the scenario's own is taken, within the bounds."""
    scenario = load(PLAIN).patch({"uncertainty": {"samples": 5000, "seed": 3}}, "many")
    found = shared_draws(scenario, None, None)
    assert (found.samples, found.seed) == (MOST_DRAWS, 3)


def test_steps_are_told_one_by_one_and_never_beyond_all() -> None:
    """Each call tells of one more step; a call too many tells that all are done."""
    told: list[tuple[int, int]] = []
    step = Steps(lambda done, of: told.append((done, of)), 2)
    for _ in range(3):
        step()
    assert told == [(1, 2), (2, 2), (2, 2)]


def test_a_conflict_is_told_by_no_more_than_what_conflicts() -> None:
    """At least 3 and at most 2 cannot hold together; what else is asked has no part in it."""
    limits = [("at most", 9), ("at least", 3), ("at most", 2), ("at least", 0)]

    def kept(some: object) -> bool:
        """Whether a number from 0 to 9 keeps all limits."""
        wanted = list(some)  # type: ignore[call-overload]
        return any(
            all(n <= bound if sign == "at most" else n >= bound for sign, bound in wanted)
            for n in range(10)
        )

    assert smallest_conflict(limits, kept) == [("at least", 3), ("at most", 2)]


@pytest.mark.parametrize(
    ("known", "pair"),
    [
        (("gwp100", "water", "cost"), ("gwp100", "cost")),
        (("gwp100", "water"), ("gwp100", "water")),
        (("gwp100",), ("gwp100",)),
    ],
)
def test_the_front_is_over_carbon_and_the_first_other_that_is_known(
    known: tuple[str, ...], pair: tuple[str, ...]
) -> None:
    """Cost comes before water; carbon alone has no front."""
    assert front_objectives(known) == pair
