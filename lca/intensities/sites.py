"""Electricity of a site: grid intensity by year on both accounts, overhead, losses, water."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lca import factors
from lca.factors import GridFactor
from lca.formulas.electricity import floored_intensity, market_intensity, projected_intensity
from lca.intensities.trajectories import path_remarks, trajectory_index, upstream_floor
from lca.library import constants
from lca.scenario.models import ScenarioModel
from lca.scenario.site_models import Contract, Site, Trajectory
from lca.sources import Quality
from lca.terms import Factor, Node, Term, apply, product, total
from lca.uncertain import Distribution, exact, two_piece

_MIX_NAMES = {"bioenergy": "other_incl_bioenergy"}

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SitePower:
    """What a kilowatt-hour at a site means, symbolically.

    ``location`` and ``market`` hold one intensity per year (kgCO2e/kWh); ``loss``, ``wue`` and
    ``water`` are None where no factor exists.
    """

    name: str
    region: str
    location: tuple[Node, ...]
    market: tuple[Node, ...]
    pue: Factor
    loss: Factor | None
    wue: Factor | None
    water: Factor | None

    @property
    def accounts(self) -> dict[str, tuple[Node, ...]]:
        """The intensities by account; one entry where both agree."""
        if self.location == self.market:
            return {"both": self.location}
        return {"location": self.location, "market": self.market}


def site_power(name: str, model: ScenarioModel, warn: Warn) -> SitePower:
    """Build the electricity of a site of a scenario.

    Parameters
    ----------
    name
        Site name in the scenario.
    model
        The scenario.
    warn
        Called with each remark (fallbacks, defaults, gaps).
    """
    site = model.sites[name]
    resolution = factors.resolve(site.region)
    base, year = _base(name, site, model, warn)
    path = site.grid_path or model.assumptions.grid_path
    for remark in path_remarks(path, year, site.region) if model.years[-1] > year else ():
        warn(remark)
    floor = _floor(path, site, model, name)
    location = tuple(_in_year(base, y, year, path, site, name, floor, warn) for y in model.years)
    market = _market(name, site, location, model, warn)
    return SitePower(
        name,
        resolution.region_code,
        location,
        market,
        _pue(name, site, model, warn),
        _loss(name, site, model, warn),
        _wue(name, site),
        _water(site, model),
    )


def _base(name: str, site: Site, model: ScenarioModel, warn: Warn) -> tuple[Node, int]:
    """Return the intensity of the base year and that year."""
    if site.grid is not None:
        value = site.grid.value.cited(site.grid.source, Quality.GIVEN)
        return value.factor("grid_intensity", f"sites.{name}.grid"), site.grid.year or model.years[
            0
        ]
    wanted = model.assumptions.electricity
    found, remarks = factors.grid_factor(
        site.region,
        boundary=wanted.boundary,
        accounting=wanted.accounting,
        method=wanted.method,
        year=wanted.year,
    )
    for remark in remarks:
        warn(remark)
    if found.gas_basis == "CO2":
        warn(f"the grid factor of {found.name} counts CO2 only, not the other greenhouse gases")
    return published_intensity(found), found.year


@cache
def published_intensity(found: GridFactor) -> Node:
    """Return a published intensity with the uncertainty of its generation mix.

    The level is the published one; its spread is that of the life-cycle factors of the sources
    in the mix, which all regions share.
    """
    level = Factor(
        "published_intensity",
        found.value,
        "kgCO2e/kWh",
        identity=f"grid/{found.table}/{found.region}/{found.year}",
        source=found.source,
        quality=Quality.MODELLED,
        note=f"{found.name} {found.year}, {found.boundary}, {found.accounting}, {found.method}",
    )
    return product(
        "grid_intensity", "kgCO2e/kWh", published_intensity=level, mix_spread=_mix_spread(found)
    )


def _mix_spread(found: GridFactor) -> Node:
    """Return the relative uncertainty of a mix: shares weighted by intensity, times each source's spread."""
    try:
        mix = factors.generation_mix(found.region)
    except LookupError:
        return (
            constants("defaults")
            .value("mix_spread", "")
            .factor("mix_spread", f"grid/spread/{found.region}")
        )
    ranges = {name: factors.generation_source(name, found.boundary) for name in mix.shares}
    whole = sum(mix.shares[name] * ranges[name].central for name in mix.shares)
    if whole <= 0:
        return Factor("mix_spread", 1.0, "", source=mix.source)
    weights = {name: share * ranges[name].central / whole for name, share in mix.shares.items()}
    parts = {
        name: product(
            f"{name}_part",
            "",
            source_share=Factor(
                "source_share", weight, "", source=mix.source, note="weighted by intensity"
            ),
            source_spread=_source_spread(ranges[name], f"generation/{found.boundary}/{name}"),
        )
        for name, weight in weights.items()
        if weight > 0
    }
    return total("mix_spread", parts)


