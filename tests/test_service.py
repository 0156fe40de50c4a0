"""From demand to devices, and to the request that pays back: worked numbers, laws, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from lca.errors import InputError
from lca.formulas import queueing
from lca.terms import Draws, Factor, Node
from lca.uncertain import lognormal
from lca.workloads import break_even, service, service_batch
from lca.workloads.prediction import Prediction


def given(name: str, value: float, unit: str = "") -> Factor:
    """Return an exact input."""
    return Factor(name, value, unit)


def central(node: Node) -> float:
    """Evaluate a node at the central values of its inputs."""
    return float(Draws(0, 0).array(node)[0])


def tokens(rate: float) -> Factor:
    """Return demand in tokens per hour."""
    return given("mean_demand", rate, "token/h")


def replica(rate: float) -> Factor:
    """Return the throughput of one replica in tokens per hour."""
    return given("replica_throughput", rate, "token/h")


ONE = given("devices_per_replica", 1.0)
FOUR = given("devices_per_replica", 4.0)
SEVENTY = given("maximum_utilization", 0.7)


# --- demand -----------------------------------------------------------------------------------


def test_demand_by_hand() -> None:
    """1000 requests an hour of 400 tokens, 50 % growth over two years, twice the mean at peak."""
    found = service.demand(
        given("request_rate", 1000.0, "request/h"),
        given("tokens_per_request", 400.0, "token/request"),
        shape=given("peak_ratio", 2.0),
        growth=given("demand_growth", 0.5),
        years_on=2.0,
    )
    assert central(found.mean) == pytest.approx(900_000)
    assert central(found.peak) == pytest.approx(1_800_000)


def test_hourly_shares_give_the_peak_of_the_day() -> None:
    """Half of all in one hour is twelve times the mean; even shares are flat."""
    busy = [0.5] + [0.5 / 23] * 23
    assert central(service.demand(tokens(1.0), shape=busy).peak) == pytest.approx(12.0)
    assert central(service.demand(tokens(1.0), shape=[1 / 24] * 24).peak) == pytest.approx(1.0)
    assert central(service.demand(tokens(1.0)).peak) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ([1.0], "24 hourly shares, found 1"),
        ([-0.1] + [1.1 / 23] * 23, "hourly share -0.1"),
        ([0.0] * 24, "hourly shares are all 0"),
        (given("peak_ratio", 0.9), "the busiest hour is at least the mean"),
    ],
)
def test_an_impossible_day_is_refused(shape: list[float] | Factor, message: str) -> None:
    """Shares must be 24, not negative and not all zero; a peak is no less than the mean."""
    with pytest.raises(InputError, match=message):
        service.demand(tokens(1.0), shape=shape)


def test_zero_demand_and_zero_throughput_are_refused() -> None:
    """Nothing per token is defined where no token is served."""
    with pytest.raises(InputError, match="demand 0 token/h: give more than 0"):
        service.demand(tokens(0.0))
    with pytest.raises(InputError, match="throughput 0 token/h"):
        service.staffing(service.demand(tokens(1.0)), replica(0.0), ONE)


# --- devices ----------------------------------------------------------------------------------


def test_devices_by_hand() -> None:
    """0.8 M/h at peak over 0.1 M/h at 70 % is 11.4, so 12; n+1 is 13; four devices each is 52."""
    asked = service.demand(tokens(4e5), shape=given("peak_ratio", 2.0))
    found = service.staffing(
        asked,
        replica(1e5),
        FOUR,
        maximum_utilization=SEVENTY,
        spare_replicas=given("spare_replicas", 1.0),
    )
    assert central(found.replicas) == 13
    assert central(found.devices) == 52
    assert central(found.utilization) == pytest.approx(4 / 13)
    assert central(found.idle_share) == pytest.approx(9 / 13)
    assert central(found.replica_demand) == pytest.approx(4e5 / 13)


def test_a_demand_of_exactly_ten_replicas_takes_ten() -> None:
    """Rounding of floating-point numbers does not add a replica."""
    asked = service.demand(tokens(0.7e5 * 10))
    found = service.staffing(asked, replica(1e5), ONE, maximum_utilization=SEVENTY)
    assert central(found.replicas) == 10


@settings(max_examples=60, deadline=None)
@hypothesis_given(st.floats(1.0, 1e9), st.floats(1.0, 10.0), st.floats(1e3, 1e7), st.booleans())
def test_more_demand_never_takes_fewer_devices(
    rate: float, more: float, throughput: float, queue: bool
) -> None:
    """By either rule, and what is idle and what is used make the whole."""
    rule = {"slots": given("slot_count", 32.0)} if queue else {"maximum_utilization": SEVENTY}
    few, many = (
        service.staffing(service.demand(tokens(r)), replica(throughput), ONE, **rule)  # type: ignore[arg-type]
        for r in (rate, rate * more)
    )
    assert central(many.devices) >= central(few.devices) >= 1
    assert 0 < central(few.utilization) <= 1
    assert central(few.utilization) + central(few.idle_share) == pytest.approx(1)


def test_peaks_and_spares_only_add_idle_time() -> None:
    """The same tokens are served by more devices, each used less."""
    flat = service.staffing(
        service.demand(tokens(1e6)), replica(1e5), ONE, maximum_utilization=SEVENTY
    )
    peaked = service.staffing(
        service.demand(tokens(1e6), shape=given("peak_ratio", 3.0)),
        replica(1e5),
        ONE,
        maximum_utilization=SEVENTY,
        spare_share=given("spare_share", 0.2),
    )
    assert central(peaked.devices) > central(flat.devices)
    assert central(peaked.idle_share) > central(flat.idle_share)


def test_an_uncertain_throughput_gives_an_interval_of_whole_devices() -> None:
    """Each draw has a whole number of replicas, and not all the same."""
    rate = Factor("replica_throughput", lognormal(1e5, 1.3), "token/h")
    found = service.staffing(service.demand(tokens(1e6)), rate, ONE, maximum_utilization=SEVENTY)
    drawn = Draws(256, 1).array(found.replicas)
    assert (drawn == np.round(drawn)).all()
    assert np.percentile(drawn, 95) > np.percentile(drawn, 5)


def test_an_unstated_bound_is_assumed_and_said() -> None:
    """Without a bound or slots the assumed interval is used, and a remark says so."""
    found = service.staffing(service.demand(tokens(1e6)), replica(1e5), ONE)
    assert "assumed" in found.remarks[0]
    assert Prediction(found.replicas, "").p95 > Prediction(found.replicas, "").p5


def test_two_rules_at_once_or_an_impossible_bound_are_refused() -> None:
    """Bound and slots exclude each other; a bound is a share above 0."""
    asked = service.demand(tokens(1e6))
    with pytest.raises(InputError, match="give one"):
        service.staffing(
            asked, replica(1e5), ONE, maximum_utilization=SEVENTY, slots=given("slot_count", 8.0)
        )
    with pytest.raises(InputError, match=r"maximum utilization 1\.2"):
        service.staffing(
            asked, replica(1e5), ONE, maximum_utilization=given("maximum_utilization", 1.2)
        )


# --- queues -----------------------------------------------------------------------------------


def erlang_c(servers: int, load: float) -> float:
    """Return the exact probability of waiting of M/M/n (Erlang 1917), by the stable recursion."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


