"""Written values: every notation of the data contract, with its quantiles, and what is refused."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca import document
from lca.errors import UnitError
from lca.sources import Quality
from lca.values import Value, read

CONTRACT = Path(__file__).parents[1] / "docs" / "data-contract.md"
Z95 = 1.6448536269514722
"""95 % quantile of the standard normal distribution."""

NOTATIONS = [
    ("700 W", "kW", (0.7, 0.7, 0.7)),
    ("55% ± 10%", "", (0.45, 0.55, 0.65)),
    # Triangular: 1.1 + √(p·0.3·0.1) below the mode, 1.4 − √((1−p)·0.3·0.2) above it.
    ("{low: 1.1, mode: 1.2, high: 1.4}", "", (1.1387298, 1.2267949, 1.3452277)),
    ("{low: 1 kg, high: 3 kg}", "kg", (1.1, 2.0, 2.9)),
    (
        "{median: 0.86 kgCO2e/GB, gsd: 1.7}",
        "kgCO2e/GB",
        (0.86 / 1.7**Z95, 0.86, 0.86 * 1.7**Z95),
    ),
    ("{p5: 0.5 kgCO2e/GB, p95: 2.2 kgCO2e/GB}", "kgCO2e/GB", (0.5, math.sqrt(1.1), 2.2)),
    ("{p5: 4 kg, median: 5 kg, p95: 9 kg}", "kg", (4.0, 5.0, 9.0)),
    ("{mean: 1 kg, sd: 0.1 kg}", "kg", (1 - 0.1 * Z95, 1.0, 1 + 0.1 * Z95)),
    ("{values: [1 kg, 2 kg], weights: [1, 3]}", "kg", (1.0, 2.0, 2.0)),
    ("{samples: [1 kg, 2 kg, 4 kg]}", "kg", (1.0, 2.0, 4.0)),
]

MORE = [
    ("55 ± 10%", "", (0.45, 0.55, 0.65)),
    ("700 W ± 10%", "kW", (0.63, 0.7, 0.77)),
    ("700 ± 50 W", "kW", (0.65, 0.7, 0.75)),
    ("0.7 kW +/- 50 W", "kW", (0.65, 0.7, 0.75)),
    ("0.55 ± 0.1", "", (0.45, 0.55, 0.65)),
    ("{p5: 1 kg, median: 2 kg, p95: 8 kg}", "kg", (1.0, 2.0, 8.0)),
    ("{low: 1 t, mode: 1 t, high: 1 t}", "kg", (1000.0, 1000.0, 1000.0)),
    ("{value: 1.5 kg, note: weighed}", "kg", (1.5, 1.5, 1.5)),
    ("{values: [1, 2, 3, 4]}", "", (1.0, 2.0, 4.0)),
    ("{median: 3 kg, gsd: 1}", "kg", (3.0, 3.0, 3.0)),
]


def plain(text: str) -> object:
    """Return what a YAML file gives for a text."""
    return document.parse(f"here: {text}").data["here"]


def quantiles(text: str, unit: str, upper: float = math.inf) -> np.ndarray:
    """Return the 5, 50 and 95 % quantiles of a value as YAML writes it."""
    value = read(plain(text), unit, upper=upper)
    return value.distribution.quantile(np.array([0.05, 0.5, 0.95]))


@pytest.mark.parametrize(("text", "unit", "expected"), [*NOTATIONS, *MORE])
def test_a_notation_has_its_quantiles(
    text: str, unit: str, expected: tuple[float, float, float]
) -> None:
    """What is written means a distribution with these 5, 50 and 95 % quantiles."""
    assert quantiles(text, unit) == pytest.approx(expected, rel=1e-7)


def test_the_contract_shows_what_is_tested() -> None:
    """Every notation of docs/data-contract.md is among those above, and none is made up here."""
    table = CONTRACT.read_text(encoding="utf-8").partition("| written |")[2].partition("\n\n")[0]
    written = {row[1] for row in re.finditer(r"^\| `([^`]+)` \|", table, re.MULTILINE)}
    assert written == {text for text, _, _ in NOTATIONS}


def test_pert_is_the_beta_of_its_mode() -> None:
    """PERT of 0, 1, 2 is twice a Beta(3, 3), whose distribution function is a polynomial."""
    low, middle, high = quantiles("{low: 0, mode: 1, high: 2, distribution: pert}", "") / 2
    below = [x**3 * (10 - 15 * x + 6 * x**2) for x in (low, middle, high)]
    assert below == pytest.approx([0.05, 0.5, 0.95], rel=1e-9)


def test_percent_of_a_share_are_points_and_of_a_quantity_a_part() -> None:
    """``55% ± 10%`` is 45 % to 65 %; ``700 W ± 10%`` is 630 W to 770 W."""
    assert quantiles("55% ± 10%", "")[2] - 0.55 == pytest.approx(0.10)
    assert quantiles("700 W ± 10%", "kW")[2] - 0.7 == pytest.approx(0.07)


def test_tails_are_cut_to_the_physical_range() -> None:
    """A share of ``98% ± 10%`` never passes 100 %, and ``2% ± 10%`` never falls below zero."""
    assert quantiles("98% ± 10%", "", upper=1.0) == pytest.approx([0.88, 0.98, 1.0])
    assert quantiles("2% ± 10%", "") == pytest.approx([0.0, 0.02, 0.12])


def test_ninety_percent_lie_within_plus_minus() -> None:
    """``±`` holds 90 % of the probability, as every interval that is printed."""
    value = read("100 W ± 20 W", "W")
    draws = value.distribution.quantile((np.arange(10_000) + 0.5) / 10_000)
    assert np.mean(np.abs(draws - 100) <= 20) == pytest.approx(0.9, abs=2e-4)


@pytest.mark.parametrize(
    ("text", "central"),
    [
        ("{low: 1, mode: 2, high: 9}", 2.0),
        ("{low: 1, high: 9}", 5.0),
        ("{median: 2, gsd: 3}", 2.0),
        ("{p5: 1, median: 2, p95: 8}", 2.0),
        ("{mean: 4, sd: 1}", 4.0),
        ("{samples: [1, 5, 6]}", 5.0),
    ],
)
def test_the_central_value_is_what_is_stated(text: str, central: float) -> None:
    """The central estimate is the mode, median or mean that is written."""
    assert read(plain(text), "").central == pytest.approx(central)


def test_a_value_carries_its_source() -> None:
    """Source, quality, identity and note are kept; a default source does not replace them."""
    raw = {"value": "1.69 kg", "source": "a", "quality": "measured", "identity": "i", "note": "n"}
    value = read(raw, "kg")
    assert (value.source, value.quality, value.identity) == ("a", Quality.MEASURED, "i")
    assert value.cited("other", Quality.ASSUMED) == value
    assert read("1 kg", "kg").cited("other", Quality.ASSUMED).source == "other"
    factor = value.factor("mass", "somewhere else")
    assert (factor.identity, factor.source, factor.note) == ("i", "a", "n")


REFUSED = [
    (
        "{low: 3, mode: 2, high: 1}",
        "",
        'low "3" is more than mode "2"; write them in the order low, mode, high',
    ),
    (
        "{low: 2 kg, high: 1 kg}",
        "kg",
        'low "2 kg" is more than high "1 kg"; write them in the order low, high',
    ),
    ("{low: 1}", "", "these parts do not make a value: low (accepted: value; low, mode, high"),
    ("{}", "", "these parts do not make a value: none"),
    ("{lwo: 1, high: 2}", "", 'not a part of a value: "lwo"; did you mean "low"?'),
    ("{low: 1, mode: , high: 2}", "", "expected a value such as 60%, found nothing"),
    ("{low: [1], high: 2}", "", "expected a value such as 60%, found a list"),
    ("{low: 1 kg, high: 2 m}", "kg", '"m" is not a unit of mass (kg); write for example 1.7 kg'),
    (
        "{median: 1, gsd: 0.9}",
        "",
        'a geometric standard deviation is a factor from 1 to 1000 such as 1.2, found "0.9"',
    ),
    ("{median: 0, gsd: 2}", "", 'median "0" must be more than 0 for a lognormal'),
    ("{p5: 1e-9, p95: 1e9}", "", 'p95 "1e9" is more than 1e+06 times p5 "1e-9"; check the units'),
    (
        "{values: [1, 2], weights: [0, 0]}",
        "",
        "2 values need 2 weights, not all of them 0; found 2",
    ),
    ("{values: []}", "", "expected a list of values such as [60%]"),
    ("{samples: 3}", "", "expected a list of values such as [60%]"),
    ("{value: 1, quality: guessed}", "", 'no quality "guessed" (one of: measured, declared'),
    ("{value: 1, source: [a]}", "", "source: expected text, found a list"),
    (
        "{low: 1, mode: 2, high: 3, distribution: beta}",
        "",
        'no distribution "beta" for low, mode, high',
    ),
    ("55% ± 10", "", '"10" has no unit; write for example "55% ± 10%"'),
    ("700 W ± 50", "kW", '"50" has no unit; write for example "700 W ± 50 W"'),
    ("700 W ± -5%", "kW", '"-5%" is less than 0'),
    ("1e60 kg", "kg", '"1e60 kg" is beyond any real quantity; check the exponent'),
    ("1e400 kg", "kg", '"1e400 kg" is beyond any real quantity; check the exponent'),
    ("-1 kg", "kg", '"-1 kg" is less than 0 kg; write for example 1.7 kg'),
    ("[1 kg]", "kg", "expected a value such as 1.7 kg, found a list"),
]


@pytest.mark.parametrize(("text", "unit", "message"), REFUSED)
def test_what_is_no_value_says_so(text: str, unit: str, message: str) -> None:
    """A refusal says what was found and what is accepted."""
    with pytest.raises(UnitError) as caught:
        read(plain(text), unit)
    assert str(caught.value).startswith(message)


def test_a_share_is_a_share() -> None:
    """More than 100 % is refused, and a forgotten percent sign is offered."""
    with pytest.raises(
        UnitError, match=re.escape('"140%" is more than 100% (accepted: 0% to 100%)')
    ):
        read("140%", "", 0.0, 1.0)
    with pytest.raises(UnitError, match='"55" is more than 100%; write 55%'):
        read("55", "", 0.0, 1.0)


def test_nothing_is_no_value() -> None:
    """None, yes and no are not read as numbers."""
    for raw in (None, True, False):
        with pytest.raises(UnitError, match="expected a value such as 60%"):
            read(raw, "")


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.01, 100))
def test_order_of_parts_does_not_matter(first: float, second: float, third: float) -> None:
    """Any three numbers in order make a triangle within its ends, however the keys are ordered."""
    low, mode, high = sorted((first, second, third))
    parts = {"high": repr(high), "low": repr(low), "mode": repr(mode)}
    value = read(parts, "")
    assert value == read(dict(sorted(parts.items())), "")
    inside = value.distribution.quantile(np.array([0.0001, 0.5, 0.9999]))
    assert np.all(np.diff(inside) >= 0)
    assert low * (1 - 1e-12) <= inside[0] <= inside[2] <= high * (1 + 1e-12)


@given(st.floats(1e-6, 1e6), st.floats(0, 0.9), st.sampled_from(["W", "kW", "MW"]))
def test_plus_minus_is_symmetric(middle: float, share: float, unit: str) -> None:
    """The median of ``a ± b`` is a, and its 90 % interval a − b to a + b, in any unit."""
    value: Value = read(f"{middle!r} {unit} ± {middle * share!r} {unit}", "kW")
    exact = read(f"{middle!r} {unit}", "kW").central
    low, half, high = value.distribution.quantile(np.array([0.05, 0.5, 0.95]))
    assert half == pytest.approx(exact, rel=1e-12)
    assert (low, high) == pytest.approx((exact * (1 - share), exact * (1 + share)), rel=1e-9)
