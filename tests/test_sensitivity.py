"""Sensitivities: closed forms, sum rules, an oracle, and what must not matter."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

import lca
import lca.sensitivity
from lca.errors import InputError, ScenarioError
from lca.lines import Line
from lca.report.sensitivity_result import sensitivity_result
from lca.sensitivity.kinds import kind_of
from lca.sensitivity.question import Sensitivity
from lca.sensitivity.ranks import ranks, spearman
from lca.sensitivity.response import Response, respond
from lca.sensitivity.sobol import Estimator, Sobol, sobol
from lca.sensitivity.surface import break_even
from lca.sensitivity.tornado import tornado
from lca.sensitivity.unknowns import grouped
from lca.terms import Draws, Factor, Node, Term, product
from lca.uncertain import Distribution, draw, exact, uniform

Data = dict[str, Any]
SEED = 3


def line(node: Node, amount: float = 1.0, stage: str = "operation") -> Line:
    """Return a line of one intensity in one year."""
    texts = ("asset", "part", stage, "process", "inference", "gwp100", "here", "DE", "both", "each")
    return Line(*texts, (node,), (amount,), (amount,))


def ledger(*lines: Line, name: str = "model") -> lca.Ledger:
    """Return a ledger of one year."""
    return lca.Ledger(name, (2027,), lines, Draws(0, 0))


def response(*nodes: Node) -> Response:
    """Return the sum of some intensities."""
    return respond([ledger(*map(line, nodes))])


def even(name: str, width: float, middle: float = 0.0, unit: str = "kgCO2e") -> Factor:
    """Return an unknown that is uniform over a width."""
    return Factor(name, uniform(middle - width / 2, middle + width / 2), unit)


def effects(of: Response, samples: int = 8192, by: str | Mapping[str, str] = "factor") -> Sobol:
    """Return Sobol's effects."""
    return sobol(of, grouped(of.unknowns, by), samples, SEED)


def ishigami(x: Any, y: Any, z: Any) -> Any:
    """Return Ishigami and Homma's function with a = 7 and b = 0.1."""
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def ishigami_response() -> Response:
    """Return the function of three unknowns that are uniform from -pi to pi."""
    inputs = {name: even(name, 2 * math.pi) for name in "xyz"}
    return response(Term("ishigami", ishigami, inputs, "kgCO2e"))


# Shares of the variance


def test_in_a_sum_effects_are_shares_of_the_variance() -> None:
    """Of independent addends each explains its own variance, alone and in total."""
    widths = {"a": 1.0, "b": 2.0, "c": 4.0}
    found = effects(response(*(even(name, width) for name, width in widths.items())))
    shares = np.array([width**2 for width in widths.values()]) / 21
    np.testing.assert_allclose(found.first[:, 0], shares, atol=0.02)
    np.testing.assert_allclose(found.total[:, 0], shares, atol=0.01)
    assert found.variance[0] == pytest.approx(21 / 12, rel=0.01)


def test_ishigami_has_its_closed_form() -> None:
    """First-order and total effects are those derived by hand (Saltelli et al. 2010, section 5)."""
    found = effects(ishigami_response(), 16384)
    np.testing.assert_allclose(found.first[:, 0], [0.3139, 0.4424, 0.0], atol=0.025)
    np.testing.assert_allclose(found.total[:, 0], [0.5576, 0.4424, 0.2437], atol=0.025)
    assert found.interactions[0] == pytest.approx(0.2437, abs=0.04)


