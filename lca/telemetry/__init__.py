"""Fleet telemetry: samples of power, rolled up to energy with bounds, out of core.

`roll_up` reads files of samples - Parquet, CSV, what Prometheus and DCGM write, what Slurm
accounts - and sums the energy by device, host, job and hour with DuckDB. What lies between two
samples is a trapezoid, bounded by the two; a gap is not filled, but bounded. A counter of energy
is preferred to power. `record_of` turns a roll-up into the workload record that a scenario uses.
"""

from __future__ import annotations

from lca.telemetry.asked import BY, Asked
from lca.telemetry.rollup import Board, Rollup, roll_up
from lca.telemetry.rows import Row

__all__ = ["BY", "Asked", "Board", "Rollup", "Row", "roll_up"]
