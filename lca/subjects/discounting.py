"""Present values of cost lines: activities discounted to the first year of the period.

What is paid in a year is discounted from that year. A purchase spread over life is discounted
from the year it was paid, whatever year bears a share of it: over a whole life the present value
is then the same, spread or booked.
"""

from __future__ import annotations

from lca.formulas.discounting import discount_factor
from lca.lines import Line
from lca.scenario.models import Fleet
from lca.subjects.cohorts import Cohort, cohorts
from lca.subjects.subject import Subject

_BEFORE_USE = ("manufacture", "transport")


def present(line: Line, subject: Subject, years: tuple[int, ...], rate: float) -> Line:
    """Return the present value of a line of cost, as a line of its own."""
    paid = [float(discount_factor(rate, float(year - years[0]))) for year in years]
    borne = paid
    spread = line.spread != line.inventory
    if spread and line.stage in _BEFORE_USE and isinstance(subject.use, Fleet):
        borne = _weights(_new(subject.use, years), years, rate)
    return line._replace(
        indicator="present_cost",
        inventory=_times(line.inventory, paid),
        spread=_times(line.spread, borne),
        note=f"discounted at {rate:.3g} a year to {years[0]}",
    )


def _times(activity: tuple[float, ...], weights: list[float]) -> tuple[float, ...]:
    return tuple(a * b for a, b in zip(activity, weights, strict=True))


def _new(fleet: Fleet, years: tuple[int, ...]) -> list[Cohort]:
    """Return the purchases that are not sunk."""
    sunk = fleet.embodied == "sunk"
    found = cohorts(fleet, years)
    return [c for c in found if not (sunk and c.original and c.start <= years[0])]


def _weights(bought: list[Cohort], years: tuple[int, ...], rate: float) -> list[float]:
    """Return the mean discount of the purchases that each year bears a share of."""
    found = []
    for year in years:
        shares = [(c, c.count * c.in_service(year) / c.lifetime) for c in bought]
        whole = sum(share for _, share in shares)
        now = sum(share * _at(c, years[0], rate) for c, share in shares)
        found.append(now / whole if whole else 1.0)
    return found


def _at(cohort: Cohort, first: int, rate: float) -> float:
    """Return the discount of what was paid in the calendar year of a purchase."""
    return float(discount_factor(rate, float(int(cohort.start + 1e-9) - first)))
