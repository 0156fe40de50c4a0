"""Read and check a scenario of 3,000 lines: the first of a process, and later ones."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import fleet
import yaml
from measuring import clocks, report

import lca


def text(lines: int) -> str:
    """Return a scenario of many small fleets, at least so many lines long."""
    entries = lines // 12
    while True:
        written = yaml.safe_dump(fleet.scenario(entries), sort_keys=False)
        if written.count("\n") >= lines:
            return written
        entries += 10


def main(lines: int) -> None:
    """Time loading."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.yaml"
        file.write_text(text(lines), encoding="utf-8")
        first = clocks(lambda: lca.load(file), 1)
        later = clocks(lambda: lca.load(file), 5)
        report(later | {f"first_{name}": value for name, value in first.items()})


if __name__ == "__main__":
    main(int(sys.argv[1]))
