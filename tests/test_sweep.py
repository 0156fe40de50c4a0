"""Sweeps: every combination once, on shared draws, equal to the scenario patched by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

import lca
from lca.cli import group as cli
from lca.errors import InputError, UnknownNameError
from lca.estimates import Estimate
from lca.sensitivity.axes import axes, read
from lca.sweeps.sweeping import sweep

Data = dict[str, Any]
EXAMPLE = str(ROOT / "scenarios/inference_fleet_eu.yaml")


def run(*words: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["sweep", *words])


def near(expected: Estimate) -> dict[str, Any]:
    """Return the statistics of an estimate, to be met but for rounding."""
    known = expected.statistics()
    return {
        key: x if isinstance(x, str) else pytest.approx(x, rel=1e-12) for key, x in known.items()
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=DE,SE", ("DE", "SE")),
        ("a.b = 3 years , 4 years", ("3 years", "4 years")),
        ("a.b=20%..80%:4", ("20%", "40%", "60%", "80%")),
        ("a.b=1..2:3", ("1", "1.5", "2")),
        ("a.b=3..5 years:3", ("3 years", "4 years", "5 years")),
        ("a.b=0.1 kg/kWh..0.3 kg/kWh:3", ("0.1 kg/kWh", "0.2 kg/kWh", "0.3 kg/kWh")),
        ("a.b=1e3..3e3:3", ("1000", "2000", "3000")),
        ("a.b=5..1:2", ("5", "1")),
        ("a.b='2027-2031', '2027-2033'", ("2027-2031", "2027-2033")),
    ],
)
def test_values_are_listed_or_spaced(text: str, values: tuple[str, ...]) -> None:
    """A list has its values; a range has both ends and equal steps, with the unit written once or twice."""
    assert read(text).texts == values


def test_a_value_may_be_a_mapping() -> None:
    """A list may hold uncertain values as a file may."""
    found = read("a.b={low: 1, high: 2}, 3")
    assert found.values == ({"low": "1", "high": "2"}, "3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.b", "varies nothing"),
        ("a.b=", "varies nothing"),
        ("=1,2", "varies nothing"),
        ("a.b=1,,2", "is no list of values"),
        ("a.b=[1", "is no list of values"),
        ("a.b=1..3", "needs a number of values"),
        ("a.b=1..3:0", "needs a number of values"),
        ("a.b=1..3:many", "needs a number of values"),
        ("a.b=1 kg..3 W:4", "one unit for both ends"),
    ],
)
def test_values_that_cannot_be_read_are_refused(text: str, message: str) -> None:
    """What is neither a list nor a range is told with what is accepted."""
    with pytest.raises(InputError, match=message):
        read(text)


def test_a_path_is_varied_once() -> None:
    """A path that stands there twice is told, and so is nothing at all."""
    with pytest.raises(InputError, match=r"a\.b stands there twice"):
        axes(["a.b=1,2", "a.b=3,4"])
    with pytest.raises(InputError, match="nothing is varied"):
        axes([])


def test_each_row_is_the_scenario_with_these_values(small: Data) -> None:
    """Every combination is there once, the last path changing fastest, as if patched by hand."""
    scenario = lca.load(small)
    over = {"sites.here.pue": [1.1, 1.3], "fleet.chat.lifetime": ["4 years", "5 years", "6 years"]}
    found = sweep(scenario, over, samples=64, seed=1)
    assert [row.values for row in found.rows] == [(p, y) for p in (1.1, 1.3) for y in over["fleet.chat.lifetime"]]  # fmt: skip
    for row in found.rows:
        patched = scenario.patch(dict(zip(over, row.values, strict=True)), "x")
        expected = lca.evaluate(patched, samples=64, seed=1)
        assert row.total["gwp100"] == near(expected.total())
        assert row.per_unit["gwp100"] == near(expected.per())
    medians = [row.per_unit["gwp100"]["median"] for row in found.rows]
    assert found.lowest == int(np.argmin(medians))


def test_rows_share_their_draws(small: Data) -> None:
    """A row that changes nothing differs from the scenario as written by exactly nothing."""
    small["sites"]["here"]["pue"] = {"low": "1.1", "mode": "1.2", "high": "1.5"}
    found = sweep(lca.load(small), {"fleet.chat.lifetime": ["5 years", "4 years"]}, samples=256)
    same, shorter = found.rows
    assert {same.difference[key] for key in ("central", "mean", "p5", "p95")} == {0.0}
    assert same.probability_lower == 0.5
    assert shorter.probability_lower == 0
    assert shorter.difference["p5"] > 0


def test_values_are_taken_together_where_asked(small: Data) -> None:
    """Zipped axes give one row for each place; unequal numbers of values are told."""
    over = {"sites.here.pue": [1.1, 1.3], "fleet.chat.lifetime": ["4 years", "6 years"]}
    found = sweep(lca.load(small), over, design="zip", samples=0)
    assert [row.values for row in found.rows] == [(1.1, "4 years"), (1.3, "6 years")]
    over["sites.here.pue"].append(1.4)
    with pytest.raises(InputError, match=r"sites\.here\.pue: 3, fleet\.chat\.lifetime: 2"):
        sweep(lca.load(small), over, design="zip", samples=0)


def test_an_option_can_be_varied(small: Data) -> None:
    """The option's own changes stay while a path is swept."""
    small["options"] = {"heavy": {"fleet.chat.mass": "20 kg"}}
    scenario = lca.load(small)
    found = sweep(scenario, {"sites.here.pue": [1.1]}, option="heavy", samples=0)
    by_hand = scenario.patch({"sites.here.pue": 1.1, "fleet.chat.mass": "20 kg"}, "x")
    expected = lca.evaluate(by_hand, samples=0).total().central
    assert found.rows[0].total["gwp100"]["central"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"sites.hree.pue": [1.1]}, 'no site "hree"; did you mean "here"'),
        ({"sites.here.peu": [1.1]}, 'did you mean "pue"'),
        ({"fleet.chat.lifetime": ["5"]}, "has no unit"),
        ({"options.x": [1]}, "cannot be changed here"),
        ({"uncertainty.seed": [1, 2]}, "all points share their draws"),
        ({"sites.here.pue": []}, "found 0 values"),
        ({"sites.here.pue": range(900), "fleet.chat.count": range(900)}, "combinations are more"),
    ],
)
def test_a_sweep_over_what_cannot_be_is_refused(small: Data, over: Data, message: str) -> None:
    """Paths that lead nowhere, values without unit and endless sweeps are told."""
    with pytest.raises(InputError, match=message):
        sweep(lca.load(small), over, samples=0)


