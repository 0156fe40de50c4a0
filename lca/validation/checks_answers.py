"""Flags of printed figures that the rules compute otherwise: which mistake would explain them.

The checks of a footprint know the chain from devices to CO2e; the rules know more. What the rules
compute from the inputs is held against what is printed, and the same mistakes are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import UnitError
from lca.units import factor
from lca.validation.checks_chain import Comparison
from lca.validation.checks_claims import claims_of_case, rounding
from lca.validation.checks_ratios import explained
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lca.validation.cases import Case
    from lca.validation.facts import Facts
    from lca.validation.scoring import Target

__all__ = ["answer_flags"]

_SUMS = frozenset({"sum of the parts", "sum of count x part", "sum of what is named"})
_SLIPS = frozenset({"power-of-ten", "unit-mixed"})
"""What is told even of a figure that its reader vouches for: only a slip has these ratios."""

_WIDE = ("interval", "order", "shape")


_COUNTED = frozenset({"device_count", "host_count", "devices_per_host", "device_hours"})


def answer_flags(case: Case, facts: Facts, targets: Sequence[Target]) -> Iterator[Flag]:
    """Yield a flag for every printed figure that follows from the inputs by rule, but otherwise.

    Nothing is said of figures by dimensions alone, of intervals, of cases whose inputs are not
    all published, and of printed figures that are within the tolerance of the case.
    """
    if case.expect.startswith(_WIDE) or case.status in {"inputs_approximate", "inputs_incomplete"}:
        return
    claims = claims_of_case(case.raw, case.place)
    for target in targets:
        compared = _comparison(case, facts, target)
        if compared is None or compared.near(1.0):
            continue
        flag = _parts(target, compared) if _SUMS & set(target.rules[:1]) else None
        flag = flag or explained(claims, compared)
        if not target.published.target or flag.code in _SLIPS:
            yield flag


def _comparison(case: Case, facts: Facts, target: Target) -> Comparison | None:
    """Return a printed figure beside what the rules give, in kWh or kg, or in its own unit."""
    known, computed = target.published.known, target.computed
    by_rules = computed and target.method == "rules" and target.low is None
    if not by_rules or target.within or isinstance(known.value, str) or not known.value:
        return None
    unit, scale = _unit(known.unit)
    assert computed is not None
    return Comparison(
        known.name,
        known.value * scale,
        computed * scale,
        unit,
        "facility",
        f"arithmetic on {', '.join(sorted(target.inputs))}" if target.inputs else "the inputs",
        1.0,
        max(case.tolerance, rounding(known)),
        from_energy=not _counts(facts, target),
    )


def _counts(facts: Facts, target: Target) -> bool:
    """Whether a figure rests on a count of devices, which may be confused with another."""
    used = {fact.term.base for fact in facts.facts if fact.name in target.inputs}
    return bool(used & _COUNTED)


def _unit(unit: str) -> tuple[str, float]:
    for one in ("kWh", "kg"):
        try:
            return one, factor(unit, one)
        except UnitError:
            continue
    return unit, 1.0


def _parts(target: Target, compared: Comparison) -> Flag:
    said = (
        f"{target.published.known.name} is printed as {compared.printed:.6g} {compared.unit};"
        f" its parts add up to {compared.expected:.6g} {compared.unit}"
    )
    return Flag("parts-against-total", said)
