"""Cost: what is bought, drawn and rented has a price, or is reported as having none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import lca
from lca import Ledger, factors, units
from lca.errors import GateFailed, ScenarioError
from lca.factors.files import rows
from lca.factors.prices import carbon_price, electricity_price, rental_price
from lca.ledger import PHYSICAL
from lca.report import gate, terminal
from lca.report.result import run_result
from lca.terms import Draws, Factor, Node
from lca.vocabulary import HOURS_PER_YEAR

Data = dict[str, Any]
H100 = "nvidia-h100-sxm5-80gb"
POWER = 0.6 * 0.6 + 0.4 * 0.1  # kW: 60 % of the time at 600 W, else 100 W
YEARLY = 8 * HOURS_PER_YEAR * POWER * 1.2  # kWh of the facility in a year


@pytest.fixture
def priced(small: Data) -> Data:
    """Return the small scenario without hosts, each device at 30,000 EUR and 0.14 EUR/kWh."""
    small["fleet"]["chat"]["host"] = "none"
    small["prices"] = {"electricity": "0.14 EUR/kWh", "devices": {H100: "30000 EUR"}}
    return small


@pytest.fixture
def rented(small: Data) -> Data:
    """Return a hundred hours of a cloud instance of eight H100."""
    small["work"] = {
        "tune": {"instance": "aws-p5.48xlarge", "instance_hours": "100 h", "site": "here"}
    }
    small["prices"] = {"currency": "USD", "instances": {"aws-p5.48xlarge": "60 USD/h"}}
    small["functional_unit"] = []
    del small["fleet"]
    return small


def ledger_of(data: Data, samples: int = 0) -> Ledger:
    """Evaluate a scenario as written."""
    return lca.evaluate(lca.load(data), samples=samples, seed=5)


def costs(ledger: Ledger, label: str = "process", **kept: str) -> dict[str, float]:
    """Return central costs by one label."""
    rows = ledger.by(label, indicator=kept.pop("indicator", "cost"), **kept)
    return {row.labels[0]: row.estimate.central for row in rows}


def missing(ledger: Ledger) -> dict[str, str]:
    """Return what has no price, and why."""
    return {gap.what: gap.reason for gap in ledger.missing if gap.indicator == "cost"}


# hand-worked


def test_a_fleet_costs_its_devices_and_the_electricity_of_its_facility(priced: Data) -> None:
    """Eight devices at 30,000 EUR, and five years of facility energy at 0.14 EUR/kWh."""
    found = costs(ledger_of(priced))
    assert found == pytest.approx({"purchase": 8 * 30_000, "electricity": 5 * YEARLY * 0.14})
    assert ledger_of(priced).total("cost").unit == "EUR"


def test_electricity_rises_from_the_first_year(priced: Data) -> None:
    """At 2 % a year the fourth year pays 1.02 cubed of the first."""
    priced["prices"]["electricity_growth"] = "2%"
    found = ledger_of(priced).by("process", "year", indicator="cost")
    paid = {row.labels: row.estimate.central for row in found}
    assert paid["electricity", "2027"] == pytest.approx(YEARLY * 0.14)
    assert paid["electricity", "2030"] == pytest.approx(YEARLY * 0.14 * 1.02**3)


def test_a_purchase_is_booked_when_paid_and_spread_over_life(priced: Data) -> None:
    """Two of five years bear two fifths of the price; the inventory books all of it at once."""
    priced["period"] = "2027-2028"
    ledger = ledger_of(priced)
    assert costs(ledger)["purchase"] == pytest.approx(8 * 30_000 * 2 / 5)
    booked = ledger.by("process", "year", indicator="cost", view="inventory")
    paid = {row.labels: row.estimate.central for row in booked if row.labels[0] == "purchase"}
    assert {key: x for key, x in paid.items() if x} == {("purchase", "2027"): 8 * 30_000}


def test_a_site_and_a_fleet_may_have_prices_of_their_own(priced: Data) -> None:
    """What is nearer counts: the fleet's price, and that of its site."""
    priced["fleet"]["chat"]["price"] = "20 kEUR"
    priced["prices"]["electricity_by_site"] = {"here": "0.1 EUR/kWh"}
    found = costs(ledger_of(priced))
    assert found == pytest.approx({"purchase": 160_000, "electricity": 5 * YEARLY * 0.1})


