"""Levers: what gets no number, the order, two at once, written values, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result
from lever_scenarios import SAMPLES, answers, fleet, found, relative, training

import lca
from lca.cli import group
from lca.errors import InputError, LcaError, UnknownNameError
from lca.levers import rank, together
from lca.levers.editing import edited, scaled
from lca.levers.results import NO_FIGURE, WITH_NUMBERS
from lca.levers.uses import groups
from lca.uncertain import exact
from lca.values import Value
from lca.workloads import levers

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))

__all__ = ["answers", "fleet", "training"]


# --- ratios, and what has no number -----------------------------------------------------------


def test_a_published_ratio_touches_accelerators_at_work_alone(training: dict[str, Any]) -> None:
    """What it changes is the same with a host and without one, and below 30 % of electricity."""
    training["models"]["m"] = {"preset": "gpt-3-175b"}
    base = lca.load(training)
    (hosted,) = found(base, "pipeline-bloat")
    (bare,) = found(base.patch({"work.train.host": "none"}, "bare"), "pipeline-bloat")
    assert hosted.way == "factor"
    assert hosted.effect is not None
    assert bare.effect is not None
    assert hosted.effect.base.central > bare.effect.base.central
    assert hosted.effect.change.samples == pytest.approx(bare.effect.change.samples)
    rows = lca.evaluate(base, samples=SAMPLES, seed=0).by("stage")
    electricity = next(row.estimate.samples for row in rows if row.labels == ("operation",))
    assert np.all(hosted.effect.change.samples <= 0)
    assert np.all(-hosted.effect.change.samples < 0.3 * electricity)


def test_ratios_of_time_are_not_taken_for_energy() -> None:
    """Rows measured on a processor say seconds: no number follows."""
    scenario = {
        "schema": 1,
        "period": "2027",
        "title": "cores",
        "sites": {"here": {"region": "DE", "pue": "1.2"}},
        "work": {
            "infer": {
                "phase": "inference",
                "cores": {"cpu": "amd-epyc-9654", "core_hours": "1e5 h"},
                "site": "here",
            }
        },
    }
    (result,) = found(scenario, "compile")
    assert (result.verdict, result.effect) == (NO_FIGURE, None)
    assert "not of energy" in result.reason


def test_a_condition_that_is_not_known_gives_no_number(training: dict[str, Any]) -> None:
    """The best batch of training depends on the batch, which a scenario does not say."""
    for result in found(training, "training-batch"):
        assert result.effect is None
        assert "which the scenario does not say" in result.reason


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_only_what_was_run_or_published_has_a_number(path: Path) -> None:
    """In every example: unsupported, out of range and refused levers never have one."""
    results = rank(lca.load(path), samples=50)
    assert {"quantum-optimization", "unary-gradient-descent"} <= {
        one.card.id for one in results if one.verdict == levers.UNSUPPORTED
    }
    for one in results:
        assert (one.effect is not None) == (one.verdict in WITH_NUMBERS)
        assert one.effect is not None or one.reason


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_savings_come_first_and_the_largest_of_them(path: Path) -> None:
    """Saves, then may backfire, then backfires; within each the lowest median first."""
    results = [one for one in rank(lca.load(path), samples=50) if one.basis == "location"]
    numbered = [one for one in results if one.effect is not None]
    keys = [(WITH_NUMBERS.index(one.verdict), relative(one).median) for one in numbered]
    assert keys == sorted(keys)


def test_without_draws_no_probability_is_claimed(fleet: dict[str, Any]) -> None:
    """The central estimate alone knows a change, not how sure it is."""
    (result,) = found(fleet, "region", samples=0, tries={"region": ["SE"]})
    assert result.effect is not None
    assert result.effect.probability_saves is None
    assert result.effect.change.central < 0


# --- two at once ------------------------------------------------------------------------------


def test_a_lever_twice_is_not_the_square(answers: dict[str, Any]) -> None:
    """Twice twice the batch saves less than the square of twice the batch."""
    pair = together(lca.load(answers), "serving-batch", "serving-batch", samples=SAMPLES)
    assert np.all(pair.both.relative.samples > pair.product.samples)
    four = next(one for one in found(answers, "serving-batch") if one.label == "batch x4")
    assert pair.both.relative.samples == pytest.approx(relative(four).samples)


def test_two_levers_are_run_and_held_against_their_product(fleet: dict[str, Any]) -> None:
    """Region and PUE: what multiplying would be off by is product over run, less one."""
    pair = together(lca.load(fleet), "region", "pue", samples=SAMPLES)
    product = (1 + pair.first.relative.samples) * (1 + pair.second.relative.samples)
    assert pair.product.samples == pytest.approx(product - 1)
    assert pair.off.samples == pytest.approx(product / (1 + pair.both.relative.samples) - 1)
    assert np.all(np.abs(pair.off.samples) > 1e-4)


@pytest.mark.parametrize(("first", "second"), [("power-cap", "region"), ("region", "power-cap")])
def test_a_cap_stays_when_another_lever_joins(
    training: dict[str, Any], first: str, second: str
) -> None:
    """Both at once is neither of them alone, in either order."""
    pair = together(lca.load(training), first, second, samples=SAMPLES)
    for alone in (pair.first, pair.second):
        assert pair.both.relative.samples != pytest.approx(alone.relative.samples, rel=1e-3)


def test_a_published_ratio_is_never_joined(training: dict[str, Any]) -> None:
    """A lever without a model cannot be run with another one."""
    with pytest.raises(InputError, match="published ratios are never multiplied"):
        together(lca.load(training), "pipeline-bloat", "region", samples=10)


def test_a_lever_that_has_nothing_to_change_is_refused(training: dict[str, Any]) -> None:
    """There is no answer to quantize in a training run."""
    with pytest.raises(InputError, match='"fp8" cannot be run here'):
        together(lca.load(training), "fp8", "region", samples=10)


# --- values and names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "unit", "expected"),
    [
        ("15e12 tokens", "token", "3e+13 tokens"),
        ("55% ± 10%", "", "110% ± 20%"),
        ("10 kW ± 5%", "kW", "20 kW ± 5%"),
        ({"median": "3 TB", "gsd": "1.5"}, "GB", {"median": "6 TB", "gsd": "1.5"}),
        (
            {"values": ["1", "2"], "weights": ["3", "4"]},
            "",
            {"values": ["2", "4"], "weights": ["3", "4"]},
        ),
    ],
)
def test_doubling_a_written_value_doubles_its_numbers(raw: Any, unit: str, expected: Any) -> None:
    """Shares of a middle, spreads and weights stay."""
    assert scaled(raw, 2.0, unit) == expected


def test_adding_to_a_value_keeps_its_unit() -> None:
    """Two years on five are seven, whatever they were written in."""
    assert edited("60 months", Value(exact(5.0), "year"), "+24 months") == "7.0 year"


def test_uses_that_are_alike_are_asked_for_once() -> None:
    """Three years of answers are one group; training and tuning are others."""
    found_groups = groups(lca.load(ROOT / "scenarios" / "training_program.yaml"))
    names = [name for one in found_groups for name in one.where]
    assert len(names) == len(set(names)) >= len(found_groups)


def test_an_unknown_name_is_answered_with_the_nearest(fleet: dict[str, Any]) -> None:
    """Levers and trials alike."""
    with pytest.raises(UnknownNameError, match='did you mean "region"'):
        rank(lca.load(fleet), tries={"regon": ["SE"]}, samples=10)
    with pytest.raises(UnknownNameError, match='did you mean "fp8"'):
        rank(lca.load(fleet), only=["fp9"], samples=10)
    with pytest.raises(LcaError, match="several trials"):
        rank(lca.load(fleet), tries={"shared-resources": ["2"]}, samples=10)


# --- the command ------------------------------------------------------------------------------


def run(*words: str) -> Result:
    """Run the command on the example fleet."""
    path = str(ROOT / "scenarios" / "inference_fleet_eu.yaml")
    return CliRunner().invoke(group, ["levers", path, "--samples", "200", *words])


def test_the_page_fits_eighty_columns() -> None:
    """Ranking, costs, and what has no number, without a line that wraps."""
    result = run("--try", "region=PL", "--together", "region,pue")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for part in ("region: region PL", "backfires", "market-based", "Unsupported", "Two at once"):
        assert part in text


def test_json_is_as_published() -> None:
    """What programs read is as ``lca schema levers`` says; every verdict and reason is in it."""
    result = run("--json", "--together", "region,pue")
    data = json.loads(result.stdout)
    schema = json.loads(
        (ROOT / "lca" / "schemas" / "levers.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator(schema).validate(data)
    assert {one["id"] for one in data["levers"]} >= {"region", "fp8", "quantum-optimization"}
    assert data["together"]["trials"] == ["region SE", "pue 1.1"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--try", "region"], "is not NAME=VALUE"),
        (["--together", "fp8"], "name two levers"),
        (["--together", "fp8,a,b"], "name two levers"),
    ],
)
def test_wrong_words_are_told(words: list[str], message: str) -> None:
    """A wrong option is refused before anything is computed."""
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.output
