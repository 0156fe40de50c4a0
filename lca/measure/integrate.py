"""Energy of a window from readings of a counter or of power, with bounds that hold.

Times are seconds of a monotonic clock, energies joules, powers watts. `Energy.low` and
`Energy.high` hold for every course of power between 0 and `maximum_power` that a sensor
of the stated step, period and window could have turned into these readings.
"""

from __future__ import annotations

from lca.measure.counter_energy import from_counter
from lca.measure.energies import Energy, Sample
from lca.measure.power_energy import from_power

__all__ = ["Energy", "Sample", "from_counter", "from_power"]
