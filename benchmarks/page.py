"""The page of the manual that tells what was measured: ``docs/benchmarks.md``."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence

from bars import Figure
from measuring import ROOT
from pairs import Compared

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

What `python benchmarks/run.py --write` measured. Seconds are those of
one machine and carry over to no other; ratios do, roughly. Each side runs in processes of its own, in
turns, so that a busy spell falls on both.

<!-- not run: takes some minutes, and installs the peers -->
```console
$ python benchmarks/run.py
```
"""
PEERS = """## Beside peers

Both sides get the same problem, and the run stops where their answers differ: by more than a millionth
where the equations are the same, by more than sampling allows where draws differ. Seconds are those of
one unit of work, least of several tries in a process, median of {rounds} rounds. A ratio is theirs over ours in the
same round: the median, and the range. This project evaluates 100,000 draws or requests together and
the peers one after another, as their interfaces have it; that is most of the ratio{alone}.

| unit of work | peer | theirs | ours | ratio | range | bar |
|---|---|--:|--:|--:|--:|---|
{rows}

- The servers' numbers are read from the peer. Its power is given to this project, while the peer fits a
  curve for it, which takes most of its time with 8 accelerators. Every number is uncertain here.
- EcoLogits tells four indicators of a request, this project's side one.
- Sobol effects of both are estimates; both lie within 15 % of each other for every unknown.
"""
BARS = """## By itself

The clock's time is the median of several runs. The processor's is that of the quickest run: what is left
where nothing else runs, since all of this works on one core. A bar is met by both, or it is told by which. Whole processes use compiled files, as an installation does.
{heavy}

| what | processor | clock | bar | |
|---|--:|--:|--:|---|
{rows}

A million draws of 30 factors cannot be drawn faster than their random numbers are made, nor used again
faster than they are read: the rows of limits say what numpy and the memory of the same machine take.
The first of a process also pays for memory that the system hands out page by page. A what-if checks the
changed scenario as a whole and builds its inventory anew, where most of its time goes.
"""
METERS = """## Energy meters

On boards whose energy is known, errors outside the truth and costs. An interval is told where a meter
gives one. How it is measured: `benchmarks/meters.py`.

```text
{table}
```
"""


def surroundings(versions: Mapping[str, str], load: Sequence[float]) -> str:
    """Say what the figures were measured with."""
    peers = ", ".join(f"{name} {version}" for name, version in versions.items())
    cores = os.cpu_count() or 1
    told = f"Python {platform.python_version()}, {cores} processors. Peers: {peers}. "
    busy = f"Work that waited for a processor, per processor: {load[0] / cores:.1f} at the beginning, {load[1] / cores:.1f} at the end"
    quiet = max(load) / cores < 1
    return f"{told}{busy}{'' if quiet else ': the machine was busy with other work, so seconds are too long'}.\n"


def short(seconds: float) -> str:
    """Write seconds with a fitting prefix."""
    steps = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
    unit, step = next((one for one in steps if seconds >= one[1]), steps[-1])
    return f"{seconds / step:.3g} {unit}"


def peer_row(found: Compared) -> str:
    """Return a row of the table of peers."""
    pair = found.pair
    bar = "met" if found.ratio >= pair.target else f"missed by {1 - found.ratio / pair.target:.0%}"
    told = f"{pair.target:,.0f}: {bar}" if pair.target else ""
    ratios = f"{found.ratio:,.0f} | {found.lowest:,.0f} to {found.highest:,.0f}"
    return f"| {pair.what} | {pair.peer} | {short(found.theirs)} | {short(found.ours)} | {ratios} | {told} |"


def call_for_call(compared: Sequence[Compared]) -> str:
    """Say how the ratio shrinks where this project, too, evaluates one at a time."""
    told = [
        f"{one.theirs / one.alone:,.0f} ({one.pair.what})"
        for one in compared
        if not math.isnan(one.alone)
    ]
    return f": call for call, without draws, it is {' and '.join(told)}" if told else ""


def bar_row(figure: Figure) -> str:
    """Return a row of the table of bars."""
    target = f"{figure.target:g} {figure.unit}" if figure.target else ""
    values = (f"{value:.3g} {figure.unit}" for value in (figure.busy, figure.median))
    what = figure.what if figure.what[0] != " " else f"… {figure.what.strip()}"
    return f"| {what} | {' | '.join(values)} | {target} | {figure.verdict} |"


def page(
    told: str, compared: Sequence[Compared], figures: Sequence[Figure], heavy: Sequence[str],
    meters: str, rounds: int,
) -> str:  # fmt: skip
    """Return the whole page."""
    loaded = (
        f"`import lca` loads {', '.join(heavy)}."
        if heavy
        else "`import lca` loads neither pandas, scipy.stats nor torch."
    )
    parts = [
        HEAD,
        told,
        PEERS.format(
            rows="\n".join(map(peer_row, compared)), rounds=rounds, alone=call_for_call(compared)
        ),
        BARS.format(rows="\n".join(map(bar_row, figures)), heavy=loaded),
        METERS.format(table=meters) if meters else "",
    ]
    return "\n".join(part for part in parts if part)
