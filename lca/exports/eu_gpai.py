"""EU AI Act, Annex XI: compute, time and energy of training a general-purpose model, on one sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca import units
from lca.exports.case import REFERENCE, Case, spread
from lca.exports.meta import require
from lca.exports.training import (
    Entries,
    accelerator_hours,
    hardware,
    of_entries,
    training_entries,
    training_flop,
)
from lca.exports.writing import as_json

NAME = "eu-gpai"
SUFFIX = ".json"
NOTE = (
    "Energy is that of all training entries at the facility, PUE included; the Act asks for neither "
    "greenhouse gases nor hardware. A person must check the sheet against the current form."
)
_ASKED = ("model_name", "training_runs")
_PER_KWH = (1e14, 1e22)
"""FLOPs per kWh of facility energy that can be; outside, one of the two has another unit."""


def build(case: Case) -> dict[str, Any]:
    """Return the sheet; what the scenario does not tell is null, with the reason.

    Raises
    ------
    InputError
        If the scenario holds no training, or lacks what only the author knows.
    """
    entries = training_entries(case, NAME)
    require(case.meta, _ASKED, NAME)
    energy = case.total(of_entries(entries), "facility_energy")
    measured = [name for name, work in entries.items() if work.record]
    return {
        "form": f"{REFERENCE} Regulation (EU) 2024/1689, Annex XI, section 1, point 2 (d) and (e)",
        "model": case.meta.text("model_name"),
        "compute": _compute(case, entries),
        "training_time": _time(case, entries),
        "energy": {
            "value": energy.central * units.factor("kWh", "MWh"),
            "unit": "MWh",
            "boundary": "facility: IT equipment with its PUE",
            "method": _method(case, entries, measured),
            "interval_90": _interval(spread(energy)),
        },
        "runs": case.meta.text("training_runs"),
        "hardware": hardware(case, entries),
        "created": case.created(),
        "made_by": case.made_by(),
    }


def _compute(case: Case, entries: Entries) -> dict[str, Any]:
    """Return FLOPs of training: of the scenario, else as the author gives them."""
    planned, given = training_flop(case, entries), case.meta.get("compute_flop")
    value = planned if planned is not None else given
    how = "model FLOPs, from parameters and tokens of the final runs"
    if value is None:
        reason = "no training entry gives flop or a model with tokens; give compute_flop in --meta"
        return {"value": None, "unit": "FLOP", "reason": reason}
    method = how if planned is not None else "as given by the author"
    return {"value": value, "unit": "FLOP", "method": method}


def _time(case: Case, entries: Entries) -> dict[str, Any]:
    """Return elapsed time (days), and accelerator-hours where the scenario has them."""
    hours = accelerator_hours(case, entries)
    found: dict[str, Any] = {"accelerator_hours": hours} if hours else {}
    days = case.meta.get("training_time")
    if days is not None:
        return {"value": days, "unit": "day", "method": "as given by the author", **found}
    count = case.meta.get("component_count")
    if count and hours:
        elapsed = hours / count * units.factor("h", "day")
        method = f"accelerator-hours over {count:g} accelerators, no interruptions"
        return {"value": elapsed, "unit": "day", "method": method, **found}
    reason = "elapsed time is not known; give training_time or component_count in --meta"
    return {"value": None, "unit": "day", "reason": reason, **found}


def _method(case: Case, entries: Mapping[str, Any], measured: list[str]) -> str:
    if measured and len(measured) == len(entries):
        return f"measured: workload records of {', '.join(measured)}"
    given = [n for n, w in entries.items() if w.it_energy or w.facility_energy]
    if given and len(given) == len(entries):
        return f"known: energy as given for {', '.join(given)}, times PUE where it is of the IT equipment"
    kinds = ["device-hours and power"] + (["records"] if measured else [])
    return f"estimated from {' and '.join(kinds)} (embodied model plays no part); {case.title}"


def _interval(known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the 90 % interval (MWh), or None where the inputs have none."""
    if not known["p5"] < known["p95"]:
        return None
    scale = units.factor("kWh", "MWh")
    return {"low": known["p5"] * scale, "high": known["p95"] * scale, "unit": "MWh"}


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules: units, intervals around their value, compute against energy."""
    energy, compute = document["energy"], document["compute"]
    found = [] if energy["value"] > 0 else ["energy must be above 0 MWh; not known is not 0"]
    interval = energy["interval_90"]
    if interval and not interval["low"] <= energy["value"] <= interval["high"]:
        found.append("energy lies outside its own interval")
    if energy["unit"] != "MWh":
        found.append("energy must be in MWh")
    if compute["value"] and energy["value"] > 0:
        each = compute["value"] / (energy["value"] * units.factor("MWh", "kWh"))
        if not _PER_KWH[0] <= each <= _PER_KWH[1]:
            found.append(
                f"{each:.3g} FLOP per kWh cannot be: compute is in FLOP, energy in MWh (kWh instead?)"
            )
    return found


def write(document: Mapping[str, Any]) -> str:
    """Return the sheet as JSON text."""
    return as_json(document)
