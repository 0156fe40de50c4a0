"""From a card to claims that can be checked: one for each member, and the family's totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.validation.cards_columns import MORE_HOURS, CardRow, is_total
from lca.validation.checks_claims import Claims, amount, rounding
from lca.validation.checks_devices import ids_of, rated_powers, shelf
from lca.validation.quantities import Flag, Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lca.validation.cards_reading import Card

__all__ = ["card_claims", "totals", "with_power"]

_SLACK = 0.02
_CONTEXT = ("device", "region", "device_tdp", "device_power", "pue", "grid_intensity")
_ENERGIES = ("energy", "energy_it", "energy_facility")
_RESULTS = ("co2e", "co2e_location_based", "co2e_market_based", *_ENERGIES)
_ADDED = ("device_hours", "co2e", "co2e_location_based", "energy")


def card_claims(card: Card) -> tuple[Claims, ...]:
    """Return one set of claims for each member row; without rows, one for the whole card."""
    context = _first(card, _CONTEXT)
    members = [row for row in card.rows if not is_total(row.name) and row.knowns]
    if members:
        return tuple(_of_row(card, row, context) for row in members)
    said = _first(card, (*_CONTEXT, "device_hours", "duration", *_RESULTS))
    if not said:
        return ()
    line = min(fact.line for fact in card.facts)
    # With no power to compute it from, an energy is what the CO2e follows from.
    results = _RESULTS if "device_power" in said else set(_RESULTS) - set(_ENERGIES)
    inputs = {name: known for name, known in said.items() if name not in results}
    printed = {name: known for name, known in said.items() if name in results}
    return (Claims("card", inputs, printed, where=f"{card.file}:{line}"),)


def told_twice(card: Card) -> Iterator[str]:
    """Yield what a card without a table tells twice, otherwise: the first is what is checked."""
    if any(row.knowns for row in card.rows):
        return
    for name, first in _first(card, _RESULTS).items():
        unit = "kWh" if name in _ENERGIES else "kg"
        value = amount(first, unit) or 0.0
        for fact in card.facts:
            again = amount(fact.known, unit) if fact.known.name == name else value
            if abs((again or 0.0) - value) > _SLACK * value:
                yield (
                    f"{name} is told again in line {fact.line}: {again:,.6g} {unit},"
                    f" not {value:,.6g} {unit}; the first is checked"
                )


def _first(card: Card, names: tuple[str, ...]) -> dict[str, Known]:
    """Return the first fact of each name."""
    found: dict[str, Known] = {}
    for fact in card.facts:
        if fact.known.name in names:
            found.setdefault(fact.known.name, fact.known)
    return found


def _of_row(card: Card, row: CardRow, context: Mapping[str, Known]) -> Claims:
    inputs = {**context, **{n: k for n, k in row.knowns.items() if n not in _RESULTS}}
    printed = {n: k for n, k in row.knowns.items() if n in _RESULTS}
    return Claims(row.name or f"row {row.line}", inputs, printed, where=f"{card.file}:{row.line}")


def with_power(claims: Claims) -> Claims:
    """Return claims with a device power: the rated one, as assumed, where none is stated.

    A name that means several devices gives the interval of their rated powers.
    """
    if {"device_power", "total_average_power", "avg_system_power_per_device"} & set(claims.inputs):
        return claims
    power = _stated_rating(claims) or _rating(claims.label("device"))
    if power is None:
        return claims
    return Claims(
        claims.name,
        {**claims.inputs, "device_power": power},
        claims.printed,
        claims.rows,
        claims.shares,
        claims.assumed | {"device_power"},
        claims.tolerance,
        claims.where,
    )


def _stated_rating(claims: Claims) -> Known | None:
    rated = claims.inputs.get("device_tdp")
    if rated is None:
        return None
    return Known("device_power", rated.value, rated.low, rated.high, rated.unit)


def _rating(device: str) -> Known | None:
    powers = rated_powers(ids_of(device), shelf())
    if not powers:
        return None
    return Known("device_power", max(powers), min(powers), max(powers), "kW")


def totals(card: Card) -> Iterator[tuple[Flag, int]]:
    """Yield where members, total row and sentences disagree, with the line."""
    members = [row for row in card.rows if not is_total(row.name)]
    for name in _ADDED:
        each = [row.knowns[name] for row in members if name in row.knowns]
        if not each or len({known.unit for known in each}) > 1:
            continue
        unit = each[0].unit
        added = sum(known.amount(unit) for known in each)
        slack = _SLACK + max(rounding(known) for known in each)
        printed = list(_totals(card, name, unit))
        yield from _against(name, added, len(each), printed, slack, unit)


def _totals(card: Card, name: str, unit: str) -> Iterator[tuple[float, int, str]]:
    """Yield the totals of a card: of its table, and of its sentences where they differ."""
    rows = [row for row in card.rows if is_total(row.name) and name in row.knowns]
    table = [(amount(row.knowns[name], unit) or 0.0, row.line, "the total row") for row in rows]
    yield from table
    told = [total for total, _, _ in table] + [_with_beside(row) for row in rows]
    for fact in card.facts:
        value = amount(fact.known, unit) if fact.known.name == name else None
        if value and not any(abs(value / total - 1) <= _SLACK for total in told if total):
            yield value, fact.line, "the text"


def _with_beside(row: CardRow) -> float:
    """Return the hours of a total row, those of its second column included (h)."""
    hours = (row.knowns.get("device_hours"), row.knowns.get(MORE_HOURS))
    return sum(amount(known, "hour") or 0.0 for known in hours if known is not None)


def _against(
    name: str,
    added: float,
    count: int,
    printed: list[tuple[float, int, str]],
    slack: float,
    unit: str,
) -> Iterator[tuple[Flag, int]]:
    for total, line, where in printed:
        if not total or abs(added / total - 1) <= slack:
            continue
        noun = "device-hours" if name == "device_hours" else f"{unit} of {name}"
        what = f"{where} gives {total:,.6g} {noun}"
        if count == 1 and total > added:
            message = (
                f"{what}, the only row {added:,.6g}: the total of a family told for one"
                " member; adding both counts it twice"
            )
            yield Flag("family-total-added", message), line
        else:
            message = (
                f"{what}, the {count} rows add up to {added:,.6g}:"
                f" {total - added:+,.6g} is in no row"
            )
            yield Flag("parts-against-total", message), line