def test_intervals_hold_the_truth() -> None:
    """Of 60 effects in a known sum of products, about nine in ten lie in their 90 % interval."""
    widths = np.linspace(0.5, 1.5, 15)
    pairs = [(even(f"a{i:02}", w, 1.0, ""), even(f"b{i:02}", w, 1.0)) for i, w in enumerate(widths)]
    found = effects(
        response(*(product(f"p{i}", "kgCO2e", a=a, b=b) for i, (a, b) in enumerate(pairs)))
    )
    variance = widths**2 / 12
    whole = ((1 + variance) ** 2 - 1).sum()
    first = np.tile(variance / whole, 2)
    last = np.tile(variance * (1 + variance) / whole, 2)
    inside = [
        (found.first_low[:, 0] <= first) & (first <= found.first_high[:, 0]),
        (found.total_low[:, 0] <= last) & (last <= found.total_high[:, 0]),
    ]
    assert np.mean(inside) > 0.75


def test_effects_are_those_of_salib_on_the_same_evaluations() -> None:
    """An independent implementation of both estimators agrees on equal evaluations."""
    analyze = pytest.importorskip("SALib.analyze.sobol")
    random = np.random.default_rng(1)
    a, b = random.uniform(-math.pi, math.pi, (2, 4096, 3))
    mixed = np.stack([np.where(np.arange(3) == k, b, a) for k in range(3)])
    one, two, others = ishigami(*a.T), ishigami(*b.T), np.stack([ishigami(*m.T) for m in mixed])
    estimator = Estimator(resamples=0)
    estimator.add(one[None, :], two[None, :], others[:, None, :])
    first, last, _ = estimator.effects()
    flat = np.column_stack([one, *others, two]).ravel()
    problem = {"num_vars": 3, "names": list("xyz"), "bounds": [[-math.pi, math.pi]] * 3}
    theirs = analyze.analyze(problem, flat, calc_second_order=False, num_resamples=2, seed=1)
    np.testing.assert_allclose(last[:, 0, 0], theirs["ST"], atol=1e-6)
    np.testing.assert_allclose(first[:, 0, 0], theirs["S1"], atol=2e-3)  # it centers differently


