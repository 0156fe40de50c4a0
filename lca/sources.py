"""Where a number comes from: sources of the bibliography and the quality of a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Quality(StrEnum):
    """How a number came to be, from best to worst."""

    MEASURED = "measured"
    DECLARED = "declared"
    MODELLED = "modelled"
    DERIVED = "derived"
    ASSUMED = "assumed"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the bibliography.

    ``seen`` says how the source was read: ``opened`` (the text itself), ``secondary`` (in a
    document that quotes it), ``derived`` (computed from cited figures) or ``assumed``.
    """

    key: str
    title: str
    publisher: str = ""
    year: str = ""
    locator: str = ""
    url: str = ""
    licence: str = ""
    seen: str = ""
    note: str = ""
    attribution: str = ""

    def cite(self) -> str:
        """Return one line to print: publisher, title, year, locator."""
        parts = [self.publisher, self.title, self.year, self.locator]
        return ", ".join(part for part in parts if part)


SCENARIO = Source(key="scenario", title="given in the scenario", seen="opened")
