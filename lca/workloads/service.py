"""A service that answers demand: replicas, devices, utilization and what stands idle.

The busiest hour decides how many devices stand ready, the mean over the year how much of
them is used. Two ways to keep waiting within a latency target:

- a bound of utilization in the busiest hour (default; an assumed interval unless given);
- square-root staffing (Halfin and Whitt 1981) where the slots of a replica are known: slots
  = load + margin x sqrt(load), the margin from the tolerated probability of waiting.

What is idle can be read in two ways, never both: at the fixed batch that ``throughput`` is for,
devices are idle for ``idle_share`` of the time; where the batch follows the load by Little's law
(`lca.workloads.service_batch`), they work longer at a smaller batch and are idle only when
nothing is in flight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from lca.errors import InputError
from lca.formulas import queueing, service
from lca.formulas.sharing import idle_share
from lca.sources import Quality
from lca.terms import Factor, Node, apply
from lca.uncertain import exact
from lca.workloads import tabled

HOURS = 24
_WIDEST_MARGIN = 8.0
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a service.

    Attributes
    ----------
    mean
        Tokens asked for in an hour, averaged over the year (token/h).
    peak
        Tokens asked for in the busiest hour (token/h).
    """

    mean: Node
    peak: Node


@dataclass(frozen=True, slots=True)
class Staffing:
    """The devices that stand ready for a demand.

    Attributes
    ----------
    replicas
        Whole copies of the model, spares included.
    devices
        Devices of all replicas.
    utilization
        Share of their throughput that is delivered, mean over the year.
    idle_share
        Share of provisioned device time without work.
    replica_demand
        Tokens asked of one replica in an hour, mean over the year (token/h).
    remarks
        Which rule was used, and what was assumed.
    """

    replicas: Node
    devices: Node
    utilization: Node
    idle_share: Node
    replica_demand: Node
    remarks: tuple[str, ...]


def demand(
    rate: Node,
    tokens_per_request: Node | None = None,
    *,
    shape: Node | Sequence[float] | None = None,
    growth: Node | None = None,
    years_on: float = 0.0,
) -> Demand:
    """Return what is asked of a service, from requests or tokens per time.

    Parameters
    ----------
    rate
        Mean over a year: tokens (token/h), or requests (request/h) with ``tokens_per_request``.
    tokens_per_request
        Tokens of one answer (token/request).
    shape
        None for a flat day, a peak-to-mean ratio (a node), or 24 shares of a day, of which
        only the proportions count.
    growth
        Growth of demand from one year to the next.
    years_on
        Years since the demand that ``rate`` gives.

    Raises
    ------
    InputError
        If there is no demand, or the shape of the day is impossible.
    """
    _more_than_none("demand", rate)
    mean = rate
    if tokens_per_request is not None:
        _more_than_none("tokens per request", tokens_per_request)
        mean = apply(service.mean_demand, request_rate=rate, tokens_per_request=tokens_per_request)
    if growth is not None and years_on:
        later = Factor("elapsed_periods", exact(years_on), "", role="decision")
        mean = apply(
            service.grown_demand,
            name="mean_demand",
            mean_demand=mean,
            demand_growth=growth,
            elapsed_periods=later,
        )
    ratio = peak_ratio(shape)
    return Demand(mean, apply(service.peak_demand, mean_demand=mean, peak_ratio=ratio))


def peak_ratio(shape: Node | Sequence[float] | None) -> Node:
    """Return demand of the busiest hour over mean demand.

    Raises
    ------
    InputError
        If shares are not 24, negative or all zero, or the ratio is below 1.
    """
    if isinstance(shape, Sequence):
        return _given("peak_ratio", HOURS * max(_shares(shape)))
    if shape is None:
        return _given("peak_ratio", 1.0, "a flat day")
    if isinstance(shape, Factor) and shape.distribution.central < 1:
        msg = f"peak to mean ratio {shape.distribution.central:g}: the busiest hour is at least the mean; give 1 or more"
        raise InputError(msg)
    return shape


def _shares(shares: Sequence[float]) -> Sequence[float]:
    if len(shares) != HOURS:
        msg = f"a day has {HOURS} hourly shares, found {len(shares)}"
        raise InputError(msg)
    if min(shares) < 0:
        msg = f"hourly share {min(shares):g}: a share is 0 or more"
        raise InputError(msg)
    if not sum(shares) > 0:
        msg = "hourly shares are all 0: give the shape of a day in which something is asked for"
        raise InputError(msg)
    return [share / sum(shares) for share in shares]


