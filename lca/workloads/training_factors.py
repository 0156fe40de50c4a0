"""Cited factors of training: read once from the files beside the training runs."""

from __future__ import annotations

from functools import cache
from typing import Any

from lca import document
from lca.factors.files import ROOT
from lca.sources import Quality
from lca.terms import Factor
from lca.values import Value, read

_LOWEST = {"size_exponent": -1.0}


@cache
def _data(topic: str) -> dict[str, Any]:
    return document.read(ROOT / "workloads" / f"{topic}.yaml").data


def written(path: str, topic: str = "training") -> Any:
    """Return what a factor file says at a dotted path.

    Raises
    ------
    LookupError
        If it says nothing there.
    """
    found: Any = _data(topic)
    for step in path.split("."):
        if not isinstance(found, dict) or step not in found:
            msg = f"no value {path} in the factors of {topic}"
            raise LookupError(msg)
        found = found[step]
    return found


@cache
def value(path: str, unit: str = "", topic: str = "training") -> Value:
    """Return a cited value; the file's source and quality hold where it names none.

    Parameters
    ----------
    path
        Dotted path in the file.
    unit
        Canonical unit of the value.
    topic
        ``training``, or ``training_fit`` for what is fitted to the published runs.
    """
    data = _data(topic)
    found = read(written(path, topic), unit, lower=_LOWEST.get(path, 0.0))
    return found.cited(str(data["source"]), Quality(str(data["quality"])))


def factor(
    path: str, unit: str = "", *, name: str = "", identity: str = "", topic: str = "training"
) -> Factor:
    """Return a cited value as a factor, identified by file and path unless told otherwise."""
    where = identity or f"{topic}/{path}"
    return value(path, unit, topic).factor(name or path.rsplit(".", 1)[-1], where)
