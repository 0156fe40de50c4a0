"""Memory of a replica: what its devices must hold, and how many sequences fit."""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    Ratio,
)

_ROUNDING = 1e-9
"""A count that is whole but for floating-point rounding is whole."""


def replica_memory(weight_memory: Gigabyte, sequence_memory: Gigabyte, batch: Ratio) -> Gigabyte:
    r"""Add up the memory of one replica.

    Equation: ``replica_memory = weight_memory + sequence_memory * batch``

    Parameters
    ----------
    weight_memory : GB
        Memory of the weights of a model.
    sequence_memory : GB
        Memory of the key-value cache of one sequence in flight.
    batch : ratio
        Sequences that a replica serves at the same time.

    Returns
    -------
    GB
        Memory that weights and caches of one replica take.

    Notes
    -----
    Valid for caches at the length of the whole sequence: prompt and answer. Activations belong
    to the share that is not usable.

    Examples
    --------
    >>> round(replica_memory(140.0, 0.5, 64.0), 6)
    172.0
    """
    return weight_memory + sequence_memory * batch


def batch_by_memory(
    memory_capacity: Gigabyte,
    usable_share: Ratio,
    devices_per_replica: Ratio,
    weight_memory: Gigabyte,
    sequence_memory: Gigabyte,
) -> Ratio:
    r"""Count the sequences whose caches fit beside the weights.

    Equation: ``batch = floor((memory_capacity * usable_share * devices_per_replica - weight_memory) / sequence_memory)``

    Parameters
    ----------
    memory_capacity : GB
        Memory of a device.
    usable_share : ratio
        Share of a device's memory that weights and caches may take.
    devices_per_replica : ratio
        Devices that hold and run one replica.
    weight_memory : GB
        Memory of the weights of a model.
    sequence_memory : GB
        Memory of the key-value cache of one sequence in flight.

    Returns
    -------
    ratio
        The sequences whose caches fit beside the weights.

    Notes
    -----
    Valid for caches at the length of the whole sequence. Below 1 the devices hold the weights,
    but no sequence beside them.

    Examples
    --------
    >>> batch_by_memory(80.0, 0.9, 4.0, 140.0, 0.5)
    296.0
    """
    room = memory_capacity * usable_share * devices_per_replica - weight_memory
    return (room / sequence_memory + _ROUNDING) // 1


def devices_by_memory(
    replica_memory: Gigabyte,
    memory_capacity: Gigabyte,
    usable_share: Ratio,
) -> Ratio:
    r"""Count the devices that hold one replica.

    Equation: ``devices_per_replica = ceiling(replica_memory / (memory_capacity * usable_share))``

    Parameters
    ----------
    replica_memory : GB
        Memory that weights and caches of one replica take.
    memory_capacity : GB
        Memory of a device.
    usable_share : ratio
        Share of a device's memory that weights and caches may take.

    Returns
    -------
    ratio
        The devices that hold one replica.

    Notes
    -----
    Valid for a model split evenly over its devices; serving software often asks for a power of
    two.

    Examples
    --------
    >>> devices_by_memory(172.0, 80.0, 0.9)
    3.0
    """
    return -((_ROUNDING - replica_memory / (memory_capacity * usable_share)) // 1)
