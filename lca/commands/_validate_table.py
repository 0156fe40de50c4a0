"""Prints the scores of ``lca validate`` beside the bars that they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

ERROR_BAR, FOLD_BAR, COVERAGE_BAR = 0.17, 1.6, (0.85, 0.95)
"""Bars for language models on rows that no fit has seen."""
_FITTED = "{} rows were fitted: they tell what is remembered, not how well it predicts"


def show_scores(result: Mapping[str, Any], console: Console) -> None:
    """Print one row a modality, and for text what each bar is and whether it is met."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = ("modality", "rows", "median error", "within 1.5x", "p90 fold", "in 90 % interval")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    for name, found in result["summary"].items():
        table.add_row(name, *_cells(found))
    console.print(table)
    if result.get("fitted_rows"):
        console.print(_FITTED.format(result["fitted_rows"]), soft_wrap=True)
    text = result["summary"].get("text")
    if text is not None:
        for line in bars(text):
            console.print(line, soft_wrap=True)


def _cells(found: Mapping[str, float]) -> tuple[str, ...]:
    return (
        f"{found['rows']:d}",
        f"{found['median_absolute_error']:.1%}",
        f"{found['within_1_5x']:.0%}",
        f"{found['p90_fold_error']:.2f}",
        f"{found['coverage_90']:.1%}",
    )


def bars(found: Mapping[str, float]) -> list[str]:
    """Return a sentence for each bar of language models: what it is, and whether it is met."""
    low, high = COVERAGE_BAR
    error, fold = found["median_absolute_error"], found["p90_fold_error"]
    coverage = found["coverage_90"]
    return [
        _bar("text: median error", f"{error:.1%}", f"at most {ERROR_BAR:.0%}", error <= ERROR_BAR),
        _bar("text: 90th-percentile fold", f"{fold:.2f}", f"at most {FOLD_BAR}", fold <= FOLD_BAR),
        _bar(
            "text: inside the 90 % interval",
            f"{coverage:.1%}",
            f"{low:.0%} to {high:.0%}",
            low <= coverage <= high,
        ),
    ]


def _bar(what: str, found: str, bar: str, met: bool) -> str:
    return f"{what} {found}, bar {bar}: {'met' if met else 'missed'}"
