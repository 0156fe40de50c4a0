"""Layouts of text: one column a series, with the labels of the series as its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lca.telemetry.engine import name_of, text_of

__all__ = ["series_of", "unpivoted"]

_SERIES = re.compile(r"\s*(\w+)\s*\{(.*)\}\s*", re.DOTALL)
_LABEL = re.compile(r'(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"')
_METRICS = ("DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")


def series_of(headings: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the labels of every heading that is a series of power or energy.

    Examples
    --------
    >>> series_of({'DCGM_FI_DEV_POWER_USAGE{gpu="0", UUID="GPU-1"}': "VARCHAR", "Time": "VARCHAR"})
    {'DCGM_FI_DEV_POWER_USAGE{gpu="0", UUID="GPU-1"}': {'__name__': 'DCGM_FI_DEV_POWER_USAGE', 'gpu': '0', 'UUID': 'GPU-1'}}
    """
    found = {}
    for heading in headings:
        match = _SERIES.fullmatch(heading)
        if match and match[1] in _METRICS:
            found[heading] = {"__name__": match[1], **dict(_LABEL.findall(match[2]))}
    return found


def unpivoted(
    relation: str, headings: Mapping[str, str], series: Mapping[str, Mapping[str, str]]
) -> tuple[str, dict[str, str]]:
    """Return a relation of one row a sample, and its headings."""
    labels = sorted({label for one in series.values() for label in one})
    rest = [name for name in headings if name not in series]
    rows = ", ".join(
        "("
        + ", ".join([text_of(heading), *(text_of(one.get(label, "")) for label in labels)])
        + ")"
        for heading, one in series.items()
    )
    names = ", ".join(map(name_of, labels))
    wide = ", ".join(map(name_of, series))
    long = f"(SELECT * FROM {relation}) UNPIVOT (value FOR series IN ({wide}))"
    kept = ", ".join(f"s.{name_of(name)}" for name in rest)
    listed = ", ".join(f"l.{name_of(label)}" for label in labels)
    sql = (
        f"(SELECT {kept}, {listed}, s.value FROM {long} s "
        f"JOIN (VALUES {rows}) l(series, {names}) ON s.series = l.series)"
    )
    return sql, dict.fromkeys([*rest, *labels, "value"], "VARCHAR")
