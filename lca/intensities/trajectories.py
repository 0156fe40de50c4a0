"""How the grid intensity of a site moves over the years: an index of its base year."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lca import factors
from lca.formulas.trajectory import declined_index, interpolated_index
from lca.scenario.site_models import Trajectory
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product
from lca.uncertain import lognormal
from lca.values import Value


def trajectory_index(
    path: Trajectory, year: int, base_year: int, region: str, name: str
) -> Node | None:
    """Return the index of a year over the base year, or None where it stays constant.

    Where the path has a ``spread``, the index is uncertain: more so the farther the year is from
    the base year, and alike for all sites of a country.

    Raises
    ------
    LookupError
        If a published path does not reach the year: nothing is extrapolated.
    """
    index = _index(path, year, base_year, region, name)
    if path.spread is None or year <= base_year:
        return index
    spread = _departure(path.spread, year - base_year, region)
    if index is None:
        return spread
    return product("trajectory_index", "", trajectory_index=index, trajectory_spread=spread)


def _departure(spread: Value, years: int, region: str) -> Factor:
    """Return how far a grid may be from its path after some years, one draw for all of them.

    A grid that departs stays departed: the years move together, and so do sites of one country.
    """
    country = factors.resolve(region).candidates[-1]
    wide = spread.central ** math.sqrt(years)
    return Factor(
        "trajectory_spread",
        lognormal(1.0, wide) if wide > 1 else 1.0,
        "",
        identity=f"trajectory/spread/{country}",
        source=spread.source,
        quality=spread.quality,
        note=spread.note,
    )


def _index(path: Trajectory, year: int, base_year: int, region: str, name: str) -> Node | None:
    if path.name == "constant":
        return None
    if path.decline is not None:
        decline = path.decline.factor("annual_decline", f"sites.{name}.grid_path.decline")
        return apply(
            declined_index,
            name="trajectory_index",
            annual_decline=decline,
            elapsed_periods=Factor("elapsed_periods", float(year - base_year), "", role="decision"),
        )
    if path.points is not None:
        return _between(
            {int(y): v.factor("index", f"grid_path.points.{y}") for y, v in path.points.items()},
            year,
            "grid_path.points",
        )
    return _published(path.name, year, base_year, region)


def _published(name: str, year: int, base_year: int, region: str) -> Factor:
    published = factors.trajectory(name, region)
    points = dict(published.points)
    first = max(base_year, min(points))
    level = _exact_between(points, first, name)
    here = _exact_between(points, max(year, first), name)
    return Factor(
        "trajectory_index",
        here / level,
        "",
        identity=f"trajectory/{name}/{region}/{year}",
        source=published.source,
        quality=Quality.MODELLED,
        role="method",
        note=f"{name}: {published.boundary}, {published.basis}; its shape is used, not its level",
    )


def path_remarks(path: Trajectory, base_year: int, region: str) -> Iterator[str]:
    """Yield what must be said of a path: whose it is, and years that it says nothing of."""
    if not path.name or path.name == "constant":
        return
    published = factors.trajectory(path.name, region)
    yield from published.fallbacks
    first = published.points[0][0]
    if base_year < first:
        yield f"{path.name} begins in {first}: the grid of {region} is kept at {base_year} until then"


def upstream_floor(path: Trajectory, boundary: str, name: str) -> Factor | None:
    """Return the intensity that a path does not fall below: its own, or a life cycle's.

    A grid without combustion still has the emissions of building its plants: those of the cleanest
    source, at its central value. A direct factor has no such floor.
    """
    if path.floor is not None:
        return path.floor.factor("upstream_intensity", f"sites.{name}.grid_path.floor")
    if boundary != "lifecycle" or path.name == "constant":
        return None
    sources = (factors.generation_source(one, boundary) for one in factors.generation_sources())
    cleanest = min(sources, key=lambda one: one.central)
    return Factor(
        "upstream_intensity",
        cleanest.central,
        "kgCO2e/kWh",
        identity=f"trajectory/floor/{boundary}",
        source=cleanest.source,
        quality=Quality(cleanest.quality),
        role="method",
        note=f"life cycle of {cleanest.name}: no path falls below it",
    )


def _between(points: dict[int, Factor], year: int, what: str) -> Node:
    if year in points:
        return points[year]
    before, after = _neighbors(sorted(points), year, what)
    share = Factor("elapsed_share", (year - before) / (after - before), "", role="decision")
    return apply(
        interpolated_index,
        name="trajectory_index",
        first_index=points[before],
        second_index=points[after],
        elapsed_share=share,
    )


def _exact_between(points: dict[int, float], year: int, what: str) -> float:
    if year in points:
        return points[year]
    before, after = _neighbors(sorted(points), year, what)
    return points[before] + (points[after] - points[before]) * (year - before) / (after - before)


def _neighbors(years: list[int], year: int, what: str) -> tuple[int, int]:
    if not years[0] <= year <= years[-1]:
        msg = f"{what} covers {years[0]}-{years[-1]}, not {year}; nothing is extrapolated"
        raise LookupError(msg)
    after = next(i for i, known in enumerate(years) if known > year)
    return years[after - 1], years[after]
