"""What an answer about solar, wind and battery says: verdict, figures, tables, remarks."""

from __future__ import annotations

import numpy as np

from lca.estimates import round_figures
from lca.hourly import Series
from lca.optimize.answer import Choice
from lca.optimize.energy_system import BUILT, Design, System
from lca.optimize.shifting_text import amount, percent
from lca.scenario import Scenario

_UNITS = {"solar": "kW", "wind": "kW", "battery": "kWh"}
_NOTHING = 1e-6


def currency_of(scenario: Scenario) -> str:
    """Return the currency of a scenario's prices."""
    return scenario.model.prices.currency if scenario.model.prices else ""


def verdict(
    usual: Choice, best: Choice, found: Design, series: Series, system: System
) -> tuple[str, ...]:
    """Return what to build and what it saves."""
    before, after = usual.values["gwp100"], best.values["gwp100"]
    built = [
        f"{found.built[n]:,.0f} {_UNITS[n]} of {n}" for n in BUILT if found.built[n] > _NOTHING
    ]
    if not built:
        return ("Build nothing: on this grid what would be built emits more than it saves.",)
    sampled = best.estimates["gwp100"].draws < usual.estimates["gwp100"].draws
    share = matched(found, system, series)
    score = "" if share is None else f"; the carbon-free share of the hours rises to {share:.0%}"
    return (
        f"Build {', '.join(built)}: at central values a year emits {amount(after)} instead of {amount(before)} ({percent(before - after, before)} less, "
        f"embodied emissions included), better in {sampled.mean():.0%} of the draws.",
        f"The grid still delivers {percent(float(found.grid.sum()), float(system.load.sum()))} of the electricity{score}.",
    )


def matched(found: Design, system: System, series: Series) -> float | None:
    """Return the share of the load that is carbon-free in its hour (24/7 score), or None."""
    share = series.carbon_free_share()
    if share is None:
        return None
    return float(1 - found.grid @ (1 - share) / system.load.sum())


def facts(found: Design, nothing: Design, system: System, series: Series) -> dict[str, str]:
    """Return the figures of a design."""
    own = sum((found.built[n] * system.profiles[n] for n in system.profiles), np.zeros(1))
    whole = float(np.sum(own))
    used = float(system.load.sum() - found.grid.sum()) + float(
        (found.charged - found.discharged).sum()
    )
    result = {
        "electricity of a year": f"{system.load.sum():,.0f} kWh at the facility",
        "from the grid": f"{found.grid.sum():,.0f} kWh",
        "hours without the grid": f"{float((found.grid <= _NOTHING * system.load).mean()):.0%}",
        "embodied, by year of life": amount(
            sum(found.built[n] * system.embodied[n] for n in BUILT)
        ),
    }
    if whole > 0:
        result["own generation not used"] = f"{max(0.0, 1 - used / whole):.0%}, not credited"
    if found.built["battery"] > _NOTHING:
        cycles = found.discharged.sum() / system.discharge / found.built["battery"]
        result["full cycles of the battery in a year"] = round_figures(float(cycles), 3)
    shares = [matched(one, system, series) for one in (nothing, found)]
    if shares[0] is not None and shares[1] is not None:
        result["carbon-free share by the hour"] = (
            f"{shares[0]:.1%} from the grid alone, {shares[1]:.1%} as built"
        )
    return result


def built_table(found: Design, system: System) -> list[list[str]]:
    """Return what is built, what it emits by year of life, and how much it yields."""
    rows = [["what", "size", "kgCO2e a year per unit", "kgCO2e a year", "mean output over rated"]]
    for name in BUILT:
        profile = system.profiles.get(name)
        rows.append(
            [
                name,
                f"{found.built[name]:,.0f} {_UNITS[name]}",
                round_figures(system.embodied[name], 3),
                f"{found.built[name] * system.embodied[name]:,.0f}",
                "" if profile is None else f"{profile.mean():.0%}",
            ]
        )
    return rows


def remarks(series: Series, kind: str, priced: bool) -> list[str]:
    """Return what a reader must know of a design."""
    label = series.label or series.name
    found = [
        f"solar and wind have the hours of all plants of {label} together, over their highest hour: smoother than one plant, and a kW here is more than a kW of nameplate unless capacity_factor is given",
        f"{kind} intensity of {label}: one past year stands for those of the whole life, and the grid does not get cleaner",
        "the hours are known in advance, so the battery is run with perfect foresight",
        "what is generated and not used is lost: export is not credited; the battery may charge from the grid",
        "batteries: 61 to 106 kgCO2e per kWh is of vehicle batteries; racks and inverters of a stationary one are not inside",
        "emissions of a year; a generator without its own figure is charged its published life-cycle range for every kWh it can generate, used or not",
    ]
    if not priced:
        found.append("cost is not known: give prices, and a price of everything that can be built")
    if series.report.repairs:
        found += series.report.lines()[:12]
    return found