def test_blocks_add_up() -> None:
    """Evaluations given in parts have the effects of all of them together."""
    random = np.random.default_rng(2)
    a, b, mixed = random.random((2, 800)), random.random((2, 800)), random.random((4, 2, 800))
    whole, parts = Estimator(0), Estimator(0)
    whole.add(a, b, mixed)
    for rows in (slice(0, 100), slice(100, 500), slice(500, 800)):
        parts.add(a[:, rows], b[:, rows], mixed[:, :, rows])
    for one, other in zip(whole.effects(), parts.effects(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def test_long_streams_are_taken_in_blocks_and_agree() -> None:
    """Two blocks of draws estimate what one does, more sharply."""
    short, long = (effects(ishigami_response(), samples) for samples in (4096, 32768))
    np.testing.assert_allclose(short.total, long.total, atol=0.05)
    assert (long.total_high - long.total_low < short.total_high - short.total_low).all()


def test_memory_is_bounded_by_parts_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for few rows at a time the effects are the same; only resamples differ."""
    of = ishigami_response()
    whole = effects(of, 2048)
    monkeypatch.setattr("lca.sensitivity.sobol._BUDGET", 1)
    parts = effects(of, 2048)
    np.testing.assert_allclose(parts.first, whole.first, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(parts.total, whole.total, rtol=1e-9)
    assert not np.array_equal(parts.total_low, whole.total_low)


def test_sum_rules_hold(small: Data) -> None:
    """First-order effects sum to at most one, and none is above its total effect, to sampling."""
    found = lca.sensitivity(lca.load(small), samples=4096, seed=SEED).sobol
    assert found is not None
    assert found.first.sum() <= 1.03
    assert (found.first <= found.total + 0.03).all()
    assert (found.total >= 0).all()


def test_groups_add_what_is_in_them() -> None:
    """In a sum a group explains what its members explain; all together explain everything."""
    of = response(*(even(name, width) for name, width in (("a", 1.0), ("b", 2.0), ("c", 2.0))))
    two = effects(of, by={"a": "small", "b": "large", "c": "large"})
    assert two.groups == ("large", "small")
    np.testing.assert_allclose(two.first[:, 0], [8 / 9, 1 / 9], atol=0.03)
    everything = effects(of, by=dict.fromkeys("abc", "all"))
    np.testing.assert_allclose(everything.total, 1, atol=0.03)
    np.testing.assert_allclose(everything.first, 1, atol=0.03)


def test_what_does_not_vary_has_no_effects() -> None:
    """A result without spread has effects of zero, and nothing decides it."""
    of = response(Factor("a", exact(3.0), "kgCO2e"))
    assert of.unknowns == ()
    still = response(
        even("a", 1.0), product("b", "kgCO2e", a=even("a", 1.0), minus=Factor("m", -1.0, ""))
    )
    found = effects(still, 256)
    assert found.variance.tolist() == [0.0]
    assert not found.first.any()
    assert not found.total.any()
    assert not found.interactions.any()


# One at a time, and ranks


def test_a_tornado_moves_one_unknown_to_its_quantiles(small: Data) -> None:
    """Each end is the central result of the scenario with that very value in it."""
    small["sites"]["here"]["pue"] = {"low": "1.1", "mode": "1.2", "high": "1.5"}
    scenario = lca.load(small)
    found = lca.sensitivity(scenario, method=["tornado"])
    assert found.tornado is not None
    place = [one.identity for one in found.unknowns].index("sites.here.pue")
    ends = found.unknowns[place].leaves[0].distribution.interval()
    for value, end in zip(ends, (found.tornado.low, found.tornado.high), strict=True):
        fixed = lca.evaluate(scenario.replace("sites.here.pue", value), samples=0)
        assert end[place, 0] == pytest.approx(fixed.total().central, rel=1e-12)


def test_leaves_of_one_identity_move_together() -> None:
    """Two leaves of one identity are one unknown: their swings add up, their ranks are equal."""
    low = Factor("price", uniform(0, 1), "kgCO2e", identity="shared")
    high = Factor("other", uniform(0, 10), "kgCO2e", identity="shared")
    of = response(low, high)
    assert [one.identity for one in of.unknowns] == ["shared"]
    assert tornado(of).swing[0, 0] == pytest.approx(0.9 * 11)
    assert spearman(of, 512, SEED).correlation[0, 0] == pytest.approx(1)


def test_rank_correlations_are_spearmans() -> None:
    """Correlations are those of scipy on the same draws, ties included."""
    steps = Factor("steps", Distribution("choice", (1.0, 2.0, 3.0, 1.0, 1.0, 2.0)), "kgCO2e")
    of = response(even("a", 2.0), steps)
    found = spearman(of, 512, SEED)
    for place, one in enumerate(of.unknowns):
        drawn = draw(one.leaves[0].distribution, one.identity, 512, SEED)[1:]
        assert found.correlation[place, 0] == pytest.approx(spearmanr(drawn, found.draws[0])[0])
    assert (found.low < found.correlation).all()
    assert (found.correlation < found.high).all()


def test_ranks_of_equal_values_are_shared() -> None:
    """Three equal values share the mean of their places."""
    assert ranks(np.array([2.0, 1.0, 2.0, 2.0])).tolist() == [2, 0, 2, 2]


def test_the_draws_are_those_of_an_evaluation(small: Data) -> None:
    """Correlations rest on the very draws that the scenario is evaluated with."""
    scenario = lca.load(small)
    found = lca.sensitivity(scenario, samples=256, seed=SEED, method=["spearman"])
    assert found.ranks is not None
    drawn = lca.evaluate(scenario, samples=256, seed=SEED).total().draws
    np.testing.assert_allclose(found.ranks.draws[0], drawn, rtol=1e-12)


# What is not sampled, what cancels, and what does not matter


def test_decisions_and_methods_are_never_sampled() -> None:
    """What was decided, or is a method, is no unknown even if it was written with an interval."""
    decided = Factor("count", uniform(1, 9), "kgCO2e", role="decision")
    method = Factor("index", uniform(1, 9), "kgCO2e", role="method")
    of = response(decided, method, even("a", 1.0, 5.0))
    assert [one.identity for one in of.unknowns] == ["a"]
    assert effects(of, 1024).variance[0] == pytest.approx(1 / 12, rel=0.02)


@pytest.mark.parametrize("per", ["total", "device year"])
def test_what_both_options_share_has_no_effect_on_their_difference(small: Data, per: str) -> None:
    """An unknown that adds the same to both has no swing and no share of the variance."""
    small["sites"]["here"]["pue"] = {"low": "1.1", "mode": "1.2", "high": "1.5"}
    small["options"] = {"heavy": {"fleet.chat.mass": "20 kg"}}
    found = lca.sensitivity(
        lca.load(small), difference=("base", "heavy"), per=per, samples=512, seed=SEED
    )
    assert found.tornado is not None
    assert found.sobol is not None
    place = [one.identity for one in found.unknowns].index("sites.here.pue")
    base, _, difference = range(3)
    assert found.tornado.swing[place, base] > 0.1 * found.tornado.central[base]
    assert found.tornado.swing[place, difference] == 0
    assert found.sobol.total[place, base] > 0.05
    assert found.sobol.total[place, difference] == 0
    assert found.sobol.total[:, difference].max() > 0.1


def test_the_order_of_lines_does_not_matter() -> None:
    """Lines in another order give the same effects of the same unknowns."""
    nodes = [even("b", 1.0), even("a", 2.0), even("c", 3.0)]
    one, other = response(*nodes), response(*reversed(nodes))
    assert [x.identity for x in one.unknowns] == [x.identity for x in other.unknowns] == list("abc")
    np.testing.assert_allclose(tornado(one).swing, tornado(other).swing, rtol=1e-12)
    np.testing.assert_allclose(effects(one, 512).first, effects(other, 512).first, rtol=1e-9)
    left, right = (spearman(x, 512, SEED).correlation for x in (one, other))
    np.testing.assert_allclose(left, right, rtol=1e-12)


def test_another_unknown_changes_no_other_draw() -> None:
    """With an unknown added, the variance that the others make is the same to rounding."""
    two = response(even("a", 1.0), even("b", 2.0))
    three = response(even("a", 1.0), even("aa", 0.0001), even("b", 2.0))
    one, other = effects(two, 512), effects(three, 512)
    np.testing.assert_allclose(one.total[:, 0], other.total[[0, 2], 0], rtol=1e-3)


def test_the_same_question_has_the_same_answer(small: Data) -> None:
    """Equal scenario, draws and seed: equal bytes."""
    texts = []
    for _ in range(2):
        scenario = lca.load(small)
        found = lca.sensitivity(scenario, samples=256, seed=SEED)
        texts.append(json.dumps(sensitivity_result(scenario, found)))
    assert texts[0] == texts[1]


def test_methods_are_listed_apart(small: Data) -> None:
    """Each method choice has the central total of the scenario evaluated under it."""
    scenario = lca.load(small)
    found = lca.sensitivity(scenario, method=["tornado"])
    rules = {one.choice: one for one in found.methods if one.method == "end-of-life rule"}
    assert [name for name, one in rules.items() if one.chosen] == ["cut_off"]
    changed = scenario.replace("assumptions.end_of_life.rule", "substitution")
    expected = lca.evaluate(changed, samples=0).total().central
    assert rules["substitution"].values[0] == pytest.approx(expected, rel=1e-12)
    accounts = {one.choice: one.values[0] for one in found.methods if one.method == "account"}
    market = lca.evaluate(scenario, samples=0).total(basis="market").central
    assert accounts["market"] == pytest.approx(market, rel=1e-12)


# The verdict


def test_the_verdict_names_the_fewest_that_make_most() -> None:
    """Unknowns are named until they make four fifths of the variance."""
    widths = {"a": 1.0, "b": 4.0, "c": 3.0, "d": 0.5}
    of = response(*(even(name, width) for name, width in widths.items()))
    asked: Any = None
    found = Sensitivity(of, asked, None, None, effects(of), "factor", (), 8192, SEED)
    assert found.deciding.names == ("b", "c")
    assert found.deciding.share == pytest.approx(25 / 26.25, abs=0.03)
    assert str(found).startswith("Two unknowns decide model: b; c.")


def test_many_weak_unknowns_are_not_said_to_decide() -> None:
    """Where five make less than four fifths, the verdict says so."""
    of = response(*(even(f"x{i}", 1.0) for i in range(9)))
    found = Sensitivity(of, *([None] * 4), "factor", (), 512, SEED)  # type: ignore[arg-type]
    assert "No unknown moves model" in found.verdict
    bars = Sensitivity(of, None, tornado(of), None, None, "factor", (), 512, SEED)  # type: ignore[arg-type]
    assert bars.verdict.startswith("No few unknowns decide model.")
    assert "56% of the sum of squared swings" in bars.verdict


@pytest.mark.parametrize(
    ("identity", "name", "stages", "kind"),
    [
        ("generation/lifecycle/coal", "source_spread", ("operation",), "grid"),
        ("sites.here.pue", "pue", ("operation",), "facility"),
        ("defaults/busy_fraction", "busy_fraction", ("operation",), "power"),
        ("memory-family-dram", "family_factor", ("manufacture",), "embodied"),
        ("freight/air/plane", "transport_distance", ("transport",), "transport"),
        ("my-own", "something", ("manufacture",), "embodied"),
        ("my-own", "something", ("manufacture", "operation"), "other"),
    ],
)
def test_unknowns_have_a_kind(identity: str, name: str, stages: tuple[str, ...], kind: str) -> None:
    """Identity and name tell the kind; the stage does where they do not."""
    assert kind_of(identity, name, stages) == kind


@pytest.mark.parametrize("by", ["source", "stage", "kind", "prefix"])
def test_every_unknown_is_in_one_group(small: Data, by: str) -> None:
    """Groups hold each unknown once, whatever they are made by."""
    found = lca.sensitivity(lca.load(small), method=["tornado"])
    groups = grouped(found.unknowns, by)
    members = [one.identity for group in groups.values() for one in group]
    assert sorted(members) == [one.identity for one in found.unknowns]
    assert 1 < len(groups) < len(members)


# Broken input


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"difference": ("base", "haevy")}, 'did you mean "heavy"'),
        ({"difference": ("heavy", "heavy")}, "name two options"),
        ({"difference": ("base",)}, "of two options, found 1"),
        ({"option": "nowhere"}, 'no option "nowhere"'),
        ({"indicator": "gwp10"}, 'did you mean "gwp100"'),
        ({"per": "device yaer"}, 'did you mean "device year"'),
        ({"method": ["tornadoes"]}, 'did you mean "tornado"'),
        ({"group": "kinds"}, 'did you mean "kind"'),
        ({"group": {"sites.here.peu": "x"}}, "no unknown"),
        ({"basis": "loaction"}, "no basis"),
        ({"samples": 5}, "found 5 draws"),
    ],
)
def test_a_question_that_means_nothing_is_refused(small: Data, how: Data, message: str) -> None:
    """Names that do not exist are told with the nearest one, too few draws with what is needed."""
    small["options"] = {"heavy": {"fleet.chat.mass": "20 kg"}}
    with pytest.raises(InputError, match=message):
        lca.sensitivity(lca.load(small), **how)


def test_a_difference_needs_options(small: Data) -> None:
    """A scenario without options has no difference of two."""
    with pytest.raises(ScenarioError, match="has no options"):
        lca.sensitivity(lca.load(small), difference=("base", "north"))


def test_a_prefix_of_the_package_is_told() -> None:
    """The package has its public names and refuses others."""
    assert lca.sensitivity.break_even is break_even
    with pytest.raises(AttributeError, match="tornadoes"):
        _ = lca.sensitivity.tornadoes