def _source_spread(found: factors.SourceIntensity, identity: str) -> Factor:
    """Return the range of a source over its central value."""
    return Factor(
        "source_spread",
        _spread(found.low, found.central, found.high),
        "",
        identity=identity,
        source=found.range_source or found.source,
        quality=Quality(found.quality),
        note=found.note,
    )


def _spread(low: float, central: float, high: float) -> Distribution:
    if 0 < low < central < high:
        return two_piece(low / central, 1.0, high / central)
    # no usable range is published: the cited default for mixes that are not known
    return constants("defaults").value("mix_spread", "").distribution


def _floor(path: Trajectory, site: Site, model: ScenarioModel, name: str) -> Factor | None:
    """Return what a path does not fall below; a grid factor of the user's own has no default floor."""
    own = site.grid is not None and path.floor is None
    return None if own else upstream_floor(path, model.assumptions.electricity.boundary, name)


def _in_year(
    base: Node,
    year: int,
    base_year: int,
    path: Trajectory,
    site: Site,
    name: str,
    floor: Factor | None,
    warn: Warn,
) -> Node:
    index = trajectory_index(path, year, base_year, site.region, name)
    if index is None:
        if year > base_year:
            warn(
                f"grid of {site.region}: the value of {base_year} is used for later years (grid_path: constant)"
            )
        return base
    inputs: dict[str, Node] = {"grid_intensity": base, "trajectory_index": index}
    if floor is None:
        return Term("grid_intensity", projected_intensity, inputs)
    inputs["upstream_intensity"] = floor
    return Term("grid_intensity", floored_intensity, inputs)


def _market(
    name: str, site: Site, location: tuple[Node, ...], model: ScenarioModel, warn: Warn
) -> tuple[Node, ...]:
    residual = _residual(name, site, location, model, warn)
    if site.contract is None:
        return residual
    contract = site.contract
    if contract.matching == "hourly":
        warn(f"site {name}: hourly matching is taken at its yearly share; no hourly series is used")
    share = contract.share.factor("contract_share", f"sites.{name}.contract.share")
    bought = _contracted(name, contract, model)
    return tuple(
        apply(
            market_intensity,
            contract_share=share,
            contract_intensity=bought,
            residual_intensity=node,
        )
        for node in residual
    )


def _contracted(name: str, contract: Contract, model: ScenarioModel) -> Factor:
    if contract.intensity is not None:
        return contract.intensity.factor("contract_intensity", f"sites.{name}.contract.intensity")
    boundary = model.assumptions.electricity.boundary
    source = str(contract.source)
    found = factors.generation_source(_MIX_NAMES.get(source, source), boundary)
    known = found.low > 0 and found.low < found.central < found.high
    spread = two_piece(found.low, found.central, found.high) if known else exact(found.central)
    return Factor(
        "contract_intensity",
        spread,
        "kgCO2e/kWh",
        identity=f"generation/{boundary}/{contract.source}",
        source=found.range_source or found.source,
        quality=Quality(found.quality),
        note=found.note,
    )


