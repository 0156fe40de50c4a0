"""Rules over however many facts a case has: parts of a device, freight, weighted means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lca.formulas import operation, silicon, training, transport
from lca.library import constants
from lca.uncertain import Array, Distribution
from lca.validation.amounts import embodied_of_calls, scaled_amount
from lca.validation.ecologits import by_tokens
from lca.validation.engine import Found, Resolver, Solver, combined
from lca.validation.facts import Fact
from lca.validation.names import Term
from lca.validation.parts import (
    bill_of_footprints,
    coefficients,
    embodied_of_parts,
    energy_of_parts,
)
from lca.workloads.training_factors import value

__all__ = ["HARDWARE_RESOLVERS", "PREDICTING", "RESOLVERS"]

_HOSTS = frozenset({"server", "node", "host", "baseboard", "system"})
_ENDS = frozenset({"min", "max", "low", "high", "minimum", "maximum"})
_POWERS = ("device_power", "total_power", "power", "node_power", "energy", "it_energy")
_OF_MEMORY = (
    ("fab_yield", 1.0),
    ("package_count", 0.0),
    ("carbon_per_package", 0.0),
    ("unit_count", 1.0),
)
_CALLS = frozenset({"inference", "request", "query", "prompt", "response", "call", "image"})
_MEMORY = frozenset({"memory", "dram", "ram", "ssd", "flash", "hdd"})


def _facts(solver: Solver, base: str, marks: frozenset[str] = frozenset()) -> list[Fact]:
    """Return the facts of a kind that carry the marks."""
    return [
        fact
        for fact in solver.facts.facts
        if fact.term.base == base and marks <= fact.term.marks and not fact.aside
    ]


def given(fact: Fact, used: frozenset[str] = frozenset()) -> Found:
    """Return a fact as a finding."""
    return Found(fact.values, used, (), frozenset([fact.name]))


def _added(parts: Sequence[Found], name: str) -> Found | None:
    return combined(lambda *values: sum(values), parts, name) if parts else None


def _per_device(base: str) -> Resolver:
    """Return a resolver of what one device embodies: its own, and its share of the host's."""

    def resolve(solver: Solver, term: Term) -> Found | None:
        facts = _facts(solver, base, term.marks)
        used = term.marks
        if not facts:
            facts, used = _facts(solver, base), frozenset()
        parts = [_share_of_host(solver, fact, used) for fact in facts]
        return _added([part for part in parts if part], f"{base.replace('_', ' ')} of one device")

    return resolve


def _share_of_host(solver: Solver, fact: Fact, used: frozenset[str]) -> Found | None:
    if not fact.term.marks & _HOSTS:
        return given(fact, used)
    devices = solver.find(Term("devices_per_host"))
    if devices is None:
        return None
    return combined(lambda host, n: host / n, [given(fact, used), devices], "host / its devices")


def freight(solver: Solver, _term: Term) -> Found | None:
    """Return the freight of a device: mass x distance x factor over the ways it takes."""
    mass = solver.find(Term("device_mass"))
    ways = []
    for way in _facts(solver, "distance"):
        factor = _facts(solver, "freight_factor", way.term.marks)
        if mass is None or len(factor) != 1:
            return None
        ways.append(
            combined(
                lambda m, d, f: transport.transport_footprint(m, 1.0, d, f),
                [mass, given(way), given(factor[0])],
                "freight",
            )
        )
    return _added(ways, "freight of all ways")


def memories(solver: Solver, term: Term) -> Found | None:
    """Return what memories embody: capacity x carbon per capacity / yield, and packages."""
    bits = [_memory(solver, fact) for fact in _facts(solver, "capacity")]
    dies = _added([bit for bit in bits if bit], "capacity x carbon per capacity")
    if dies is None or None in bits:
        return None
    rest = [solver.find(Term(base)) or Found(np.array([absent])) for base, absent in _OF_MEMORY]
    total = combined(
        lambda die, good, packages, each, n: (
            n * (die / good + silicon.packaging_footprint(packages, each))
        ),
        [dies, *rest],
        "memory by capacity, packaged",
    )
    return Found(total.values, term.marks & _MEMORY, total.rules, total.inputs)


