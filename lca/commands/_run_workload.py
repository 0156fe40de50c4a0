"""Run a built-in workload inside a measurement, its windows as long as the meters need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lca.commands._run_measured import open_measurement, progress, seconds, stopped
from lca.errors import InputError, LcaError

if TYPE_CHECKING:
    from lca.commands._shared import Settings
    from lca.measure.reading import MeterDevice
    from lca.measure.records import WindowRecord, WorkloadRecord
    from lca.measure.workloads import Outcome, Rounds, Workload

_STEPS, _STEPS_OF_A_MODEL = 10, 4
"""Steps of a meter that a window is filled with: its edges are then a tenth of it. A model's
interval comes from elsewhere; it only needs more than the two steps below which it is refused."""
_UNKNOWN = "not known, because a window has no energy"


@dataclass(frozen=True, slots=True)
class Ran:
    """A workload that was measured.

    Attributes
    ----------
    record
        What is kept.
    outcome
        What its last run did; every run did as much.
    absent
        Figures that do not exist, and why.
    failure
        Why the record cannot be accepted or saved.
    length
        How long a window should be for the meters that were in use (s), 0 if none was.
    """

    record: WorkloadRecord
    outcome: Outcome
    absent: Mapping[str, str] = field(default_factory=dict)
    failure: LcaError | None = None
    length: float = 0.0


def measure_workload(name: str, asked: dict[str, Any], settings: Settings) -> Ran:
    """Measure a built-in workload: prepared before, repeated as often as asked.

    Raises
    ------
    LcaError
        The workload cannot run here, or nothing can be measured and that is required.
    """
    from lca.measure import workloads
    from lca.measure.records import Work

    member = workloads.load(name)
    place, measured = _places(asked["devices"])
    running = open_measurement(name, asked, "1 run", measured)  # refuses before long preparing
    outcome = None
    try:
        prepared = member.build(asked["size"], place)
        rounds = _rounds(prepared, measured, seconds(asked["at_least"], "--at-least"))
        with progress(running, settings):
            for _ in running.runs():
                outcome = prepared.run(running.window, rounds)
    except BaseException:
        running.close()
        raise
    if outcome is None:
        msg = f"workload {name} did not run"
        raise LcaError(msg)
    running.work = Work(outcome.amount, outcome.unit)
    record, failure = stopped(running)
    ran = _judged(_with_merged(record, asked["size"]), outcome, prepared, failure)
    return replace(ran, length=rounds.least)


def _places(devices: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """Return where a workload runs, and what is measured meanwhile."""
    import torch

    from lca.measure.workloads._bench import find_device

    there = torch.cuda.is_available()
    asked = devices[0] if devices else ("cuda" if there else "cpu")
    if asked == "cpu":
        return "cpu", tuple(dict.fromkeys(("cpu", *devices[1:])))
    place = f"cuda:{asked}" if asked.isdecimal() else asked
    if not place.startswith("cuda"):
        msg = f"--device {asked}: a workload runs on cpu, cuda or cuda:N"
        raise InputError(msg)
    if not there:
        find_device(place)  # says why not
    if asked.isdecimal():  # names what is measured, too: that board alone
        return place, tuple(dict.fromkeys((asked, *devices[1:])))
    number = place.partition(":")[2] or str(torch.cuda.current_device())
    return place, tuple(dict.fromkeys((number, *devices[1:], "cpu")))


def _rounds(prepared: Workload, measured: tuple[str, ...] | None, at_least: float) -> Rounds:
    """Return how often each window does its work, for the meters that are in use."""
    from lca.measure import workloads
    from lca.measure.meters import open_meters

    opened = open_meters(measured)
    try:
        lengths = [_length(device) for meter in opened.meters for device in meter.devices()]
    finally:
        opened.close()
    least = max(lengths, default=0.0)
    if not isinstance(prepared, workloads.Planned):
        return workloads.Rounds(least)
    rounds = workloads.Rounds(least)
    prepared.plan(rounds, at_least)  # a short window needs many rounds of all
    return rounds


def _length(device: MeterDevice) -> float:
    """Return how long a window should be for a device to be known well (s)."""
    if device.method == "model":
        return _STEPS_OF_A_MODEL * device.step
    if device.method == "counter":
        return _STEPS * device.step
    return _STEPS * device.period + device.window


def _judged(
    record: WorkloadRecord, outcome: Outcome, prepared: Workload, failure: LcaError | None
) -> Ran:
    """Return a record with all figures of an outcome, and why others do not exist."""
    paid = _paid_back(record, outcome, prepared)
    unknown = set(paid) if _costs(record, outcome) is None else set()
    figures = {**_qualities(outcome), **_energies(record, outcome), **outcome.figures, **paid}
    absent = {
        name: _UNKNOWN if name in unknown else f"never, because {outcome.never}"
        for name, value in figures.items()
        if value is None
    }
    reasons = [*_mixed(outcome), *(f"{name}: {why}" for name, why in absent.items())]
    kept = replace(record, metrics=figures, reasons=(*record.reasons, *reasons))
    return Ran(kept, outcome, absent, failure)


def _mixed(outcome: Outcome) -> tuple[str, ...]:
    """Return what the energy per unit of a lever's whole is not."""
    if outcome.baseline is None or len(outcome.parts) == 1:
        return ()
    return (
        f"energy per {outcome.unit} is of all windows together, weighted by how long each took; "
        "compare the windows",
    )


