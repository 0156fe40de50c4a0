"""Break-even surfaces: equal to an evaluation at each cell, with the line where nothing is between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lca
import lca.sensitivity
from lca.errors import InputError
from lca.sensitivity.surface import break_even
from lca.terms import Draws

Data = dict[str, Any]
SEED = 3


@pytest.fixture
def pair(small: Data) -> lca.Scenario:
    """Return a small thirsty fleet and a large frugal one, by totals."""
    small["fleet"]["chat"]["utilization"] = {
        "low": "50%",
        "mode": "60%",
        "high": "70%",
        "identity": "use",
    }
    small["options"] = {"frugal": {"fleet.chat.count": 10, "fleet.chat.power.busy": "300 W"}}
    return lca.load(small)


def test_a_surface_has_its_line_where_the_difference_is_zero(pair: lca.Scenario) -> None:
    """At the break-even intensity both options emit the same, evaluated afresh."""
    axes = ["sites.here.grid.value=10 gCO2e/kWh..400 gCO2e/kWh:3", "use=50%..70%:3"]
    found = break_even(pair, "base", "frugal", axes, per="total", samples=0)
    assert found.median[0, 0] < 0 < found.median[-1, -1]
    x, y = found.line[0]
    assert y == 0
    grid, use = 10 + 195 * x, 0.5
    patched = pair.patch(
        {"sites.here.grid.value": f"{grid} gCO2e/kWh", "fleet.chat.utilization": use}, "at"
    )
    base, frugal = (lca.evaluate(option, samples=0).total().central for option in patched.options())
    assert base == pytest.approx(frugal, rel=1e-9)  # linear in the grid: interpolation is exact


def test_a_surface_agrees_with_the_scenario_at_each_cell(pair: lca.Scenario) -> None:
    """A path, a factor, and both swapped give the same cells, and those of an evaluation."""
    grid, use = "sites.here.grid.value=50 gCO2e/kWh, 300 gCO2e/kWh", "use=55%, 65%"
    one = break_even(pair, "base", "frugal", [grid, use], per="total", samples=256, seed=SEED)
    other = break_even(pair, "base", "frugal", [use, grid], per="total", samples=256, seed=SEED)
    np.testing.assert_allclose(one.median, other.median.T, rtol=1e-12)
    both = {"sites.here.grid.value": "300 gCO2e/kWh", "fleet.chat.utilization": 0.55}
    draws = Draws(256, SEED)
    left, right = (
        lca.evaluate(option, draws=draws).total() for option in pair.patch(both, "x").options()
    )
    assert one.median[0, 1] == pytest.approx(float(np.median((left - right).draws)), rel=1e-9)
    lower = ((left - right).draws < 0).mean()
    assert one.probability[0, 1] == pytest.approx(lower)


def test_the_sides_of_a_surface_are_counted(pair: lca.Scenario) -> None:
    """Every cell is on one side, where its option is the likelier one."""
    axes = ["sites.here.grid.value=10 gCO2e/kWh..400 gCO2e/kWh:4", "use=50%..70%:3"]
    found = break_even(pair, "base", "frugal", axes, per="total", samples=128)
    cells = [found.side(first) for first in (True, False)]
    assert sum(count for count, _, _ in cells) == found.median.size
    assert all(lowest >= 0.5 for _, _, lowest in cells)
    flipped = break_even(pair, "frugal", "base", axes, per="total", samples=128)
    np.testing.assert_allclose(flipped.probability, 1 - found.probability)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (["use=50%,60%"], "a surface has two axes, found 1"),
        (["use=50%,60%", "use=50%,60%"], "use stands there twice"),
        (["use=50%", "sites.here.pue=1.1,1.2"], "accepted are 2 x 2"),
        (
            ["usage=50%,60%", "sites.here.pue=1.1,1.2"],
            "neither a factor of these options nor a path",
        ),
        (["use=5 kg,6 kg", "sites.here.pue=1.1,1.2"], "use: "),
        (["fleet.chat.power.idle=1 W,2 W", "fleet.chat.count=8,9"], "moves neither"),
    ],
)
def test_a_surface_that_means_nothing_is_refused(
    small: Data, axes: list[str], message: str
) -> None:
    """Axes that are missing, unknown, of the wrong unit, or without effect are told."""
    small["fleet"]["chat"]["utilization"] = {"low": "50%", "high": "70%", "identity": "use"}
    fixed = {"fleet.chat.count": 10, "fleet.chat.power.idle": "90 W"}
    small["options"] = {"one": fixed, "two": {**fixed, "fleet.chat.mass": "9 kg"}}
    with pytest.raises(InputError, match=message):
        break_even(lca.load(small), "one", "two", axes, samples=0)
