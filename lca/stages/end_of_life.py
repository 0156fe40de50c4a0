"""End of life: treatment of scrapped devices, and the credit of what is recovered, apart.

Under ``cut_off`` recovered material leaves without credit; the other rules give one, always on
lines of the stage ``recovery_credit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.intensities.context import Context
from lca.intensities.freight import collection
from lca.intensities.scrap import end_of_life, scrap_mass
from lca.ledger import Line
from lca.scenario.models import EndOfLife
from lca.stages.parts import Part, embodied_line, parts
from lca.stages.subjects import Subject
from lca.terms import Factor, Node


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of end of life and of recovery credits."""
    for subject in subjects:
        for part in parts(context, subject):
            if part.embodied is not None and "end_of_life" in part.embodied.includes:
                context.warn(f"{part.name}: end of life is inside its published figure")
            elif part.mass is None:
                context.miss("gwp100", "end_of_life", part.name, "its mass is not known")
            else:
                yield from _part(context, subject, part)


def _intensities(mass: Factor, choices: EndOfLife) -> dict[str, Node]:
    found = end_of_life(mass, choices)
    return found | {"collection": collection(mass, choices), "scrap": scrap_mass(mass, choices)}


def _part(context: Context, subject: Subject, part: Part) -> Iterator[Line]:
    choices = context.model.assumptions.end_of_life
    if part.mass is None:
        return
    mass = part.mass
    found = context.once(("scrap", mass), lambda: _intensities(mass, choices))
    made = [
        embodied_line(context, subject, part, "end_of_life", "treatment", found["treatment"]),
        embodied_line(context, subject, part, "end_of_life", "collection", found["collection"]),
    ]
    if "credit" in found:
        made.append(
            embodied_line(
                context, subject, part, "recovery_credit", str(choices.rule), found["credit"]
            )
        )
    if "e_waste" in context.model.indicators:
        made.append(
            embodied_line(
                context,
                subject,
                part,
                "end_of_life",
                "scrap",
                found["scrap"],
                "e_waste",
            )
        )
    yield from (line for line in made if line is not None)
