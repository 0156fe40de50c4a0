"""A product footprint, cradle to gate: what making one device of a fleet or service emits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lca.errors import InputError
from lca.estimates import Estimate
from lca.exports.case import Case, choose_entry, line_samples, spread
from lca.ledger import Line
from lca.terms import factors

LEFT_OUT = (
    "Cradle to gate: manufacture alone. Left out are distribution to the site, use, where the "
    "declarer's own operation belongs to its Scope 2, and end of life."
)
NO_SPLIT = (
    "The sources give CO2e undivided; all of it stands as fossil, and no biogenic, land-use or "
    "aircraft part is known."
)
NO_INTERVAL = "The figure is the central estimate; no interval was computed."
CENTRAL = "The figure is the central estimate; its 90 % interval is {low} to {high} kgCO2e."
_HEAVIEST = 5000.0
_LIGHTEST = 0.05


@dataclass(frozen=True, slots=True)
class Product:
    """One device with what is made for it.

    Attributes
    ----------
    entry, device
        Entry of the scenario, and name of its device.
    bought
        Devices that the manufacture of the entry is of.
    footprint
        Manufacture of one device and its share of a host (kgCO2e).
    parts
        The same by component (kgCO2e).
    sources
        Keys of the sources it rests on.
    """

    entry: str
    device: str
    bought: float
    footprint: Estimate
    parts: Mapping[str, float]
    sources: tuple[str, ...]


def read_product(case: Case, export: str) -> Product:
    """Return the product of a case.

    Raises
    ------
    InputError
        If nothing is bought, if several products could be meant, or if a part of manufacture is
        not known: a sum with a gap is no footprint.
    """
    model = case.scenario.model
    entries: dict[str, Any] = {**model.fleet, **model.services}
    name = choose_entry(case, entries, export, "fleet or service")
    lines = [line for line in case.lines() if _is_made(line, name)]
    gaps = case.gaps("manufacture")
    if gaps or not lines:
        reason = "; ".join(gaps) or "nothing is made for it"
        msg = f"{export}: the manufacture of {name} is not known ({reason}), so there is no footprint to declare"
        raise InputError(msg)
    bought = max(sum(line.inventory) for line in lines)
    if not bought > 0:
        msg = f"{export}: nothing is bought for {name} in {model.period[0]}-{model.period[1]}; its making lies outside the period or is sunk"
        raise InputError(msg)
    return Product(
        name,
        case.scenario.library.device(entries[name].device).name,
        bought,
        _sum(case, lines, bought),
        _parts(case, lines, bought),
        _sources(lines),
    )


def _sources(lines: list[Line]) -> tuple[str, ...]:
    """Return the keys of the sources that lines rest on, sorted."""
    nodes = {node for line in lines for node in line.intensity}
    return tuple(sorted({leaf.source for node in nodes for leaf in factors(node)} - {""}))


def _is_made(line: Line, name: str) -> bool:
    return line.asset == name and line.stage == "manufacture"


def _sum(case: Case, lines: list[Line], bought: float) -> Estimate:
    whole = case.sum(lines, view="inventory")
    return Estimate(whole.samples / bought, whole.unit)


def _parts(case: Case, lines: list[Line], bought: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in lines:
        amount = float(line_samples(case.ledger, line, "inventory")[0]) / bought
        name = f"{line.component} {line.process}"
        found[name] = found.get(name, 0.0) + amount
    return found


def extra(case: Case, product: Product) -> dict[str, Any]:
    """Return what a footprint format has no field for: interval, parts, sources, what is left out."""
    return {
        "footprint": spread(product.footprint),
        "parts": {name: {"central": x, "unit": "kgCO2e"} for name, x in product.parts.items()},
        "left_out": LEFT_OUT,
        "embodied_model": case.ledger.embodied_model,
        "fallbacks": list(case.ledger.fallbacks),
        "inputs_hash": case.result["inputs_hash"],
        "lca_version": case.result["lca_version"],
    }


def comment(product: Product) -> str:
    """Return what a reader of the single figure must know."""
    known = spread(product.footprint)
    low, high = known["p5"], known["p95"]
    between = CENTRAL.format(low=f"{low:.4g}", high=f"{high:.4g}") if low < high else NO_INTERVAL
    return f"Prepared with reference to PACT, not verified. {LEFT_OUT} {NO_SPLIT} {between}"


def boundary(product: Product) -> str:
    """Return which processes are inside."""
    return f"Making of one {product.device} with its share of a host: {', '.join(product.parts)}"


def sources_of(case: Case, product: Product) -> list[tuple[str, str]]:
    """Return name and edition of every secondary source of the footprint."""
    known = case.scenario.library.sources
    found = [known[key] for key in product.sources if key in known]
    return [(source.title, source.year or "no year given") for source in found]


def reference_period(case: Case) -> tuple[str, str]:
    """Return the period of the activity data: the author's, else the scenario's."""
    first, last = case.scenario.model.period
    start = case.meta.text("reference_period_start") or f"{first}-01-01T00:00:00Z"
    return start, case.meta.text("reference_period_end") or f"{last}-12-31T23:59:59Z"


def weight(kilograms: float, mass: float) -> list[str]:
    """Say that a footprint (kgCO2e) cannot belong to a mass (kg): grams and kilograms mixed up."""
    if mass <= 0 or _LIGHTEST <= kilograms / mass <= _HEAVIEST:
        return []
    return [
        f"{kilograms:g} kgCO2e for {mass:g} kg of product cannot be: hardware lies between "
        f"{_LIGHTEST:g} and {_HEAVIEST:g} kg per kg; grams and kilograms mixed up?"
    ]
