"""One scalar question in a running process: change a value, evaluate without draws, sum."""

from __future__ import annotations

import itertools
import sys

from measuring import ROOT, clocks, report

import lca


def main(scenario: str) -> None:
    """Time the question, the answer never the same twice in a row."""
    base = lca.load(ROOT / scenario)
    name = next(iter(base.model.fleet))
    shares = itertools.cycle(f"{percent}%" for percent in range(20, 90))

    def ask() -> float:
        changed = base.replace(f"fleet.{name}.utilization", next(shares))
        return lca.evaluate(changed, samples=0).total().central

    ask()
    report(clocks(ask, 201))


if __name__ == "__main__":
    main(sys.argv[1])
