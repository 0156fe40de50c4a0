"""From demand to devices: replicas, redundancy, utilization and idle share."""

from __future__ import annotations

from lca.vocabulary import (
    Hour,
    Ratio,
    RequestPerHour,
    Token,
    TokenPerHour,
    TokenPerRequest,
)

_ROUNDING = 1e-9
"""A count that is whole but for floating-point rounding is whole."""


def mean_demand(request_rate: RequestPerHour, tokens_per_request: TokenPerRequest) -> TokenPerHour:
    r"""Find the tokens asked for from the requests that arrive.

    Equation: ``mean_demand = request_rate * tokens_per_request``

    Parameters
    ----------
    request_rate : request/h
        Requests that arrive in an hour.
    tokens_per_request : token/request
        Tokens served for one request.

    Returns
    -------
    token/h
        Tokens asked for in an hour, averaged over a year.

    Notes
    -----
    Valid for output tokens where throughput counts output tokens.

    Examples
    --------
    >>> round(mean_demand(1000.0, 400.0), 3)
    400000.0
    """
    return request_rate * tokens_per_request


def answered_requests(
    mean_demand: TokenPerHour, tokens_per_request: TokenPerRequest
) -> RequestPerHour:
    r"""Find the requests that are answered with a number of tokens.

    Equation: ``request_rate = mean_demand / tokens_per_request``

    Parameters
    ----------
    mean_demand : token/h
        Tokens asked for in an hour, averaged over a year.
    tokens_per_request : token/request
        Tokens served for one request.

    Returns
    -------
    request/h
        Requests that arrive in an hour.

    Notes
    -----
    Valid for output tokens where throughput counts output tokens.

    References
    ----------
    .. [1] Definition: the inverse of the demand of requests.

    Examples
    --------
    >>> answered_requests(3.0e5, 300.0)
    1000.0
    """
    return mean_demand / tokens_per_request


def grown_demand(
    mean_demand: TokenPerHour,
    demand_growth: Ratio,
    elapsed_periods: Ratio,
) -> TokenPerHour:
    r"""Let demand grow by a fixed share each year.

    Equation: ``mean_demand = mean_demand * (1 + demand_growth)^elapsed_periods``

    Parameters
    ----------
    mean_demand : token/h
        Tokens asked for in an hour, averaged over a year.
    demand_growth : ratio
        Growth of demand from one year to the next.
    elapsed_periods : ratio
        Years since a base year, as a plain count.

    Returns
    -------
    token/h
        Demand grow by a fixed share each year.

    Notes
    -----
    Valid for a demand_growth above -1. Compound growth is a scenario, not a forecast.

    Examples
    --------
    >>> round(grown_demand(100.0, 1.0, 2.0), 3)
    400.0
    """
    result: TokenPerHour = mean_demand * (1 + demand_growth) ** elapsed_periods
    return result


def peak_demand(mean_demand: TokenPerHour, peak_ratio: Ratio) -> TokenPerHour:
    r"""Find the demand of the busiest hour.

    Equation: ``peak_demand = mean_demand * peak_ratio``

    Parameters
    ----------
    mean_demand : token/h
        Tokens asked for in an hour, averaged over a year.
    peak_ratio : ratio
        Demand of the busiest hour over mean demand.

    Returns
    -------
    token/h
        Tokens asked for in the busiest hour.

    Notes
    -----
    Valid for a peak_ratio of 1 or more.

    Examples
    --------
    >>> round(peak_demand(4e5, 2.0), 3)
    800000.0
    """
    return mean_demand * peak_ratio


