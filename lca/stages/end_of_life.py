"""End of life: treatment of scrapped devices, and the credit of what is recovered, apart.

Under ``cut_off`` recovered material leaves without credit; the other rules give one, always on
lines of the stage ``recovery_credit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.intensities.context import Context
from lca.intensities.freight import collection
from lca.intensities.scrap import end_of_life, scrap_mass, treatment
from lca.ledger import Line
from lca.stages.parts import Part, asked_indicators, embodied_line, parts
from lca.subjects.subject import Subject
from lca.terms import Factor, Node


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of end of life and of recovery credits."""
    for subject in subjects:
        for part in parts(context, subject):
            if part.mass is None:
                context.miss("gwp100", "end_of_life", part.name, "its mass is not known")
                continue
            for indicator, stage, process, node in _amounts(context, part, part.mass):
                line = embodied_line(context, subject, part, stage, process, node, indicator)
                if line is not None:
                    yield line


def _amounts(context: Context, part: Part, mass: Factor) -> tuple[tuple[str, str, str, Node], ...]:
    """Return indicator, stage, process and intensity of all that scrapping a part takes."""
    key = ("scrap", part.name, mass)
    return context.once(key, lambda: tuple(_make(context, part, mass)))


def _make(context: Context, part: Part, mass: Factor) -> Iterator[tuple[str, str, str, Node]]:
    choices = context.model.assumptions.end_of_life
    if "e_waste" in context.model.indicators:
        yield "e_waste", "end_of_life", "scrap", scrap_mass(mass, choices)
    for indicator in asked_indicators(context)[1:]:
        yield indicator, "end_of_life", "treatment", treatment(mass, choices, indicator)
        yield indicator, "end_of_life", "collection", collection(mass, choices, indicator)
    if part.embodied is not None and "end_of_life" in part.embodied.includes:
        context.warn(f"{part.name}: end of life is inside its published figure")
        return
    found = end_of_life(mass, choices)
    yield "gwp100", "end_of_life", "treatment", found["treatment"]
    yield "gwp100", "end_of_life", "collection", collection(mass, choices)
    if "credit" in found:
        yield "gwp100", "recovery_credit", str(choices.rule), found["credit"]
