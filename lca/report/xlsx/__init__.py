"""XLSX: a workbook of live formulas, whose totals follow the named cells of its sheet Inputs.

Every intensity is written from the model's own formula, every line is activity times intensity,
and every total is a sum over lines; cached values are those of the ledger. What cannot be a
formula keeps its value, and its row says why.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

from lca.comparison import Comparison
from lca.errors import DocumentError
from lca.ledger import Ledger
from lca.scenario import Scenario

BINARY_SUFFIX = ".xlsx"
"""Suffix of the files: they are bytes, and are made from ledgers, not from the saved result."""


def render(
    scenario: Scenario, ledgers: Sequence[Ledger], comparison: Comparison | None = None
) -> bytes:
    """Return a scenario's workbook.

    Parameters
    ----------
    scenario
        The scenario.
    ledgers
        One per option, on shared draws.
    comparison
        The comparison of the same options, or None where there is one option.

    Raises
    ------
    DocumentError
        If the package that writes workbooks is not installed.
    """
    from lca.report.xlsx.writer import write

    return write(require(), scenario, ledgers, comparison)


def require() -> ModuleType:
    """Return the package that writes workbooks.

    Raises
    ------
    DocumentError
        If it is not installed.
    """
    try:
        return importlib.import_module("xlsxwriter")
    except ModuleNotFoundError:
        msg = "a workbook needs XlsxWriter, which is not installed: pip install 'lca[xlsx]'"
        raise DocumentError(msg) from None
