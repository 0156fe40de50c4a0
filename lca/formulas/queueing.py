"""Queues: load in flight, slots that keep waiting rare, and the batch that follows from load."""

from __future__ import annotations

from lca.vocabulary import (
    Hour,
    Ratio,
    Token,
    TokenPerHour,
)

_ROUNDING = 1e-9
"""A count that is whole but for floating-point rounding is whole."""


def offered_load(
    peak_demand: TokenPerHour,
    replica_throughput: TokenPerHour,
    slot_count: Ratio,
) -> Ratio:
    r"""Find the sequences in flight in the busiest hour if none had to wait.

    Equation: ``offered_load = peak_demand * slot_count / replica_throughput``

    Parameters
    ----------
    peak_demand : token/h
        Tokens asked for in the busiest hour.
    replica_throughput : token/h
        Tokens served by one whole copy of a model while busy.
    slot_count : ratio
        Sequences that one replica serves at the same time at most.

    Returns
    -------
    ratio
        Sequences in flight in the busiest hour if none had to wait.

    Notes
    -----
    Valid for a replica_throughput with all slots in use: a sequence then gains tokens at
    replica_throughput / slot_count, and Little's law gives the load.

    References
    ----------
    .. [1] Little J. D. C., A proof for the queuing formula L = lambda W, Operations Research
       9(3), 1961.

    Examples
    --------
    >>> round(offered_load(8e5, 1e5, 64.0), 3)
    512.0
    """
    return peak_demand * slot_count / replica_throughput


def staffed_slots(offered_load: Ratio, staffing_margin: Ratio) -> Ratio:
    r"""Count the slots that keep waiting within the target, by square-root staffing.

    Equation: ``staffed_slots = offered_load + staffing_margin * sqrt(offered_load)``

    Parameters
    ----------
    offered_load : ratio
        Sequences in flight in the busiest hour if none had to wait.
    staffing_margin : ratio
        Slots beyond the offered load, in units of its square root.

    Returns
    -------
    ratio
        Slots that keep waiting within the target in the busiest hour.

    Notes
    -----
    Valid for many slots, Poisson arrivals and one queue for all replicas; the margin for a
    tolerated probability of waiting follows Halfin and Whitt. Burstier arrivals need more.

    References
    ----------
    .. [1] Halfin S., Whitt W., Heavy-traffic limits for queues with many exponential servers,
       Operations Research 29(3), 1981.
    .. [2] Janssen A. J. E. M., van Leeuwaarden J. S. H., Zwart B., Refining square-root safety
       staffing by expanding Erlang C, Operations Research 59(6), 2011: works well for moderate
       sizes, too.

    Examples
    --------
    >>> staffed_slots(400.0, 1.5)
    430.0
    """
    result: Ratio = offered_load + staffing_margin * offered_load ** (1 / 2)
    return result


def replicas_by_slots(staffed_slots: Ratio, slot_count: Ratio) -> Ratio:
    r"""Count the replicas that hold a number of slots.

    Equation: ``replica_count = ceiling(staffed_slots / slot_count)``

    Parameters
    ----------
    staffed_slots : ratio
        Slots that keep waiting within the target in the busiest hour.
    slot_count : ratio
        Sequences that one replica serves at the same time at most.

    Returns
    -------
    ratio
        The replicas that hold a number of slots.

    Notes
    -----
    Valid for replicas that share one queue.

    Examples
    --------
    >>> replicas_by_slots(430.0, 64.0)
    7.0
    """
    return -((_ROUNDING - staffed_slots / slot_count) // 1)


def mean_batch(replica_demand: TokenPerHour, step_time: Hour, step_tokens: Token) -> Ratio:
    r"""Find the sequences in flight on one replica, by Little's law.

    Equation: ``batch = replica_demand * step_time / step_tokens``

    Parameters
    ----------
    replica_demand : token/h
        Tokens asked of one replica in an hour.
    step_time : h
        Time of one step of decoding: each sequence in flight gains a token.
    step_tokens : token
        Tokens that a sequence gains in one step of decoding.

    Returns
    -------
    ratio
        The sequences in flight on one replica, by Little's law.

    Notes
    -----
    Valid for continuous batching without waiting. A step takes longer with a larger batch, so
    batch and step_time are found together, as a fixed point. step_tokens is 1 token unless a
    draft model guesses ahead.

    References
    ----------
    .. [1] Little J. D. C., A proof for the queuing formula L = lambda W, Operations Research
       9(3), 1961.

    Examples
    --------
    >>> round(mean_batch(3.6e6, 1e-5, 1.0), 6)
    36.0
    """
    return replica_demand * step_time / step_tokens
