"""Scores a file of published cases for ``lca validate``, and prints the scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["scored_cases", "show_cases", "write_page"]


_UNMET = frozenset({"mismatch", "not_covered", "unsupported"})
"""Statuses of cases whose unused inputs may be why."""


def scored_cases(
    path: Path | None, *, kind: str | None = None, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Score the cases of a file, or the packaged ones, as plain data.

    Parameters
    ----------
    path
        A file of cases; None for those that come with the toolkit.
    kind
        Only cases of this kind.
    only
        Only cases of these ids.

    Raises
    ------
    InputError
        If the file is no file of cases.
    UnknownNameError
        If no case has an id, or is of the kind.
    """
    from lca.validation.cases import packaged, read_cases
    from lca.validation.report import as_data
    from lca.validation.scoring import score_cases

    cases = packaged() if path is None else read_cases(path)
    ids = [case.id for case in cases]
    for name in only:
        if name not in ids:
            msg = f"no case {quoted(name)}{did_you_mean(name, ids)}"
            raise UnknownNameError(msg)
    chosen = [case for case in cases if (not only or case.id in only) and kind in {None, case.kind}]
    if not chosen:
        msg = f"no case of the kind {quoted(kind)} among {len(cases)}"
        raise UnknownNameError(msg)
    return as_data(score_cases(chosen))


def write_page(path: Path) -> Path:
    """Write the tables of the packaged cases into a page of the manual, with a picture beside it.

    Raises
    ------
    InputError
        If the page cannot be read, or has no place for tables.
    """
    from lca.document import write_atomically
    from lca.validation.cases import held_out, packaged
    from lca.validation.page import rendered
    from lca.validation.picture import picture
    from lca.validation.scoring import score_cases

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = f"{quoted(path)}: cannot be read; give a Markdown page that exists"
        raise InputError(msg) from None
    scores = score_cases(packaged())
    write_atomically(path, rendered(text, scores, score_cases(held_out())))
    write_atomically(path.with_suffix(".svg"), picture(scores))
    return path


def show_cases(result: dict[str, Any], console: Console) -> None:
    """Print each case with a row a target, then the flags, then the summary."""
    for place, case in enumerate(result["cases"]):
        if place == 0:
            console.print(_table(_HEADS, header=True))
        console.print(f"{case['id']}: {case['status']}", style="bold", soft_wrap=True, markup=False)
        rows = [_cells(t) for t in case["targets"] if t["target"] or t["must_not_match"]]
        if rows:
            console.print(_table(_HEADS, rows))
    for case in result["cases"]:
        for line in _remarks(case):
            console.print(line, soft_wrap=True, markup=False)
    for line in summary_lines(result["summary"]):
        console.print(line, soft_wrap=True, markup=False)


_HEADS = {"quantity": None, "published": 17, "computed": 12, "interval": 13, "error": 9}
"""Columns with their widths: equal for all cases, so that they stand below one another."""


def _table(
    heads: dict[str, int | None], rows: Sequence[tuple[str, ...]] = (), *, header: bool = False
) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, expand=True, show_header=header)
    for name, width in heads.items():
        ratio = None if width else 1
        justify: Any = "right" if width else "left"
        table.add_column(name, width=width, ratio=ratio, justify=justify, overflow="fold")
    for name, *rest in rows:
        table.add_row(f"  {name}", *rest)
    return table


def _cells(target: dict[str, Any]) -> tuple[str, ...]:
    computed, low, error = target["computed"], target["low"], target["rel_error"]
    return (
        target["quantity"],
        f"{target['published']:.6g} {target['unit']}",
        "not computed" if computed is None else f"{computed:.6g}",
        "" if low is None else f"{low:.4g} to {target['high']:.4g}",
        "" if error is None else f"{error:+.2%}",
    )


def _remarks(case: dict[str, Any]) -> list[str]:
    """Return what else there is to say of a case: flags, what is missing, unknown inputs."""
    lines = [f"{case['id']}: {flag['code']}: {flag['message']}" for flag in case["flags"]]
    lines += [
        f"{case['id']}: {target['quantity']}: {target['missing']}"
        for target in case["targets"]
        if target["missing"] and target["target"]
    ]
    if case["unknown_inputs"]:
        names = ", ".join(case["unknown_inputs"])
        lines.append(f"{case['id']}: unknown inputs, not used: {names}")
    idle = [name for name in case["unused_inputs"] if name not in case["unknown_inputs"]]
    if idle and case["status"] in _UNMET:
        lines.append(f"{case['id']}: given, but nothing was computed from: {', '.join(idle)}")
    return lines


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """Return the summary in lines: by kind, by status as published, then the bars."""
    lines = [f"{summary['cases']} cases: {_counts(summary['status'])}"]
    for part in ("by_kind", "by_subkind", "by_published_status"):
        lines += [
            f"{name}: {found['within']} of {found['targets']} targets within ({_counts(found['status'])})"
            for name, found in summary[part].items()
        ]
    return lines + _bar_lines(summary["bars"])


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items())


def _bar_lines(bars: dict[str, Any]) -> list[str]:
    strict, interval = bars["strict"], bars["interval_contains"]
    wrong, broken = bars["must_not_match"]["failed"], bars["inconsistent_as_published"]
    lines = []
    if strict["targets"]:
        said = f"{strict['within']} of {strict['targets']} ({strict['share']:.1%})"
        lines.append(
            f"targets that must match: {said}, bar {strict['bar']:.0%}: {_met(strict['met'])}"
        )
    lines.append(f"wrong values reproduced without a flag: {', '.join(wrong) or 'none'}")
    missed = ", ".join(interval["missed"]) or "none"
    lines.append(f"intervals that miss, of {interval['cases']} cases: {missed}")
    silent = ", ".join(broken["not_flagged"]) or "none"
    lines.append(f"inconsistent cases without a flag, of {broken['cases']}: {silent}")
    return lines


def _met(met: bool) -> str:
    return "met" if met else "missed"
