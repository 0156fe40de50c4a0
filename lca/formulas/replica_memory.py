"""Memory of a replica: how many sequences fit beside the weights."""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    Ratio,
)

_ROUNDING = 1e-9
"""A count that is whole but for floating-point rounding is whole."""


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
