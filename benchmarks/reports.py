"""Time whole ``lca report`` commands: medians of several runs, and the most memory of a run.

``busy`` is the time of processors in the quickest run: what is left of it where nothing else runs.

Run ``python benchmarks/reports.py``, or with a number of runs other than three after it. The
scenarios are the procurement example, a fleet of 500 entries, and 500 options of one fleet.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import report_scenarios
import yaml
from measuring import ROOT

ENTRIES = OPTIONS = 500
CODE = "import sys; sys.argv[0] = 'lca'; from lca.cli import main; sys.exit(main())"


class Row(NamedTuple):
    """One command: what is reported, as what, and the seconds it is meant to take (0 for none)."""

    scenario: str
    suffix: str
    target: float = 0.0


ROWS = (
    Row("procurement", ".html", 2),
    Row("procurement", ".pdf", 5),
    Row("procurement", ".xlsx"),
    Row("fleet", ".html", 10),
    Row("fleet", ".pdf", 10),
    Row("fleet", ".xlsx", 10),
    Row("fleet", ".json"),
    Row("options", ".html"),
    Row("options", ".xlsx"),
)


def once(scenario: Path, output: Path) -> tuple[float, float, float]:
    """Run the command once; return its seconds, those of processors, and its most memory (GB)."""
    command = [sys.executable, "-c", CODE, "report", str(scenario), "-q", "-o", str(output)]
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    _, status, used = os.wait4(child.pid, 0)
    taken = time.perf_counter() - start
    if status:
        told = child.stderr.read().decode() if child.stderr else ""
        sys.exit(f"{' '.join(command)} failed:\n{told}")
    return taken, used.ru_utime + used.ru_stime, gigabytes(used)


def gigabytes(used: resource.struct_rusage) -> float:
    """Return the most memory that a process has held, in GB."""
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


def scenarios(folder: Path) -> dict[str, Path]:
    """Write the large scenarios to a folder; return the file of each by its name."""
    made = {"fleet": report_scenarios.fleet(ENTRIES), "options": report_scenarios.options(OPTIONS)}
    files = {"procurement": ROOT / "scenarios" / "procurement.yaml"}
    for name, data in made.items():
        files[name] = folder / f"{name}.yaml"
        files[name].write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return files


def main(runs: int) -> None:
    """Print the table, each row as soon as it is known."""
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors")
    print(
        f"{'lca report':<28} {'median':>8} {'worst':>8}  {'busy':>8}  {'target':>6} {'memory':>9}"
    )
    with tempfile.TemporaryDirectory() as made:
        files = scenarios(Path(made))
        for row in ROWS:
            output = Path(made) / f"report{row.suffix}"
            taken, busy, memory = zip(
                *(once(files[row.scenario], output) for _ in range(runs)), strict=True
            )
            target = f"{row.target:g} s" if row.target else ""
            print(
                f"{row.scenario + ' ' + row.suffix:<28} {statistics.median(taken):>6.2f} s "
                f"{max(taken):>6.2f} s  {min(busy):>6.2f} s  {target:>6} {max(memory):>6.2f} GB",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