@pytest.mark.parametrize("load", [20.0, 100.0, 500.0, 2000.0])
@pytest.mark.parametrize("waiting", [0.02, 0.05, 0.2])
def test_square_root_staffing_keeps_waiting_near_the_exact_queue(
    load: float, waiting: float
) -> None:
    """Against Erlang C: the slots it gives leave the waiting asked for, within a few percent."""
    margin = service.staffing_margin(waiting)
    slots = math.ceil(float(queueing.staffed_slots(load, margin)))
    assert erlang_c(slots, load) == pytest.approx(waiting, rel=0.3, abs=0.015)


def test_rarer_waiting_takes_a_larger_margin() -> None:
    """Halfin and Whitt: half may wait at 0.51, five percent at 1.7 or so."""
    margins = [service.staffing_margin(share) for share in (0.5, 0.05, 0.001)]
    assert margins == sorted(margins)
    assert margins[0] == pytest.approx(0.506, abs=0.01)
    with pytest.raises(InputError, match="probability of waiting 0"):
        service.staffing_margin(0.0)


def test_large_services_are_used_better() -> None:
    """The margin grows with the square root of the load only."""
    slots = given("slot_count", 64.0)
    small, large = (
        service.staffing(service.demand(tokens(rate)), replica(1e5), ONE, slots=slots)
        for rate in (2e5, 2e7)
    )
    assert central(large.utilization) > central(small.utilization)
    assert "square-root staffing" in large.remarks[0]


# --- batch ------------------------------------------------------------------------------------


def straight(batch: float) -> float:
    """Return a step of 10 ms and 0.1 ms a sequence, in hours."""
    return (10 + 0.1 * batch) / 3.6e6


def test_batch_from_load_meets_the_closed_form() -> None:
    """With t = a + b B, Little gives B = r a / (1 - r b): 2000 token/s make 25."""
    rate = 2000 * 3600.0
    found = service_batch.mean_batch(rate, straight, 512)
    assert found == pytest.approx(2.0 * 10 / (1 - 2.0 * 0.1))
    assert queueing.mean_batch(rate, straight(found), 1.0) == pytest.approx(found)


