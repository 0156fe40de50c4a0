"""What is accounted for: every fleet, service and piece of work of a scenario, in one form."""

from __future__ import annotations

from collections.abc import Iterator

from lca.intensities.context import Context
from lca.subjects.fleets import fleet_subject
from lca.subjects.subject import Subject
from lca.subjects.work import work_subject


def subjects(context: Context) -> Iterator[Subject]:
    """Yield every fleet, service and piece of work of the scenario."""
    for name, fleet in context.model.fleet.items():
        yield fleet_subject(context, name, fleet)
    if context.model.services:
        from lca.subjects.services import service_subject

        for name, service in context.model.services.items():
            yield service_subject(context, name, service)
    for name, work in context.model.work.items():
        yield work_subject(context, name, work)
