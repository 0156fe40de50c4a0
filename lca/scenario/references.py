"""Checks what a scenario refers to: devices, hosts, sites, regions, indicators, units."""

from __future__ import annotations

from collections.abc import Iterator

from lca import factors
from lca.errors import Problem, UnitError, UnknownNameError, did_you_mean
from lca.ledger import INDICATORS
from lca.library import Library
from lca.scenario import functional_unit
from lca.scenario.models import Fleet, ScenarioModel, Site, Work
from lca.scenario.patching import Patched

Path = tuple[str | int, ...]
_PUBLIC_INDICATORS = tuple(INDICATORS)


def reference_problems(model: ScenarioModel, text: Patched, library: Library) -> Iterator[Problem]:
    """Yield a problem for each reference that leads nowhere."""
    for path, message in _findings(model, library):
        yield text.problem(path, message)


def _findings(model: ScenarioModel, library: Library) -> Iterator[tuple[Path, str]]:
    if not model.fleet and not model.work:
        yield (), "nothing to account for: add fleet or work (lca init lists templates)"
    yield from _units(model)
    for number, name in enumerate(model.indicators):
        if name not in _PUBLIC_INDICATORS:
            yield (
                ("indicators", number),
                f'no indicator "{name}"{did_you_mean(name, _PUBLIC_INDICATORS)} (one of: {", ".join(_PUBLIC_INDICATORS)})',
            )
    for name, site in model.sites.items():
        yield from _site(("sites", name), site, model)
    yield from _mixed_types(model)
    for name, fleet in model.fleet.items():
        yield from _fleet(("fleet", name), fleet, model, library)
    for name, work in model.work.items():
        yield from _work(("work", name), work, model, library)
    yield from _trajectory(("assumptions", "grid_path"), model.assumptions.grid_path.name)


def _units(model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    for number, text in enumerate(model.functional_unit):
        try:
            functional_unit.parse(text)
        except UnitError as error:
            yield (
                ("functional_unit", number)
                if len(model.functional_unit) > 1
                else ("functional_unit",),
                str(error),
            )


def _site(path: Path, site: Site, model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    try:
        factors.resolve(site.region)
        if site.grid is None:
            wanted = model.assumptions.electricity
            factors.grid_factor(
                site.region,
                boundary=wanted.boundary,
                accounting=wanted.accounting,
                method=wanted.method,
                year=wanted.year,
            )
    except LookupError as error:
        yield (*path, "region"), str(error.args[0] if error.args else error)
    if site.grid_path is not None:
        yield from _trajectory((*path, "grid_path"), site.grid_path.name)
    if site.contract and site.contract.source is None and site.contract.intensity is None:
        yield (
            (*path, "contract"),
            "a contract needs a source (wind, solar, hydro, nuclear, ...) or an intensity",
        )


def _trajectory(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    names = ("constant", *factors.trajectory_names())
    if name and name not in names:
        yield (
            path,
            f'no grid path "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)}; or decline, or points)',
        )


def _mixed_types(model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    wanted = model.assumptions.electricity
    for name, site in model.sites.items():
        given = site.grid
        if given is None or wanted.mixing:
            continue
        for kind in ("boundary", "accounting", "method"):
            if getattr(given, kind) != getattr(wanted, kind):
                yield (
                    ("sites", name, "grid"),
                    (
                        f"this factor is {getattr(given, kind)}, the scenario asks for {getattr(wanted, kind)}: the two are not "
                        f"added up; change assumptions.electricity.{kind}, or allow assumptions.electricity.mixing"
                    ),
                )


def _fleet(
    path: Path, fleet: Fleet, model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str]]:
    yield from _device((*path, "device"), fleet.device, library)
    yield from _host((*path, "host"), fleet.host, library)
    yield from _known_site((*path, "site"), fleet.site, model)
    for year in fleet.count:
        if year != "first" and int(year) > model.period[1]:
            yield (*path, "count", year), f"bought after the period ends ({model.period[1]})"


def _work(
    path: Path, work: Work, model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str]]:
    if work.device:
        yield from _device((*path, "device"), work.device, library)
    if work.instance:
        try:
            library.instance(work.instance)
        except UnknownNameError as error:
            yield (*path, "instance"), str(error)
    yield from _host((*path, "host"), work.host, library)
    yield from _known_site((*path, "site"), work.site, model)
    if work.year is not None and not model.period[0] <= work.year <= model.period[1]:
        yield (*path, "year"), f"outside the period {model.period[0]}-{model.period[1]}"


def _device(path: Path, name: str, library: Library) -> Iterator[tuple[Path, str]]:
    try:
        library.device(name)
    except UnknownNameError as error:
        yield path, str(error)


def _host(path: Path, name: str | None, library: Library) -> Iterator[tuple[Path, str]]:
    if name in {None, "none"}:
        return
    try:
        library.server(str(name))
    except UnknownNameError as error:
        yield path, str(error)


def _known_site(path: Path, name: str, model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    if name not in model.sites:
        hint = did_you_mean(name, model.sites)
        known = f" (one of: {', '.join(model.sites)})" if model.sites else "; add it under sites"
        yield path, f'no site "{name}"{hint}{known}'
