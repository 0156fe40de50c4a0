"""Every kind of file that the package writes, in two versions, each written as its command does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import lca
from lca import document
from lca.comparison import compare
from lca.measure.calibrate import Calibration
from lca.measure.records import WorkloadRecord
from lca.report import find_writer
from lca.report.paper.sections import Settings
from lca.report.paper.study import Study

Write = Callable[[Path], None]
REPORTS = (".json", ".csv", ".md", ".html", ".pdf", ".xlsx")
SCENARIO: dict[str, Any] = {
    "schema": "1",
    "period": "2027-2029",
    "functional_unit": "device year",
    "sites": {"here": {"region": "DE", "pue": "1.2"}},
    "fleet": {"x": {"device": "nvidia-h100-sxm5-80gb", "count": 8, "lifetime": "5 years",
                    "site": "here", "utilization": "60%"}},
    "base_name": "h100",
    "options": {"mi300x": {"fleet.x.device": "amd-instinct-mi300x"}},
    "uncertainty": {"samples": 64, "seed": 1},
}  # fmt: skip


def contents(suffixes: tuple[str, ...] = REPORTS) -> dict[str, str | bytes]:
    """Return a report of a small study in each format, by its suffix."""
    scenario = lca.load(SCENARIO)
    found = compare(scenario)
    study = Study(scenario, found.ledgers, found, Settings(command="lca report"), False)
    return {suffix: find_writer(f"a{suffix}")(study) for suffix in suffixes}


def writers(made: Mapping[str, str | bytes], title: str) -> Mapping[str, Write]:
    """Return what writes each kind of file: reports made before, and values of a title."""
    record = WorkloadRecord(workload=title)
    calibration = Calibration(1.2, len(title), 0.05, 0.02, 8, (60.0, 600.0), source=title)
    return {
        **{f"report{suffix}": partial(_report, content) for suffix, content in made.items()},
        "record.yaml": record.save,
        "calibration.yaml": calibration.save,
        "scenario.yaml": lca.load(SCENARIO | {"title": title}).save,
    }


def _report(content: str | bytes, path: Path) -> None:
    document.write_atomically(path, content)
