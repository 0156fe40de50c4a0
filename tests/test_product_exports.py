"""PACT and Catena-X: cradle to gate, decimal texts, sums that hold, kilograms and not grams."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from export_cases import (
    SCENARIOS,
    base,
    built,
    make_case,
    own_errors,
    with_meta,
)

import lca
from lca import exports
from lca.errors import InputError, LcaError
from lca.exports import catena_x, pact_rules
from lca.exports.writing import decimal, is_decimal


def test_pact_amounts_are_decimal_texts_in_kilograms() -> None:
    """PACT writes numbers as texts, and the footprint is what making one device emits in kg."""
    case, pcf = base("procurement"), built("pact")["pcf"]
    made = case.option["by_stage"]["manufacture"]["gwp100"]["central"]
    assert is_decimal(pcf["pcfExcludingBiogenicUptake"])
    assert float(pcf["pcfExcludingBiogenicUptake"]) == pytest.approx(made / 64, rel=1e-9)


def test_cradle_to_gate_leaves_use_and_distribution_out() -> None:
    """A product footprint holds manufacture alone, and says so."""
    document = built("pact")
    case = base("procurement")
    whole = case.option["total"]["gwp100"]["location"]["central"] / 64
    assert float(document["pcf"]["fossilGhgEmissions"]) < whole / 10
    assert "outboundLogisticsGhgEmissions" not in document["pcf"]
    assert "Left out are distribution to the site, use" in document["comment"]
    stages = built("catena-x")["productLifeCycleStagesAndEmissions"][0]
    assert stages["distributionStage"] == [{"distributionStageIncluded": False}]


def test_pact_and_catena_x_tell_the_same_number() -> None:
    """Two formats of one product agree."""
    stage = built("catena-x")["productLifeCycleStagesAndEmissions"][0]["productionStage"][0]
    told = float(built("pact")["pcf"]["pcfExcludingBiogenicUptake"])
    assert stage["pcfExcludingBiogenicUptake"] == told


def test_pact_extension_needs_a_public_schema() -> None:
    """The extension with the interval is written only where its schema's URL is given."""
    assert "extensions" not in built("pact")
    url = "https://example.com/pact_extension.schema.json"
    document = json.loads(
        exports.export("pact", with_meta(base("procurement"), extension_schema=url))
    )
    data = document["extensions"][0]["data"]
    assert own_errors("pact_extension")(data) == []
    parts = sum(part["central"] for part in data["parts"].values())
    assert parts == pytest.approx(data["footprint"]["central"], rel=1e-9)


def test_published_slip_pact_148() -> None:
    """The example of PACT 3.0.3 whose sum is wrong (issue 148: 1.85 - 1.5 is 0.35, not 1.63) is found."""
    document = copy.deepcopy(built("pact"))
    document["pcf"] |= {
        "declaredUnitOfMeasurement": "liter",
        "productMassPerDeclaredUnit": "0.879",
        "pcfExcludingBiogenicUptake": "1.85",
        "pcfIncludingBiogenicUptake": "1.63",
        "fossilGhgEmissions": "1.5",
        "biogenicCarbonContent": "0.41",
        "landManagementBiogenicCO2Emissions": "0.6",
        "landManagementBiogenicCO2Removals": "-0.4",
        "biogenicCO2Uptake": "-1.5",
    }
    told = pact_rules.problems(document)
    assert any("1.85 + (-1.5) = 0.35, found 1.63" in text for text in told)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("pcfExcludingBiogenicUptake", 665.2, "decimal number of 0 or more written as text"),
        ("pcfIncludingBiogenicUptake", "1e3", "decimal number written as text"),
        ("biogenicCO2Uptake", "1.5", "0 or less"),
        ("primaryDataShare", "130", "from 0 to 100"),
        ("packagingEmissionsIncluded", "no", "true or false"),
        ("ipccCharacterizationFactors", ["GWP100"], "IPCC reports"),
        ("declaredUnitOfMeasurement", "device", "one of the accepted words"),
        ("referencePeriodStart", "2027", "date and time"),
        ("crossSectoralStandards", [], "at least one"),
        ("dqi", {"temporalDQR": 2}, "decimal text from 1 to 5"),
        ("pcfExcludingBiogenicUptak", "1", 'did you mean "pcfExcludingBiogenicUptake"?'),
        ("ccsTechnologicalCO2CaptureIncluded", True, "carbon capture is said to be included"),
    ],
)
def test_pact_rules_find_a_wrong_field(field: str, value: Any, told: str) -> None:
    """A field of the wrong kind, sign or name is told in words."""
    document = copy.deepcopy(built("pact"))
    document["pcf"][field] = value
    assert any(told in text for text in pact_rules.problems(document))


