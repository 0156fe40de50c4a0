"""Check a model card, or a small YAML of claims: consistency, implied factors, what was not read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lca import document
from lca.factors import grid_factor
from lca.validation.cards_claims import card_claims, told_twice, totals, with_power
from lca.validation.cards_reading import Card, read_card
from lca.validation.cards_yaml import read_claims
from lca.validation.checks import check
from lca.validation.checks_chain import GRIDS
from lca.validation.checks_claims import Claims
from lca.validation.checks_devices import count_in, devices_of, ids_of
from lca.validation.hidden import Family, families
from lca.validation.hidden_reading import read_rows
from lca.validation.hidden_rows import Implied, implied
from lca.validation.quantities import Known

__all__ = ["check_card"]

_YAML = frozenset({".yaml", ".yml"})


def check_card(path: str | os.PathLike[str], db: Sequence[Path] = ()) -> dict[str, Any]:
    """Return what a card or a YAML of claims says, and what of it does not hold together.

    Parameters
    ----------
    path
        A model card in Markdown, or YAML with ``claims`` or with published ``cases``.
    db
        Folders of the user's own devices, looked up beside the packaged ones.

    Returns
    -------
    dict
        ``claims``, ``flags``, ``implied``, ``remarks`` and ``not_understood``, as plain data.

    Raises
    ------
    DocumentError
        The file cannot be read; every mistake with its line.
    """
    with devices_of(db):
        return _checked(path)


def _checked(path: str | os.PathLike[str]) -> dict[str, Any]:
    if Path(path).suffix.lower() in _YAML:
        claims, groups, unread = _written(path)
        return _result(os.fspath(path), claims, [], unread, groups)
    card = read_card(path)
    result = _result(card.file, card_claims(card), _card_flags(card), card.unread)
    result["remarks"] += told_twice(card)
    return result


def _written(
    path: str | os.PathLike[str],
) -> tuple[tuple[Claims, ...], dict[str, str], tuple[tuple[int, str], ...]]:
    """Return claims, their families and what was not read: of claims, or of published cases."""
    if "cases" in document.read(path).data:
        rows = read_rows(path)
        groups = {row.claims.name: row.family for row in rows}
        return tuple(row.claims for row in rows), groups, ()
    claims, unread = read_claims(path)
    return claims, {}, unread


def _card_flags(card: Card) -> list[dict[str, Any]]:
    """Return the flags of the card as a whole."""
    return [
        {"code": flag.code, "message": flag.message, "claim": "card", "line": line}
        for flag, line in totals(card)
    ]


def _result(
    file: str,
    claims: tuple[Claims, ...],
    flags: list[dict[str, Any]],
    unread: tuple[tuple[int, str], ...],
    groups: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    powered = [with_power(one) for one in claims]
    for one in claims:  # an assumed power accuses nobody
        line = int(one.where.rpartition(":")[2])
        flags += [
            {"code": flag.code, "message": flag.message, "claim": one.name, "line": line}
            for flag in check(one)
        ]
    found = [
        row
        for one in powered
        for row in implied(one, groups.get(one.name, "card"), "grid_intensity")
    ]
    fitted = families(found)
    flags += [flag for family in fitted for flag in _implied_flags(family, powered)]
    return {
        "file": file,
        "claims": [_claim(one) for one in claims],
        "flags": sorted(flags, key=lambda flag: (flag["line"], flag["code"])),
        "implied": [_implied(family) for family in fitted],
        "remarks": _remarks(powered, fitted),
        "not_understood": [{"line": line, "text": text} for line, text in unread],
    }


def _claim(claims: Claims) -> dict[str, Any]:
    device = claims.label("device")
    return {
        "id": claims.name,
        "line": int(claims.where.rpartition(":")[2]),
        "device_ids": list(ids_of(device)) if device else [],
        "inputs": {name: _plain(known) for name, known in claims.inputs.items()},
        "printed": {name: _plain(known) for name, known in claims.printed.items()},
    }


def _plain(known: Known) -> dict[str, Any]:
    return {"value": known.value, "unit": known.unit}


def _implied(family: Family) -> dict[str, Any]:
    return {
        "factor": "grid_intensity",
        "unit": family.unit,
        "constant": family.constant,
        "low": family.low,
        "high": family.high,
        "rows": [
            {
                "id": row.case,
                "quantity": row.quantity,
                "implied": row.value,
                "low": row.low,
                "high": row.high,
                "stands_out": row in family.standing_out,
                "assumed_inputs": list(row.assumed),
            }
            for row in family.rows
        ],
    }


def _implied_flags(family: Family, claims: list[Claims]) -> list[dict[str, Any]]:
    """Return which implied factors are out of line with the others."""
    where = {
        one.name: int(one.where.rpartition(":")[2])
        for one in claims
        if not any(one.published(name) for name in GRIDS)  # a stated factor is its own
    }
    found = []
    for row in family.rows:
        message = _aside(family, row)
        if message and row.case in where:
            flag = {"code": "factor-outlier", "message": message, "claim": row.case}
            found.append({**flag, "line": where[row.case]})
    return found


def _aside(family: Family, row: Implied) -> str:
    if row not in family.standing_out:
        return ""
    return (
        f"{row.quantity} implies {row.value:.4g} kg/kWh, the median of the {len(family.rows)} rows"
        f" is {family.constant:.4g} kg/kWh"
    )


def _remarks(claims: list[Claims], fitted: tuple[Family, ...]) -> list[str]:
    """Return what the reader should know: assumed powers, devices, and the region's factor."""
    said = []
    for text in dict.fromkeys(one.label("device") for one in claims if one.label("device")):
        ids = ids_of(text)
        said.append(_device(text, ids))
    if any("device_power" in one.assumed for one in claims):
        said.append("no power is stated: the device's rated power is assumed, an upper bound")
    said += [_wall_clock(one) for one in claims if _wall_clock(one)]
    for text in dict.fromkeys(one.label("region") for one in claims if one.label("region")):
        said.append(_region(text))
    if not fitted and claims:
        said.append("no grid factor can be read from it: hours, power or CO2e are missing")
    return said


def _device(text: str, ids: tuple[str, ...]) -> str:
    if not ids:
        return f'device "{text}" is not in the hardware database under that name'
    if len(ids) == 1:
        return f'device "{text}" is {ids[0]}'
    return f'device "{text}" may be any of {", ".join(ids)}'


def _wall_clock(claims: Claims) -> str:
    """Say how hours were read where a device's name has a count."""
    count = count_in(claims.label("device"))
    if count == 1 or "duration" not in claims.inputs or "device_count" in claims.inputs:
        return ""
    return f"hours used are read as hours of the clock, of {count} devices each"


def _region(text: str) -> str:
    try:
        factor, _ = grid_factor(text)
    except LookupError:
        return f'region "{text}" has no grid factor in the packaged tables'
    return f'region "{text}": {factor.value:.4g} kg/kWh ({factor.name}, {factor.year})'