def _residual(
    name: str, site: Site, location: tuple[Node, ...], model: ScenarioModel, warn: Warn
) -> tuple[Node, ...]:
    if site.contract is not None and site.contract.residual is not None:
        node = site.contract.residual.factor(
            "residual_intensity", f"sites.{name}.contract.residual"
        )
        return (node,) * len(location)
    boundary = model.assumptions.electricity.boundary
    try:
        found = factors.residual_mix(site.region)
    except LookupError:
        found = None
    if found is None or found.boundary != boundary:
        if site.contract is not None:
            warn(
                f"no {boundary} residual mix for {site.region}: uncontracted electricity is market-based at the grid average"
            )
        return location
    return (
        Factor(
            "residual_intensity",
            found.value,
            "kgCO2e/kWh",
            identity=f"residual/{found.region}/{found.year}",
            source=found.source,
        ),
    ) * len(location)


def _pue(name: str, site: Site, model: ScenarioModel, warn: Warn) -> Factor:
    if site.pue is not None:
        return site.pue.factor("pue", f"sites.{name}.pue")
    measure = _facility(site).pue if _is_cloud(site) else None
    if measure is not None:
        note = f"{measure.region} {measure.year}, {measure.scope}"
        return _declared("pue", "", measure, f"facility/{site.region}/pue", note)
    if model.assumptions.pue is not None:
        return model.assumptions.pue.factor("pue", "assumptions.pue")
    found = constants("defaults").factor("pue", "")
    low, high = found.distribution.interval()
    warn(
        f"site {name} has no PUE: the default is used ({low:.2f} to {high:.2f}, mode {found.distribution.central:.2f})"
    )
    return found


def _is_cloud(site: Site) -> bool:
    return ":" in factors.resolve(site.region).region_code


def _facility(site: Site) -> factors.Facility:
    return factors.facility(factors.resolve(site.region).region_code)


def _loss(name: str, site: Site, model: ScenarioModel, warn: Warn) -> Factor | None:
    if model.assumptions.electricity.losses == "exclude":
        return None
    if site.transmission_loss is not None:
        return site.transmission_loss.factor("transmission_loss", f"sites.{name}.transmission_loss")
    measure = factors.transmission_loss(site.region)
    if measure is None:
        warn(
            f"no transmission and distribution loss is known for {site.region}: losses are not counted there"
        )
        return None
    identity, note = f"losses/{measure.region}/{measure.year}", f"{measure.region} {measure.year}"
    return _declared("transmission_loss", "", measure, identity, note)


def _wue(name: str, site: Site) -> Factor | None:
    if site.wue is not None:
        return site.wue.factor("wue", f"sites.{name}.wue")
    measure = _facility(site).wue if _is_cloud(site) else None
    if measure is None:
        return None
    return _declared("wue", "L/kWh", measure, f"facility/{site.region}/wue")


def _declared(
    name: str, unit: str, measure: factors.Measure, identity: str, note: str = ""
) -> Factor:
    """Return a published figure of a facility or a country as it was declared."""
    return Factor(
        name,
        measure.value,
        unit,
        identity=identity,
        source=measure.source,
        quality=Quality.DECLARED,
        note=note,
    )


def _water(site: Site, model: ScenarioModel) -> Factor | None:
    if "water" not in model.indicators:
        return None
    measure = factors.water_intensity(site.region)
    if measure is None:
        return None
    spread = constants("defaults").value("water_spread", "").distribution.scaled(measure.value)
    return Factor(
        "grid_water_intensity",
        spread,
        "L/kWh",
        identity=f"water/{measure.region}",
        source=measure.source,
        quality=Quality.MODELLED,
    )


__all__ = ["SitePower", "published_intensity", "site_power"]
