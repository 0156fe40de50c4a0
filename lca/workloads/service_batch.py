"""Batch and memory of a replica: what the load and the latency target make of them."""

from __future__ import annotations

from collections.abc import Callable

from lca.errors import InputError
from lca.formulas import queueing
from lca.formulas import replica_memory as memory_formulas
from lca.terms import Draws, Factor, Node, apply
from lca.uncertain import Distribution, exact, two_piece
from lca.workloads import tabled

StepTime = Callable[[float], float]
"""Time of one decoding step in hours at a batch."""

LARGEST_BATCH = 65536
_MILLISECONDS = 3.6e6
_BISECTIONS = 80


def mean_batch(replica_demand: float, step_time: StepTime, largest: float) -> float:
    """Return the sequences in flight on a replica, by Little's law as a fixed point.

    ``batch = replica_demand x step_time(batch)``, one token per sequence and step. A step at a
    batch below one takes as long as at one.

    Parameters
    ----------
    replica_demand
        Tokens asked of one replica in an hour (token/h).
    step_time
        Time of a step in hours at a batch, never falling with it.
    largest
        Batch that memory or the latency target allows.

    Raises
    ------
    InputError
        If there is no demand, or the demand exceeds what the largest batch serves.
    """
    if replica_demand <= 0:
        msg = f"demand {replica_demand:g} token/h on a replica: give more than 0"
        raise InputError(msg)
    served = largest / step_time(largest)
    if replica_demand > served:
        msg = f"demand {replica_demand:.3g} token/h on a replica exceeds the {served:.3g} token/h of its largest batch {largest:g}; at least {replica_demand / served:.3g} times as many replicas are needed"
        raise InputError(msg)
    low, high = 0.0, largest
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        in_flight = replica_demand * step_time(max(middle, 1.0))
        low, high = (middle, high) if in_flight > middle else (low, middle)
    return (low + high) / 2


def batch_factor(
    replica_demand: Node,
    step_time: Callable[[Factor], Node],
    largest: float,
    *,
    samples: int = 256,
    seed: int = 0,
) -> Factor:
    """Return the batch that follows from load, with the interval of demand and step time.

    The fixed point is solved at the central estimate and at the ends of the 90 % interval of
    demand and of step time, which are taken to coincide; where the upper end would exceed the
    largest batch, it is cut there.

    Parameters
    ----------
    replica_demand
        Tokens asked of one replica in an hour.
    step_time
        Gives the time of a step (a node, in h) at a batch (a factor).
    largest
        Batch that memory or the latency target allows.
    samples, seed
        Draws that the intervals are taken from.
    """
    draws = Draws(samples, seed)

    def at(node: Node, percent: int) -> float:
        values = draws.array(node)
        ordered = sorted(values[1:])
        return float(values[0] if percent == 50 else ordered[len(ordered) * percent // 100])

    def solved(percent: int) -> float:
        def step(batch: float) -> float:
            return at(step_time(Factor("batch", exact(batch), "")), percent)

        served = largest / step(largest)
        asked = at(replica_demand, percent)
        capped = asked if percent == 50 else min(asked, served)
        return mean_batch(capped, step, largest)

    return Factor("batch", _ordered(solved(5), solved(50), solved(95)), "", quality="modelled")


def _ordered(low: float, middle: float, high: float) -> Distribution:
    return exact(middle) if high <= low else two_piece(min(low, middle), middle, max(high, middle))


def largest_batch(step_time: StepTime, target: float, largest: int = LARGEST_BATCH) -> int:
    """Return the largest batch whose step stays within a target of time per token.

    Parameters
    ----------
    step_time
        Time of a step in hours at a batch, never falling with it.
    target
        Time per output token that must be kept, in hours.
    largest
        Batch that memory allows.

    Raises
    ------
    InputError
        If not even one sequence alone is quick enough; the shortest step is named.
    """
    shortest = step_time(1.0)
    if shortest > target:
        msg = f"latency target {target * _MILLISECONDS:.3g} ms per token is below one step of a single sequence, {shortest * _MILLISECONDS:.3g} ms; give a target of at least that, more devices per replica, or a smaller model"
        raise InputError(msg)
    low, high = 1, largest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if step_time(float(middle)) <= target else (low, middle - 1)
    return low


def replica_memory(weights: Node, sequence: Node, batch: Node) -> Node:
    """Return the memory (GB) that a replica's weights and the caches of its batch take."""
    return apply(
        memory_formulas.replica_memory, weight_memory=weights, sequence_memory=sequence, batch=batch
    )


def devices_per_replica(
    memory: Node, device_memory: Node, largest: int, usable: Node | None = None
) -> Node:
    """Return how many devices hold one replica.

    Parameters
    ----------
    memory
        Memory of the replica in GB.
    device_memory
        Memory of one device in GB.
    largest
        Devices that can hold one replica together: those of a host, unless more are joined.
    usable
        Share of device memory that weights and caches may take; the cited default if None.

    Raises
    ------
    InputError
        If a replica needs more devices than that; the figures are named.
    """
    share = usable or tabled.factor("overheads", "usable_share", "")
    needed = apply(
        memory_formulas.devices_by_memory,
        name="devices_per_replica",
        replica_memory=memory,
        memory_capacity=device_memory,
        usable_share=share,
    )
    count = _central(needed)
    if count > largest:
        have, want = _central(device_memory), _central(memory)
        msg = f"one replica takes {want:.4g} GB: {count:.0f} devices of {have:g} GB, more than the {largest} that can be joined; lower the batch or the precision, or allow {count:.0f} devices"
        raise InputError(msg)
    return needed


def batch_by_memory(
    weights: Node, sequence: Node, device_memory: Node, devices: Node, usable: Node | None = None
) -> int:
    """Return the largest batch whose caches fit beside the weights, at the central estimate.

    Parameters
    ----------
    weights, sequence
        Memory of the weights and of the cache of one sequence, in GB.
    device_memory
        Memory of one device in GB.
    devices
        Devices of one replica.
    usable
        Share of device memory that weights and caches may take; the cited default if None.

    Raises
    ------
    InputError
        If not one sequence fits; the figures are named.
    """
    fits = apply(
        memory_formulas.batch_by_memory,
        name="batch",
        memory_capacity=device_memory,
        usable_share=usable or tabled.factor("overheads", "usable_share", ""),
        devices_per_replica=devices,
        weight_memory=weights,
        sequence_memory=sequence,
    )
    batch = int(_central(fits))
    if batch < 1:
        want = _central(weights) + _central(sequence)
        msg = f"weights and one sequence take {want:.4g} GB, more than {_central(devices):g} devices of {_central(device_memory):g} GB hold; take more devices, a lower precision, or shorter prompts and answers"
        raise InputError(msg)
    return batch


def _central(node: Node) -> float:
    return float(Draws(0, 0).array(node)[0])


def occupied_share(batch: Node) -> Node:
    """Return the share of time in which a replica has work, at a mean batch (Poisson arrivals)."""
    return apply(queueing.occupied_share, batch=batch)
