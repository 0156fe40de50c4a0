"""Checks of several figures together: parts and totals, members and families, boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca.validation.checks_chain import ENERGIES, boundary_of, grid, is_gross, it_energy, pue
from lca.validation.checks_claims import Claims, amount, rounding
from lca.validation.checks_intervals import bounds_of, widened
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lca.validation.quantities import Known

__all__ = ["boundary_mixed", "family_total", "groups", "parts", "per_unit", "shares"]

_TOTALS = ("total", "sum", "family", "all")
_ACCOUNTS = (
    "market",
    "location",
    "gross",
    "net",
    "with_pue",
    "per_",
    "min",
    "max",
    "best",
    "worst",
)
_ADDED = ("device_hours", "co2e_t", "energy_MWh", "co2e", "energy")
_SLACK = 0.01
_UNITS = {"device_hours": "hour", "co2e": "t", "co2e_location_based": "t", "energy": "MWh"}
_COUNTS = ("requests", "prompts", "queries", "images", "inferences", "tokens")


def boundary_mixed(claims: Claims) -> Iterator[Flag]:
    """Find a row whose energy is the devices' and whose CO2e is the facility's.

    References
    ----------
    FLM-101B, arXiv:2309.03852, Table 3: the energy column leaves out PUE, the CO2e column has it.
    """
    factor, overhead, base = grid(claims, "co2e_net"), pue(claims), it_energy(claims)
    if factor is None or overhead <= 1 or not base or "pue" in claims.assumed:
        return
    energies = {n: amount(k, "kWh") for n, k in claims.printed.items() if n in ENERGIES}
    for name, energy in energies.items():
        slack = max(_SLACK, rounding(claims.printed[name]))
        if energy is None or overhead - 1 <= 2 * slack or abs(energy / base - 1) > slack:
            continue
        for other, known in claims.printed.items():
            yield from _mixed(name, energy, other, known, factor[1], overhead)


def _mixed(
    name: str, energy: float, other: str, known: Known, factor: float, overhead: float
) -> Iterator[Flag]:
    carbon = amount(known, "kg")
    if carbon is None or not (is_gross(other) or other == "co2e_net") or boundary_of(other) == "it":
        return
    if abs(carbon / (energy * overhead * factor) - 1) <= max(_SLACK, rounding(known)):
        yield Flag(
            "boundary-mixed",
            f"{name} of {energy:,.4g} kWh leaves out the PUE of {overhead:g}, {other} contains it:"
            f" divided, they give {carbon / energy:.4g} kg/kWh, not the {factor:.4g} stated",
        )


def groups(claims: Claims) -> Iterator[Flag]:
    """Find a table in which some energies contain the PUE and others do not.

    References
    ----------
    Morrison et al. (2025), arXiv:2503.05804, Table 1.
    """
    kinds: dict[bool, list[str]] = {}
    for row in claims.rows:
        carbon = claims.printed.get(f"co2e_{_slug(row)}")
        numbers = [_plain(row, key) for key in ("energy_MWh", "pue", "grid_kg_per_kWh")]
        printed = None if carbon is None else amount(carbon, "t")
        if carbon is None or printed is None or None in numbers:
            continue
        energy, overhead, factor = (number or 0.0 for number in numbers)
        applied = printed / (energy * factor)
        slack = max(_SLACK, rounding(carbon))
        if overhead > 1 + 2 * slack and _one_of(applied, (1.0, overhead), slack):
            kinds.setdefault(abs(applied - 1) <= slack, []).append(f"{row.get('name')}")
    if len(kinds) == 2:
        yield Flag(
            "boundary-mixed",
            f"one table, two boundaries: the energy of {', '.join(kinds[True])} already contains"
            f" PUE, to that of {', '.join(kinds[False])} it was still applied",
        )


def _one_of(value: float, targets: tuple[float, ...], slack: float) -> bool:
    return any(abs(value / target - 1) <= slack for target in targets)


def _slug(row: Mapping[str, Any]) -> str:
    return str(row.get("name", "")).lower().replace("<", "lt").replace(" ", "_")


def _plain(row: Mapping[str, Any], key: str) -> float | None:
    try:
        return float(row[key])
    except (KeyError, TypeError, ValueError):
        return None


def shares(claims: Claims) -> Iterator[Flag]:
    """Find shares of one whole that do not add up to it."""
    for name, parts_of in claims.shares.items():
        if name not in {"shares", "phases"} or len(parts_of) < 2:
            continue
        total = sum(parts_of.values())
        if abs(total / 100 - 1) <= 2 * _SLACK:
            message = f"{name} add up to {total:g}: percentages, where fractions of 1 are read"
            yield Flag("percent-as-fraction", message)
        elif abs(total - 1) > 2 * _SLACK:
            yield Flag("parts-against-total", f"{name} add up to {total:.4g}, not to 1")


def parts(claims: Claims) -> Iterator[Flag]:
    """Find a printed total that is not the sum of its printed parts."""
    for name, known in claims.printed.items():
        found = _parts_of(name, claims.printed)
        if len(found) < 2:
            continue
        total = amount(known, "kg") or amount(known, "kWh") or amount(known, "L")
        each = [amount(p, "kg") or amount(p, "kWh") or amount(p, "L") for p in found.values()]
        numbers = [number for number in each if number is not None]
        if total is None or len(numbers) < len(each):
            continue
        slack = max(claims.tolerance, rounding(known))
        if abs(sum(numbers) / total - 1) > slack:
            named = ", ".join(found)
            ratio = sum(numbers) / total
            message = f"{name} is {total:,.5g}, its parts ({named}) add up to {sum(numbers):,.5g}"
            yield Flag("parts-against-total", f"{message} ({ratio:.3g} times)")


def _parts_of(name: str, printed: Mapping[str, Known]) -> dict[str, Known]:
    """Return the printed parts of a total: ``x_a`` and ``x_b`` of ``x_total``, or of ``x``."""
    stem = name.removesuffix("_total")
    if stem == name and f"{name}_total" in printed:
        return {}
    inside = {
        other: known
        for other, known in printed.items()
        if other.startswith(f"{stem}_")
        and other != name
        and not any(word in other.removeprefix(f"{stem}_") for word in _ACCOUNTS)
        and known.unit != ""
    }
    nested = {o for o in inside for other in inside if o.startswith(f"{other}_")}
    if stem == name and len(stem.split("_")) < 2:
        return {}
    return {other: known for other, known in inside.items() if other not in nested}


def family_total(claims: Claims) -> Iterator[Flag]:
    """Find the total of a family told for a member, or added to its members.

    Rows named total are the family's; a printed figure that is the members plus that total has
    counted them twice, and a row equal to all the others together is a total without the name.
    """
    for key in _ADDED:
        members = _members(claims.rows, key)
        known = claims.printed.get(key) or claims.printed.get(f"{key}_location_based")
        unit = _UNITS.get(key.removesuffix("_t").removesuffix("_MWh"), "")
        printed = None if known is None else amount(known, unit)
        total = sum(members.values())
        if printed and len(members) > 1 and abs(printed / total - 2) <= 2 * _SLACK:
            message = f"{key} of {printed:,.5g} is twice the members' {total:,.5g}"
            yield Flag("family-total-added", f"{message}: members and family total were added")
        yield from _hidden_total(key, members)


def _members(rows: tuple[Mapping[str, Any], ...], key: str) -> dict[str, float]:
    """Return a column of the rows that are no totals."""
    found: dict[str, float] = {}
    for number, row in enumerate(rows, 1):
        name, value = str(row.get("name", f"row {number}")), _plain(row, key)
        if value is not None and not name.lower().startswith(_TOTALS):
            found[name] = value
    return found


def _hidden_total(key: str, members: Mapping[str, float]) -> Iterator[Flag]:
    if len(members) < 3:
        return
    total = sum(members.values())
    name = max(members, key=members.__getitem__)
    if members[name] and abs(2 * members[name] / total - 1) <= _SLACK / 10:
        others = total - members[name]
        message = f"{name} has {key} of {members[name]:,.5g}, the others together {others:,.5g}"
        yield Flag("family-total-added", f"{message}: a family total among its members")


def per_unit(claims: Claims) -> Iterator[Flag]:
    """Find a value per request, prompt or image that its total and count do not give."""
    energy = claims.given(("energy_total", "energy"), "Wh")
    for count in _COUNTS:
        number = claims.given((count,), "")
        known = claims.printed.get(f"energy_per_{count.rstrip('s').replace('querie', 'query')}")
        printed = None if known is None else amount(known, "Wh")
        if energy is None or not number or not printed or known is None:
            continue
        yield from _per(claims, count, printed, energy / number, known)


def _per(
    claims: Claims, count: str, printed: float, expected: float, known: Known
) -> Iterator[Flag]:
    ratio = printed / expected
    slack = max(claims.tolerance, rounding(known))
    low, high = widened(claims, ((("energy_total", "energy"), "Wh"),))
    fewest, most = widened(claims, (((count,), ""),))
    least, largest = bounds_of(known)
    if low / most * (1 - slack) <= ratio * largest and ratio * least <= high / fewest * (1 + slack):
        return
    decades = [power for power in range(-9, 10) if abs(ratio / 10.0**power - 1) <= slack]
    code = "power-of-ten" if decades else "does-not-follow"
    reason = f"off by 10^{decades[0]}" if decades else f"{ratio:.4g} times"
    message = f"{known.name} is {printed:.4g} Wh, energy over {count} gives {expected:.4g} Wh"
    yield Flag(code, f"{message}: {reason}")
