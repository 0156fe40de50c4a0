"""Answers of the optimizer as users get them: contract, pages, and the scenario that was chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import lca
from lca import optimize
from lca.commands.schema import published
from lca.library import packaged_scenarios
from lca.optimize.answer import Answer
from lca.report.answer_pages import markdown
from lca.report.answers import as_data
from lca.scenario import Scenario

ASKED = sorted(
    (path.stem, question)
    for path in packaged_scenarios().glob("*.yaml")
    for question in optimize.QUESTIONS
    if getattr(lca.load(path).model.optimize, question, None) is not None
)
SHIPPED = {"keep_or_replace_a100", "fleet_three_sites", "shift_training_queue", "solar_and_battery"}
questions = pytest.mark.parametrize(("name", "question"), ASKED)


def example(name: str) -> Scenario:
    """Load one example."""
    return lca.load(packaged_scenarios() / f"{name}.yaml")


@cache
def answer(name: str, question: str) -> Answer:
    """Answer a question of an example, on few draws."""
    solve: Callable[..., Answer] = getattr(optimize, question)
    return solve(example(name), samples=256, seed=1)


def test_each_decision_is_shown_by_an_example() -> None:
    """Keep or replace, a fleet over sites, a queue in four grids, sun and battery."""
    assert {name for name, _ in ASKED} >= SHIPPED


@questions
def test_an_answer_keeps_its_contract(name: str, question: str) -> None:
    """Its JSON is what the published schema says."""
    schema = json.loads(published()["answer"].read_text(encoding="utf-8"))
    data = json.loads(json.dumps(as_data(answer(name, question)), allow_nan=False))
    assert not list(Draft202012Validator(schema).iter_errors(data))


@questions
def test_an_answer_stands_beside_business_as_usual(name: str, question: str) -> None:
    """The choice is no worse than usual in what was to be lowered, and the verdict has numbers."""
    found = answer(name, question)
    assert found.best.values[found.objective] <= found.usual.values[found.objective] * (1 + 1e-9)
    assert any(letter.isdigit() for sentence in found.verdict for letter in sentence)


@questions
def test_the_choice_evaluated_afresh_gives_the_objective(name: str, question: str) -> None:
    """What the optimizer says of its choice is the ledger's own total."""
    found = answer(name, question)
    if found.evaluated is not None:
        assert found.evaluated == pytest.approx(found.best.values[found.objective], rel=1e-6)


@questions
def test_an_answer_is_a_document(name: str, question: str) -> None:
    """Markdown holds the verdict and every choice of the front."""
    found = answer(name, question)
    text = markdown(found).replace("\\", "")
    assert found.verdict[0] in text
    assert found.usual.name in text


def test_the_chosen_scenario_can_be_written_and_run(tmp_path: Path) -> None:
    """The file that ``-o`` writes is a scenario of its own, with the total that was told."""
    from lca.cli import main

    file = tmp_path / "chosen.yaml"
    source = packaged_scenarios() / "keep_or_replace_a100.yaml"
    assert main(["optimize", "refresh", str(source), "-q", "-o", str(file)]) == 0
    told = answer("keep_or_replace_a100", "refresh").best.values["gwp100"]
    assert lca.evaluate(lca.load(file), samples=0).total().central == pytest.approx(told, rel=1e-6)


def test_a_question_that_is_not_asked_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names what to add."""
    from lca.cli import main

    assert main(["optimize", "mix", str(packaged_scenarios() / "procurement.yaml")]) == 3
    assert "add optimize.mix" in capsys.readouterr().err


def test_a_question_may_be_written_either_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Hyphens and underscores are the same; an unknown question is told with the nearest."""
    from lca.cli import main

    source = str(packaged_scenarios() / "power_cap_h100.yaml")
    assert main(["optimize", "power_cap", source, "-q", "--samples", "64"]) == 0
    assert main(["optimize", "refesh", source]) == 2
    assert 'did you mean "refresh"' in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told_before_solving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is computed for a file that could not be written."""
    from lca.cli import main

    source = str(packaged_scenarios() / "power_cap_h100.yaml")
    target = str(tmp_path / "nowhere" / "answer.json")
    assert main(["optimize", "power-cap", source, "-o", target]) == 2
    assert "is not there" in capsys.readouterr().err
