"""Names of cells: letters, digits and underscores that no spreadsheet takes for an address."""

from __future__ import annotations

import re

_LONGEST = 80
_ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[rR]\d*[cC]?\d*|[cC]\d*")


def slug(text: str) -> str:
    """Return a text as the name of a cell: ``sites.hall.pue`` is ``sites_hall_pue``."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:_LONGEST] or "input"
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if _ADDRESS.fullmatch(name) else name


class Names:
    """Gives every cell a name of its own, whatever the letter case."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def take(self, *parts: str) -> str:
        """Return an unused name made of some texts; equal ones are numbered."""
        name = base = slug("_".join(part for part in parts if part))
        count = 1
        while name.lower() in self._used:
            count += 1
            name = f"{base}_{count}"
        self._used.add(name.lower())
        return name