def test_a_light_load_has_a_batch_below_one() -> None:
    """10 token/s of 10.1 ms steps keep a tenth of a sequence in flight."""
    found = service_batch.mean_batch(10 * 3600.0, straight, 512)
    assert found == pytest.approx(0.101)


def test_load_beyond_the_largest_batch_is_refused_with_the_replicas_it_takes() -> None:
    """9000 token/s on a replica that serves 6154 at a batch of 160 takes 1.46 times as many."""
    with pytest.raises(InputError, match=r"at least 1\.46 times as many replicas"):
        service_batch.mean_batch(9000 * 3600.0, straight, 160)
    with pytest.raises(InputError, match="give more than 0"):
        service_batch.mean_batch(0.0, straight, 160)


def test_latency_target_limits_the_batch() -> None:
    """20 ms a token allow (20 - 10) / 0.1 = 100 sequences; memory may allow fewer."""
    target = 20 / 3.6e6 * (1 + 1e-12)
    assert service_batch.largest_batch(straight, target) == 100
    assert service_batch.largest_batch(straight, target, largest=64) == 64


def test_a_target_below_one_step_is_refused_with_the_step() -> None:
    """No batch is quick enough if one sequence alone is not."""
    with pytest.raises(InputError, match=r"5 ms per token is below .* 10\.1 ms"):
        service_batch.largest_batch(straight, 5 / 3.6e6)


# --- memory -----------------------------------------------------------------------------------


def test_memory_limits_the_batch() -> None:
    """Four devices of 80 GB at 90 % less 140 GB of weights leave 148 GB: 296 caches of 0.5 GB."""
    weights, cache = given("weight_memory", 140.0, "GB"), given("sequence_memory", 0.5, "GB")
    device = given("memory_capacity", 80.0, "GB")
    assert service_batch.batch_by_memory(weights, cache, device, FOUR) == 296
    with pytest.raises(InputError, match=r"take 140\.5 GB, more than 1 devices of 80 GB"):
        service_batch.batch_by_memory(weights, cache, device, ONE)


# --- break-even -------------------------------------------------------------------------------


def energy(name: str, value: float) -> Factor:
    """Return an energy spent once."""
    return given(name, value, "kWh")


def each(name: str, value: float, spread: float = 1.0) -> Factor:
    """Return an energy per request."""
    return Factor(name, lognormal(value, spread) if spread > 1 else value, "kWh/request")


def test_inference_overtakes_training_by_hand() -> None:
    """GPT-3's 1287 MWh at 0.3 Wh a request are 4.29 thousand million requests."""
    found = break_even.inference_overtakes(energy("training", 1.287e6), each("request", 0.3e-3))
    assert found.central == pytest.approx(4.29e9)
    assert found.p5 == found.p50 == found.p95 == pytest.approx(4.29e9)
    assert found.probability_never == 0
    assert found.years(4.29e9)[1] == pytest.approx(1.0)
    with pytest.raises(InputError, match="demand 0 requests"):
        found.years(0.0)


def test_the_interval_of_a_break_even_is_that_of_its_energies() -> None:
    """Energy per request known to a factor of two gives requests to a factor of two."""
    found = break_even.inference_overtakes(energy("training", 1e6), each("request", 1e-3, 1.5))
    assert found.p95 / found.p50 == pytest.approx(1.5**1.645, rel=0.02)
    assert found.p5 < found.central < found.p95


def test_distillation_pays_back_by_hand() -> None:
    """5000 kWh of teacher logits and training over 0.2 Wh saved: 25 million requests."""
    found = break_even.distillation(
        energy("logits", 1000.0), energy("student", 4000.0), each("t", 3e-4), each("s", 1e-4)
    )
    assert found.central == pytest.approx(25e6)


def test_a_student_that_saves_nothing_never_pays_back() -> None:
    """As thirsty as its teacher, or more: never, with certainty, and it says so."""
    for student in (3e-4, 4e-4):
        found = break_even.distillation(
            energy("logits", 1.0), energy("student", 1.0), each("t", 3e-4), each("s", student)
        )
        assert math.isinf(found.central)
        assert found.probability_never == 1
        assert str(found) == "never"


def test_a_doubtful_saving_may_never_pay_back() -> None:
    """Where teacher and student overlap, the share of draws without a saving is reported."""
    found = break_even.distillation(
        energy("logits", 1.0), energy("student", 1.0), each("t", 3e-4, 1.5), each("s", 2.5e-4, 1.5)
    )
    assert 0.2 < found.probability_never < 0.6
    assert math.isinf(found.p95)
    assert "never with probability" in str(found)


def test_energy_spent_once_must_be_more_than_nothing() -> None:
    """Without training there is nothing to overtake."""
    with pytest.raises(InputError, match="energy spent once is 0 kWh"):
        break_even.inference_overtakes(energy("training", 0.0), each("request", 1e-3))
