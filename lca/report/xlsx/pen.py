"""Writes cells of a worksheet: texts are always texts, numbers numbers, and formulas only ours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any

from lca.report.xlsx.places import column

_LONGEST = 32000
_CUT = " [cut: longer than a cell holds]"

STYLES: dict[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12, "bottom": 1},
    "note": {"italic": True, "font_color": "#555555"},
    "long": {"text_wrap": True, "valign": "top", "italic": True, "font_color": "#555555"},
    "verdict": {"text_wrap": True, "valign": "top", "bold": True, "font_size": 12},
    "columns": {
        "bold": True,
        "bg_color": "#1F3B4D",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "top",
    },
    "quantities": {
        "bold": True,
        "bg_color": "#1F3B4D",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "top",
        "align": "right",
    },
    "year": {"bold": True, "bg_color": "#1F3B4D", "font_color": "#FFFFFF", "num_format": "0"},
    "group": {"bold": True, "bg_color": "#DCE6EC"},
    "fine": {},
    "unit": {"indent": 1},
    "constant": {"font_color": "#555555"},
    "whole": {"num_format": "#,##0"},
    "share": {"num_format": '[<0.001]"<0.1%";[>0.999]">99.9%";0.0%'},
    "input": {
        "num_format": "General",
        "bg_color": "#FFF6D6",
        "border": 1,
        "border_color": "#C9B458",
    },
    "total": {"bold": True},
    "absent": {"italic": True, "font_color": "#8A4B08", "align": "right"},
}


_FORMATS = ((1e3, "#,##0"), (0.1, "0.000"), (1e-5, "0.0000000"), (0.0, "0.000E+00"))
"""From a size on, the format of a number: no digits that nobody reads, none lost that count."""

_SCALED = ("fine", "total")
"""Styles whose numbers get the format of their size."""


def make_styles(book: Any) -> dict[str, Any]:
    """Return the formats of a workbook by name, those of numbers once for each size."""
    found = {name: book.add_format(style) for name, style in STYLES.items()}
    for name in _SCALED:
        for size, text in _FORMATS:
            found[f"{name} {size}"] = book.add_format({**STYLES[name], "num_format": text})
    return found


_NAMES = {style: [(size, f"{style} {size}") for size, _ in _FORMATS] for style in _SCALED}


def _sized(style: str, value: float | str) -> str:
    """Return the style of a number of a size; 0 keeps the spreadsheet's general format."""
    if style not in _NAMES or isinstance(value, str) or not value:
        return style
    amount = abs(value)
    for size, name in _NAMES[style]:
        if amount >= size:
            return name
    raise ValueError(value)


@cache
def plain_worksheet(module: ModuleType) -> Any:
    """Return the package's worksheet without its search of each formula for the newest functions.

    None of ours is one of them, and thirty searches of each of half a million formulas take longer
    than all else. Where the package has no such step to leave out, nothing changes.
    """

    class Plain(module.worksheet.Worksheet):  # type: ignore[name-defined, misc]
        def _prepare_formula(self, formula: str, *_: object, **__: object) -> str:
            return formula.removeprefix("=")

    return Plain


class Pen:
    """A worksheet with the workbook's styles; rows are counted from 1, columns from 0."""

    def __init__(self, book: Any, name: str, styles: dict[str, Any], kind: Any = None) -> None:
        self.name, self.sheet = name, book.add_worksheet(name, kind)
        self._styles = styles
        self._setup()

    def text(self, row: int, position: int, text: object, style: str = "text") -> None:
        """Write a text, which is never taken for a formula, a link or a number."""
        words = text if isinstance(text, str) else str(text)
        if len(words) > _LONGEST:
            words = words[: _LONGEST - len(_CUT)] + _CUT
        self.sheet.write_string(row - 1, position, words, self._styles[style])

    def number(self, row: int, position: int, value: float | None, style: str = "fine") -> None:
        """Write a number; what is not known is said, never written as 0."""
        if value is None:
            self.text(row, position, "not known", "absent")
            return
        self.sheet.write_number(row - 1, position, value, self._styles[_sized(style, value)])

    def formula(
        self, row: int, position: int, text: str, value: float | str, style: str = "fine"
    ) -> None:
        """Write a formula without ``=``, with the value that it has now."""
        look = self._styles[_sized(style, value)]
        self.sheet.write_formula(row - 1, position, f"={text}", look, value)

    def header(
        self, row: int, texts: Sequence[object], first: int = 0, quantities: int = 99
    ) -> None:
        """Write headings of columns, to the right from ``quantities`` on; years are numbers."""
        for place, text in enumerate(texts, first):
            if isinstance(text, int):
                self.number(row, place, text, "year")
            else:
                self.text(row, place, text, "quantities" if place >= quantities else "columns")

    def widths(self, *widths: float, first: int = 0) -> None:
        """Set the widths of columns, from the first on."""
        for place, width in enumerate(widths, first):
            self.sheet.set_column(place, place, width)

    def merged(self, row: int, first: int, last: int, text: str, style: str) -> None:
        """Write a text across columns."""
        where = (row - 1, first, row - 1, last)
        self.sheet.merge_range(*where, "", self._styles[style])
        self.text(row, first, text, style)

    def here(self, row: int, position: int) -> str:
        """Return the address of a cell as other sheets see it."""
        return f"{self.name}!${column(position)}${row}"

    def _setup(self) -> None:
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer("&L&A&RPage &P of &N")
