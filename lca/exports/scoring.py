"""What SCI and SCI for AI share: location-based components per unit, and the arithmetic identities."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lca.errors import InputError
from lca.exports.case import Case, Chosen, grams, spread
from lca.ledger import Line
from lca.sources import Quality
from lca.terms import factors

EMBODIED = ("manufacture", "transport", "end_of_life")
_CLOSE = 1e-6
_MARKET = re.compile(
    r"market.based|residual mix|guarantees? of origin|certificate|\bppa\b|power purchase", re.I
)
_RULE = (
    "SCI takes location-based electricity alone: no certificates, contracts or offsets (its rule 5)"
)


def refuse_market(case: Case, export: str) -> None:
    """Refuse a grid factor that rests on contracts.

    Raises
    ------
    InputError
        With the place, the reason, and what to do.
    """
    for name, site in case.scenario.model.sites.items():
        if site.grid is not None and _MARKET.search(site.grid.source):
            msg = (
                f'{export}: sites.{name}.grid comes from "{site.grid.source}", a market-based figure. '
                f"{_RULE}; take the grid out, or give a location-based one"
            )
            raise InputError(msg)


def contracts(case: Case) -> list[str]:
    """Say which contracts of the scenario were left out."""
    sites = case.scenario.model.sites.items()
    return [
        f"the contract of site {name} belongs to the market-based account and is left out"
        for name, site in sites
        if site.contract is not None
    ]


def method(lines: Sequence[Line]) -> str:
    """Return how a component came to be, in the words of the report: measured, sourced, modelled."""
    found = {leaf.quality for line in lines for node in line.intensity for leaf in factors(node)}
    if Quality.MEASURED in found:
        return "measured"
    modelled = {Quality.MODELLED, Quality.DERIVED, Quality.ASSUMED}
    return "modelled" if found & modelled else "sourced"


def score(case: Case, chosen: Chosen, delivered: float) -> dict[str, Any]:
    """Return energy, intensity, embodied part, components and score per unit.

    Parameters
    ----------
    chosen
        Which lines are inside the boundary.
    delivered
        How many units they provide.

    Returns
    -------
    dict
        ``E`` in kWh, ``I`` in gCO2e/kWh, ``M`` and ``score`` in gCO2e, all but I per unit.
    """
    energy = case.total(chosen, "facility_energy").central / delivered
    parts = components(case, chosen, delivered)
    operated = sum(x["gCO2e"] for x in parts if x["stage"] == "operation")
    embodied = sum(x["gCO2e"] for x in parts if x["stage"] in EMBODIED)
    return {
        "score_gCO2e": operated + embodied,
        "E_kWh": energy,
        "I_gCO2e_per_kWh": operated / energy if energy else 0.0,
        "M_gCO2e": embodied,
        "interval_gCO2e": _interval(case, chosen, delivered),
        "components": parts,
    }


def _interval(case: Case, chosen: Chosen, delivered: float) -> dict[str, float]:
    """Return median and 90 % interval of the emissions per unit delivered centrally (gCO2e)."""
    whole = spread(case.total(lambda line: chosen(line) and _inside(line)))
    return {key: grams(whole[key]) / delivered for key in ("median", "p5", "p95")}


def _inside(line: Line) -> bool:
    """Whether a line counts: credits for recovered material are no part of a score."""
    return line.stage in (*EMBODIED, "operation")


def components(case: Case, chosen: Chosen, delivered: float) -> list[dict[str, Any]]:
    """Return the parts of a score, one level deep: entry, stage, component, grams per unit, method."""
    grouped: dict[tuple[str, str, str], list[Line]] = {}
    for line in case.lines():
        if _inside(line) and chosen(line):
            grouped.setdefault((line.asset, line.stage, line.component), []).append(line)
    return [
        {
            "entry": asset,
            "stage": stage,
            "component": component,
            "gCO2e": grams(case.sum(mine).central) / delivered,
            "method": method(mine),
        }
        for (asset, stage, component), mine in grouped.items()
    ]


def coefficients(case: Case) -> list[dict[str, Any]]:
    """Return every number that entered: name, central value, unit, source, how it came to be."""
    found = {
        (factor.name, factor.identity): {
            "name": factor.name,
            "value": factor.distribution.central,
            "unit": factor.unit,
            "source": factor.source or "given in the scenario",
            "method": str(factor.quality),
        }
        for factor in case.ledger.factors()
        if factor.role != "decision"
    }
    return list(found.values())


def balance(found: Mapping[str, Any], name: str) -> list[str]:
    """Return where a score breaks its own arithmetic: E times I plus M, and the sum of its parts."""
    said = found["score_gCO2e"]
    parts = sum(part["gCO2e"] for part in found["components"])
    equation = found["E_kWh"] * found["I_gCO2e_per_kWh"] + found["M_gCO2e"]
    return [
        *differs(f"{name}: E × I + M", equation, said),
        *differs(f"{name}: the sum of its components", parts, said),
    ]


def differs(what: str, expected: float, said: float) -> list[str]:
    """Say that a stated number is not what it must be; a power of ten is named as a slip of units."""
    if math.isclose(expected, said, rel_tol=_CLOSE, abs_tol=1e-12):
        return []
    return [f"{what} is {expected:.6g}, the document says {said:.6g}{_slip(expected, said)}"]


def _slip(expected: float, said: float) -> str:
    if expected <= 0 or said <= 0:
        return ""
    power = math.log10(said / expected)
    nearest = round(power)
    if abs(power - nearest) > 1e-3 or abs(nearest) < 2:
        return ""
    hint = " (grams and kilograms mixed up?)" if abs(nearest) == 3 else ""
    return f": a factor 1e{nearest:+d} off{hint}"


def per_amount(total_grams: float, delivered: float, amount: float, said: float) -> list[str]:
    """Return whether grams per amount of a unit follow from a total and what was delivered.

    Parameters
    ----------
    total_grams
        Emissions of all that was delivered (gCO2e).
    delivered, amount
        Units in all, and units that the score is per; both in the same unit.
    said
        The stated score (gCO2e).
    """
    return differs("total over delivered units", total_grams / delivered * amount, said)
