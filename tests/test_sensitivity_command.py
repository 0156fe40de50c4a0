"""The command ``lca sensitivity``: its page, its contract, its files and refusals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SCENARIO_FILES
from jsonschema import Draft202012Validator
from rich.console import Console

import lca
import lca.sensitivity
from lca.cli import group as cli
from lca.commands.schema import find
from lca.errors import UnknownNameError
from lca.report import sensitivity_tables
from lca.report.sensitivity_result import render_csv, sensitivity_result

Data = dict[str, Any]


def run(*words: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["sensitivity", *words])


def complaints(result: Data) -> list[str]:
    """Return what the published schema finds wrong."""
    schema: Any = find("sensitivity")
    Draft202012Validator.check_schema(schema)
    return [error.message[:200] for error in Draft202012Validator(schema).iter_errors(result)]


@pytest.mark.parametrize("path", SCENARIO_FILES, ids=lambda path: path.stem)
def test_every_example_has_an_answer_within_its_contract_and_80_columns(path: Path) -> None:
    """Each example gives a result as the schema says, and a page that fits a terminal."""
    scenario = lca.load(path)
    found = lca.sensitivity(scenario, samples=256)
    result = json.loads(json.dumps(sensitivity_result(scenario, found), allow_nan=False))
    assert complaints(result) == []
    stream = io.StringIO()
    sensitivity_tables.show(result, Console(file=stream, width=80, no_color=True), 10)
    page = stream.getvalue()
    assert result["verdict"][:40] in page
    assert max(map(len, page.splitlines())) <= 80


def test_the_command_prints_a_difference_and_writes_csv(tmp_path: Path) -> None:
    """The page has verdict, bars, shares and map; the CSV has a row for each unknown and output."""
    file = tmp_path / "found.csv"
    words = ("--difference", "nvidia-h100", "amd-mi300x", "--samples", "256", "--top", "3")
    grid = "sites.colocation.grid.value=20 gCO2e/kWh, 400 gCO2e/kWh"
    surface = ("--surface", grid, "cluster-utilization=50%..80%:3")
    shown = run(str(ROOT / "scenarios/procurement.yaml"), *words, *surface, "-o", str(file))
    assert shown.exit_code == 0, shown.output
    for text in ("nvidia-h100 less amd-mi300x", "│ all central", "Break-even of", "(chosen)"):
        assert text in shown.output
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    outputs = {row["output"] for row in rows}
    assert outputs == {"nvidia-h100", "amd-mi300x", "nvidia-h100 less amd-mi300x"}
    assert len(rows) == 3 * len({row["identity"] for row in rows})


def test_groups_reach_the_result(small: Data) -> None:
    """Grouped effects are in the result, the table of shares and the CSV."""
    scenario = lca.load(small)
    found = lca.sensitivity(scenario, group="stage", samples=256)
    result = sensitivity_result(scenario, found)
    assert complaints(result) == []
    names = {group["name"] for group in result["sobol"]["groups"]}
    assert "manufacture" in names
    assert all(row["effects"][0]["first"] is None for row in result["unknowns"])
    rows = csv.DictReader(io.StringIO(render_csv(result)))
    assert {row["name"] for row in rows if row["what"].startswith("stage: ")} == names


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--surface", "a=1,2", "b=1,2"), 2, "--difference A B"),
        (("--difference", "a", "b", "--option", "a"), 2, "give one of them"),
        (("-o", "page.pdf"), None, ".csv, .json"),
    ],
)
def test_the_command_refuses_what_does_not_go_together(
    words: tuple[str, ...], code: int | None, message: str
) -> None:
    """Words that contradict each other are told before anything is computed."""
    shown = run(str(ROOT / "scenarios/procurement.yaml"), *words)
    if code is None:
        assert isinstance(shown.exception, UnknownNameError)
        assert message in str(shown.exception)
    else:
        assert shown.exit_code == code
        assert message in shown.output
