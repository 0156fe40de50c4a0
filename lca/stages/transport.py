"""Transport: moving devices and host shares from the factory to the site, by mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lca.intensities.context import Context
from lca.intensities.freight import freight, host_freight
from lca.ledger import Line
from lca.stages.parts import Part, asked_indicators, embodied_line, parts
from lca.subjects.subject import Subject
from lca.terms import Factor, Node


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of transport; a figure that already includes it is not added to."""
    for subject in subjects:
        for part in parts(context, subject):
            for indicator in asked_indicators(context):
                yield from _part(context, subject, part, indicator)


def _part(context: Context, subject: Subject, part: Part, indicator: str) -> Iterator[Line]:
    inside = part.embodied is not None and "transport" in part.embodied.includes
    if inside and indicator == "gwp100":
        context.warn(f"{part.name}: transport is inside its published figure")
        return
    if part.mass is None:
        context.miss(indicator, "transport", part.name, "its mass is not known")
        return
    key = ("freight", part.component, part.mass, indicator)
    modes = context.once(key, partial(_modes, context, part, part.mass, indicator))
    for mode, node in modes.items():
        line = embodied_line(context, subject, part, "transport", mode, node, indicator)
        if line is not None:
            yield line


def _modes(context: Context, part: Part, mass: Factor, indicator: str) -> dict[str, Node]:
    route = context.model.assumptions.transport
    if part.component != "host":
        return freight(mass, route, indicator)
    if indicator == "gwp100":
        return host_freight(mass, route)
    context.miss(indicator, "transport", part.name, "makers' sheets give emissions only")
    return {}
