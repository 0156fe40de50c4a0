"""Manufacture: what making devices and hosts emits, part by part, by one embodied model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.intensities import boavizta
from lca.intensities.buildings import building_share
from lca.intensities.context import Context
from lca.ledger import Line
from lca.stages.parts import Part, embodied_line, goods_line, parts
from lca.subjects.subject import Subject
from lca.terms import Node

_BESIDE_CARBON = ("primary_energy", "adp_elements")


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of manufacture."""
    for subject in subjects:
        if not (subject.device or subject.host or subject.goods):
            reason = subject.hardware_missing or "its hardware is not named, so none is counted"
            context.miss("gwp100", "manufacture", subject.where, reason)
        for goods in subject.goods:
            yield goods_line(context, subject, goods)
        for part in parts(context, subject):
            found = part.embodied.parts if part.embodied else {}
            for process, node in found.items():
                line = embodied_line(context, subject, part, "manufacture", process, node)
                if line is not None:
                    yield line
            yield from _other_indicators(context, subject, part)
    if context.model.assumptions.boundary == "building":
        for subject in subjects:
            yield from _building(context, subject)


def _building(context: Context, subject: Subject) -> Iterator[Line]:
    """Yield the share of the building, where published boundaries differ by just that."""
    device = subject.device
    node = building_share(device, subject.host) if device else None
    if node is None or device is None:
        name = device.id if device else subject.where
        reason = "no published figures whose difference is the building"
        context.miss("gwp100", "manufacture", f"building of {name}", reason)
        return
    part = Part("building", device.id, None, None, None)
    line = embodied_line(context, subject, part, "manufacture", "construction", node)
    if line is not None:
        yield line


def _other_indicators(context: Context, subject: Subject, part: Part) -> Iterator[Line]:
    for indicator in _BESIDE_CARBON:
        if indicator not in context.model.indicators:
            continue
        for process, node in _factors(context, subject, part, indicator).items():
            line = embodied_line(context, subject, part, "manufacture", process, node, indicator)
            if line is not None:
                yield line


def _factors(context: Context, subject: Subject, part: Part, indicator: str) -> dict[str, Node]:
    """Return the parts of another indicator: only Boavizta's formula covers it for all."""
    try:
        if part.component == "host" and subject.host is not None:
            return boavizta.host_parts(subject.host, context.library, indicator)
        if subject.device is not None:
            return boavizta.parts(subject.device, indicator)
    except LookupError as error:
        context.miss(indicator, "manufacture", part.name, str(error))
    return {}
