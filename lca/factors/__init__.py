"""Read electricity, water and facility factors: tables beside this file, frozen records out.

Every table is a ``<table>.csv`` with a ``<table>.yaml`` beside it that names origin, year,
licence, attribution line, hash and the unit of each column. Being in the folder is the
registration; a table is read when it is first asked for and kept. Only the standard library
is imported.

The members answer: what place is meant (`resolve`, `country`), what its electricity emits
(`grid_factor`, `grid_series`, `residual_mix`), what it is made of (`generation_mix`,
`generation_source`), how it may change (`trajectory`), what is lost on the way
(`transmission_loss`), what water it takes (`water_intensity`), how a data center is run
(`facility`), and on whose word (`sidecar`, `attribution`). Carbon intensities are in kgCO2e
per kWh; no factor is ever replaced by one of another type, and every fallback is said.
"""

from __future__ import annotations

from lca.factors.electricity import (
    FactorMismatch,
    GridFactor,
    grid_factor,
    grid_series,
    residual_mix,
)
from lca.factors.facilities import (
    Facility,
    Measure,
    facility,
    transmission_loss,
    water_intensity,
)
from lca.factors.files import (
    LicenceRefused,
    Sidecar,
    attribution,
    rows,
    sidecar,
    tables,
)
from lca.factors.generation import (
    GenerationMix,
    SourceIntensity,
    Trajectory,
    generation_mix,
    generation_source,
    generation_sources,
    trajectory,
    trajectory_names,
)
from lca.factors.regions import (
    Region,
    Resolution,
    UnknownRegion,
    country,
    region_codes,
    resolve,
)

__all__ = [
    "Facility",
    "FactorMismatch",
    "GenerationMix",
    "GridFactor",
    "LicenceRefused",
    "Measure",
    "Region",
    "Resolution",
    "Sidecar",
    "SourceIntensity",
    "Trajectory",
    "UnknownRegion",
    "attribution",
    "country",
    "facility",
    "generation_mix",
    "generation_source",
    "generation_sources",
    "grid_factor",
    "grid_series",
    "region_codes",
    "residual_mix",
    "resolve",
    "rows",
    "sidecar",
    "tables",
    "trajectory",
    "trajectory_names",
    "transmission_loss",
    "water_intensity",
]