def test_the_command_prints_a_row_for_each_combination(tmp_path: Path) -> None:
    """Table, JSON and CSV hold the same rows."""
    over = (
        "--over",
        "fleet.chat.lifetime=4 years..6 years:3",
        "--over",
        "sites.frankfurt.region=DE,SE",
    )
    files = [str(tmp_path / name) for name in ("a.csv", "a.json")]
    shown = run(EXAMPLE, *over, "--samples", "64", "-q", "-o", files[0], "-o", files[1])
    assert shown.exit_code == 0, shown.output
    assert "5 years · DE" in shown.output
    assert shown.output.count("(lowest)") == 1
    assert max(map(len, shown.output.splitlines())) <= 80
    rows = list(csv.DictReader(io.StringIO(Path(files[0]).read_text("utf-8"))))
    result = json.loads(Path(files[1]).read_text("utf-8"))
    assert len(rows) == len(result["rows"]) == 6
    first = result["rows"][0]
    assert rows[0]["fleet.chat.lifetime"] == first["values"]["fleet.chat.lifetime"] == "4 years"
    assert float(rows[0]["gwp100 total median [kgCO2e]"]) == first["total"]["gwp100"]["median"]
    assert {"water", "e_waste"} <= set(first["total"])
    printed = run(EXAMPLE, *over, "--samples", "64", "-q", "--json")
    assert json.loads(printed.stdout) == result


def test_the_command_refuses_other_formats() -> None:
    """A file of another ending is told before anything is computed."""
    shown = run(EXAMPLE, "--over", "fleet.chat.count=8,16", "-o", "page.html")
    assert isinstance(shown.exception, UnknownNameError)
    assert ".csv, .json" in str(shown.exception)