def _memory(solver: Solver, capacity: Fact) -> Found | None:
    kinds = ("carbon_per_capacity", "carbon_per_gigabyte")
    factors = [f for base in kinds for f in _facts(solver, base, capacity.term.marks)]
    factors = factors or [fact for base in kinds for fact in _facts(solver, base)]
    if len(factors) != 1:
        return None
    return combined(lambda c, f: c * f, [given(capacity), given(factors[0])], "capacity x factor")


def weighted_energy(solver: Solver, term: Term) -> Found | None:
    """Return the energy of many calls of several sorts; the sort without a share takes the rest."""
    count = solver.find(Term("count"))
    sorts = [fact for fact in _facts(solver, "energy") if fact.term.marks]
    shares = {fact.term.marks: fact for fact in _facts(solver, "share")}
    rest = [fact for fact in sorts if fact.term.marks not in shares]
    if count is None or not shares or len(rest) > 1 or len(sorts) < len(shares):
        return None
    left = 1.0 - sum(fact.values for fact in shares.values())
    parts = [
        combined(lambda e, s: e * s, [given(sort), _weight(shares, sort, left)], "energy x share")
        for sort in sorts
    ]
    mean = _added(parts, "mean over the sorts of calls")
    if mean is None:
        return None
    found = combined(lambda n, e: n * e, [count, mean], "calls x mean energy")
    return Found(found.values, term.marks & _ENDS, found.rules, found.inputs)


def _weight(shares: Mapping[frozenset[str], Fact], sort: Fact, left: float | Array) -> Found:
    share = shares.get(sort.term.marks)
    return given(share) if share else Found(np.atleast_1d(left))


def bill_of_parts(solver: Solver, term: Term) -> Found | None:
    """Return the sum over a list of parts, each its footprint times its count."""
    groups = solver.facts.groups
    parts = [_counted_part(solver, group) for group in groups if not term.marks & group]
    if not parts or None in parts:
        return None
    return _added([part for part in parts if part], "sum of count x part")


def _counted_part(solver: Solver, group: frozenset[str]) -> Found | None:
    of = [fact for fact in solver.facts.facts if fact.group == group]
    each = [fact for fact in of if fact.term.base in {"co2e", "embodied"}]
    counts = [fact for fact in of if fact.term.base in {"unit_count", "number", "device_count"}]
    if len(each) != 1 or len(counts) > 1:
        return None
    found = given(each[0])
    return (
        combined(lambda e, n: e * n, [found, given(counts[0])], "count x part") if counts else found
    )


def scaled_energy(solver: Solver, term: Term) -> Found | None:
    """Return the energy of a longer run at the mean power of the measured one."""
    energy, whole = solver.fact(Term("energy")), solver.fact(Term("duration", term.marks))
    part = solver.fact(Term("duration"))
    if not term.marks or energy is None or part is None or whole is None or not whole.used:
        return None
    return combined(
        lambda e, t, p: e * t / p, [energy, whole, part], "energy x time / measured time"
    )


def parity(solver: Solver, term: Term) -> Found | None:
    """Return the number of calls whose energy or emissions are those of the training before."""
    for base, each in (("energy", "energy_per"), ("co2e", "co2e_per")):
        stated = _facts(solver, each)
        per = given(stated[0]) if len(stated) == 1 else _per_call(solver, base)
        per = per or solver.find(Term(each))
        fixed = [f for f in _facts(solver, base) if per and f.name not in per.inputs]
        if per is not None and fixed:
            whole = _added([given(fact) for fact in fixed], "all that comes before")
            pair = [part for part in (whole, per) if part]
            found = combined(lambda before, each: before / each, pair, "parity")
            return Found(found.values, term.marks & _CALLS, found.rules, found.inputs)
    return None


