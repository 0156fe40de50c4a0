"""``measure("name")`` and ``@measured``: the short ways to a `Measurement`."""

from __future__ import annotations

import functools
from typing import Any

from lca.measure.windows import Measurement

__all__ = ["measure", "measured"]


def measure(workload: str = "run", **settings: Any) -> Measurement:
    """Return a `Measurement`: ``with measure("name"): ...`` or ``@measure("name")``.

    Parameters
    ----------
    workload : str
        Name of what is run.
    **settings
        As for `Measurement`.
    """
    return Measurement(workload, **settings)


def measured(function: Any = None, **settings: Any) -> Any:
    """Measure every call of a function: ``@measured`` or ``@measured(work="10 samples")``.

    The name of the workload is the function's, unless `workload` is given.
    """
    if function is None:
        return functools.partial(measured, **settings)
    workload = settings.pop("workload", function.__name__)
    return Measurement(workload, **settings)(function)