def staffing(
    asked: Demand,
    throughput: Node,
    devices_per_replica: Node,
    *,
    maximum_utilization: Node | None = None,
    slots: Node | None = None,
    waiting: float | None = None,
    spare_replicas: Node | None = None,
    spare_share: Node | None = None,
) -> Staffing:
    """Return the replicas and devices that keep up with the busiest hour.

    Parameters
    ----------
    asked
        Demand of the service.
    throughput
        Tokens of one whole replica while busy (token/h), at the batch of ``slots``.
    devices_per_replica
        Devices of one replica.
    maximum_utilization
        Bound in the busiest hour; an assumed interval if neither this nor ``slots`` is given.
    slots
        Sequences a replica serves at once: square-root staffing is used instead of the bound.
    waiting
        Tolerated share of requests that wait for a slot, with ``slots``; 5 % assumed if None.
    spare_replicas, spare_share
        Replicas beyond what the load needs: a number (n+k), a share, or both.

    Raises
    ------
    InputError
        If throughput is 0, a bound is not in 0 to 1, or both rules are asked for.
    """
    _more_than_none("throughput", throughput)
    needed, remark = _needed(asked, throughput, maximum_utilization, slots, waiting)
    replicas = apply(
        service.redundant_replicas,
        name="replica_count",
        replica_count=needed,
        spare_share=spare_share or _given("spare_share", 0.0),
        spare_replicas=spare_replicas or _given("spare_replicas", 0.0),
    )
    return _staffed(asked, throughput, devices_per_replica, replicas, remark)


def _staffed(
    asked: Demand, throughput: Node, devices_per_replica: Node, replicas: Node, remark: str
) -> Staffing:
    devices = apply(
        service.provisioned_devices, replica_count=replicas, devices_per_replica=devices_per_replica
    )
    used = apply(
        service.mean_utilization,
        name="utilization",
        mean_demand=asked.mean,
        replica_throughput=throughput,
        replica_count=replicas,
    )
    idle = apply(idle_share, utilization=used)
    each = apply(service.replica_demand, mean_demand=asked.mean, replica_count=replicas)
    return Staffing(replicas, devices, used, idle, each, (remark,))


def _needed(
    asked: Demand, throughput: Node, bound: Node | None, slots: Node | None, waiting: float | None
) -> tuple[Node, str]:
    if bound is not None and slots is not None:
        msg = "maximum utilization and slots: give one; each decides how many replicas there are"
        raise InputError(msg)
    if slots is None:
        return _by_bound(asked, throughput, bound)
    _more_than_none("slots", slots)
    load = apply(
        queueing.offered_load,
        peak_demand=asked.peak,
        replica_throughput=throughput,
        slot_count=slots,
    )
    rarely, margin = _margin_factor(waiting)
    staffed = apply(queueing.staffed_slots, offered_load=load, staffing_margin=margin)
    needed = apply(queueing.replicas_by_slots, staffed_slots=staffed, slot_count=slots)
    return needed, f"square-root staffing: {rarely:.2g} of requests may wait in the busiest hour"


def _by_bound(asked: Demand, throughput: Node, bound: Node | None) -> tuple[Node, str]:
    if isinstance(bound, Factor) and not 0 < bound.distribution.central <= 1:
        msg = f"maximum utilization {bound.distribution.central:g}: accepted are shares above 0 up to 1"
        raise InputError(msg)
    limit = bound or tabled.factor("overheads", "maximum_utilization", "")
    needed = apply(
        service.replicas_by_utilization,
        peak_demand=asked.peak,
        replica_throughput=throughput,
        maximum_utilization=limit,
    )
    where = "given" if bound else "assumed; give it, or slots and a latency target"
    return needed, f"utilization in the busiest hour is bounded ({where})"


def _margin_factor(waiting: float | None) -> tuple[float, Factor]:
    default = tabled.factor("overheads", "waiting_probability", "")
    rarely = default.distribution.central if waiting is None else waiting
    cited = Factor(
        "staffing_margin",
        exact(staffing_margin(rarely)),
        "",
        source="janssen-2011",
        quality=Quality.MODELLED,
        role="decision" if waiting is not None else "unknown",
        note=f"Halfin and Whitt's margin for a probability of waiting of {rarely:g}",
    )
    return rarely, cited


def staffing_margin(waiting: float) -> float:
    """Return the margin of square-root staffing for a tolerated probability of waiting.

    Solves ``waiting = 1 / (1 + b F(b) / f(b))`` for b, with F and f the standard normal
    distribution and density (Halfin and Whitt 1981).

    Raises
    ------
    InputError
        If the probability is not between 0 and 1.
    """
    if not 1e-12 <= waiting < 1:
        msg = f"probability of waiting {waiting:g}: accepted are shares above 0 and below 1"
        raise InputError(msg)
    normal, low, high = NormalDist(), 0.0, _WIDEST_MARGIN
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        waits = 1 / (1 + middle * normal.cdf(middle) / normal.pdf(middle))
        low, high = (middle, high) if waits > waiting else (low, middle)
    return (low + high) / 2


def _given(name: str, value: float, note: str = "") -> Factor:
    return Factor(name, exact(value), "", source="scenario", role="decision", note=note)


def _more_than_none(what: str, node: Node) -> None:
    if isinstance(node, Factor) and node.distribution.central <= 0:
        msg = f"{what} {node.distribution.central:g} {node.unit}: give more than 0; without it no device is needed and nothing per token is defined"
        raise InputError(msg)