@pytest.mark.parametrize(
    "field",
    ["primaryDataShare", "packagingEmissionsIncluded", "ccsTechnologicalCO2CaptureIncluded"],
)
def test_pact_rules_ask_what_its_schema_does_not(field: str) -> None:
    """Fields that the rules demand beyond the schema are missed."""
    document = copy.deepcopy(built("pact"))
    del document["pcf"][field]
    assert pact_rules.problems(document) == [f"pcf.{field} is missing (shall by the rules)"]


def test_grams_in_place_of_kilograms_are_found() -> None:
    """A footprint a thousand times too large for its mass is refused in both product formats."""
    document = copy.deepcopy(built("pact"))
    for name in ("pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake", "fossilGhgEmissions"):
        document["pcf"][name] = decimal(float(document["pcf"][name]) * 1000)
    assert any("grams and kilograms mixed up?" in text for text in pact_rules.problems(document))
    other = copy.deepcopy(built("catena-x"))
    stage = other["productLifeCycleStagesAndEmissions"][0]["productionStage"][0]
    stage.update({name: value * 1000 for name, value in stage.items()})
    assert any("grams and kilograms" in text for text in catena_x.problems(other))


def test_catena_x_sums_and_scope_are_checked() -> None:
    """A stage whose parts do not add up, and distribution inside a cradle-to-gate scope, are found."""
    document = copy.deepcopy(built("catena-x"))
    stages = document["productLifeCycleStagesAndEmissions"][0]
    stages["productionStage"][0]["pcfIncludingBiogenicUptake"] += 1
    stages["productionStage"][0]["fossilGhgEmissions"] *= 0.9
    stages["distributionStage"][0]["distributionStageIncluded"] = True
    told = "\n".join(catena_x.problems(document))
    for part in ("including uptake must be", "pcfExcludingBiogenicUptake says", "ends before"):
        assert part in told


def test_a_footprint_with_a_gap_is_refused() -> None:
    """What is not known of manufacture is never counted as nothing: there is no footprint then."""
    case = make_case(lca.load(SCENARIOS / "training_bloom.yaml"))
    with pytest.raises(InputError, match="is of fleet or service, and base has none"):
        exports.export("pact", case)


def test_mass_balance_is_refused() -> None:
    """A mass balance that the model does not know is not declared."""
    with pytest.raises(InputError, match="knows no mass balance"):
        exports.export("catena-x", with_meta(base("procurement"), mass_balancing=True))


def test_broken_document_is_never_written() -> None:
    """A document that breaks its rules ends in a message, not in a file."""
    case = with_meta(base("procurement"), product_mass=0.001)
    with pytest.raises(LcaError, match="grams and kilograms mixed up"):
        exports.export("pact", case)


def test_user_text_stays_text() -> None:
    """Script, quotes and other alphabets in an author's text arrive unchanged and break nothing."""
    name = '<script>alert("1")</script> 数据中心 مركز'
    document = json.loads(exports.export("pact", with_meta(base("procurement"), company_name=name)))
    assert document["companyName"] == name


@pytest.mark.parametrize(("value", "text"), [(1.5e-7, "0.00000015"), (0.0, "0"), (-2.50, "-2.5")])
def test_decimals_have_no_exponent(value: float, text: str) -> None:
    """Decimal texts are plain digits."""
    assert decimal(value) == text
    assert is_decimal(text)


def test_decimals_refuse_what_is_no_number() -> None:
    """Infinity and not-a-number are no decimals."""
    with pytest.raises(LcaError):
        decimal(float("nan"))
