"""Standards: each requirement is filled, missing or not applicable; inventory lines by role."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

import lca
from lca.comparison import compare
from lca.evaluation import evaluate
from lca.ledger import Ledger
from lca.report import standards
from lca.report.inventory_lines import InventoryLine, data, lines_of
from lca.report.result import compare_result, run_result
from lca.scenario import Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
ROLES = ("buyer", "cloud_user", "tenant", "provider", "maker")


def changed(name: str, **values: Any) -> Scenario:
    """Return a packaged scenario's base with some of its top-level values changed."""
    text = yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"))
    return lca.load(text | values).options()[0]


_LEDGERS: dict[str, Ledger] = {}
"""Ledgers already made, by digest of their scenario."""


def evaluated(scenario: Scenario) -> Ledger:
    """Return the ledger of a scenario, on few draws."""
    key = scenario.digest()
    if key not in _LEDGERS:
        _LEDGERS[key] = evaluate(scenario, samples=32, seed=5)
    return _LEDGERS[key]


def answered(scenario: Scenario, **values: Any) -> dict[str, standards.Answer]:
    """Return the answers for a scenario's own run, by requirement."""
    result = run_result(scenario, [evaluated(scenario)]) | values
    return {answer.id: answer for answer in standards.answers(result, scenario)}


@pytest.fixture(scope="module", name="buyer")
def fixture_buyer() -> Scenario:
    """Return a purchase for five years."""
    return changed("procurement")


@pytest.fixture(scope="module", name="compared")
def fixture_compared() -> tuple[dict[str, Any], Scenario]:
    """Return the result of comparing two options, and the scenario."""
    scenario = lca.load(SCENARIOS / "procurement.yaml")
    found = compare(*scenario.options()[:2], samples=32)
    return compare_result(scenario, found), scenario


def test_every_requirement_is_answered_once(buyer: Scenario) -> None:
    """All 77 requirements are in the table, each with a status and a place or a reason."""
    found = answered(buyer)
    assert len(found) == len(data()["items"]) == 77
    assert all(answer.status in standards.STATES for answer in found.values())
    assert [answer.id for answer in found.values() if not answer.text] == []


def test_every_condition_and_probe_of_the_data_exists() -> None:
    """The list names only standards, needs, bases, conditions and probes that are known."""
    for item in data()["items"]:
        assert item["std"] in data()["standards"], item["id"]
        assert item["need"] in {"must", "cond", "should"}, item["id"]
        assert item["basis"] in {"opened", "secondary", "recalled"}, item["id"]
        assert item["when"].startswith("cat") or item["when"] in standards._CONDITIONS, item["id"]
        assert item["shown"].startswith("cat") or item["shown"] in standards._PROBES, item["id"]


def test_every_stage_of_every_role_has_a_line() -> None:
    """Each role says where each stage goes, grid losses and credits included."""
    stages = {"manufacture", "transport", "operation", "grid_losses", "end_of_life"}
    for role in ROLES:
        places = data()["roles"][role]
        assert set(places) == stages | {"recovery_credit"}
        assert set(places.values()) <= set(data()["lines"])
        assert places["recovery_credit"] == "credit"


def test_table_has_a_row_for_each(buyer: Scenario) -> None:
    """The table repeats the answers, and its note claims no compliance."""
    result = run_result(buyer, [evaluated(buyer)])
    table = standards.table(result, buyer)
    assert len(table.rows) == 77
    assert {len(cells) for _, cells in table.rows} == {len(table.columns)}
    assert "Prepared with reference to" in table.note
    assert "written from memory" in table.note


def test_summary_counts_every_requirement(buyer: Scenario) -> None:
    """Counts by standard add up to the list."""
    result = run_result(buyer, [evaluated(buyer)])
    rows = standards.summary(result, buyer).rows
    assert sum(int(cell.text) for _, cells in rows for cell in cells) == 77


@pytest.mark.parametrize("public", ["internal", "public"])
def test_compliance_is_never_claimed(
    compared: tuple[dict[str, Any], Scenario], public: str
) -> None:
    """No text of ours says that a report complies with anything."""
    result, scenario = compared[0] | {"publication": public}, compared[1]
    said = [*standards.claims(result), standards.table(result, scenario).note]
    said += [answer.text for answer in standards.answers(result, scenario)]
    for text in said:
        assert "compliant" not in text
        assert "complies" not in text
    assert standards.PREPARED in said


def test_public_comparison_carries_the_limit_of_iso_14044(
    compared: tuple[dict[str, Any], Scenario],
) -> None:
    """A comparison marked public says that it may not be published as one, and misses its review."""
    result, scenario = compared[0] | {"publication": "public"}, compared[1]
    said = "\n".join(standards.claims(result))
    assert "must not be published as a comparative assertion" in said
    assert "2 impact categories are assessed" in said
    review = {a.id: a for a in standards.answers(result, scenario)}["iso-06"]
    assert review.status == standards.MISSING


