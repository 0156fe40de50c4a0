"""The quantities that a YAML of claims may name, each with a unit of its dimension."""

from __future__ import annotations

from lca.validation.checks_chain import (
    EFFECTIVE,
    FACILITY_ENERGIES,
    GRIDS,
    IT_ENERGIES,
    PLAIN_ENERGIES,
    POWERS,
    PUES,
)

__all__ = ["INPUTS", "LABELS", "PRINTED"]

LABELS = {"device": "name", "region": "name", "provider": "name"}
"""Quantities that are texts."""

INPUTS = {
    **dict.fromkeys(("device_hours", "duration"), "hour"),
    **dict.fromkeys((*POWERS, "device_tdp", "total_average_power"), "W"),
    **dict.fromkeys((*GRIDS, *EFFECTIVE, "grid_intensity_net"), "kg/kWh"),
    **dict.fromkeys((*IT_ENERGIES, *FACILITY_ENERGIES, *PLAIN_ENERGIES, "yearly_energy"), "kWh"),
    **dict.fromkeys((*PUES, "device_count", "gpus_per_node", "gpus_per_server"), ""),
    **dict.fromkeys(("wue", "wue_onsite", "wue_total", "ewif", "ewif_offsite"), "L/kWh"),
    **dict.fromkeys(("requests", "prompts", "queries", "images", "tokens"), ""),
    **dict.fromkeys(("average_utilisation", "average_utilization", "renewable_matching"), ""),
    "lifetime": "year",
}
"""Inputs with a unit of their dimension."""

PRINTED = {
    **dict.fromkeys(("co2e", "co2e_gross", "co2e_net", "co2e_dynamic", "co2e_with_pue"), "kg"),
    **dict.fromkeys(("co2e_location_based", "co2e_market_based", "co2e_per_1000"), "kg"),
    **dict.fromkeys(("co2e_idle", "co2e_embodied", "co2e_total", "use_phase"), "kg"),
    **dict.fromkeys((*IT_ENERGIES, *FACILITY_ENERGIES, *PLAIN_ENERGIES), "kWh"),
    **dict.fromkeys(("energy_per_request", "energy_per_prompt", "energy_per_image"), "Wh"),
    **dict.fromkeys(("water", "water_onsite", "water_offsite", "water_total"), "L"),
}
"""Results with a unit of their dimension."""
