"""Addresses of cells."""

from __future__ import annotations

from functools import cache


@cache
def column(position: int) -> str:
    """Return the letters of a column from its position, counted from 0.

    Examples
    --------
    >>> column(0), column(26)
    ('A', 'AA')
    """
    letters, rest = "", position + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def block(sheet: str, position: int, first: int, last: int) -> str:
    """Return the address of a part of a column of another sheet, both rows counted from 1."""
    letters = column(position)
    return f"{sheet}!${letters}${first}:${letters}${last}"
