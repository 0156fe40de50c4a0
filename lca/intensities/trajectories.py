"""How the grid intensity of a site moves over the years: an index of its base year."""

from __future__ import annotations

from lca import factors
from lca.formulas.trajectory import declined_index, interpolated_index
from lca.scenario.site_models import Trajectory
from lca.sources import Quality
from lca.terms import Factor, Node, apply


def trajectory_index(
    path: Trajectory, year: int, base_year: int, region: str, name: str
) -> Node | None:
    """Return the index of a year over the base year, or None where it stays constant.

    Raises
    ------
    LookupError
        If a published path does not reach the year: nothing is extrapolated.
    """
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
    published = factors.trajectory(path.name, region)
    points = dict(published.points)
    first = max(base_year, min(points))
    level = _exact_between(points, first, path.name)
    here = _exact_between(points, max(year, first), path.name)
    return Factor(
        "trajectory_index",
        here / level,
        "",
        identity=f"trajectory/{path.name}/{region}/{year}",
        source=published.source,
        quality=Quality.MODELLED,
        role="method",
        note=f"{path.name}: {published.boundary}, {published.basis}; its shape is used, not its level",
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
