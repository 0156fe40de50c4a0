"""Checks what a scenario refers to: devices, hosts, sites, regions, indicators, units.

The model may be incomplete (what is wrong in it is None): a file's mistakes are told all at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from lca import factors
from lca.errors import (
    HardwareError,
    InputError,
    Problem,
    UnitError,
    UnknownNameError,
    did_you_mean,
    quoted,
)
from lca.ledger import INDICATORS
from lca.library import Library
from lca.scenario import functional_unit
from lca.scenario.assumption_models import Electricity
from lca.scenario.models import Fleet, ScenarioModel, Service, Work
from lca.scenario.patching import Patched
from lca.scenario.price_models import findings as price_findings
from lca.scenario.questions import Optimize
from lca.scenario.service_models import Answers, Train
from lca.scenario.site_models import GridValue, Site, Trajectory
from lca.workloads import compute, network

Path = tuple[str | int, ...]
Finding = tuple[Path, str]
_INDICATORS = tuple(INDICATORS)
_MOST_DEVICES = 10**9
_CALENDAR = range(1990, 2101)


def reference_problems(model: ScenarioModel, text: Patched, library: Library) -> Iterator[Problem]:
    """Yield a problem for each reference that leads nowhere."""
    for path, message in (*_scenario_findings(model, text), *price_findings(model, library)):
        yield text.problem(path, message)
    for path, message in _questions(model, library):
        yield text.problem(path, message)
    for path, message in _cores(model, library):
        yield text.problem(path, message)
    for path, name, ask in _names(model, library):
        if name is None:  # what is written there is told where it is read
            continue
        try:
            ask(name)
        except UnknownNameError as error:
            yield text.problem(path, error.problems[0].message)
        except InputError as error:
            yield from error.problems


def _scenario_findings(model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    if not any(text.data.get(part) for part in ("fleet", "work", "services", "optimize")):
        yield (), "nothing to account for: add fleet, work or services (lca init lists templates)"
    yield from _units(model, text)
    yield from _indicators(model, text)
    yield from _electricity(("assumptions", "electricity"), _electricity_of(model))
    for name, site in (model.sites or {}).items():
        yield from _site(("sites", name), site, model, text)
    for name, fleet in (model.fleet or {}).items():
        yield from _fleet(("fleet", name), fleet, model, text)
    for name, work in (model.work or {}).items():
        yield from _work(("work", name), work, model, text)
    for name, service in (model.services or {}).items():
        yield from _known_site(("services", name, "site"), service.site, text)
        yield from _known_model(("services", name, "model"), service.model, text)
    path = model.assumptions.grid_path if model.assumptions else None
    yield from _known_path(("assumptions", "grid_path"), path)


def _units(model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    listed = isinstance(text.data.get("functional_unit"), list)
    for number, written in enumerate(model.functional_unit or ()):
        try:
            functional_unit.parse(written)
        except UnitError as error:
            path: Path = ("functional_unit", number) if listed else ("functional_unit",)
            yield path, error.problems[0].message


def _indicators(model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    known = f"(one of: {', '.join(_INDICATORS)})"
    listed = isinstance(text.data.get("indicators"), list)
    if model.indicators == ():
        yield ("indicators",), f"no indicator is asked for {known}"
    for number, name in enumerate(model.indicators or ()):
        if name not in _INDICATORS:
            path: Path = ("indicators", number) if listed else ("indicators",)
            yield path, f"no indicator {quoted(name)}{did_you_mean(name, _INDICATORS)} {known}"


def _electricity_of(model: ScenarioModel) -> Electricity:
    """Return the type of grid factor that is asked for, as far as it is written rightly."""
    found = model.assumptions and model.assumptions.electricity
    return found or Electricity()


def _electricity(path: Path, wanted: Electricity) -> Iterator[Finding]:
    yield from _calendar_year((*path, "year"), wanted.year)


def _site(path: Path, site: Site, model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    if site.region is not None:
        yield from _region((*path, "region"), site, _electricity_of(model))
    if site.grid is not None:
        yield from _calendar_year((*path, "grid", "year"), site.grid.year)
        yield from _mixed_types((*path, "grid"), site.grid, _electricity_of(model))
    if site.contract is not None:
        yield from _contract((*path, "contract"), _written_at(text, *path, "contract"))
    yield from _path_of(path, site, model)


def _region(path: Path, site: Site, wanted: Electricity) -> Iterator[Finding]:
    """Yield why a region cannot serve: nothing is called so, or it has no such factor."""
    try:
        factors.resolve(site.region)
        if site.grid is None and _is_complete(wanted):
            factors.grid_factor(
                site.region,
                boundary=wanted.boundary,
                accounting=wanted.accounting,
                method=wanted.method,
                year=wanted.year,
            )
    except factors.UnknownRegion as error:
        nearest = " or ".join(map(quoted, error.nearest))
        hint = f"; did you mean {nearest}?" if nearest else ""
        yield path, f"no region {quoted(site.region)}{hint} (lca list regions)"
    except LookupError as error:
        yield path, str(error.args[0] if error.args else error)


def _is_complete(wanted: Electricity) -> bool:
    """Whether the type of factor is written rightly, so that one can be looked for."""
    return wanted.year in {None, *_CALENDAR} and None not in {
        wanted.boundary,
        wanted.accounting,
        wanted.method,
    }


def _contract(path: Path, written: object) -> Iterator[Finding]:
    if isinstance(written, dict) and not {"source", "intensity"} & set(written):
        yield path, "a contract needs a source (wind, solar, hydro, nuclear, ...) or an intensity"


def _written_at(text: Patched, *path: str | int) -> object:
    """Return what is written at a path of mappings, right or wrong."""
    found: object = text.data
    for step in path:
        found = found.get(str(step)) if isinstance(found, dict) else None
    return found


def _path_of(path: Path, site: Site, model: ScenarioModel) -> Iterator[Finding]:
    """Yield why a grid path cannot serve a site: unknown, or not for this region or these years."""
    yield from _known_path((*path, "grid_path"), site.grid_path)
    common = model.assumptions.grid_path if model.assumptions else None
    used = site.grid_path or common
    where = (*path, "grid_path") if site.grid_path else ("assumptions", "grid_path")
    if used is None or model.period is None or next(_known_path(where, used), None):
        return
    yield from _covered(where, used, site, model.period)


def _covered(
    where: Path, used: Trajectory, site: Site, period: tuple[int, int]
) -> Iterator[Finding]:
    """Yield years and regions that a path says nothing of: nothing is extrapolated."""
    years: list[int] = []
    if used.points is not None:
        years = [int(year) for year in used.points if year.isdecimal()]
    elif used.name and used.name != "constant":
        try:
            years = [min(period[0], _CALENDAR[0]), *_published_years(used.name, site.region)]
        except factors.UnknownRegion:
            return  # told at the region
        except LookupError as error:
            yield where, f"{error.args[0]}; give a decline such as 3%, or points"
    if years and not min(years) <= period[0] <= period[1] <= max(years):
        reach = f"{min(years)}-{max(years)}" if used.points is not None else f"until {max(years)}"
        yield (
            where,
            f"the path covers {reach}, the period is {period[0]}-{period[1]}: nothing is "
            "extrapolated; add points, shorten the period, or give a decline such as 3%",
        )


def _published_years(name: str, region: str | None) -> list[int]:
    """Return the years of a published path; before its first it stays as it begins."""
    return [year for year, _ in factors.trajectory(name, str(region)).points]


def _known_path(path: Path, given: Trajectory | None) -> Iterator[Finding]:
    names = ("constant", *factors.trajectory_names())
    if given is not None and given.name and given.name not in names:
        hint = did_you_mean(given.name, names)
        accepted = f"(one of: {', '.join(names)}; or a mapping with decline or points)"
        yield path, f"no grid path {quoted(given.name)}{hint} {accepted}"


def _mixed_types(path: Path, given: GridValue, wanted: Electricity) -> Iterator[Finding]:
    if wanted.mixing:
        return
    for kind in ("boundary", "accounting", "method"):
        has, want = getattr(given, kind), getattr(wanted, kind)
        if None not in {has, want} and has != want:
            yield (
                path,
                f"this factor is {has}, the scenario asks for {want}: the two are not added up; "
                f"change assumptions.electricity.{kind}, or allow assumptions.electricity.mixing",
            )


def _fleet(path: Path, fleet: Fleet, model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    yield from _known_site((*path, "site"), fleet.site, text)
    for year, count in (fleet.count or {}).items():
        where = (*path, "count") if year == "first" else (*path, "count", year)
        if year != "first" and model.period and int(year) > model.period[1]:
            yield where, f"bought after the period ends ({model.period[1]})"
        if count > _MOST_DEVICES:
            yield where, f"more devices than {_MOST_DEVICES:,} at once; check the exponent"


def _work(path: Path, work: Work, model: ScenarioModel, text: Patched) -> Iterator[Finding]:
    yield from _known_site((*path, "site"), work.site, text)
    period = model.period
    if work.year is not None and period and not period[0] <= work.year <= period[1]:
        yield (*path, "year"), f"{work.year} is outside the period {period[0]}-{period[1]}"
    if work.transfer is not None and period is not None:
        year = work.transfer.year or work.year or period[1]
        for message in _refused(network.intensity, str(work.transfer.network), year):
            yield (*path, "transfer", "year"), message
    for way in ("train", "answer"):
        used: Train | Answers | None = getattr(work, way)
        if used is not None:
            yield from _known_model((*path, way, "model"), used.model, text)


def _known_model(path: Path, name: str | None, text: Patched) -> Iterator[Finding]:
    yield from _known("model", "models", path, name, text)


def _calendar_year(path: Path, year: int | None) -> Iterator[Finding]:
    if year is not None and year not in _CALENDAR:
        first, last = _CALENDAR[0], _CALENDAR[-1]
        yield path, f'expected a calendar year from {first} to {last}, found "{year}"'


def _known_site(path: Path, name: str | None, text: Patched) -> Iterator[Finding]:
    yield from _known("site", "sites", path, name, text)


def _known(
    what: str, section: str, path: Path, name: str | None, text: Patched
) -> Iterator[Finding]:
    """Yield why a name leads to nothing in a section of the scenario."""
    written = text.data.get(section)
    names = list(written) if isinstance(written, dict) else []
    if name is not None and name not in names:
        hint = did_you_mean(name, names)
        known = f" (one of: {', '.join(names)})" if names else f"; add it under {section}"
        yield path, f"no {what} {quoted(name)}{hint}{known}"


def _questions(model: ScenarioModel, library: Library) -> Iterator[Finding]:
    """Yield what the questions of a scenario refer to and is not there."""
    for name in Optimize.model_fields if model.optimize else ():
        record = getattr(model.optimize, name)
        check = getattr(sys.modules.get(f"{Optimize.__module__}.{name}"), "findings", None)
        if record is not None and check is not None:
            for path, message in check(record, model, library):
                yield ("optimize", name, *path), message


def _cores(model: ScenarioModel, library: Library) -> Iterator[Finding]:
    """Yield processors without a known power, and servers without processors to take a share of."""
    for name, work in (model.work or {}).items():
        if work.cores is None:
            continue
        path: Path = ("work", name, "cores")
        if work.cores.cpu is not None:
            for message in _refused(compute.core_power, work.cores.cpu, library=library):
                yield (*path, "cpu"), message
        if work.cores.server:
            for message in _refused(_processors, work.cores.server, library):
                yield (*path, "server"), message


def _refused(ask: Callable[..., object], *given: object, **others: object) -> Iterator[str]:
    """Yield why an entry of the database cannot serve; unknown and broken ones are told elsewhere."""
    try:
        ask(*given, **others)
    except (UnknownNameError, HardwareError):
        return
    except InputError as error:
        yield error.problems[0].message


def _processors(server: str, library: Library) -> int:
    """Return the cores of a server."""
    entries = library.server(server).cpus
    count = sum(entry.count * (library.cpu(entry.device).cores or 0) for entry in entries)
    if not count:
        msg = f"{server} names no processors with known cores, so one core has no share of it; take another server (lca list server), or leave it out"
        raise InputError(msg)
    return count


def _names(
    model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str | None, Callable[[str], object]]]:
    """Yield each name that a file of the database should have, and who knows it."""
    uses: dict[Path, Fleet | Work | Service] = {
        (section, name): use
        for section in ("fleet", "services", "work")
        for name, use in (getattr(model, section) or {}).items()
    }
    for path, use in uses.items():
        if use.device:
            yield (*path, "device"), use.device, library.device
        if isinstance(use, Work) and use.instance:
            yield (*path, "instance"), use.instance, library.instance
        if use.host and use.host != "none":
            yield (*path, "host"), use.host, library.server
        if isinstance(use, Work) and use.cores is not None:
            yield (*path, "cores", "cpu"), use.cores.cpu, library.cpu
            if use.cores.server:
                yield (*path, "cores", "server"), use.cores.server, library.server
