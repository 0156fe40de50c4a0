"""Units at the door: any way to write a quantity gives the same number, and nothing else gets in."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lca
from lca import units
from lca.errors import UnitError

SCENARIO = """\
schema: 1
functional_unit: 1 million tokens
period: 2027-2029
indicators: [gwp100, water, adp_elements, primary_energy, e_waste]
sites:
  own: {region: DE, pue: 1.2, wue: 1.8 L/kWh, grid: {value: 360 gCO2e/kWh, year: 2025}}
fleet:
  chat:
    device: nvidia-h100-sxm5-80gb
    count: 8
    lifetime: 3 years
    site: own
    utilization: 60%
    mass: 2.5 kg
    power: {idle: 80 W, busy: 700 W}
    host_power: 1.2 kW
    serves: {throughput: 2500 token/s}
work:
  tune: {it_energy: 7.2 MWh, site: own, tokens: 1e9 tokens}
assumptions: {transport: {plane: 8000 km}}
"""

OTHER_WAYS = [
    ("7.2 MWh", "7200 kWh"),
    ("7.2 MWh", "25.92 GJ"),
    ("7.2 MWh", "25920 MJ"),
    ("7.2 MWh", "7.2e9 mWh"),
    ("busy: 700 W", "busy: 0.7 kW"),
    ("busy: 700 W", "busy: 2.52 MJ/h"),
    ("busy: 700 W", "busy: 700 J/s"),
    ("busy: 700 W", "busy: 700W"),
    ("3 years", "36 months"),
    ("3 years", "1095.75 days"),
    ("2500 token/s", "9e6 token/h"),
    ("2500 token/s", "9 million tokens/h"),
    ("360 gCO2e/kWh", "0.1 kgCO2e/MJ"),
    ("360 gCO2e/kWh", "360 kg CO2-eq/MWh"),
    ("360 gCO2e/kWh", "0.36 tCO2e/MWh"),
    ("1.8 L/kWh", "0.5 L/MJ"),
    ("1.8 L/kWh", "1.8 m3/MWh"),
    ("2.5 kg", "2500 g"),
    ("2.5 kg", "0.0025 t"),
    ("8000 km", "8e6 m"),
    ("utilization: 60%", "utilization: 0.6"),
    ("1e9 tokens", "1000 million tokens"),
    ("1 million tokens", "1e6 tokens"),
]


def results(folder: Path, text: str) -> list[float]:
    """Return every total and every year of a scenario, at the central estimate."""
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    ledger = lca.evaluate(lca.load(file), samples=0)
    indicators = ("gwp100", "water", "e_waste")
    found = [ledger.total(name).central for name in indicators]
    found += [row.estimate.central for row in ledger.by("stage", "year")]
    return [*found, ledger.per(ledger.functional_units[0]).central]


@pytest.mark.parametrize(("usual", "other"), OTHER_WAYS)
def test_the_unit_written_does_not_change_the_answer(
    tmp_path: Path, usual: str, other: str
) -> None:
    """MWh, kWh or MJ, watts or megajoules an hour: the same answer to 1e-12."""
    assert SCENARIO.count(usual) == 1
    expected = results(tmp_path, SCENARIO)
    assert max(map(abs, expected)) > 100
    found = results(tmp_path, SCENARIO.replace(usual, other))
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("usual", "different"),
    [("7.2 MWh", "7.3 MWh"), ("700 W", "701 W"), ("2500 token/s", "2501 token/s")],
)
def test_another_value_changes_the_answer(tmp_path: Path, usual: str, different: str) -> None:
    """The comparison above could fail: a slightly different value gives a different answer."""
    changed = results(tmp_path, SCENARIO.replace(usual, different))
    assert changed != pytest.approx(results(tmp_path, SCENARIO), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1 kWh", "MJ", 3.6),
        ("1 year", "h", 8766.0),
        ("1 h/day", "h/year", 365.25),
        ("1 TB", "GB", 1000.0),
        ("1 GiB", "GB", 1.073741824),
        ("8 Gbit", "GB", 1.0),
        ("814 mm2", "cm2", 8.14),
        ("1 tCO2e", "kgCO2e", 1000.0),
        ("1 lbCO2e", "kgCO2e", 0.45359237),
        ("2 pounds CO2e", "kgCO2e", 0.90718474),
        ("1 kg CO2-eq", "kgCO2e", 1.0),
        ("1 kg CO2 eq", "kgCO2e", 1.0),
        ("1 t CO2 equivalents", "kgCO2e", 1000.0),
        ("1 mg Sb eq", "kgSbeq", 1e-6),
        ("1 TFLOP/s", "flop/h", 3.6e15),
        ("0.10 /cm2", "1/cm2", 0.1),
        ("1 mile", "km", 1.609344),
        ("1 gallon", "L", 3.785411784),
        ("12_000 h", "h", 12000.0),
        ("  .5 kW ", "kW", 0.5),
        ("+5. W", "kW", 0.005),
        ("1E3 W", "kW", 1.0),
        ("60 %", "", 0.6),
        ("3 permille", "", 0.003),
        ("1 J s^-1", "kW", 0.001),
    ],
)
def test_a_quantity_is_read(text: str, unit: str, value: float) -> None:
    """Units are converted by their definitions, in any of their spellings."""
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("700", "kW", '"700" has no unit; write for example 700 W'),
        ("700 w", "kW", 'no unit "w"; did you mean "W"? (for example 700 W)'),
        (
            "5 kg",
            "kgCO2e",
            '"kg" is not a unit of emissions (kgCO2e); write for example 164 kgCO2e',
        ),
        ("5 kg CO2", "kgCO2e", 'no unit "kg CO2": write emissions as CO2e, for example kgCO2e'),
        (
            "1,000 W",
            "kW",
            '"1,000 W" has a comma; write thousands as 12000 or 12_000, decimals with a point',
        ),
        ("−5 W", "kW", '"−5 W" has a typographic minus sign; write "-"'),
        ("nan", "", '"nan" is not a finite number; write for example 60%'),
        ("-inf W", "kW", '"-inf W" is not a finite number; write for example 700 W'),
        ("12:30", "h", '"12:30" is not a number with a unit; write for example 12000 h'),
        ("1.5.2 kW", "kW", '"1.5.2 kW" is not a number with a unit; write for example 700 W'),
        ("", "kW", '"" is empty; write for example 700 W'),
        ("5 W 3", "kW", '"W 3" is not a unit: it has a number in it; write for example 700 W'),
        ("2**3 W", "kW", '"**3 W" is not a unit; write for example 700 W'),
        ("5 %", "kW", '"%" is not a unit of power (kW); write for example 700 W'),
        ("5 kW", "", '"kW" is not a unit of a share or ratio; write for example 60%'),
    ],
)
def test_what_is_no_quantity_says_so(text: str, unit: str, message: str) -> None:
    """A refusal says what was found and what is accepted; no second number is dropped silently."""
    with pytest.raises(UnitError) as caught:
        units.parse(text, unit)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    ["1 W^9^9^9", "1 W*(9**9)**(9**9)", "1 W ** 9 ** 9 ** 9", "1 " + "(" * 70, "1 W^99999999"],
)
def test_a_unit_cannot_keep_the_reader_busy(text: str) -> None:
    """Towers of powers are refused before anything is computed; one would take years."""
    with pytest.raises(UnitError, match="is not a unit"):
        units.parse(text, "kW")


KINDS = [
    *("kg", "kgCO2e", "kgSbeq", "device", "token", "request", "flop", "run"),
    *("USD", "EUR", "GBP", "kWh", "kW", "h", "GB", "L", "km", "cm2"),
]


@pytest.mark.parametrize("left", KINDS)
def test_what_is_not_alike_is_not_added_up(left: str) -> None:
    """Kilograms of e-waste, of CO2e and of antimony, counted things and currencies stand apart."""
    for right in KINDS:
        if left == right:
            assert units.parse(f"2 {left}", right) == 2
            continue
        with pytest.raises(UnitError):
            units.parse(f"2 {left}", right)
        with pytest.raises(pint.DimensionalityError):
            units.quantity(1.0, left) + units.quantity(1.0, right)


UNITS = [
    "kW",
    "kWh",
    "MJ",
    "kg",
    "kgCO2e",
    "gCO2e/kWh",
    "L/kWh",
    "cm2",
    "GB/h",
    "token/h",
    "flop/h",
]


@given(st.floats(min_value=1e-30, max_value=1e30), st.sampled_from(UNITS))
def test_a_quantity_survives_being_written(value: float, unit: str) -> None:
    """Dressing a number in its unit, writing it and reading it again gives the number."""
    quantity = units.quantity(value, unit)
    assert units.parse(f"{value!r} {unit}", unit) == value
    assert units.magnitude(quantity, unit) == pytest.approx(value, rel=1e-15)
    text = f"{float(quantity.magnitude)!r} {quantity.units}"
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-15)


@given(st.floats(-1e9, 1e9), st.floats(0.001, 1000), st.sampled_from(["MWh", "J", "GJ", "Wh"]))
def test_reading_is_linear(number: float, times: float, unit: str) -> None:
    """Twice the number is twice the quantity; there is no offset in any unit."""
    assert units.parse(f"{number * times!r} {unit}", "kWh") == pytest.approx(
        times * units.parse(f"{number!r} {unit}", "kWh"), rel=1e-12, abs=1e-300
    )


LETTERS = st.text(alphabet="0123456789.,eE+-*/^()% _WkhgJCO2etokn±~'\"$µ²", max_size=24)


@given(st.text(max_size=24) | LETTERS, st.sampled_from([*UNITS, ""]))
def test_any_text_is_a_number_or_a_refusal(text: str, unit: str) -> None:
    """Whatever is written becomes a float or a `UnitError`, and the error shows an example."""
    try:
        number, refusal = units.parse(text, unit), ""
    except UnitError as error:
        number, refusal = 0.0, str(error)
    assert not math.isnan(number)
    assert refusal == "" or "example" in refusal or "write" in refusal


def test_units_are_read_alike_by_many_threads_at_once() -> None:
    """The registry is built and read by one thread at a time, also on its first use."""
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from lca import units\n"
        "texts = [('80 GB', 'GB'), ('0.7 kW', 'kW'), ('56 gCO2e/kWh', 'kgCO2e/kWh')] * 20\n"
        "with ThreadPoolExecutor(16) as pool:\n"
        "    found = set(pool.map(lambda pair: units.parse(*pair), texts))\n"
        "print(sorted(found))\n"
    )
    command = [sys.executable, "-c", script]
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "[0.056, 0.7, 80.0]\n"
