"""Power of processor cores that prepare data, and the electricity of core-hours."""

from __future__ import annotations

from lca.errors import InputError
from lca.formulas import data_phases
from lca.library import Library, Quality
from lca.terms import Factor, Node, apply
from lca.uncertain import exact
from lca.workloads import tabled


def core_power(cpu: str, busy_fraction: Node | None = None, library: Library | None = None) -> Node:
    """Return the power (kW) of a processor per physical core that works.

    Parameters
    ----------
    cpu
        Id of a processor in the database.
    busy_fraction
        Mean power of the loaded processor over its thermal design power; an assumed interval
        if None.
    library
        Where the processor is looked up; the packaged database if None.

    Raises
    ------
    UnknownNameError
        If there is no such processor; the nearest is named.
    InputError
        If its cores or its thermal design power are not known.
    """
    found = (library or Library()).cpu(cpu)
    if found.cores is None or found.power.tdp is None:
        missing = "number of cores" if found.cores is None else "thermal design power"
        msg = f"{cpu}: its {missing} is not known; choose another processor or give the power per core"
        raise InputError(msg)
    tdp = found.power.tdp.cited(found.source, Quality.DECLARED)
    return apply(
        data_phases.core_power,
        thermal_design_power=tdp.factor("thermal_design_power", f"{cpu}/power/tdp"),
        core_count=Factor(
            "core_count", exact(float(found.cores)), "", source=found.source, quality="declared"
        ),
        busy_fraction=busy_fraction
        or tabled.factor("overheads", "core_busy_fraction", "", "busy_fraction"),
    )


def energy(core_time: Node, power: Node) -> Node:
    """Return the electricity (kWh) of core-hours at a power per core; PUE is outside."""
    return apply(data_phases.core_energy, core_time=core_time, core_power=power)
