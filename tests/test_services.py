"""Training, answering, services and data in a scenario: laws, and a case worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lca
from lca import Ledger
from lca.errors import ScenarioError
from lca.report.phases import overtaking
from lca.scenario import Scenario
from lca.terms import Draws
from lca.vocabulary import HOURS_PER_YEAR
from lca.workloads import training_energy

H100 = "nvidia-h100-sxm5-80gb"
BASE: dict[str, Any] = {
    "schema": "1",
    "period": "2027-2029",
    "functional_unit": ["1 million tokens", "1 million requests"],
    "sites": {"here": {"region": "DE", "pue": "1.2"}},
    "models": {"small": {"preset": "llama-3.1-8b"}, "large": {"preset": "llama-3.1-70b"}},
}
SERVICE: dict[str, Any] = {
    "model": "large",
    "device": H100,
    "devices_per_replica": "4",
    "output_tokens": "300 tokens",
    "prompt_tokens": "500 tokens",
    "latency": "40 ms",
    "demand": {"requests": "1e6 request/day", "growth": "25%", "peak": "2"},
    "maximum_utilization": "70%",
    "lifetime": "5 years",
    "site": "here",
}
TRAINING: dict[str, Any] = {
    "phase": "training",
    "train": {"model": "small", "tokens": "2e12 tokens", "sequence": "8192 tokens"},
    "device": H100,
    "site": "here",
}


def served(**changes: Any) -> Scenario:
    """Return a scenario with one service, some of its entries changed."""
    return lca.load(BASE | {"services": {"chat": SERVICE | changes}})


def worked(**entry: Any) -> Scenario:
    """Return a scenario with one piece of work, run once."""
    return lca.load(BASE | {"work": {"job": entry}})


def ledger(scenario: Scenario, samples: int = 64) -> Ledger:
    """Evaluate a scenario on few draws."""
    return lca.evaluate(scenario, samples=samples, seed=1)


def devices(scenario: Scenario) -> list[int]:
    """Return the devices that stand ready in each year."""
    return [year.devices for year in scenario.plans.services["services.chat"].years]


def test_a_service_delivers_what_is_asked_of_it_in_every_draw() -> None:
    """Tokens are requests times their length, grown year by year; uncertain speed changes none."""
    found = ledger(served()).units("1 million tokens")
    asked = 1e6 / 24 * HOURS_PER_YEAR * 300 * (1 + 1.25 + 1.25**2) / 1e6
    assert found.samples == pytest.approx(np.full(65, asked), rel=1e-12)


def test_tokens_per_request_tie_both_functional_units_together() -> None:
    """An uncertain length moves tokens, and leaves the requests that were asked for."""
    uncertain = served(
        output_tokens={"low": "100 tokens", "mode": "300 tokens", "high": "900 tokens"}
    )
    found = ledger(uncertain)
    assert np.ptp(found.units("1 million requests").samples) < 1e-9
    assert np.ptp(found.units("1 million tokens").samples) > 1


def test_accelerators_of_a_service_draw_the_energy_of_its_tokens() -> None:
    """Energy while answering is tokens times energy per token, draw by draw, year by year."""
    scenario = served()
    found, draws = ledger(scenario), Draws(64, 1)
    rows = found.by("component", "process", "year", indicator="it_energy")
    answering: dict[str, Any] = {}
    for row in rows:
        component, process, year = row.labels
        if component == "accelerator" and process in {"prefill", "decode"}:
            answering[year] = answering.get(year, 0) + row.estimate.samples
    for place, planned in enumerate(scenario.plans.services["services.chat"].years):
        tokens = 1e6 / 24 * HOURS_PER_YEAR * 300 * 1.25**place
        expected = tokens * draws.array(planned.serving.energy_per_token)
        assert answering[str(2027 + place)] == pytest.approx(expected, rel=1e-9)


def test_prompts_and_answers_stand_apart() -> None:
    """Longer prompts move time and energy into reading them."""
    shares = []
    for prompt in ("100 tokens", "4000 tokens"):
        rows = ledger(served(prompt_tokens=prompt), 0).by("process", indicator="it_energy")
        found = {row.labels[0]: row.estimate.central for row in rows}
        shares.append(found["prefill"] / (found["prefill"] + found["decode"]))
    assert 0 < shares[0] < shares[1] < 1


def test_a_service_is_sized_as_by_hand() -> None:
    """Replicas are the busiest hour over throughput times the bound, rounded up."""
    scenario = served(batch="16")
    plan = scenario.plans.services["services.chat"]
    throughput = float(Draws(0, 0).array(plan.years[0].serving.throughput)[0])
    at_peak = served(latency="40 ms").plans.services["services.chat"]
    assert at_peak.devices_per_replica == 4
    peak = 1e6 / 24 * 300 * 2
    fewest = (
        peak / (throughput * 6) / 0.7
    )  # the batch of the busiest hour serves at most some times more
    assert plan.years[0].devices >= 4 * int(fewest)
    for place, year in enumerate(plan.years):
        assert year.devices % 4 == 0
        assert year.devices >= plan.years[max(0, place - 1)].devices


@pytest.mark.parametrize(
    ("easier", "harder"),
    [
        ({"demand": {"requests": "1e6 request/day"}}, {"demand": {"requests": "4e6 request/day"}}),
        ({"latency": "80 ms"}, {"latency": "25 ms"}),
        ({"demand": {"requests": "1e6 request/day", "peak": "1"}}, {"demand": {"requests": "1e6 request/day", "peak": "4"}}),
        ({"redundancy": "0%"}, {"redundancy": "50%"}),
        ({"maximum_utilization": "90%"}, {"maximum_utilization": "40%"}),
    ],
)  # fmt: skip
def test_asking_more_never_takes_fewer_devices(
    easier: dict[str, Any], harder: dict[str, Any]
) -> None:
    """More demand, less patience, a sharper peak, more spares: none of them saves devices."""
    few, many = devices(served(**easier)), devices(served(**harder))
    assert all(a <= b for a, b in zip(few, many, strict=True))
    assert few[-1] < many[-1]


def test_falling_demand_keeps_the_devices_that_stand_there() -> None:
    """What was bought stays to the end of its life, and is paid for by fewer tokens."""
    falling = served(demand={"requests": "4e6 request/day", "growth": "-40%"})
    assert len(set(devices(falling))) == 1
    assert (
        ledger(falling, 0).per().central
        > ledger(served(demand={"requests": "4e6 request/day"}), 0).per().central
    )


def test_next_to_no_demand_takes_one_replica() -> None:
    """A request in a century is answered, by as many devices as hold the model."""
    plan = served(demand={"requests": "1e-6 request/day"}).plans.services["services.chat"]
    assert [year.devices for year in plan.years] == [4, 4, 4]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"demand": {"requests": "1e18 request/day"}}, "more than 1,000,000,000; check"),
        ({"output_tokens": "1e30 tokens"}, "or shorter prompts and answers"),
    ],
)
def test_what_no_devices_could_do_is_refused(entry: dict[str, Any], message: str) -> None:
    """Demand beyond all devices, and a request beyond all memory, are told as such."""
    with pytest.raises(ScenarioError, match=message):
        served(**entry)


def test_a_preset_takes_the_name_under_which_it_was_measured() -> None:
    """Its rows correct the energy of its tokens: the interval is narrower with them."""
    name = "meta-llama/Llama-3.1-70B-Instruct"
    known = lca.load(
        BASE
        | {"models": {"large": {"preset": "llama-3.1-70b", "name": name}}}
        | {"services": {"chat": SERVICE}}
    )
    widths = []
    for one in (served(), known):
        drawn = ledger(one, 256).total("it_energy").draws
        widths.append(np.log(np.quantile(drawn, 0.95) / np.quantile(drawn, 0.05)))
    assert widths[1] < widths[0]


def test_an_unknown_preset_is_refused_beside_parameters() -> None:
    """A name that leads nowhere is never left out in silence."""
    models = {"large": {"preset": "llama-9", "parameters": "70e9"}}
    with pytest.raises(ScenarioError, match='no AI model "llama-9"'):
        lca.load(BASE | {"models": models, "services": {"chat": SERVICE}})


def test_a_larger_batch_takes_less_energy_per_token() -> None:
    """The law that decides most of serving."""
    few, many = (ledger(served(batch=size), 0).per().central for size in ("8", "48"))
    assert many < few


def test_a_peak_or_a_day_of_the_same_peak_is_the_same_service() -> None:
    """24 hours of which one has twice the mean are a peak of two."""
    day = ["1"] * 12 + ["0"] * 11 + ["12"]
    shaped = served(demand={"requests": "1e6 request/day", "hours": day})
    peaked = served(demand={"requests": "1e6 request/day", "peak": "12"})
    assert devices(shaped) == devices(peaked)


def test_training_in_a_scenario_is_the_training_of_python() -> None:
    """Accelerator energy of the work equals `training_energy` of the same run."""
    rows = ledger(worked(**TRAINING), 0).by("component", "process", indicator="it_energy")
    found = {row.labels: row.estimate.central for row in rows}
    alone = training_energy("llama-3.1-8b", 2e12, H100, sequence=8192)
    assert found["accelerator", "final run"] == pytest.approx(alone.central, rel=1e-12)


def test_development_stands_beside_the_final_run() -> None:
    """A factor of 3 leaves the final run and adds twice as much."""
    program = TRAINING | {"train": TRAINING["train"] | {"development_factor": "3"}}
    rows = ledger(worked(**program), 0).by("process", indicator="it_energy")
    found = {row.labels[0]: row.estimate.central for row in rows}
    assert found["development"] == pytest.approx(2 * found["final run"])


def test_retraining_is_done_in_every_year() -> None:
    """``runs_per_year`` times years is how often it is done, and how many runs are delivered."""
    once = ledger(lca.load(BASE | {"functional_unit": "1 run", "work": {"job": TRAINING}}), 0)
    often = TRAINING | {"runs_per_year": "4"}
    many = ledger(lca.load(BASE | {"functional_unit": "1 run", "work": {"job": often}}), 0)
    assert many.units().central == pytest.approx(12)
    assert many.total("it_energy").central == pytest.approx(12 * once.total("it_energy").central)


def test_answers_on_shared_machines_take_their_tokens() -> None:
    """Requests and their length are tokens; energy of accelerators is theirs."""
    answer = {"model": "small", "output_tokens": "250 tokens", "batch": "32"}
    scenario = worked(answer=answer, requests="2e6 requests", device=H100, site="here")
    found = ledger(scenario)
    assert found.units("1 million tokens").central == pytest.approx(500)
    plan = scenario.plans.answers["work.job"]
    expected = 5e8 * Draws(64, 1).array(plan.serving.energy_per_token)
    rows = found.by("component", "process", indicator="it_energy")
    drawn = {row.labels: row.estimate.samples for row in rows}
    both = drawn["accelerator", "prefill"] + drawn["accelerator", "decode"]
    assert both == pytest.approx(expected, rel=1e-9)


def test_data_that_is_kept_draws_power_to_the_end_of_the_period() -> None:
    """Energy of stored data is watts per terabyte times copies, fill and hours."""
    store = {"data": "100 TB", "medium": "hdd", "replicas": "3", "fill": "50%"}
    whole = ledger(worked(store=store, site="here"), 0)
    half = ledger(worked(store=store | {"duration": "1.5 years"}, site="here"), 0)
    assert half.total("it_energy").central == pytest.approx(whole.total("it_energy").central / 2)
    made = {row.labels[0] for row in whole.by("stage")}
    assert made == {"manufacture", "operation"}


def test_networks_stand_outside_of_the_facility() -> None:
    """PUE does not touch the electricity of a network."""
    transfer = {"transfer": {"data": "100 TB", "year": "2020"}, "site": "here"}
    cool = lca.load(BASE | {"work": {"job": transfer}})
    hot = cool.replace("sites.here.pue", "2")
    assert ledger(cool, 0).total().central == ledger(hot, 0).total().central > 0


def test_cores_bear_a_share_of_their_server() -> None:
    """With a server named, preprocessing has manufacture; without, that is reported missing."""
    cores = {"cpu": "amd-epyc-7763", "core_hours": "1e5 h"}
    bare = ledger(worked(cores=cores, site="here"), 0)
    hosted = ledger(worked(cores=cores | {"server": "hgx-8-gpu"}, site="here"), 0)
    assert any(gap.stage == "manufacture" and "server" in gap.reason for gap in bare.missing)
    assert {row.labels[0] for row in hosted.by("stage")} >= {"manufacture", "operation"}
    assert hosted.total("it_energy").central == bare.total("it_energy").central


def test_serving_overtakes_training_where_their_sums_meet() -> None:
    """The amount times what serving emits per unit is what training emitted, draw by draw."""
    scenario = lca.load(BASE | {"work": {"train": TRAINING}, "services": {"chat": SERVICE}})
    found = ledger(scenario)
    told = overtaking(found, "location")
    assert told is not None
    phases = {row.labels[0]: row.estimate for row in found.by("phase")}
    per_unit = phases["inference"].central / found.units("1 million tokens").central
    assert told["amount"]["central"] * per_unit == pytest.approx(phases["training"].central)
    assert 0 <= told["probability"] <= 1


def test_nothing_is_overtaken_without_both() -> None:
    """A scenario that only serves, or only trains, has no such point."""
    assert overtaking(ledger(served(), 8), "location") is None
    assert overtaking(ledger(worked(**TRAINING), 8), "location") is None


def test_two_options_that_serve_one_model_share_what_is_unknown_of_it() -> None:
    """The model's own residual cancels in a comparison of two sites."""
    base = served()
    found = lca.compare(base, base.replace("sites.here.region", "SE"), samples=256)
    assert max(pair.probability_first_lower for pair in found.pairs) in {0.0, 1.0}