def test_internal_comparison_names_what_publishing_would_ask(
    compared: tuple[dict[str, Any], Scenario],
) -> None:
    """A comparison for internal use says what would be asked before it is made public."""
    result, scenario = compared
    assert "for internal use" in standards.claims(result)[1]
    review = {a.id: a for a in standards.answers(result, scenario)}["iso-06"]
    assert review.status == standards.NOT_APPLICABLE


def test_run_without_options_claims_no_comparison(buyer: Scenario) -> None:
    """Without a comparison there is no limit on comparing, and its checks are missing."""
    result = run_result(buyer, [evaluated(buyer)])
    assert standards.claims(result) == [standards.PREPARED]
    assert answered(buyer)["iso-05"].status == standards.MISSING


@pytest.mark.parametrize(
    ("number", "values"),
    [
        ("ghgp-p-02", {"title": ""}),
        ("iso-01", {"question": ""}),
        ("ghgp-p-21", {"samples": 0}),
        ("ghgp-p-12", {"lines": []}),
    ],
)
def test_what_is_taken_away_is_missing(
    buyer: Scenario, number: str, values: dict[str, Any]
) -> None:
    """A requirement that is filled becomes missing when what answers it is gone."""
    assert answered(buyer)[number].status == standards.FILLED
    assert answered(buyer, **values)[number].status == standards.MISSING


def test_what_no_source_gives_is_missing(buyer: Scenario) -> None:
    """Biogenic parts, assurance and contact are missing, never taken as nothing."""
    found = answered(buyer)
    for number in ("ghgp-p-01", "ghgp-p-19", "ghgp-p-22", "iso-09"):
        assert found[number].status == standards.MISSING


def test_market_based_total_without_instruments_is_missing(buyer: Scenario) -> None:
    """A market-based total that only repeats the location-based one does not fill the requirement."""
    assert answered(buyer)["ghgp-s2-02"].status == standards.MISSING
    sites = {"colocation": {"region": "DE", "contract": {"kind": "ppa", "share": 0.5, "source": "wind", "residual": "600 gCO2e/kWh"}}}  # fmt: skip
    assert answered(changed("procurement", sites=sites))["ghgp-s2-02"].status == standards.FILLED


def test_grid_losses_left_out_are_missing() -> None:
    """Category 3 is not filled where the scenario leaves losses out."""
    without = changed("procurement", assumptions={"electricity": {"losses": "exclude"}})
    assert answered(without)["ghgp-s3-03"].status == standards.MISSING


@pytest.mark.parametrize(
    ("role", "applies"),
    [
        ("buyer", {"ghgp-s3-01", "ghgp-s3-03", "ghgp-s3-04", "ghgp-s3-05"}),
        ("provider", {"ghgp-s3-01", "ghgp-s3-03", "ghgp-s3-04", "ghgp-s3-05", "ghgp-s3-09"}),
        ("tenant", {"ghgp-s3-01", "ghgp-s3-03", "ghgp-s3-04", "ghgp-s3-05", "ghgp-s3-06"}),
        ("cloud_user", {"ghgp-s3-02"}),
        ("maker", {"ghgp-s3-07", "ghgp-s3-08"}),
    ],
)
def test_categories_apply_by_role(role: str, applies: set[str]) -> None:
    """A buyer has category 2, 4 and 5, a cloud user 1, a maker 11 and 12, a lessor 13."""
    found = answered(changed("procurement", role=role))
    asked = {
        number
        for number, answer in found.items()
        if number.startswith("ghgp-s3") and answer.status != standards.NOT_APPLICABLE
    }
    assert asked == applies


def test_data_center_law_is_asked_of_large_operators() -> None:
    """EU 2024/1364 applies to a provider from 500 kW of IT power, not below and not to a buyer."""
    fleet = yaml.safe_load((SCENARIOS / "procurement.yaml").read_text())["fleet"]
    large = {"cluster": fleet["cluster"] | {"count": 6400}}
    found = answered(changed("procurement", role="provider", fleet=large))
    assert found["dc-03"].status == standards.FILLED
    assert found["dc-01"].status == standards.MISSING
    assert answered(changed("procurement", role="provider"))["dc-03"].status == "not applicable"
    assert answered(changed("procurement", fleet=large))["dc-03"].status == "not applicable"


def test_formats_for_exchange_point_to_their_export(buyer: Scenario) -> None:
    """What is asked of an exchange file is not asked of a report, and says which command makes it."""
    found = answered(buyer)
    for number, export in (("pact-01", "pact"), ("sci-05", "sci"), ("hf-01", "hf")):
        assert found[number].status == standards.NOT_APPLICABLE
        assert f"lca export {export} " in found[number].text


def inventory(scenario: Scenario) -> dict[tuple[str, str, str], InventoryLine]:
    """Return the inventory lines of a scenario by key, view and account."""
    found = lines_of(evaluated(scenario), scenario)
    return {(line.key, line.view, line.account): line for line in found}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("view", ["inventory", "spread"])
def test_lines_sum_to_the_ledger(role: str, view: str) -> None:
    """For every role and view, the location-based lines add up to the ledger's total."""
    scenario = changed("procurement", role=role)
    parts = [
        line.total.central
        for (_, seen, account), line in inventory(scenario).items()
        if seen == view and account != "market"
    ]
    total = evaluated(scenario).total(view=view).central
    assert sum(parts) == pytest.approx(total, rel=1e-12)


