"""Letters of user texts: what a page can show, and from which side it is read."""

from __future__ import annotations

import re
import unicodedata

_UNKNOWN = "\ufffd"
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows, and so could turn our words around."""

_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SIZE = re.compile(r'viewBox="\s*[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)')


def one_line(text: str) -> str:
    """Return a text in one line, without characters that mean nothing to a font or turn others.

    Control characters and directional overrides go; code points that nobody assigned become the
    replacement character. Joiners stay: scripts need them.
    """
    return " ".join("".join(map(_shown, text)).split())


def visible(text: str) -> str:
    r"""Return a text without what a terminal obeys: colors, titles and bells are not a user's to set.

    Line breaks stay.

    Examples
    --------
    >>> visible("\x1b[31mred\x07")
    '[31mred'
    """
    return _OBEYED.sub("", text)


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    kind = unicodedata.category(letter)
    if kind == "Cc" or letter in _STEERING:
        return ""
    return _UNKNOWN if kind in {"Cs", "Cn", "Co"} else letter


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a script that is written from the right."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind != "L" for kind in kinds if kind in {"L", "R", "AL"}), False)


def aspect(svg: str) -> float:
    """Return height over width of a picture; one half where it does not say."""
    found = _SIZE.search(svg)
    return float(found[2]) / float(found[1]) if found and float(found[1]) else 0.5
