"""Hourly carbon intensity and generation: a year of hours, read through a quality gate.

`read` takes a user's CSV, `packaged` one of the years that come with the package, `find` either by
the name that a scenario gives. What the gate repaired is in `Series.report`, line by line; what it
cannot repair is refused.

Examples
--------
>>> from lca import hourly
>>> year = hourly.packaged("de_2019")
>>> year.hours, round(float(year.intensity("lifecycle").mean()), 3)
(8760, 0.329)
"""

from __future__ import annotations

from lca.hourly.packaged import find, known, names, packaged
from lca.hourly.reading import read
from lca.hourly.series import Finding, Report, Series

__all__ = ["Finding", "Report", "Series", "find", "known", "names", "packaged", "read"]