def test_a_host_is_paid_by_its_accelerators(priced: Data) -> None:
    """Eight accelerators in a host of eight pay one host."""
    del priced["fleet"]["chat"]["host"]
    priced["prices"]["hosts"] = {"hgx-8-gpu": "90 kEUR"}
    ledger = ledger_of(priced)
    found = {
        r.labels: r.estimate.central for r in ledger.by("process", "component", indicator="cost")
    }
    assert found["purchase", "host"] == pytest.approx(90_000)


def test_sunk_devices_are_not_paid_again(priced: Data) -> None:
    """What was bought before the decision costs electricity only, and no price of it is missing."""
    priced["fleet"]["chat"]["embodied"] = "sunk"
    priced["prices"]["devices"] = {}
    ledger = ledger_of(priced)
    assert list(costs(ledger)) == ["electricity"]
    assert missing(ledger) == {}


def test_rent_is_all_that_rented_machines_cost(rented: Data) -> None:
    """A hundred hours at 60 USD are 6,000 USD: electricity and hardware are inside."""
    assert costs(ledger_of(rented)) == pytest.approx({"rental": 6_000})


def test_rent_by_the_accelerator_follows_the_catalog(rented: Data) -> None:
    """Eight hundred accelerator-hours at Lambda's 3.99 USD, from the packaged list."""
    rented["prices"] |= {"instances": {}, "rentals": {H100: "lambda"}}
    assert costs(ledger_of(rented)) == pytest.approx({"rental": 800 * 3.99})


def test_owned_machines_pay_by_the_hour_of_their_life(rented: Data) -> None:
    """Work on owned devices bears the share of the price that its hours are of their sold life."""
    rented["work"]["tune"] = {
        "device": H100, "device_hours": "876.6 h", "ownership": "owned", "lifetime": "5 years",
        "occupancy": "50%", "site": "here", "host": "none",
    }  # fmt: skip
    rented["prices"] = {"electricity": "0.1 EUR/kWh", "devices": {H100: "30000 EUR"}}
    share = 876.6 / (5 * HOURS_PER_YEAR * 0.5)
    assert costs(ledger_of(rented))["purchase"] == pytest.approx(30_000 * share)


def test_an_exchange_rate_brings_prices_home(priced: Data) -> None:
    """A device of 30,000 USD at 0.92 EUR/USD is booked at 27,600 EUR."""
    priced["prices"] |= {"devices": {H100: "30000 USD"}, "exchange": {"USD": "0.92 EUR/USD"}}
    assert costs(ledger_of(priced))["purchase"] == pytest.approx(8 * 27_600)


# carbon


def test_a_price_on_carbon_is_a_line_of_its_own_and_off_by_default(priced: Data) -> None:
    """100 EUR/t on every kilogram of the footprint, in each account and view; else no such line."""
    assert "carbon" not in costs(ledger_of(priced))
    priced["prices"]["carbon"] = "100 EUR/tCO2e"
    priced["sites"]["here"]["contract"] = {"kind": "ppa", "share": "70%", "source": "wind"}
    ledger = ledger_of(priced, 16)
    for basis, view in (("location", "spread"), ("market", "spread"), ("market", "inventory")):
        found = {
            r.labels[0]: r for r in ledger.by("process", indicator="cost", basis=basis, view=view)
        }
        emitted = ledger.total("gwp100", basis=basis, view=view).samples
        np.testing.assert_allclose(found["carbon"].estimate.samples, emitted * 0.1, rtol=1e-12)


def test_the_social_cost_of_carbon_lies_between_its_years() -> None:
    """EPA's 2 % estimate is 230 USD in 2030 and 248 in 2035; in 2032 two fifths of the way."""
    assert carbon_price("us_epa_2_percent", 2032).value == pytest.approx(230 + 18 * 2 / 5)
    with pytest.raises(LookupError, match="nothing is extrapolated"):
        carbon_price("us_epa_2_percent", 2051)


def test_a_carbon_price_by_name_is_in_dollars(priced: Data) -> None:
    """Without an exchange rate it is missing; with one it counts."""
    priced["prices"]["carbon"] = "us_epa_2_percent"
    assert "give prices.exchange.USD" in missing(ledger_of(priced))["price of emissions"]
    priced["prices"]["exchange"] = {"USD": "0.5 EUR/USD"}
    priced["period"] = "2030"
    ledger = ledger_of(priced)
    assert costs(ledger)["carbon"] == pytest.approx(ledger.total().central * 0.230 * 0.5)


# present value


