"""The training of a model in a scenario: its entries, compute, device-hours and hardware."""

from __future__ import annotations

from collections.abc import Mapping

from lca.errors import InputError
from lca.exports.case import Case, Chosen, choose_entry
from lca.ledger import Line
from lca.scenario.models import Work

Entries = Mapping[str, Work]


def training_entries(case: Case, export: str) -> Entries:
    """Return the work entries that train: the one that ``entry`` names, else all.

    Fleets are capacity: what they emit in their life is not what a model's training emitted.

    Raises
    ------
    InputError
        If there are none.
    """
    work = case.scenario.model.work
    found = {name: entry for name, entry in work.items() if entry.phase == "training"}
    if case.meta.text("entry"):
        name = choose_entry(case, found, export, "work entry with phase: training")
        return {name: found[name]}
    if not found:
        msg = (
            f"{export} is of a model's training, and {case.ledger.name} has no work entry with "
            "phase: training (a fleet is capacity; describe the run under work)"
        )
        raise InputError(msg)
    return found


def of_entries(entries: Entries) -> Chosen:
    """Return which lines belong to some entries; credits for recovered material do not."""

    def chosen(line: Line) -> bool:
        return line.asset in entries and line.stage != "recovery_credit"

    return chosen


def times(case: Case, work: Work) -> float:
    """Return how often an entry is done in the period."""
    if work.runs_per_year is not None:
        return work.runs_per_year.central * len(case.scenario.years)
    return work.repeats.central if work.repeats is not None else 1.0


def training_flop(case: Case, entries: Entries) -> float | None:
    """Return the model FLOPs of some entries, or None if one does not say."""
    found: list[float] = []
    for name, work in entries.items():
        plan = case.scenario.plans.training.get(f"work.{name}")
        if plan is not None:
            once = float(case.ledger.draws.array(plan.flop)[0])
        elif work.flop is not None:
            once = work.flop.central
        else:
            return None
        found.append(once * times(case, work))
    return sum(found) if found else None


def accelerator_hours(case: Case, entries: Entries) -> float:
    """Return device-hours (h) of some entries: the activity of their lines per device-hour."""
    seen: dict[str, float] = {}
    for line in case.ledger.lines:
        if line.asset in entries and line.per == "device*h":
            seen[line.asset] = max(seen.get(line.asset, 0.0), sum(line.spread))
    return sum(seen.values())


def hardware(case: Case, entries: Entries) -> str:
    """Return the accelerators of some entries by name; "" where none is named."""
    library, said = case.scenario.library, []
    for work in entries.values():
        name = library.instance(work.instance).device if work.instance else work.device
        if name:
            said.append(library.device(str(name)).name)
    return ", ".join(dict.fromkeys(said))
