"""Decisions on top of a scenario: one question a module, each with ``solve``.

Examples
--------
>>> import lca
>>> base = lca.load("scenarios/keep_or_replace_a100.yaml")  # doctest: +SKIP
>>> print(lca.optimize.refresh(base).verdict)  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import Any

QUESTIONS = (
    "refresh",
    "fleet",
    "mix",
    "second_life",
    "schedule",
    "siting",
    "sizing",
    "power_cap",
)
"""What can be asked; each is a module of this folder with a function ``solve``."""


def __getattr__(name: str) -> Any:
    """Return the solver of a question: ``lca.optimize.refresh(scenario)``."""
    if name not in QUESTIONS:
        msg = f"module 'lca.optimize' has no attribute {name!r}"
        raise AttributeError(msg)
    return importlib.import_module(f"lca.optimize.questions.{name}").solve


def __dir__() -> list[str]:
    return sorted([*globals(), *QUESTIONS])
