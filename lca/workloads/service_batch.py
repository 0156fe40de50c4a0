"""Batch and memory of a replica: what the load and the latency target make of them."""

from __future__ import annotations

from collections.abc import Callable

from lca.errors import InputError
from lca.formulas import queueing
from lca.formulas import replica_memory as memory_formulas
from lca.terms import Draws, Node, apply
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
        in_flight = queueing.mean_batch(replica_demand, step_time(max(middle, 1.0)), 1.0)
        low, high = (middle, high) if in_flight > middle else (low, middle)
    return (low + high) / 2


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
