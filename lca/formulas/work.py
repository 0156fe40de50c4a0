"""Time that work takes."""

from __future__ import annotations

from lca.vocabulary import Flop, FlopPerHour, Hour, Ratio


def busy_time(work: Flop, peak_rate: FlopPerHour, flop_utilization: Ratio) -> Hour:
    """Find the device time that a number of model FLOPs takes.

    Equation: ``busy_time = work / (peak_rate * flop_utilization)``

    Parameters
    ----------
    work : flop
        Floating-point operations done.
    peak_rate : flop/h
        Peak performance of one device at a stated precision.
    flop_utilization : ratio
        Model FLOPs done over peak FLOPs while busy.

    Returns
    -------
    h
        Time a device works on a task.

    Notes
    -----
    Valid for a dense peak_rate of the precision used, and a flop_utilization between 0 and 1
    measured as model FLOPs over peak (recomputation is not work).

    References
    ----------
    .. [1] Chowdhery A. et al., PaLM: Scaling Language Modeling with Pathways, arXiv 2204.02311,
       2022, section 4.1: model FLOPs utilization.

    Examples
    --------
    >>> round(busy_time(3.6e24, 3.6e18, 0.4), 3)
    2500000.0
    """
    return work / (peak_rate * flop_utilization)
