"""Which unknowns decide a total, or the difference of two options.

The package itself can be called: ``lca.sensitivity(scenario)`` is
``lca.sensitivity.question.sensitivity(scenario)``.

Three questions are kept apart: one unknown at a time (`tornado`), how draws of an unknown and of
the result move together (`ranks`), and which share of the variance an unknown makes, alone and
with all others (`sobol`). `surface` draws where two options break even. What a scenario chose is varied
by `lca.sweeps`.

Examples
--------
>>> import lca
>>> base = lca.load("scenarios/procurement.yaml")  # doctest: +SKIP
>>> print(lca.sensitivity(base).verdict)  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.scenario import Scenario
    from lca.sensitivity.question import Sensitivity
    from lca.sensitivity.surface import Surface, break_even

__all__ = ["Sensitivity", "Surface", "break_even"]

_WHERE = {
    "Sensitivity": ("question", "Sensitivity"),
    "Surface": ("surface", "Surface"),
    "break_even": ("surface", "break_even"),
}


class _Callable(ModuleType):
    """A module that answers when it is called, so that ``lca.sensitivity(...)`` reads well."""

    def __call__(self, scenario: Scenario, **options: Any) -> Sensitivity:
        """Return a `Sensitivity`, with the arguments of `lca.sensitivity.question.sensitivity`."""
        from lca.sensitivity.question import sensitivity

        return sensitivity(scenario, **options)


sys.modules[__name__].__class__ = _Callable


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    module, member = _WHERE[name]
    return getattr(import_module(f"lca.sensitivity.{module}"), member)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
