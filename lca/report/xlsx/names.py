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
        self._used: dict[str, int] = {}

    def take(self, *parts: str) -> str:
        """Return an unused name made of some texts."""
        name = slug("_".join(part for part in parts if part))
        count = self._used.get(name.lower(), 0) + 1
        self._used[name.lower()] = count
        if count == 1:
            return name
        return self.take(name, str(count))
