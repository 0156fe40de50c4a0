"""A scenario file on the page: its main inputs, changed over what the file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, LcaError, Problem, ScenarioError
from lca.serve.fields import (
    Field,
    Group,
    cited_default,
    composed_groups,
    plain,
    read,
    said,
    share,
)

if TYPE_CHECKING:
    from lca.scenario import Scenario
    from lca.scenario.models import Fleet, Service
    from lca.scenario.site_models import Site
    from lca.values import Value

MOST_SAMPLES = 65_536
_SPREAD = "spread of "
_OWN_KEYS = ("identity", "note")


@dataclass(frozen=True)
class Opened:
    """The form over a scenario file: fields that are left alone change nothing of it.

    Attributes
    ----------
    base
        The scenario as its file says.
    basis
        Account of electricity that the page starts with.
    """

    base: Scenario
    basis: str = "location"

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.base.model.title or self.base.name

    @property
    def picks(self) -> bool:
        """Whether options are picked on the page."""
        return False

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The fields: sites, fleets, services, draws."""
        model = self.base.model
        return (
            *(Group(f"Site: {name}", tuple(_of_site(name, one, model.assumptions.pue))) for name, one in model.sites.items()),
            *(Group(f"Fleet: {name}", tuple(_of_fleet(name, one, model.assumptions.utilization))) for name, one in model.fleet.items()),
            *(Group(f"Service: {name}", (_lifetime("services", name, one),)) for name, one in model.services.items()),
            Group("Method", tuple(self._method())),
        )  # fmt: skip

    def _method(self) -> Iterator[Field]:
        samples = min(self.base.model.uncertainty.samples, MOST_SAMPLES)
        yield next(f for g in composed_groups() for f in g.fields if f.name == "basis")
        yield Field("samples", "Draws", "number", value=float(samples), high=float(MOST_SAMPLES))

    def scenario(self, body: Mapping[str, object]) -> tuple[Scenario, str]:
        """Return the scenario with a page's answers, and the account of electricity.

        Raises
        ------
        InputError
            With every mistake, each with the name of its field as its path.
        """
        given = body.get("inputs", {})
        answers, problems = read(self.groups, given if isinstance(given, Mapping) else {})
        if problems:
            raise InputError(problems)
        changes = dict(self._changes(answers))
        if not changes:
            return self.base, str(answers["basis"])
        try:
            return self.base.patch(changes, self.base.name), str(answers["basis"])
        except LcaError as error:
            raise ScenarioError(
                Problem(self._place(p), p.message) for p in error.problems
            ) from None

    def _place(self, problem: Problem) -> str:
        """Return the field that a mistake belongs to: the longest name that its path starts with."""
        names = [f.name for g in self.groups for f in g.fields if problem.path.startswith(f.name)]
        return max(names, key=len, default=problem.path)

    def _changes(self, answers: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        """Yield what the answers change of the file, by path."""
        for path, answer in answers.items():
            kind = path.rsplit(".", 1)[-1]
            if answer is None or path.startswith(_SPREAD) or path == "basis":
                continue
            if path == "samples":
                if int(answer) != self.base.model.uncertainty.samples:
                    yield "uncertainty.samples", int(answer)
            elif kind == "region":
                if answer != self.base.model.sites[path.split(".")[1]].region:
                    yield path, answer
            else:
                yield path, self._written(path, kind, answer, answers)

    def _written(self, path: str, kind: str, answer: float, answers: Mapping[str, Any]) -> object:
        if kind == "count":
            when = next(iter(self.base.model.fleet[path.split(".")[1]].count))
            return int(answer) if when == "first" else {when: int(answer)}
        if kind == "lifetime":
            return self._kept(path, f"{plain(answer)} years")
        if kind == "utilization":
            return self._kept(path, share(answer, answers.get(_SPREAD + path)) or "")
        return self._kept(path, plain(answer))

    def _kept(self, path: str, text: str) -> object:
        """Return a value that keeps the identity of the one it replaces, so that uses stay shared."""
        steps = path.split(".")
        old: Any = self.base.data[steps[0]][steps[1]].get(steps[2])
        kept = (
            {key: old[key] for key in _OWN_KEYS if key in old} if isinstance(old, Mapping) else {}
        )
        if "identity" not in kept:
            return text
        middle, sign, off = text.partition(" ± ")
        shape = {"value": middle} if not sign else _interval(middle, off)
        return {**shape, **kept, "quality": "assumed"}


def _interval(middle: str, off: str) -> dict[str, str]:
    """Return the 90 % interval around a percentage, within what a share can be."""
    center, width = (float(text.removesuffix("%")) for text in (middle, off))
    return {
        "p5": f"{plain(max(0.1, center - width))}%",
        "median": middle,
        "p95": f"{plain(min(100.0, center + width))}%",
    }


def _of_site(name: str, site: Site, assumed: Value | None) -> Iterator[Field]:
    own = "this site states a grid factor of its own, which the region does not change"
    hint = own if site.grid else "country, state or cloud region"
    yield Field(f"sites.{name}.region", "Region", "region", value=site.region, hint=hint)
    unset, start = _as_written(site.pue or assumed, "pue", "")
    yield Field(
        f"sites.{name}.pue", "PUE of the facility", "range", low=1.0, high=2.5, step=0.01,
        start=start, unset=unset,
    )  # fmt: skip


def _of_fleet(name: str, fleet: Fleet, assumed: Value | None) -> Iterator[Field]:
    yield _lifetime("fleet", name, fleet)
    path = f"fleet.{name}.utilization"
    own = fleet.utilization or fleet.serves.utilization or assumed
    unset, start = _as_written(own, "utilization", "%")
    yield Field(
        path, "Utilization", "range", low=5.0, high=100.0, unit="%", start=round(start), unset=unset
    )
    yield Field(
        f"{_SPREAD}{path}", "Utilization may be off by", "range", low=0.0, high=40.0, unit="%",
        value=0.0, needs=path,
    )  # fmt: skip
    if len(fleet.count) == 1:
        (count,) = fleet.count.values()
        yield Field(
            f"fleet.{name}.count", "Devices bought", "number", low=1.0, high=1e6, start=float(count),
            unset=f"{count:,}",
        )  # fmt: skip


def _lifetime(room: str, name: str, one: Fleet | Service) -> Field:
    years = one.lifetime.central
    return Field(
        f"{room}.{name}.lifetime", "Lifetime", "range", low=1.0, high=max(12.0, years), step=0.5,
        start=years, unit="years", unset=said(one.lifetime, 1.0, " years"),
    )  # fmt: skip


def _as_written(value: Value | None, default: str, unit: str) -> tuple[str, float]:
    """Return a value of the file, or the default that stands in for it, and its center."""
    if value is None:
        return cited_default(default, unit)
    scale = 100.0 if unit == "%" else 1.0
    return said(value, scale, unit), scale * value.central