def _qualities(outcome: Outcome) -> dict[str, float | None]:
    """Return what the work was worth: quality of the whole and of each part, operations."""
    found: dict[str, float | None] = {outcome.quality.name: outcome.quality.value}
    if outcome.baseline is not None:
        found |= {f"{part.name}: {part.quality.name}": part.quality.value for part in outcome.parts}
    if outcome.flops is not None:
        found[f"flop per {outcome.unit}"] = outcome.flops / outcome.amount
    return found


def _energies(record: WorkloadRecord, outcome: Outcome) -> dict[str, float | None]:
    """Return energy per unit of work of each part that has one (J)."""
    return {
        f"{part.name}: J per {part.unit}": window.energy.value / part.amount / record.repeats
        for part in outcome.parts
        for window in record.windows
        if window.name == part.name and window.energy.value is not None and len(outcome.parts) > 1
    }


def _costs(record: WorkloadRecord, outcome: Outcome) -> dict[str, float] | None:
    """Return what a round of each window cost (J), None if one is not known."""
    energies = {window.name: window.energy.value for window in record.windows}
    costs = {}
    for part in outcome.parts:
        energy = energies.get(part.name)
        if energy is None:
            return None
        costs[part.name] = energy / part.rounds / record.repeats
    return costs


def _paid_back(
    record: WorkloadRecord, outcome: Outcome, prepared: Workload
) -> dict[str, float | None]:
    """Return when the lever has paid back the energy that it took, where it took some."""
    from lca.measure import workloads

    if not isinstance(prepared, workloads.Investment):
        return {}
    costs = _costs(record, outcome)
    if costs is not None:
        return prepared.break_evens("energy", costs)
    names = prepared.break_evens("energy", {part.name: 1.0 for part in outcome.parts})
    return dict.fromkeys(names)


def _with_merged(record: WorkloadRecord, size: str) -> WorkloadRecord:
    """Return a record whose windows of one name are added up, and which says what is in it."""
    names = list(dict.fromkeys(window.name for window in record.windows))
    merged = tuple(_merged([w for w in record.windows if w.name == name]) for name in names)
    inside = sum(window.duration for window in merged) / (record.duration or 1.0)
    remarks = [f"size {size}"]
    if inside < 0.98:
        remarks.append(
            f"{1 - inside:.0%} of the measured time lies outside the windows: preparing "
            "and judging are inside the energy"
        )
    return replace(record, windows=merged, reasons=(*record.reasons, *remarks))


def _merged(windows: list[WindowRecord]) -> WindowRecord:
    """Return windows of one name as one: bounds add up, a value only where all have one."""
    first = windows[0]
    if len(windows) == 1:
        return first
    duration = sum(window.duration for window in windows)
    values = [window.energy.value for window in windows]
    known = [value for value in values if value is not None]
    reasons = dict.fromkeys(r for w in windows for r in w.energy.reasons)
    energy = replace(
        first.energy,
        value=sum(known) if len(known) == len(values) else None,
        low=sum(window.energy.low for window in windows),
        high=sum(window.energy.high for window in windows),
        coverage=sum(w.energy.coverage * w.duration for w in windows) / (duration or 1.0),
        reasons=(f"{len(windows)} windows added up", *list(reasons)[:3]),
    )
    return replace(first, duration=duration, energy=energy)