def test_present_value_is_discounted_from_the_year_of_payment(priced: Data) -> None:
    """At 5 % the last of five years of electricity counts 1.05^-4; a purchase today counts whole."""
    priced["prices"]["discount"] = "5%"
    ledger = ledger_of(priced)
    found = costs(ledger, indicator="present_cost", view="inventory")
    worth = sum(1.05**-n for n in range(5))
    assert found["purchase"] == pytest.approx(240_000)
    assert found["electricity"] == pytest.approx(YEARLY * 0.14 * worth)
    assert "present value in 2027" in ledger.total("present_cost").label
    assert "undiscounted" in ledger.total("cost").label


def test_over_a_whole_life_present_value_is_the_same_spread_or_booked(priced: Data) -> None:
    """A share of a purchase is discounted from when it was paid, whatever year bears it."""
    priced["period"] = "2027-2036"
    priced["fleet"]["chat"] |= {"count": {2027: 8, 2029: 4}, "replace": "no"}
    priced["prices"]["discount"] = "7%"
    ledger = ledger_of(priced)
    spread, booked = (
        costs(ledger, indicator="present_cost", view=v) for v in ("spread", "inventory")
    )
    assert booked["purchase"] == pytest.approx(240_000 + 120_000 / 1.07**2)
    assert spread == pytest.approx(booked, rel=1e-12)


@pytest.mark.parametrize("view", ["spread", "inventory"])
def test_a_discount_of_nothing_changes_nothing(priced: Data, view: str) -> None:
    """At 0 % the present value is the cost, draw by draw."""
    priced["prices"] |= {"discount": "0%", "electricity": "0.14 EUR/kWh ± 20%"}
    ledger = ledger_of(priced, 32)
    now, plain = (ledger.total(name, view=view).samples for name in ("present_cost", "cost"))
    np.testing.assert_array_equal(now, plain)


def test_emissions_are_never_discounted(priced: Data) -> None:
    """A rate of discount, and prices as such, move no other indicator."""
    before = {k: v for k, v in priced.items() if k != "prices"}
    priced["prices"] |= {"discount": "10%", "carbon": "100 EUR/tCO2e"}
    a, b = ledger_of(before, 16), ledger_of(priced, 16)
    for indicator in PHYSICAL:
        np.testing.assert_array_equal(a.total(indicator).samples, b.total(indicator).samples)


# what is not known


def test_a_missing_price_is_reported_and_never_nothing(small: Data) -> None:
    """Devices and hosts without a price are missing by name; the electricity still counts."""
    small["prices"] = {"electricity": "0.14 EUR/kWh"}
    ledger = ledger_of(small)
    assert list(costs(ledger)) == ["electricity"]
    assert missing(ledger) == {
        f"purchase of {H100}": f"no price is given; add prices.devices.{H100}",
        "purchase of hgx-8-gpu": "no price is given; add prices.hosts.hgx-8-gpu",
    }
    told = run_result(lca.load(small), [ledger])["options"][0]["total"]["cost"]
    assert len(told["missing"]) == 2


def test_without_prices_cost_is_unknown(small: Data) -> None:
    """The total refuses, and a result that asks for cost gives null with the reason."""
    small["indicators"] = ["gwp100", "cost"]
    ledger = ledger_of(small)
    with pytest.raises(ScenarioError, match=r"cost of .* is not known: nothing has a price"):
        ledger.total("cost")
    told = run_result(lca.load(small), [ledger])["options"][0]["total"]["cost"]["location"]
    assert told["median"] is None
    assert "add prices to the scenario" in told["reason"]


def test_rent_without_a_price_is_missing(rented: Data) -> None:
    """The instance is named; its electricity is not put in place of its rent."""
    rented["prices"]["instances"] = {}
    ledger = ledger_of(rented)
    assert missing(ledger) == {
        "rent of work.tune": "no rent is given; add prices.instances.aws-p5.48xlarge"
    }
    assert not ledger.knows("cost")


def test_a_region_without_a_packaged_price_is_missing(priced: Data) -> None:
    """Japan is in no table: its electricity is missing, not that of another country."""
    priced["sites"]["here"]["region"] = "JP"
    del priced["prices"]["electricity"]
    reason = missing(ledger_of(priced))["electricity of here"]
    assert reason == "no industrial price of Japan (JP) is packaged; give prices.electricity"


# packaged prices


def test_the_packaged_price_of_a_region_is_an_assumption_with_its_year(priced: Data) -> None:
    """Germany's industrial price counts where none is stated, and every report lists it."""
    del priced["prices"]["electricity"]
    ledger = ledger_of(priced)
    known = electricity_price("DE", "industrial")
    assert costs(ledger)["electricity"] == pytest.approx(5 * YEARLY * known.value)
    result = run_result(lca.load(priced), [ledger])
    (told,) = [one for one in result["assumptions"] if one["name"] == "electricity_price"]
    assert told["source"] == "eurostat-nrg-pc-205"
    assert "2024-2025" in told["note"]
    assert any("Germany 2024-2025" in text for text in result["warnings"])