def test_capital_goods_are_whole_in_the_year_bought(buyer: Scenario) -> None:
    """Category 2 books everything in the first year; the other view spreads it evenly over life."""
    lines = inventory(buyer)
    bought, spread = lines["cat2", "inventory", ""], lines["cat2", "spread", ""]
    assert bought.years[2027].central == pytest.approx(bought.total.central)
    assert bought.years[2028].central == 0
    assert spread.years[2028].central == pytest.approx(spread.total.central / 5, rel=2e-3)
    assert spread.total.central == pytest.approx(bought.total.central, rel=2e-3)


def test_own_waste_is_category_5_in_the_last_year(buyer: Scenario) -> None:
    """A buyer's scrapped hardware is category 5, booked when it is scrapped."""
    waste = inventory(buyer)["cat5", "inventory", ""]
    assert waste.years[2031].central == pytest.approx(waste.total.central)


def test_maker_books_the_whole_life_in_the_year_of_sale() -> None:
    """Use and end of life of sold products stand in the year sold, and spread in the other view."""
    lines = inventory(changed("procurement", role="maker"))
    for key in ("cat11", "cat12"):
        assert set(lines[key, "inventory", ""].years) == {2027}
        assert set(lines[key, "spread", ""].years) == set(range(2027, 2032))


def test_maker_with_several_years_of_sale_has_no_year() -> None:
    """Where devices are sold in several years, use is not assigned to a year by guess."""
    fleet = yaml.safe_load((SCENARIOS / "procurement.yaml").read_text())["fleet"]
    sold = {"cluster": fleet["cluster"] | {"count": {2027: 32, 2028: 32}}}
    scenario = changed("procurement", role="maker", fleet=sold)
    assert inventory(scenario)["cat11", "inventory", ""].years == {}
    rows = dict(standards.inventory_lines(evaluated(scenario), scenario).rows)
    name = next(name for name in rows if "category 11" in name and "booked" in name)
    assert rows[name][0].text == "year not known"


def test_market_based_line_stands_apart() -> None:
    """Scope 2 has a line for each account; a contract changes the market-based one alone."""
    sites = {"colocation": {"region": "DE", "contract": {"kind": "ppa", "share": 0.5, "source": "wind", "residual": "600 gCO2e/kWh"}}}  # fmt: skip
    lines = inventory(changed("procurement", sites=sites))
    location, market = (lines["scope2", "spread", account] for account in ("location", "market"))
    assert location.total.central != market.total.central


def test_rented_work_is_a_service_for_every_role() -> None:
    """Rented machines are category 1, whatever the role of who rents them."""
    scenario = lca.load(SCENARIOS / "cloud_or_owned.yaml")
    rented = next(
        o
        for o in scenario.options()
        if any(str(w.ownership) == "cloud" for w in o.model.work.values())
    )
    assert {line.key for line in lines_of(evaluated(rented), rented)} == {"cat1"}


def test_options_are_found_from_their_scenario() -> None:
    """An option that rents instead of owning is told as rented, though its scenario's base owns."""
    scenario = lca.load(SCENARIOS / "cloud_or_owned.yaml")
    options = scenario.options()
    for option in options:
        own = lines_of(evaluated(option), option)
        found = lines_of(evaluated(option), scenario)
        assert [line.key for line in found] == [line.key for line in own]
    result = run_result(scenario, [evaluated(option) for option in options])
    answers = {answer.id: answer for answer in standards.answers(result, scenario)}
    assert answers["ghgp-s3-01"].status == standards.FILLED
    assert answers["ghgp-s3-02"].status == standards.FILLED


def test_table_names_what_stands_apart(buyer: Scenario) -> None:
    """Biogenic carbon is not known, never 0; offsets are none; both stand below the scopes."""
    table = standards.inventory_lines(evaluated(buyer), buyer)
    rows = dict(table.rows)
    assert rows["Biogenic carbon, apart"][-1].text.startswith("not known")
    assert rows["Offsets and avoided emissions"][-1].text.startswith("none inside")
    assert "Scope 2 holds the upstream part" in table.note


def test_direct_factors_need_no_word_on_upstream() -> None:
    """With factors of combustion alone, the note on upstream emissions is not printed."""
    factor = {"value": "40 gCO2e/kWh", "boundary": "direct", "source": "operator"}
    direct = changed(
        "training_bloom",
        role="buyer",
        sites={"jean-zay": {"region": "FR", "pue": 1.2, "grid": factor}},
        assumptions={"electricity": {"boundary": "direct", "losses": "exclude"}},
    )
    table = standards.inventory_lines(evaluated(direct), direct)
    assert any("Scope 2" in name for name, _ in table.rows)
    assert "upstream" not in table.note


def test_answers_are_frozen(buyer: Scenario) -> None:
    """An answer cannot be changed after it was given."""
    answer = next(iter(answered(buyer).values()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.status = standards.FILLED  # type: ignore[misc]
