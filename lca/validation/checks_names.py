"""Names as the checks know them: what an author calls ``accelerator_hours`` is ``device_hours``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import UnitError
from lca.units import normalize
from lca.validation.names import read_name, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lca.validation.quantities import Known

__all__ = ["renamed"]

_INPUTS = {
    "device_hours": "device_hours",
    "device_count": "device_count",
    "duration": "duration",
    "device_power": "device_power",
    "device_tdp": "device_tdp",
    "total_power": "total_average_power",
    "pue": "pue",
    "grid_intensity": "grid_intensity",
    "effective_intensity": "effective_intensity",
    "it_energy": "energy_it",
    "facility_energy": "energy_facility",
    "energy": "energy",
    "yearly_energy": "yearly_energy",
    "lifetime": "lifetime",
    "wue_onsite": "wue_onsite",
    "ewif": "ewif_offsite",
    "wue_total": "wue_total",
    "overhead": "overhead",
    "devices_per_host": "gpus_per_node",
    "host_count": "node_count",
    "label": "device",
}
_PRINTED = {
    "it_energy": "energy_it",
    "facility_energy": "energy_facility",
    "energy": "energy",
    "co2e": "co2e",
    "co2e_it": "co2e_dynamic",
    "use_phase": "use_phase",
    "device_hours": "device_hours",
    "water_onsite": "water_onsite",
    "water_offsite": "water_offsite",
    "water": "water",
}
_KNOWN = frozenset(
    {"avg_system_power_per_device", "total_average_power", "device_tdp_used"}
    | {"effective_use_factor", "use_factor", "wue", "ewif", "energy_with_pue", "energy_per_1000"}
    | {"server_energy_training", "gpu_energy", "gpus_per_server", "gpu_embodied", "power"}
    | {"energy_total", "energy_consumed", "water_total", "water_consumption"}
    | {"water_factor_that_reproduces"}
)
"""What the checks know by these names already."""


_STEMS = ("co2e", "grid_intensity", "pue_")
"""The checks read what follows these themselves."""


def renamed(knowns: Mapping[str, Known], *, printed: bool = False) -> dict[str, Known]:
    """Return quantities under the names that the checks know.

    A name that says more than its quantity (a stage, a scenario), one that the checks know
    already, and one whose place is taken keep what their author calls them.

    Parameters
    ----------
    knowns
        Quantities by the names of their author.
    printed
        Whether they are results.
    """
    known_names = _PRINTED if printed else _INPUTS
    own = _KNOWN | set(known_names.values())
    taken = {name for name in knowns if name in own or name.startswith(_STEMS)}
    found: dict[str, Known] = {}
    for name, known in knowns.items():
        new = name if name in taken else _name(name, known, known_names)
        if new != name and (new in taken or new in found):
            new = name
        found[new] = known
    return found


def _name(name: str, known: Known, known_names: Mapping[str, str]) -> str:
    unit = "name" if isinstance(known.value, str) else known.unit
    try:
        term, said = read_name(name, normalize(unit) if unit != "name" else unit)
    except UnitError:
        return name
    plain = not term.marks - vocabulary().soft
    return known_names.get(term.base, name) if said and plain else name
