"""Comparisons with peers: both sides compute the same, in turns, and ratios are of one round."""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import own_sides
import peers
from measuring import process


class Pair(NamedTuple):
    """A comparison: what each side does once, and how many times as fast this project is meant to be."""

    name: str
    peer: str
    what: str
    target: float = 0.0


PAIRS = (
    Pair("bw2calc", "bw2calc", "one Monte Carlo draw of a system of 30 activities", 50),
    Pair("boaviztapi", "boaviztapi", "one evaluation of the default server, made and used", 1000),
    Pair("boaviztapi_gpu", "boaviztapi", "one evaluation of a server of 8 accelerators", 1000),
    Pair("ecologits", "ecologits", "one request to a language model"),
    Pair("salib", "SALib", "Sobol effects of 30 unknowns, 8,192 draws, 100 resamples", 15),
    Pair("linopy", "linopy", "building the sizing program of 8,760 hours as a sparse matrix"),
)


class Compared(NamedTuple):
    """Medians over rounds: seconds of both sides, their ratio, and its range.

    ``alone`` is one unit of this project's work by itself, at central values; nan where that is not
    measured.
    """

    pair: Pair
    ours: float
    theirs: float
    ratio: float
    lowest: float
    highest: float
    alone: float = math.nan


def compared(pair: Pair, rounds: int) -> Compared:
    """Run both sides in turns, each in a process of its own; stop where they do not agree."""
    ours, theirs, alone = [], [], []
    script = str(Path(__file__).with_name("own_sides.py"))
    for _ in range(rounds):
        other = peers.side(pair.name)
        own = json.loads(process(script, pair.name, json.dumps(other.get("inputs", {}))))
        reason = own_sides.agree(pair.name, own, other)
        if reason:
            sys.exit(reason)
        ours.append(own["seconds"])
        theirs.append(other["seconds"])
        alone.append(own.get("alone", math.nan))
    ratios = [other / own for own, other in zip(ours, theirs, strict=True)]
    middle = statistics.median
    return Compared(
        pair, middle(ours), middle(theirs), middle(ratios), min(ratios), max(ratios), middle(alone)
    )


def all_compared(rounds: int) -> Iterator[Compared]:
    """Yield every comparison as soon as it is known."""
    for pair in PAIRS:
        yield compared(pair, rounds)


def meters(seconds: float = 3.0) -> str:
    """Return the tables of energy meters on boards whose energy is known."""
    script = str(Path(__file__).with_name("meters.py"))
    names = ("lca", "codecarbon", "zeus")
    return peers.run(script, "--seconds", str(seconds), "--meters", *names).strip()