def replicas_by_utilization(
    peak_demand: TokenPerHour,
    replica_throughput: TokenPerHour,
    maximum_utilization: Ratio,
) -> Ratio:
    r"""Count the replicas that carry the busiest hour below a bound of utilization.

    Equation: ``replica_count = ceiling(peak_demand / (replica_throughput * maximum_utilization))``

    Parameters
    ----------
    peak_demand : token/h
        Tokens asked for in the busiest hour.
    replica_throughput : token/h
        Tokens served by one whole copy of a model while busy.
    maximum_utilization : ratio
        Share of its throughput that a service may be loaded with in its busiest hour.

    Returns
    -------
    ratio
        The replicas that carry the busiest hour below a bound of utilization.

    Notes
    -----
    Valid for a maximum_utilization above 0 up to 1, chosen so that waiting stays within the
    latency target; the bound does not follow from the target by itself.

    Examples
    --------
    >>> replicas_by_utilization(8e5, 1e5, 0.7)
    12.0
    """
    needed = peak_demand / (replica_throughput * maximum_utilization)
    return -((_ROUNDING - needed) // 1)


def redundant_replicas(replica_count: Ratio, spare_share: Ratio, spare_replicas: Ratio) -> Ratio:
    r"""Add replicas that may fail or be serviced.

    Equation: ``replica_count = ceiling(replica_count * (1 + spare_share)) + spare_replicas``

    Parameters
    ----------
    replica_count : ratio
        Whole copies of a model that serve it.
    spare_share : ratio
        Replicas kept beyond what the load needs, as a share of those.
    spare_replicas : ratio
        Replicas kept beyond what the load needs.

    Returns
    -------
    ratio
        Replicas that may fail or be serviced.

    Notes
    -----
    Valid for spares that are switched on; n+1 is one spare replica.

    Examples
    --------
    >>> redundant_replicas(12.0, 0.1, 1.0)
    15.0
    """
    return -((_ROUNDING - replica_count * (1 + spare_share)) // 1) + spare_replicas


def provisioned_devices(replica_count: Ratio, devices_per_replica: Ratio) -> Ratio:
    r"""Count the devices that stand ready.

    Equation: ``provisioned_devices = replica_count * devices_per_replica``

    Parameters
    ----------
    replica_count : ratio
        Whole copies of a model that serve it.
    devices_per_replica : ratio
        Devices that hold and run one replica.

    Returns
    -------
    ratio
        Devices that stand ready for a service.

    Notes
    -----
    Valid for whole replicas on devices of their own.

    Examples
    --------
    >>> provisioned_devices(15.0, 4.0)
    60.0
    """
    return replica_count * devices_per_replica


def mean_utilization(
    mean_demand: TokenPerHour,
    replica_throughput: TokenPerHour,
    replica_count: Ratio,
) -> Ratio:
    r"""Find the share of its throughput that a service delivers over the year.

    Equation: ``utilization = mean_demand / (replica_throughput * replica_count)``

    Parameters
    ----------
    mean_demand : token/h
        Tokens asked for in an hour, averaged over a year.
    replica_throughput : token/h
        Tokens served by one whole copy of a model while busy.
    replica_count : ratio
        Whole copies of a model that serve it.

    Returns
    -------
    ratio
        The share of its throughput that a service delivers over the year.

    Notes
    -----
    Valid for demand that is served whole. It is the busy share of devices if work is done at
    the batch that the throughput is for; at a smaller batch a device is busy longer and serves
    less per joule (see mean_batch).

    Examples
    --------
    >>> round(mean_utilization(4e5, 1e5, 15.0), 6)
    0.266667
    """
    return mean_demand / (replica_throughput * replica_count)


def replica_demand(mean_demand: TokenPerHour, replica_count: Ratio) -> TokenPerHour:
    r"""Share the demand among replicas.

    Equation: ``replica_demand = mean_demand / replica_count``

    Parameters
    ----------
    mean_demand : token/h
        Tokens asked for in an hour, averaged over a year.
    replica_count : ratio
        Whole copies of a model that serve it.

    Returns
    -------
    token/h
        Tokens asked of one replica in an hour.

    Notes
    -----
    Valid for a load that is balanced over replicas, spares included.

    Examples
    --------
    >>> replica_demand(4e5, 16.0)
    25000.0
    """
    return mean_demand / replica_count


def serving_time(
    served_tokens: Token, replica_throughput: TokenPerHour, devices_per_replica: Ratio
) -> Hour:
    r"""Find the device-hours that answering takes.

    Equation: ``serving_time = served_tokens / replica_throughput * devices_per_replica``

    Parameters
    ----------
    served_tokens : token
        Tokens served by one device.
    replica_throughput : token/h
        Tokens that one replica serves in an hour at full time.
    devices_per_replica : ratio
        Devices that hold and run one replica.

    Returns
    -------
    h
        Hours of all devices of the replicas that answer.

    Notes
    -----
    Valid for a throughput at the batch and lengths that the tokens are served with.

    References
    ----------
    .. [1] Definition: a replica keeps all of its devices for as long as it answers.

    Examples
    --------
    >>> serving_time(3.6e6, 3.6e6, 4.0)
    4.0
    """
    return served_tokens / replica_throughput * devices_per_replica
