"""Puts workload records into fleets and work: the values that a measurement stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lca.errors import InputError, Problem, ScenarioError, UnknownNameError, quoted
from lca.library import Library
from lca.scenario import records
from lca.scenario.models import Fleet, ScenarioModel, Work
from lca.scenario.patching import Patched
from lca.scenario.records import Recorded
from lca.sources import Quality
from lca.uncertain import exact
from lca.values import Value

_AMOUNTS = {
    "token": ("tokens", "token"),
    "request": ("requests", "request"),
    "run": ("runs", "run"),
}
_RATES = {"token": ("throughput", "token/h"), "request": ("requests", "request/h")}
_GIVEN_TWICE = "the record gives this; take one of the two out"

Found = tuple[ScenarioModel, tuple[str, ...], list[Problem]]


def with_records(model: ScenarioModel, text: Patched, library: Library) -> Found:
    """Return the scenario with its records' values, remarks on them, and what is wrong."""
    folder = Path(text.base.name).parent if text.placed else None
    remarks: list[str] = []
    problems: list[Problem] = []
    changed: dict[str, dict[str, Any]] = {}
    for section, name, use, path, asked in _uses(model):
        try:
            record = records.load(records.find(asked, folder, library))
            resolved = _resolve(use, record, library)
        except UnknownNameError as error:
            problems.append(text.problem(path, error.problems[0].message))
        except InputError as error:
            problems += (_placed(problem, path, section, name, text) for problem in error.problems)
        else:
            changed.setdefault(section, dict(getattr(model, section)))[name] = resolved
            remarks += _remarks(record, resolved, f"{section}.{name}")
    return model.model_copy(update=changed), tuple(remarks), problems


def _uses(model: ScenarioModel) -> Iterator[tuple[str, str, Fleet | Work, tuple[str, ...], str]]:
    """Yield every fleet and piece of work with a record: section, name, entry, path, record."""
    for name, fleet in (model.fleet or {}).items():
        if fleet.serves and fleet.serves.record:
            yield "fleet", name, fleet, ("fleet", name, "serves", "record"), fleet.serves.record
    for name, work in (model.work or {}).items():
        if work.record:
            yield "work", name, work, ("work", name, "record"), work.record


def _placed(
    problem: Problem, path: tuple[str, ...], section: str, name: str, text: Patched
) -> Problem:
    """Return a problem at its place in the record, or at the entry's own key that it names."""
    if problem.file is not None:
        return problem
    where = (section, name, *problem.path.split(".")) if problem.path else path
    return text.problem(where, problem.message)


def _resolve(use: Fleet | Work, record: Recorded, library: Library) -> Fleet | Work:
    return _fleet(use, record) if isinstance(use, Fleet) else _work(use, record, library)


def _fleet(fleet: Fleet, record: Recorded) -> Fleet:
    """Return a fleet whose devices draw and deliver what the record's accelerators did."""
    if not record.accelerators:
        msg = (
            f"record {record.file} has no accelerator: it cannot say what {fleet.device} draws; "
            "use it as work: with record:"
        )
        raise ScenarioError(msg)
    _check_device(fleet.device, record)
    serves, power = fleet.serves, fleet.power
    _refuse_twice({"power.busy": power.busy})
    idle = power.idle or record.idle_power()
    update: dict[str, Any] = {
        "power": power.model_copy(update={"busy": record.power(), "idle": idle})
    }
    if record.unit in _RATES:
        name, unit = _RATES[record.unit]
        _refuse_twice({f"serves.{name}": getattr(serves, name)})
        rate = exact(record.amount / (record.hours * len(record.accelerators)))
        update["serves"] = serves.model_copy(update={name: _plain(record, rate.central, unit)})
    return fleet.model_copy(update=update)


def _work(work: Work, record: Recorded, library: Library) -> Work:
    """Return a piece of work with the energy, device and hours of the record, for its amount."""
    _refuse_twice(
        {
            "it_energy": work.it_energy,
            "facility_energy": work.facility_energy,
            "device_hours": work.device_hours,
            "instance": work.instance,
            "power.busy": work.power.busy,
        }
    )
    wanted = _wanted(work, record)
    times = wanted / record.amount
    update = _device(work, record, times, library)
    if record.unit in _AMOUNTS:
        name, unit = _AMOUNTS[record.unit]
        if getattr(work, name) is None:
            update[name] = _plain(record, wanted, unit)
    return work.model_copy(update=update)


def _device(work: Work, record: Recorded, times: float, library: Library) -> dict[str, Any]:
    """Return what a record says of the device: its power and hours, or the energy of all."""
    device = work.device or record.hardware
    if record.accelerators and work.device:
        _check_device(work.device, record)
    update: dict[str, Any] = {}
    if device and record.accelerators:
        library.device(device)
        hours = len(record.accelerators) * record.hours * times
        update = {"device": device, "device_hours": _plain(record, hours, "h")}
        if not record.at_wall and record.contents.idle != "above_idle":
            return update | {"power": work.power.model_copy(update={"busy": record.power()})}
    elif work.device:
        msg = f"record {record.file} has no accelerator: it says nothing of {work.device}"
        raise ScenarioError(Problem("device", msg))
    energy = record.energy()
    scaled = record.value(energy.distribution.scaled(times), "kWh", energy.note)
    return update | {"it_energy": scaled}


def _check_device(asked: str, record: Recorded) -> None:
    """Refuse a record of another device: a measurement does not transfer."""
    known = {device.hardware for device in record.accelerators if device.hardware}
    if known - {asked}:
        found = ", ".join(sorted(known))
        msg = f"record {record.file} is of {found}, not of {quoted(asked)}: measure that device, or name {found}"
        raise ScenarioError(Problem("device", msg))


def _refuse_twice(given: dict[str, object]) -> None:
    twice = [Problem(path, _GIVEN_TWICE) for path, value in given.items() if value is not None]
    if twice:
        raise ScenarioError(twice)


def _wanted(work: Work, record: Recorded) -> float:
    """Return how much work is asked for, in the record's unit; by default what was measured."""
    if work.amount:
        try:
            return records.read_amount(work.amount, record.unit)
        except ScenarioError as error:
            raise ScenarioError(Problem("amount", error.problems[0].message)) from None
    name = _AMOUNTS.get(record.unit, ("", ""))[0]
    given: Value | None = getattr(work, name) if name else None
    return record.amount if given is None else given.central


def _plain(record: Recorded, number: float, unit: str) -> Value:
    """Return an exact number of a record: a clock or a count, not an energy."""
    return Value(exact(number), unit, record.source, Quality.MEASURED)


def _remarks(record: Recorded, use: Fleet | Work, where: str) -> Iterator[str]:
    yield from records.remarks(record, where)
    if isinstance(use, Work) and use.it_energy is not None and not record.at_wall:
        yield f"{where}: record {record.file} covers its metered devices, not the rest of the node"
    if isinstance(use, Work) and use.device is None:
        yield f"{where}: no device is known for record {record.file}: making it is not counted"
