"""Transport: moving devices and host shares from the factory to the site, by mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lca.intensities.context import Context
from lca.intensities.freight import freight, host_freight
from lca.ledger import Line
from lca.stages.parts import embodied_line, parts
from lca.stages.subjects import Subject


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of transport; a figure that already includes it is not added to."""
    for subject in subjects:
        for part in parts(context, subject):
            if part.embodied is not None and "transport" in part.embodied.includes:
                context.warn(f"{part.name}: transport is inside its published figure")
                continue
            if part.mass is None:
                context.miss("gwp100", "transport", part.name, "its mass is not known")
                continue
            move = host_freight if part.component == "host" else freight
            route = context.model.assumptions.transport
            key = ("freight", part.component, part.mass)
            for mode, node in context.once(key, partial(move, part.mass, route)).items():
                line = embodied_line(context, subject, part, "transport", mode, node)
                if line is not None:
                    yield line
