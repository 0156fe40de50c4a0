"""Measure the energy of programs: NVML boards, processors, and records of both.

The package itself can be called: ``lca.measure("name")`` is ``lca.measure.measure("name")``.

>>> import lca.measure
>>> with lca.measure("finetune", work="1200 samples") as m:  # doctest: +SKIP
...     train()

Nothing heavy is imported before it is used, and nothing in the model imports this package.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.measure.adding import add
    from lca.measure.decorators import measure, measured
    from lca.measure.records import WorkloadRecord, load
    from lca.measure.windows import Measurement

__all__ = ["Measurement", "WorkloadRecord", "add", "load", "measure", "measured"]

_WHERE = {
    "Measurement": "lca.measure.windows",
    "WorkloadRecord": "lca.measure.records",
    "add": "lca.measure.adding",
    "load": "lca.measure.records",
    "measure": "lca.measure.decorators",
    "measured": "lca.measure.decorators",
}


class _Callable(ModuleType):
    """A module that measures when it is called, so that ``lca.measure(...)`` reads well."""

    def __call__(self, workload: str = "run", **options: Any) -> Measurement:
        """Return a `Measurement`, with the arguments of one."""
        from lca.measure.windows import Measurement

        return Measurement(workload, **options)


sys.modules[__name__].__class__ = _Callable


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
