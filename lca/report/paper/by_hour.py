"""Pictures by the hour: the series that a scenario names, and what an answer runs when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lca.errors import LcaError
from lca.optimize import hourly_sites
from lca.report.paper.blocks import Picture
from lca.report.pictures.hours import Year, draw

if TYPE_CHECKING:
    from lca.hourly import Series
    from lca.optimize.answer import Answer
    from lca.scenario import Scenario

_GRAMS = 1000.0
_INTENSITY = "carbon intensity of electricity"
_ANNUAL = "Totals of this report count the annual factor of each site; these hours are what questions by the hour use (lca optimize)."


def of_scenario(scenario: Scenario) -> Picture | None:
    """Return the intensity of the hourly series that a scenario's questions name, None without."""
    years = []
    for name, kind in dict.fromkeys(_named(scenario)):
        try:
            series = hourly_sites.series_of(scenario, name, "optimize")
            values = series.intensity(kind) * _GRAMS
        except LcaError:
            continue  # the question itself says what is wrong with its series
        years.append((series, kind, Year.of(_label(series), series.times, values)))
    zones = ", ".join(dict.fromkeys(series.zone for series, _, _ in years))
    kinds = " and ".join(dict.fromkeys(kind for _, kind, _ in years))
    what = f"{_INTENSITY} ({kinds})"
    return draw([year for _, _, year in years], what, "gCO2e/kWh", zones, _ANNUAL)


def _named(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the series of every question with the intensity that it counts."""
    asked = scenario.model.optimize
    if asked is None:
        return
    if asked.schedule:
        kind = hourly_sites.kind_of(scenario, asked.schedule.intensity)
        yield from ((name, kind) for name in asked.schedule.series)
    if asked.siting:
        kind = hourly_sites.kind_of(scenario, asked.siting.intensity)
        yield from ((place.series, kind) for place in asked.siting.places.values())
    if asked.sizing:
        yield asked.sizing.series, hourly_sites.kind_of(scenario, asked.sizing.intensity)


def _label(series: Series) -> str:
    return series.label or series.name


def of_answer(answer: Answer) -> Iterator[Picture]:
    """Yield the intensity of each place of an answer, and the power drawn there before and after."""
    if not answer.hours:
        return
    zone = ", ".join(dict.fromkeys(one.zone for one in answer.hours))
    grids = [Year.of(one.name, one.times, one.intensity * _GRAMS) for one in answer.hours]
    loads = [
        Year.of(f"{one.name}: {answer.best.name}", one.times, one.best, **{answer.usual.name: one.usual})
        for one in answer.hours
    ]  # fmt: skip
    note = "Dashed is the mean day of business as usual."
    for made in (
        draw(grids, _INTENSITY, "gCO2e/kWh", zone, name="hours-grid"),
        draw(loads, "IT power of the jobs", "kW", zone, note, name="hours-load"),
    ):
        if made:
            yield made