@pytest.mark.parametrize(
    ("training", "tuning", "each", "published"),
    [
        # BLOOMz-7B and BLOOMz-1B, Luccioni, Jernite, Strubell, FAccT 2024, Table 5
        ("51686 kWh", "7571 kWh", 1.0e-4, 592_570_000),
        ("17052 kWh", "1081 kWh", 6.2e-5, 292_467_741),
    ],
)
def test_published_parity_of_training_and_answering(
    training: str, tuning: str, each: float, published: int
) -> None:
    """Energy of training and tuning over that of an answer: the answers until both are equal."""
    scenario = lca.load(
        {
            "schema": "1",
            "period": "2023",
            "functional_unit": "1 request",
            "sites": {"here": {"region": "FR", "pue": "1"}},
            "work": {
                "train": {"phase": "training", "it_energy": training, "site": "here"},
                "tune": {"phase": "optimization", "it_energy": tuning, "site": "here"},
                "answer": {
                    "phase": "inference",
                    "it_energy": f"{each * 1e6} kWh",
                    "requests": "1e6 requests",
                    "site": "here",
                },
            },
        }
    )
    told = overtaking(ledger(scenario, 0), "location")
    assert told is not None
    assert told["amount"]["central"] == pytest.approx(published, rel=1e-3)


@pytest.mark.parametrize(
    ("training", "prompts", "published"),
    [
        # OLMo 2 7B and Llama 3.2 1B at one request a second, Morrison et al., ICLR 2025, Table 3
        (52e3, 0.1189, 1.05e9),
        (107e3, 0.0531, 4.83e9),
    ],
)
def test_published_parity_by_emissions(training: float, prompts: float, published: float) -> None:
    """Emissions of training over those of 2,400 prompts, as the paper counts them."""
    grid = {"here": {"region": "US", "grid": {"value": "1 kgCO2e/kWh"}, "pue": "1"}}
    scenario = lca.load(
        {
            "schema": "1",
            "period": "2025",
            "functional_unit": "1 request",
            "sites": grid,
            "work": {
                "train": {"phase": "training", "it_energy": f"{training} kWh", "site": "here"},
                "answer": {
                    "phase": "inference",
                    "it_energy": f"{prompts} kWh",
                    "requests": "2400 requests",
                    "site": "here",
                },
            },
        }
    )
    told = overtaking(ledger(scenario, 0), "location")
    assert told is not None
    assert told["amount"]["central"] == pytest.approx(published, rel=5e-3)
