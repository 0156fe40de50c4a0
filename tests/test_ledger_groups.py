"""Sums over groups of lines: by label or by a key of the caller's own, dense or sparse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lca
from lca.lines import Line


@pytest.fixture
def ledger(small: dict[str, Any]) -> lca.Ledger:
    """Return a fleet evaluated on a few draws."""
    return lca.evaluate(lca.load(small), samples=32)


def test_a_key_of_the_caller_groups_as_labels_do(ledger: lca.Ledger) -> None:
    """Grouping by stage and year gives the same draws as the labels of the same names."""

    def key(line: Line, year: int) -> tuple[str, str]:
        return line.stage, str(year)

    gathered = ledger.gather(key)
    rows = {row.labels: row.estimate.samples for row in ledger.by("stage", "year")}
    assert {*gathered} == {*rows}
    for name, estimate in gathered.items():
        np.testing.assert_allclose(estimate.samples, rows[name], rtol=1e-12)


def test_nothing_gathered_is_nothing(ledger: lca.Ledger) -> None:
    """An indicator without lines has no groups."""
    assert ledger.gather(lambda line, _: line.stage, indicator="cost") == {}


def test_many_groups_of_few_intensities_have_the_sums_of_few_groups(
    ledger: lca.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Touching only what a group uses changes no sum beyond the last bits."""
    labels = ("component", "stage", "process", "year")
    dense = [row.estimate.samples for row in ledger.by(*labels)]
    monkeypatch.setattr("lca.ledger._MANY_CELLS", 0)
    monkeypatch.setattr("lca.ledger._SPARSE", 0)
    sparse = [row.estimate.samples for row in ledger.by(*labels)]
    assert len(dense) == len(sparse) > 10
    np.testing.assert_allclose(sparse, dense, rtol=1e-12)
