"""What of a scenario levers could act on: its fleets, services and pieces of work, those alike joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lca.errors import UnknownNameError
from lca.scenario import Scenario
from lca.scenario.models import Fleet, Service, Work
from lca.terms import Draws, Factor, Node, factors
from lca.workloads import levers
from lca.workloads.levers import Applying, Case

_TEXT = "text"


@dataclass(frozen=True, slots=True)
class Use:
    """A fleet, a service or a piece of work.

    Attributes
    ----------
    kind, name
        Section of the scenario and name there.
    entry
        As written.
    """

    kind: str
    name: str
    entry: Fleet | Service | Work

    @property
    def where(self) -> str:
        """Its dotted path."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """Uses that are alike in all that cards ask for; what is not known is None.

    Attributes
    ----------
    phase, batch, device, precision, parameters, modality
        As `lca.workloads.levers.applying` takes them.
    uses
        The uses.
    """

    phase: str
    batch: float | None
    device: str | None
    precision: str | None
    parameters: float | None
    modality: str | None
    uses: tuple[Use, ...] = ()

    @property
    def where(self) -> tuple[str, ...]:
        """The dotted paths of the uses."""
        return tuple(use.where for use in self.uses)

    def applying(self, scenario: Scenario) -> list[Applying]:
        """Return what every lever does here, by what is published."""
        return levers.applying(
            phase=self.phase,
            batch=self.batch,
            device=self.device,
            precision=self.precision,
            parameters=self.parameters,
            modality=self.modality,
            library=scenario.library,
        )

    def unknown(self, case: Case) -> list[str]:
        """Return what a case is restricted by and the scenario does not say."""
        box = case.validity
        bounds = {
            "device": box.devices,
            "batch": box.batch,
            "parameters": box.parameters,
            "precision": box.precision,
            "modality": box.modalities,
        }
        return [name for name, bound in bounds.items() if bound and getattr(self, name) is None]


def groups(scenario: Scenario) -> tuple[Group, ...]:
    """Return the uses of a scenario, those alike together, in the order of the file."""
    found: dict[Group, list[Use]] = {}
    for use in uses(scenario):
        found.setdefault(_kind_of_use(scenario, use), []).append(use)
    return tuple(_with(group, tuple(members)) for group, members in found.items())


def uses(scenario: Scenario) -> Iterator[Use]:
    """Yield every fleet, service and piece of work."""
    for kind in ("fleet", "services", "work"):
        for name, entry in getattr(scenario.model, kind).items():
            yield Use(kind, name, entry)


def _with(group: Group, members: tuple[Use, ...]) -> Group:
    return Group(
        group.phase,
        group.batch,
        group.device,
        group.precision,
        group.parameters,
        group.modality,
        members,
    )


def _kind_of_use(scenario: Scenario, use: Use) -> Group:
    entry = use.entry
    phase, device = str(entry.phase), _device(scenario, use)
    if isinstance(entry, Fleet):
        return Group(phase, None, device, None, None, None)
    if isinstance(entry, Work) and entry.train is not None:
        precision, model = str(entry.train.precision), entry.train.model
        return Group(phase, None, device, _known(precision), _parameters(scenario, model), _TEXT)
    asked = entry if isinstance(entry, Service) else entry.answer
    if asked is None:
        return Group(phase, None, device, None, None, None)
    size = _parameters(scenario, asked.model)
    held = _known(str(asked.precision))
    return Group(phase, _batch(scenario, use), device, held, size, _TEXT)


def _device(scenario: Scenario, use: Use) -> str | None:
    """Return the device or processor, or None where no card could know it."""
    entry = use.entry
    name: str | None = entry.device
    if isinstance(entry, Work) and entry.instance:
        name = scenario.library.instance(entry.instance).device
    if isinstance(entry, Work) and entry.cores is not None:
        name = entry.cores.cpu
    if name is None:
        return None
    try:
        levers.family(name, scenario.library)
    except UnknownNameError:
        return None
    return name


def _known(precision: str) -> str | None:
    return precision if precision in levers.PRECISIONS else None


def _parameters(scenario: Scenario, model: str) -> float:
    from lca.scenario.planned import ai_model

    return ai_model(model, scenario.model.models[model]).parameters


def _batch(scenario: Scenario, use: Use) -> float | None:
    """Return the central batch: as given, or as load decides it in the first year."""
    plans = scenario.plans
    if use.where in plans.answers:
        return _of(plans.answers[use.where].serving.throughput)
    if use.where in plans.services:
        return _of(plans.services[use.where].years[0].serving.throughput)
    return None


def _of(throughput: Node) -> float | None:
    leaves: list[Factor] = [leaf for leaf in factors(throughput) if leaf.name == "batch"]
    return max(1.0, float(Draws(0, 0).array(leaves[0])[0])) if leaves else None
