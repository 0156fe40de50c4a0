"""A checked card as a page of at most 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from lca.errors import visible

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["page"]

_WIDTH = 80
_MOST_UNREAD = 20
_LONGEST = 400


def page(result: dict[str, Any], console: Console) -> None:
    """Print what was read, what does not hold together, and what was not understood."""
    for line in _lines(result):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(result: dict[str, Any]) -> list[str]:
    file = result["file"]
    lines = _wrapped(f"{file}: {_count(len(result['claims']), 'claim')} read")
    lines += [part for claim in result["claims"] for part in _wrapped(_claim(claim), "  ")]
    lines += ["", f"{_count(len(result['flags']), 'flag')}"]
    for flag in result["flags"]:
        head = f"{file}:{flag['line']}: {flag['code']} ({flag['claim']}): {flag['message']}"
        lines += _wrapped(head, "  ")
    lines += ["", *_implied(result["implied"])]
    lines += [part for remark in result["remarks"] for part in _wrapped(f"note: {remark}")]
    return lines + _unread(result["not_understood"])


def _claim(claim: dict[str, Any]) -> str:
    figures = {**claim["inputs"], **claim["printed"]}
    told = ", ".join(f"{name} {_figure(known)}" for name, known in figures.items())
    return f"{claim['id']} (line {claim['line']}): {told}"


def _figure(known: dict[str, Any]) -> str:
    value = known["value"]
    if isinstance(value, str):
        return f'"{value}"'
    return f"{value:,.6g} {known['unit']}".strip()


def _implied(fitted: list[dict[str, Any]]) -> list[str]:
    lines = []
    for family in fitted:
        rows = family["rows"]
        lines.append(
            f"implied grid factor, PUE inside if none is stated: {_count(len(rows), 'row')}"
        )
        for row in rows:
            mark = "!" if row["stands_out"] else " "
            name = visible(row["id"])[:36]
            span = f"{row['low']:.4g} to {row['high']:.4g}"
            lines.append(f" {mark} {name:<36} {row['implied']:.4g} kg/kWh ({span})")
    return lines


def _unread(entries: list[dict[str, Any]]) -> list[str]:
    if not entries:
        return []
    lines = ["", f"not understood ({len(entries)}):"]
    for entry in entries[:_MOST_UNREAD]:
        lines += _wrapped(f"line {entry['line']}: {entry['text'][:_LONGEST]}", "  ")
    if len(entries) > _MOST_UNREAD:
        lines.append(f"  and {len(entries) - _MOST_UNREAD} more (--json lists all)")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        visible(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )
