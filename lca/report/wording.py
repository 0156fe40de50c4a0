"""Puts names of factors, units and numbers into words that a reader outside the project knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lca.estimates import round_figures, scale
from lca.vocabulary import VOCABULARY

Statistics = Mapping[str, object]

_SPOKEN = {
    "pue": "PUE",
    "wue": "WUE",
    "thermal_design_power": "rated power (TDP)",
    "it_energy": "IT energy",
    "busy_fraction": "power while busy, as a share of TDP",
    "idle_fraction": "power while idle, as a share of TDP",
    "flop_utilization": "useful share of peak FLOPs",
    "cloud_lifetime": "lifetime of cloud devices",
    "cloud_occupancy": "share of time cloud devices are sold",
    "gwp100": "greenhouse gases",
    "primary_energy": "primary energy",
    "adp_elements": "mineral resources",
    "water": "water",
    "present_cost": "cost, present value",
    "e_waste": "electronic waste",
    "facility_energy": "facility energy",
    "end_of_life": "end of life",
    "recovery_credit": "recovery credit",
}
_FAMILIES = {"hbm": "HBM memory", "dram": "DRAM", "gddr": "GDDR memory", "nand": "flash storage"}
_LIFE = {"lifecycle": "life-cycle", "direct": "direct"}
_RULES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"generation/(\w+)/(.+)",
        lambda m: f"{_LIFE.get(m[1], m[1])} emissions of {spoken(m[2])} power",
    ),
    (r"grid/spread/(.+)", lambda m: f"spread of the grid intensity of {m[1]}"),
    (r"grid/.*/([^/]+)/(\d{4})", lambda m: f"grid intensity of {m[1]} in {m[2]}"),
    (r"trajectory/spread/(.+)", lambda m: f"departure of the grid of {m[1]} from its path"),
    (r"prices/electricity/(\w+)/(.+)", lambda m: f"{m[1]} price of electricity in {m[2]}"),
    (r"prices/rentals/(\w+)/(.+)", lambda m: f"rent of {m[2]} at {m[1]}"),
    (r"prices/carbon/(\w+)/(\d{4})", lambda m: f"price of carbon in {m[2]} ({spoken(m[1])})"),
    (r"residual/([A-Z]{2}[\w-]*)/(\d{4})", lambda m: f"residual mix of {m[1]} in {m[2]}"),
    (r"residual/(.+)", lambda m: f"error of the embodied model for {m[1]}"),
    (r"published/(.+)", lambda m: f"uncertainty of the published footprint of {m[1]}"),
    (
        r"(?:memory|storage)-family-(\w+)",
        lambda m: f"carbon per GB of {_FAMILIES.get(m[1], m[1].upper())}",
    ),
    (
        r"(?:memory|storage)/([^/]+)/carbon_per_capacity",
        lambda m: f"carbon per GB of {m[1].upper()}",
    ),
    (r"([^/]+)/power/tdp", lambda m: f"rated power (TDP) of {m[1]}"),
    (r"([^/]+)/power/(\w+)", lambda m: f"{m[2]} power of {m[1]}"),
    (r"([^/]+)/mass(?:/.*)?", lambda m: f"mass of {m[1]}"),
    (r"form-factor/(.+)/mass", lambda m: f"mass of a {m[1]}"),
    (r"([^/]+)/die/(\w+)/area", lambda m: f"area of the {m[2]} dies of {m[1]}"),
    (r"([^/]+)/footprint.*", lambda m: f"published footprint of {m[1]}"),
    (r"process/([^/]+)/(\w+)", lambda m: f"{spoken(m[2])} of process {m[1]}"),
    (r"water/(.+)", lambda m: f"water per kWh of the grid of {m[1]}"),
    (r"losses/([^/]+)/.*", lambda m: f"transmission loss of {m[1]}"),
    (r"record/(.+)/\w{12}", lambda m: f"energy of the workload record of {m[1]}"),
    (r"facility/(.+)/(\w+)", lambda m: f"{spoken(m[2])} of {m[1]}"),
    (r"(sites|fleet|work)\.([^.]+)\.(.+)", lambda m: f"{_dotted(m[3])} of {m[2]}"),
    (r"assumptions\.(.+)", lambda m: _dotted(m[1])),
    (r"defaults/(\w+)", lambda m: f"{spoken(m[1])} (default)"),
)


def spoken(name: str) -> str:
    """Return a name of the vocabulary as words: ``end_of_life`` is "end of life"."""
    return _SPOKEN.get(name, name.replace("_", " ").replace("  ", " "))


def _dotted(path: str) -> str:
    return " ".join(spoken(step) for step in path.split("."))


def name_factor(name: str, identity: str) -> str:
    """Say which number a factor is.

    Parameters
    ----------
    name
        Name of the quantity.
    identity
        Key of its draws, such as ``generation/lifecycle/nuclear``.
    """
    for pattern, say in _RULES:
        match = re.fullmatch(pattern, identity)
        if match:
            return say(match)
    return spoken(name)


def explain_factor(name: str) -> str:
    """Return the vocabulary's sentence on a quantity, or ""."""
    return VOCABULARY[name].sentence if name in VOCABULARY else ""