def test_packaged_prices_are_as_delivered() -> None:
    """Single rows by kind, in their own currency: nothing is converted."""
    assert electricity_price("US-CA", "industrial").value == 0.2153
    assert electricity_price("US", "industrial").unit == "USD/kWh"
    assert electricity_price("aws:eu-central-1", "wholesale").about.endswith(
        "Germany 2024, no network charges, levies or supplier margin"
    )
    assert rental_price("nebius", H100).value == 2.95


def test_only_open_prices_are_packaged() -> None:
    """Each row of electricity names an open licence and a source of the bibliography."""
    known = lca.load(MINIMAL).library.sources
    table = rows("prices/electricity")
    assert len(table) == 338
    assert {row["source"] for row in table} <= set(known)
    assert {row["licence"] for row in table} == {
        "CC BY 4.0", "CC BY 4.0 (Eurostat reuse)", "US public domain",
    }  # fmt: skip
    for name in ("prices/rentals", "prices/carbon"):
        assert factors.sidecar(name).source in known


MINIMAL: Data = {
    "schema": "1",
    "period": "2027",
    "sites": {"here": {"region": "FR", "pue": "1.2"}},
    "fleet": {"one": {"device": H100, "count": 1, "lifetime": "1 year", "site": "here"}},
}


# broken input

