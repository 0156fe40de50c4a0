"""Which line of a corporate inventory each stage falls in, by the reader's role.

References
----------
1. GHG Protocol, Corporate Value Chain (Scope 3) Accounting and Reporting Standard, 2011.
2. GHG Protocol, Scope 2 Guidance, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator

_OWNER = {
    "manufacture": "Scope 3, category 2: capital goods (manufacture)",
    "transport": "Scope 3, category 4: transport of purchases",
    "operation": "Scope 2, with category 3 for fuel supply and grid losses",
    "end_of_life": "Scope 3, category 5: own waste",
    "recovery_credit": "apart from all scopes: recovery credit",
}
_CUSTOMER = {
    stage: f"Scope 3, category 1: purchased services ({what})"
    for stage, what in (
        ("manufacture", "hardware share"),
        ("transport", "transport share"),
        ("operation", "electricity"),
        ("end_of_life", "disposal share"),
    )
}
_MAKER = {
    "manufacture": "making of sold products: Scope 1 and 2, Scope 3 category 1",
    "transport": "Scope 3, category 9: transport of sold products",
    "operation": "Scope 3, category 11: use of sold products",
    "end_of_life": "Scope 3, category 12: end of life of sold products",
}
_ROLES = {
    "buyer": _OWNER,
    "cloud_user": _CUSTOMER,
    "tenant": _OWNER | {"operation": "Scope 2 or Scope 3, category 8: leased assets"},
    "provider": _OWNER | {"operation": "Scope 2, or Scope 3 category 13 where leased out"},
    "maker": _MAKER,
}


def lines(role: str) -> Iterator[tuple[str, str]]:
    """Yield each stage with its line of the inventory of a role; of a buyer where it is unknown."""
    chosen = _ROLES.get(role, _OWNER)
    for stage, line in _OWNER.items():
        yield stage, chosen.get(stage, line)