def say_unit(unit: str) -> str:
    """Return a unit as it is spoken: ``gCO2e/(EFLOP peak)`` is "gCO2e per EFLOP peak"."""
    above, slash, below = unit.partition("/")
    inner = re.fullmatch(r"\((.+)\)", below)
    if not slash or inner is None:
        return unit
    return f"{above} per {inner[1]}" if " " in inner[1] or inner[1].isalpha() else unit


def common_scale(values: list[float], unit: str) -> tuple[float, str]:
    """Return the divisor and the spoken unit in which all of some values read well.

    The largest decides: numbers that stand beside each other have one unit.
    """
    step, name = scale(max((abs(value) for value in values), default=0.0), unit)
    return step, say_unit(name)


def interval(statistics: Statistics, step: float = 1.0) -> tuple[str, str]:
    """Return the median and the 90 % interval as texts of two significant figures.

    The interval is "" for a number without one; where there is no number, the median is "n/a".
    """
    if statistics["median"] is None:
        return "n/a", ""
    middle, low, high = (
        round_figures(float(str(statistics[key])) / step).replace("-", "−")
        for key in ("median", "p5", "p95")
    )
    if low == high:
        return middle, ""
    return middle, f"{low} to {high}" if low.startswith("−") else f"{low}–{high}"


def in_words(statistics: Statistics) -> str:
    """Return one number with interval and unit: ``3.7 (2.1–6.0) tCO2e``."""
    if statistics["median"] is None:
        return f"not available: {statistics.get('reason', 'unknown')}"
    median = float(str(statistics["median"]))
    largest = max(abs(float(str(statistics[key]))) for key in ("p5", "p95"))
    step, unit = common_scale([median or largest], str(statistics["unit"]))
    middle, between = interval(statistics, step)
    return f"{middle} ({between}) {unit}".strip() if between else f"{middle} {unit}".strip()


def percent(share: float) -> str:
    """Return a probability as text that never claims certainty: ``>99.9%``."""
    if share == 0.5:
        return "50%"
    if share < 0.001:
        return "<0.1%"
    if share > 0.999:
        return ">99.9%"
    return f"{share:.1%}" if share < 0.01 or share > 0.99 else f"{share:.0%}"


def plain_number(value: float) -> str:
    """Return a number as it was published, to six figures and without an exponent."""
    if abs(value) >= 1e12:
        return f"{value:.6g}".replace("e+", "e")
    text = f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return f"{value:.3e}" if "e" in text else text


def exact_words(statistics: Statistics) -> str:
    """Return an input as it was given where it is exact, else with its interval."""
    if statistics["p5"] != statistics["p95"]:
        return in_words(statistics)
    return f"{plain_number(float(str(statistics['central'])))} {statistics['unit']}".strip()
