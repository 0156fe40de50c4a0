"""`lca sweep` on the command line: large sweeps, interrupts, and usage that means nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

from lca.cli import group as cli
from lca.errors import ScenarioError
from lca.sweeps import filing
from lca.sweeps.sweeping import Sweep


def run(*words: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["sweep", str(ROOT / "scenarios/inference_fleet_eu.yaml"), *words])  # fmt: skip


def test_the_command_says_how_to_go_on_after_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves what is done, and the command says so."""

    def interrupted(*_: Any, **__: Any) -> Sweep:
        raise KeyboardInterrupt

    monkeypatch.setattr("lca.sweeps.sweeping.sweep", interrupted)
    file = str(tmp_path / "a.parquet")
    shown = run("--over", "sites.frankfurt.pue=1.1,1.2", "-o", file)
    assert shown.exit_code != 0
    assert f"finished blocks are kept beside {file}; the same command goes on" in shown.stderr
    shown = run("--over", "sites.frankfurt.pue=1.1,1.2")
    assert "nothing is kept; with -o sweep.parquet" in shown.stderr


def test_the_command_shows_the_best_of_a_large_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More points than are kept in memory: the best ones, a summary, and all of them in the file."""
    monkeypatch.setattr(filing, "MOST_ROWS", 100)
    file, beside = tmp_path / "a.parquet", tmp_path / "a.json"
    over = ("--over", "sites.frankfurt.pue=1.05..1.6", "--over", "fleet.chat.utilization=20%..90%")
    words = (*over, "--design", "sobol", "--points", "256", "--samples", "0", "-o", str(file))
    shown = run(*words, "-o", str(beside))
    assert shown.exit_code == 0, shown.output
    assert "The best 10 of 256 points." in shown.output
    result = json.loads(beside.read_text("utf-8"))
    column = pq.read_table(file)["gwp100_location_per_unit_median"].to_numpy()
    assert len(column) == result["points"] == 256
    assert [row["point"] for row in result["rows"]] == np.argsort(column)[:10].tolist()
    assert sum(part["points"] for part in result["aggregates"]["histogram"]) == 256
    csv = run(*words, "-o", str(tmp_path / "a.csv"))
    assert isinstance(csv.exception, ScenarioError)
    assert "too many for CSV" in str(csv.exception)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--design", "sobol"), "go together"),
        (("--points", "8"), "go together"),
        (("--zip", "--design", "cross"), "--zip is --design zip"),
        (("-o", "a.parquet", "-o", "b.parquet"), "one Parquet file"),
    ],
)
def test_the_command_refuses_what_does_not_go_together(
    words: tuple[str, ...], message: str
) -> None:
    """Usage that means nothing is told before anything is computed."""
    shown = run("--over", "sites.frankfurt.pue=1.1,1.2", *words)
    assert shown.exit_code == 2
    assert message in shown.stderr


def test_a_terminal_is_spared_thousands_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more rows than are read it shows the best, lowest first; files still hold every point."""
    monkeypatch.setattr("lca.report.sweep_result.MOST_PRINTED", 20)
    file = tmp_path / "a.json"
    words = ("--over", "sites.frankfurt.pue=1.1..1.5:30", "--samples", "0", "-q", "-o", str(file))
    shown = run(*words)
    assert shown.exit_code == 0, shown.output
    assert "1.1 (lowest)" in shown.output
    assert "\n1.5 " not in shown.output
    assert "The best 10 of 30 points." in shown.output
    assert len(json.loads(file.read_text("utf-8"))["rows"]) == 30
    assert (
        "The best" not in run("--over", "sites.frankfurt.pue=1.1..1.5:20", "--samples", "0").output
    )