def _per_call(solver: Solver, base: str) -> Found | None:
    for count in _facts(solver, "count"):
        batches = _facts(solver, base, count.term.marks)
        if len(batches) == 1:
            return combined(lambda b, n: b / n, [given(batches[0]), given(count)], "batch / calls")
    return None


def metered_from_rating(solver: Solver, term: Term) -> Found | None:
    """Return an interval of metered energy: rated power, time, and how hard training works."""
    if any(_facts(solver, base) for base in _POWERS):
        return None
    rated, time = solver.find(Term("device_tdp")), solver.find(Term("device_hours", term.marks))
    if rated is None or time is None:
        return None
    parts = (
        _spread(constants("defaults").value("idle_fraction", "").distribution),
        _spread(constants("defaults").value("busy_fraction", "").distribution),
        _spread(value("effective_training_share").distribution),
    )
    return combined(
        _drawn_energy, [rated, time, *map(Found, parts)], "rated power, as training draws"
    )


def _drawn_energy(rated: Array, time: Array, idle: Array, busy: Array, used: Array) -> Array:
    power = operation.device_power(
        operation.idle_power(rated, idle), operation.busy_power(rated, busy), used
    )
    return np.asarray(operation.it_energy(power, time))


def _spread(distribution: Distribution) -> Array:
    """Return the central value of a factor, then its low and its high end."""
    low, _, high = distribution.parameters
    return np.array([distribution.central, low, high])


def machine_from_accelerators(solver: Solver, term: Term) -> Found | None:
    """Return the energy of whole machines from that of their accelerators, as an interval."""
    accelerators = metered_from_rating(solver, term)
    if accelerators is None:
        return None
    ratio = _spread(value("it_over_accelerator").distribution)
    return combined(
        lambda energy: _independent(energy, ratio), [accelerators], "accelerators x machine"
    )


def _independent(energy: Array, ratio: Array) -> Array:
    """Multiply two ranges that have nothing to do with one another: ends add up in quadrature."""
    central = float(training.it_energy_of_accelerators(energy[0], ratio[0]))
    apart = np.hypot(np.log(energy[1:] / energy[0]), np.log(ratio[1:] / ratio[0]))
    return np.array([central, central * np.exp(-apart[0]), central * np.exp(apart[1])])


RESOLVERS: Mapping[str, Sequence[Resolver]] = {
    "embodied": (embodied_of_calls, embodied_of_parts),
    "embodied_device": (_per_device("embodied"),),
    "embodied_water_device": (_per_device("embodied_water"),),
    "energy": (scaled_energy, weighted_energy),
    "parity": (parity,),
    "accelerator_energy": (metered_from_rating,),
    "it_energy": (by_tokens("it_energy"), energy_of_parts("it_energy")),
    "facility_energy": (energy_of_parts("facility_energy"),),
    "embodied_used": (by_tokens("embodied_used"),),
    "energy_per": (scaled_amount("energy_per"),),
    "co2e_per": (scaled_amount("co2e_per"),),
    "water_per": (scaled_amount("water_per"),),
}
"""Resolvers of every case, by the quantity that they give."""

PREDICTING: Mapping[str, Sequence[Resolver]] = {
    **RESOLVERS,
    "it_energy": (*RESOLVERS["it_energy"], machine_from_accelerators),
}
"""Resolvers of cases that ask for what was metered, not for the arithmetic of their source."""

HARDWARE_RESOLVERS: Mapping[str, Sequence[Resolver]] = {
    **RESOLVERS,
    "freight": (freight,),
    "embodied": (coefficients, memories, bill_of_parts, bill_of_footprints),
    "co2e": (bill_of_footprints,),
    "co2e_total": (bill_of_footprints,),
}
"""Resolvers of cases about hardware."""