BROKEN: dict[str, tuple[dict[str, object], str]] = {
    "dollars without a rate": (
        {"devices": {H100: "30000 USD"}},
        "a price in USD, while results are in EUR: give prices.exchange: {USD: ... EUR/USD}",
    ),
    "a rate the wrong way round": (
        {"exchange": {"USD": "1.09 USD/EUR"}},
        "exchange: USD is given in USD/EUR; write for example {USD: 0.92 EUR/USD}",
    ),
    "no currency": ({"electricity": "0.14"}, "has no unit"),
    "two currencies": ({"devices": {H100: {"low": "1 EUR", "high": "2 USD"}}}, "USD"),
    "another dimension": ({"electricity": "0.14 EUR/kg"}, "is not a unit of EUR/kWh"),
    "an unknown kind": ({"electricity": "industrail"}, 'did you mean "industrial"?'),
    "an unknown device": ({"devices": {"nvidia-h100-sxm": "1 EUR"}}, "did you mean"),
    "an unknown site": ({"electricity_by_site": {"hree": "0.1 EUR/kWh"}}, 'did you mean "here"?'),
    "an unknown cloud": ({"rentals": {H100: "lamda"}}, 'did you mean "lambda"?'),
    "less than nothing": ({"devices": {H100: "-1 EUR"}}, "is less than 0"),
    "an unknown currency": ({"currency": "CHF"}, "one of: EUR, USD, GBP"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_in_prices_is_told_in_place(case: str) -> None:
    """The message says what was found and what to write, at the path of the price."""
    prices, message = BROKEN[case]
    with pytest.raises(ScenarioError) as caught:
        lca.load({**MINIMAL, "prices": prices})
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.path.startswith("prices")


def test_a_fleet_priced_abroad_is_told_at_the_fleet() -> None:
    """The problem stands where the price is written."""
    data = copy.deepcopy(MINIMAL) | {"prices": {}}
    data["fleet"]["one"]["price"] = "30 kUSD"
    with pytest.raises(ScenarioError, match=r"fleet\.one\.price: a price in USD"):
        lca.load(data)


# units, sums, and what is shown


def _quantity(node: Node) -> Any:
    """Evaluate a node with pint quantities all the way."""
    if isinstance(node, Factor):
        return units.quantity(node.distribution.central, node.unit)
    return node.formula(**{name: _quantity(part) for name, part in node.inputs})


def test_every_cost_is_proved_in_its_currency(priced: Data) -> None:
    """Intensities run on quantities give currency per activity, and the bare number."""
    priced["prices"] |= {
        "devices": {H100: "30000 USD"}, "exchange": {"USD": "0.9 EUR/USD"}, "discount": "3%",
        "carbon": "us_epa_1.5_percent", "electricity_growth": "1%", "rentals": {H100: "nebius"},
    }  # fmt: skip
    priced["work"] = {
        "tune": {"device": H100, "device_hours": "9 ± 1 h", "site": "here"},
        "past": {"it_energy": "3 MWh", "site": "here"},
    }
    lines = [x for x in ledger_of(priced).lines if x.indicator in {"cost", "present_cost"}]
    assert {x.process for x in lines} == {"purchase", "electricity", "rental", "carbon"}
    for line in lines:
        wanted = "EUR" if line.per in {"", "device"} else "EUR/h"
        for node in set(line.intensity):
            bare = float(Draws(0, 0).array(node)[0])
            assert node.unit == wanted
            assert _quantity(node).to(wanted).magnitude == pytest.approx(bare, rel=1e-12)


@pytest.mark.parametrize("indicator", ["cost", "present_cost"])
def test_costs_add_up_by_every_label(priced: Data, indicator: str) -> None:
    """Rows by any label sum to the total, in both views."""
    priced["prices"] |= {"discount": "4%", "carbon": "50 EUR/tCO2e"}
    ledger = ledger_of(priced, 32)
    for view in ("spread", "inventory"):
        whole = ledger.total(indicator, view=view).samples
        for label in ("process", "component", "asset", "year", "stage", "site"):
            parts = sum(
                r.estimate.samples for r in ledger.by(label, indicator=indicator, view=view)
            )
            np.testing.assert_allclose(parts, whole, rtol=1e-12)


def test_options_share_the_draws_of_a_price(priced: Data) -> None:
    """Half the devices at an uncertain price of electricity cost half in every draw."""
    priced["prices"]["electricity"] = "0.14 EUR/kWh ± 30%"
    priced["options"] = {"half": {"fleet.chat.count": 4}}
    draws = Draws(64, 1)
    whole, half = (lca.evaluate(o, draws=draws) for o in lca.load(priced).options())
    np.testing.assert_allclose(half.total("cost").samples * 2, whole.total("cost").samples)
    assert np.unique(whole.total("cost").draws).size == 64


@pytest.mark.parametrize(
    ("limit", "crossed"),
    [("cost > 1 MEUR", False), ("cost > 100 kEUR", True), ("cost > 1 MUSD", True)],
)
def test_a_limit_on_cost_names_its_currency(priced: Data, limit: str, crossed: bool) -> None:
    """A limit in another currency cannot be ruled out, so it fails and says so."""
    check: Callable[[], None] = lambda: gate.check(  # noqa: E731
        run_result(lca.load(priced), [ledger_of(priced)]), [gate.read(limit)]
    )
    if not crossed:
        check()
        return
    with pytest.raises(GateFailed, match="cost is"):
        check()


def test_money_is_shown_in_thousands_and_millions(priced: Data) -> None:
    """A total reads in kEUR; a result tells what is paid for what."""
    ledger = ledger_of(priced)
    assert "kEUR" in str(ledger.total("cost"))
    told = run_result(lca.load(priced), [ledger])["options"][0]["costs"]["cost"]
    assert set(told) == {"purchase", "electricity"}


def test_work_without_hours_has_no_rent(rented: Data) -> None:
    """Energy was measured on a rented device, but not for how long: its rent is missing, not 0."""
    rented["work"]["tune"] = {
        "device": H100, "it_energy": "3 kWh", "device_hours": "0 h", "site": "here",
    }  # fmt: skip
    rented["prices"]["rentals"] = {H100: "3 USD/h"}
    ledger = ledger_of(rented)
    assert "it has no hours" in missing(ledger)["rent of work.tune"]
    assert not ledger.knows("cost")


def test_booked_up_front_a_purchase_is_discounted_when_booked(priced: Data) -> None:
    """Two purchases that are not spread count as paid, each from its own year."""
    priced["fleet"]["chat"]["count"] = {"2027": 8, "2029": 4}
    priced["assumptions"] = {"amortize": "up_front"}
    priced["prices"]["discount"] = "7%"
    found = costs(ledger_of(priced), indicator="present_cost")
    assert found["purchase"] == pytest.approx(240_000 + 120_000 / 1.07**2)


def test_the_page_tells_what_is_paid_for(priced: Data) -> None:
    """Purchase, electricity, sum and present value stand in one table; what lacks is marked."""
    del priced["fleet"]["chat"]["host"]
    priced["prices"]["discount"] = "5%"
    page = terminal.render(run_result(lca.load(priced), [ledger_of(priced, 32)]))
    table = page.partition("Cost [kEUR]")[2].partition("\n\n")[0]
    for words in ("purchase", "electricity", "cost ", "cost, present value", "280*", "270*"):
        assert words in table
    assert "Not counted (1)" in page
