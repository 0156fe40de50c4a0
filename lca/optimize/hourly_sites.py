"""What a kWh of IT energy emits at a site, by hour: the ledger's own coefficient times a series.

The coefficient is read from the ledger: one kWh of IT energy is evaluated at the site with a grid
of 1 kgCO2e/kWh, so that overhead, losses and contracts are those of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lca import factors, hourly
from lca.errors import InputError, Problem, ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.hourly import Series
from lca.ledger import Ledger
from lca.optimize.asking import shared_draws
from lca.scenario import Scenario
from lca.terms import Draws, Factor
from lca.uncertain import Array, two_piece

_PROBE = "optimize-probe-"
_MIX_NAMES = {"biomass": "other_incl_bioenergy", "geothermal": "other"}
DRAWS = 1024
"""Draws of a question that is asked without a number."""


@dataclass(frozen=True, eq=False)
class Rate:
    """What the electricity of a site emits.

    Attributes
    ----------
    site
        Its name.
    location, market
        kgCO2e per kWh of IT energy and per kgCO2e/kWh of the grid, on both accounts, shape
        ``(1 + samples,)``: overhead and losses.
    facility
        Facility energy over IT energy, shape ``(1 + samples,)``.
    price
        Cost per kWh of IT energy in ``currency``, first year; None where no price is known.
    """

    site: str
    location: Array
    market: Array
    facility: Array
    price: float | None = None
    currency: str = ""


@dataclass(frozen=True, eq=False)
class _Probed:
    """What one kWh of IT energy adds at each site."""

    location: dict[str, Array]
    market: dict[str, Array]
    facility: dict[str, Array]
    cost: dict[str, float]
    currency: str


def hourly_draws(scenario: Scenario, samples: int | None, seed: int | None) -> Draws:
    """Return the draws that all choices by the hour share: as few as asked for."""
    return shared_draws(scenario, samples, seed, fewest=0, most=DRAWS)


def rates(scenario: Scenario, sites: Sequence[str], draws: Draws) -> dict[str, Rate]:
    """Return the rates of sites, from one evaluation with a grid of 1 and one of 0 kgCO2e/kWh."""
    one = _probed(scenario, sites, "1 kgCO2e/kWh", draws)
    none = _probed(scenario, sites, "0 kgCO2e/kWh", draws)
    return {
        site: Rate(
            site,
            one.location[site] - none.location[site],
            one.market[site] - none.market[site],
            one.facility[site],
            one.cost.get(site),
            one.currency,
        )
        for site in sites
    }


def _probed(scenario: Scenario, sites: Sequence[str], intensity: str, draws: Draws) -> _Probed:
    wanted = scenario.model.assumptions.electricity
    grid = {
        "value": intensity,
        "boundary": wanted.boundary,
        "accounting": wanted.accounting,
        "method": wanted.method,
    }
    changes: dict[str, object] = {}
    for site in sites:
        changes |= {f"sites.{site}.grid": grid, f"sites.{site}.grid_path": "constant"}
    works = {f"{_PROBE}{site}": {"it_energy": "1 kWh", "site": site} for site in sites}
    changes |= {"work": works, "fleet": {}, "services": {}, "optimize": None}
    ledger = evaluate(scenario.patch(changes, "probe"), draws=draws)
    return _Probed(
        _by_site(ledger, sites, basis="location"),
        _by_site(ledger, sites, basis="market"),
        _by_site(ledger, sites, indicator="facility_energy"),
        _costs(ledger, sites),
        ledger.unit("cost"),
    )


def _by_site(ledger: Ledger, sites: Sequence[str], **how: str) -> dict[str, Array]:
    rows = {row.labels[0]: row.estimate.samples for row in ledger.by("asset", **how)}
    zero = np.zeros(1 + ledger.draws.samples)
    return {site: rows.get(f"{_PROBE}{site}", zero) for site in sites}


def _costs(ledger: Ledger, sites: Sequence[str]) -> dict[str, float]:
    """Return the cost of the probe by site, where it is known in full."""
    if not ledger.knows("cost") or any(one.indicator == "cost" for one in ledger.missing):
        return {}
    return {site: float(x[0]) for site, x in _by_site(ledger, sites, indicator="cost").items()}


def series_of(scenario: Scenario, name: str, path: str) -> Series:
    """Return a series that a scenario names.

    Raises
    ------
    ScenarioError
        There is none, or it cannot be repaired; with the path in the scenario.
    """
    try:
        return hourly.find(name, folder_of(scenario))
    except InputError as error:
        told = [Problem(p.path or path, p.message, p.file, p.line) for p in error.problems]
        raise ScenarioError(told) from None


def folder_of(scenario: Scenario) -> Path | None:
    """Return the folder of a scenario's file, or None where it has none."""
    file = Path(scenario.source.name)
    return file.parent if file.is_file() else None


def kind_of(scenario: Scenario, asked: str | None) -> str:
    """Return which intensity counts."""
    wanted = scenario.model.assumptions.electricity
    if asked is not None:
        return asked
    return wanted.boundary if wanted.method == "average" else "marginal"


def spread(series: Series, kind: str, load: Array, draws: Draws) -> Array:
    """Return the emissions of a load over their central value, on the draws.

    The mix in the hours of the load, with the published range of each source (kgCO2e/kWh), shared
    by all series and by the annual factors; ones where the mix is not known or marginal.
    """
    shares = series.shares() if kind in {"lifecycle", "direct"} else {}
    whole, central = np.zeros(1 + draws.samples), 0.0
    for name, share in shares.items():
        energy = float(share @ load)
        try:
            found = factors.generation_source(_MIX_NAMES.get(name, name), kind)
        except LookupError:
            continue
        central += energy * found.central
        whole = whole + energy * found.central * source_spread(found, draws)
    return whole / central if central > 0 else np.ones(1 + draws.samples)


def source_spread(found: factors.SourceIntensity, draws: Draws) -> Array:
    """Return the range of a source over its central value, by the draws of the annual factors."""
    if not 0 < found.low < found.central < found.high:
        return np.ones(1 + draws.samples)
    spread_of = two_piece(found.low / found.central, 1.0, found.high / found.central)
    identity = f"generation/{found.boundary}/{found.name}"
    return draws.array(Factor("source_spread", spread_of, "", identity=identity))


def estimate(
    parts: Sequence[tuple[Rate, Series, Array, Array]], kind: str, draws: Draws, label: str
) -> Estimate:
    """Return the emissions of loads in places (kgCO2e): rate, series, load in kW, intensity."""
    whole = np.zeros(1 + draws.samples)
    for rate, series, load, intensity in parts:
        energy = float(load @ intensity)
        if energy:
            whole = whole + rate.location * energy * spread(series, kind, load, draws)
    return Estimate(whole, "kgCO2e", label)
