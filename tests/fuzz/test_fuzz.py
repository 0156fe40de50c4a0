"""Hostile input in a short form: past findings, all seeds, and some thousand changes of them.

The long form, guided by coverage, is ``tools/fuzz.py``; ``docs/fuzzing.md`` has its figures.
"""

from __future__ import annotations

from random import Random

import pytest

from fuzz import mutation
from fuzz.targets import FOUND, SEEDS, TARGETS, WORDS, Target

CHANGED = {"telemetry": 4, "cases": 20, "evaluation": 40, "scenario": 60}
"""Changed inputs of the slow targets; the others take more."""

MANY = 200


@pytest.fixture(params=TARGETS.values(), ids=list(TARGETS))
def target(request: pytest.FixtureRequest) -> Target:
    """Return each target in turn."""
    found: Target = request.param
    if found.name == "telemetry":
        pytest.importorskip("duckdb")
    return found


def test_what_once_broke_a_reader_no_longer_does(target: Target) -> None:
    """Every seed and past finding is accepted with all promises kept, or refused in words."""
    accepted = [target(raw) for raw in target.corpus().values()]
    assert any(accepted)


def test_changed_inputs_break_no_reader(target: Target) -> None:
    """The same changes each time: no exception but our own, and what is accepted survives."""
    random = Random(target.name)
    words = mutation.words_of((WORDS / f"{target.shape}.dict").read_bytes())
    corpus = list(target.corpus().values())
    for _ in range(CHANGED.get(target.name, MANY)):
        target(mutation.mutate(random.choice(corpus), random, target.shape, words))


def test_every_folder_of_inputs_belongs_to_a_target() -> None:
    """No seed and no finding is left unread because its folder is misspelled."""
    folders = {path.name for root in (SEEDS, FOUND) for path in root.iterdir()}
    assert folders <= set(TARGETS)
    assert {path.stem for path in WORDS.iterdir()} == {one.shape for one in TARGETS.values()}
