"""What a report is made of: sections of paragraphs, lists, tables and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.report.tables import Table


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text; ``style`` is empty, ``lead`` for the verdict, or ``note`` for small print."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of texts with a heading or ""."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; ``trails`` has, for each cell, the key of its trail in the report, or ""."""

    table: Table
    trails: tuple[tuple[str, ...], ...] = ()
    first_column: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: SVG text without script or font, and the same numbers as a table.

    ``svg`` names its colors by CSS variables with fallbacks, so that it can stand alone.
    """

    name: str
    svg: str
    title: str
    description: str
    table: Table


Block = Paragraph | Listing | TableBlock | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of a report; ``id`` is stable, for links."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that any writer can write.

    Attributes
    ----------
    title
        As the scenario says; a user's text.
    meta
        Names and texts of the page's head: question, period, publication.
    sections
        The parts, the verdict first.
    result
        The result as plain data, for attachments.
    trails
        By key, how a number came about; see `lca.report.paper.trails`.
    sliders
        Coefficients of the sliders; see `lca.report.paper.sliders`. Empty where there are none.
    no_sliders
        Why there are none, where the report is too large for them.
    """

    title: str
    meta: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    result: Mapping[str, Any]
    trails: Mapping[str, Any] = field(default_factory=dict)
    sliders: Mapping[str, Any] = field(default_factory=dict)
    no_sliders: str = ""

    def section(self, name: str) -> Section:
        """Return a section by id."""
        for one in self.sections:
            if one.id == name:
                return one
        msg = f'no section "{name}" (one of: {", ".join(one.id for one in self.sections)})'
        raise KeyError(msg)
