"""Time this project beside its peers and against its own bars, and print two tables.

Run ``make benchmarks`` or ``python benchmarks/run.py``; ``--write`` writes them into the manual as
well, ``--own`` leaves peers and meters out. Nothing fails when a target is missed: machines differ,
and the table says by how much. It does stop where a peer computes something else.
"""

from __future__ import annotations

import argparse
import os
import sys

import bars
import page
import pairs
import peers


def main() -> None:
    """Print the tables, each row as soon as it is known."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {page.PAGE.name}")
    parser.add_argument("--own", action="store_true", help="leave peers and meters out")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    given = parser.parse_args()
    if given.own and given.write:
        parser.error("--write needs the peers: leave --own out")
    before, compared, table, versions = os.getloadavg()[0], [], "", {}
    if not given.own:
        versions = peers.versions()
        for found in pairs.all_compared(given.rounds):
            compared.append(found)
            print(page.peer_row(found), flush=True)
        table = pairs.meters()
        print(table, flush=True)
    figures = []
    for group in bars.GROUPS:
        for figure in group(given.rounds):
            figures.append(figure)
            print(page.bar_row(figure), flush=True)
    told = page.surroundings(versions, (before, os.getloadavg()[0]))
    print(told)
    if given.write:
        text = page.page(told, compared, figures, bars.heavy(), table, given.rounds)
        page.PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {page.PAGE.relative_to(page.ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
