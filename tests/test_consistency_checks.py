"""Consistency checks: each finds its planted error, and none accuses a footprint that holds."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lca.validation.cases import PACKAGED
from lca.validation.checks import CHECKS, CODES, check, check_case
from lca.validation.checks_chain import comparisons
from lca.validation.checks_claims import claims_of_case, rounding
from lca.validation.checks_devices import count_in, ids_of, tdp_of
from lca.validation.checks_page import Example, examples, text
from lca.validation.quantities import Known

ROOT = Path(__file__).parents[1]
PLANTED = examples()


def named(example: Example) -> str:
    """Return what an example is called in the output of the tests."""
    return f"{example.code}-{example.clean['id']}"


@cache
def packaged() -> tuple[dict[str, Any], ...]:
    """Return the packaged published cases as plain data."""
    files = sorted(PACKAGED.glob("*.yaml"))
    texts = (file.read_text(encoding="utf-8") for file in files)
    return tuple(case for text in texts for case in yaml.safe_load(text)["cases"])


def consistent() -> list[dict[str, Any]]:
    """Return the packaged cases that a model should simply match."""
    return [case for case in packaged() if case["expect"] == "match"]


def found(case: dict[str, Any]) -> set[str]:
    """Return the codes that a case is flagged with."""
    return {flag.code for flag in check_case(case)}


def scaled(case: dict[str, Any], quantity: str, factor: float) -> dict[str, Any]:
    """Return a case with one printed result multiplied."""
    changed = copy.deepcopy(case)
    for entry in changed["published"]:
        if entry["quantity"] == quantity:
            entry["value"] = float(entry["value"]) * factor
    return changed


@pytest.mark.parametrize("example", PLANTED, ids=named)
def test_a_planted_error_is_found(example: Example) -> None:
    """The footprint with the error is flagged with the error's code."""
    assert example.code in found(example.planted)


@pytest.mark.parametrize("example", PLANTED, ids=named)
def test_the_same_footprint_without_the_error_passes(example: Example) -> None:
    """The footprint without the error is not flagged at all."""
    assert check_case(example.clean) == ()


def test_every_code_has_a_planted_error() -> None:
    """No code is told that no example shows."""
    assert {example.code for example in PLANTED} == set(CODES)


def test_every_check_says_what_it_finds() -> None:
    """Each check has a sentence that begins with Find, or Yield."""
    assert all((one.__doc__ or "").startswith(("Find", "Yield")) for one in CHECKS)


def test_no_published_case_that_holds_is_accused() -> None:
    """No packaged case that a model should match is flagged: no false alarm among them."""
    cases = consistent()
    alarms = {case["id"]: found(case) for case in cases if found(case)}
    assert len(cases) >= 90
    assert alarms == {}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("train-llama33-card-error", "factor-outlier"),
        ("train-llama33-card-error", "grid-implausible"),
        ("train-morrison-development", "boundary-mixed"),
        ("train-flm-gpt3-row", "boundary-mixed"),
        ("infer-luccioni24-flan-t5-base", "grid-implied"),
        ("infer-luccioni24-flan-t5-xxl", "grid-implied"),
        ("infer-luccioni24-bloomz-560m", "grid-implied"),
        ("infer-morrison-llama31-8b-1rps", "pue-missing"),
        ("infer-morrison-llama31-8b-1rps", "water-factor-implied"),
        ("infer-morrison-olmo2-7b-1rps", "pue-missing"),
        ("hw-pcf-dell-r640-outlier", "factor-outlier"),
    ],
)
def test_a_published_contradiction_is_found_for_the_right_reason(name: str, code: str) -> None:
    """Each source known to contradict itself is flagged with what its notes say."""
    case = next(case for case in packaged() if case["id"] == name)
    assert code in found(case)


def test_every_inconsistent_case_is_flagged() -> None:
    """No packaged case with the status inconsistent_as_published passes."""
    cases = [case for case in packaged() if case["status"] == "inconsistent_as_published"]
    assert len(cases) >= 9
    assert [case["id"] for case in cases if not found(case)] == []


@pytest.mark.parametrize(
    ("factor", "code"),
    [(10.0, "power-of-ten"), (1e-3, "power-of-ten"), (100.0, "percent-as-fraction")],
)
def test_a_lost_prefix_is_found_in_published_cases(factor: float, code: str) -> None:
    """Multiplying any printed energy or CO2e of the chain is seen, nearly always as what it is."""
    seen = [
        code in found(scaled(case, compared.name, factor))
        for case in consistent()
        for compared in comparisons(claims_of_case(case))
    ]
    assert len(seen) > 50
    assert sum(seen) >= 0.95 * len(seen)


def test_one_pue_too_many_is_found_in_published_cases() -> None:
    """Multiplying a printed result by the published PUE once more is always seen."""
    missed = []
    for case in consistent():
        claims = claims_of_case(case)
        for compared in comparisons(claims):
            if compared.pue >= 1.05 and "pue" not in claims.assumed:
                planted = scaled(case, compared.name, compared.pue)
                missed += [] if found(planted) else [(case["id"], compared.name)]
    assert missed == []


def test_an_inferred_pue_accuses_nobody() -> None:
    """A PUE that the source did not publish cannot show that a row mixes boundaries."""
    example = next(one for one in PLANTED if one.code == "boundary-mixed")
    inferred = copy.deepcopy(example.planted)
    inferred["inputs"]["pue"]["seen"] = "inferred"
    assert found(example.planted) == {"boundary-mixed"}
    assert found(inferred) == set()


def test_a_message_has_its_figures() -> None:
    """A flag tells the printed and the expected figure, and the ratio that gives it away."""
    example = next(one for one in PLANTED if one.code == "pue-twice")
    message = check_case(example.planted)[0].message
    assert all(part in message for part in ("288", "240", "1.200", "PUE of 1.2"))


def test_a_check_leaves_what_it_reads_as_it_is() -> None:
    """Claims are checked without being changed, and checked again say the same."""
    claims = claims_of_case(PLANTED[0].planted)
    assert check(claims) == check(claims)


@pytest.mark.parametrize(
    ("value", "half"),
    [(31.22, 0.005 / 31.22), (420.0, 0.5 / 420), (2040.0, 5 / 2040), (0.461, 0.0005 / 0.461)],
)
def test_rounding_is_half_of_the_last_digit(value: float, half: float) -> None:
    """Zeros at the end of a number from 1000 on are not taken as digits."""
    assert rounding(Known("co2e", value)) == pytest.approx(half)


@pytest.mark.parametrize(
    ("written", "first", "count"),
    [
        ("8x NVIDIA H100 SXM5 80GB", "nvidia-h100-sxm5-80gb", 1),
        ("A100-80GB", "nvidia-a100-pcie-80gb", 2),
        ("A100 SXM 40GB", "nvidia-a100-sxm4-40gb", 1),
        ("TPU v3", "google-tpu-v3", 1),
        ("TPUv3", "google-tpu-v3", 1),
        ("P100 x8", "nvidia-tesla-p100-pcie-16gb", 2),
        ("AMD MI250X", "amd-instinct-mi250x", 1),
    ],
)
def test_a_device_is_found_by_the_name_people_write(written: str, first: str, count: int) -> None:
    """Makers, counts and fillers do not hinder; a name of several devices gives them all."""
    assert (ids_of(written)[0], len(ids_of(written))) == (first, count)


@pytest.mark.parametrize("written", ["GPU", "apple", "80GB", "", "8", "A100 PCIe 40/80GB", "B999"])
def test_a_name_that_fits_no_device_is_not_guessed(written: str) -> None:
    """What names no device, or one that nobody has, gives none."""
    assert ids_of(written) == ()
    assert tdp_of(written) is None


@pytest.mark.parametrize(
    ("written", "count"),
    [("P100 x8", 8), ("8 x A100", 8), ("4x A10G", 4), ("A100", 1), ("x2go", 1)],
)
def test_a_count_in_a_device_name_is_read(written: str, count: int) -> None:
    """A name may say how many devices there are; one that is silent means one."""
    assert count_in(written) == count


def test_the_page_of_the_manual_is_the_generated_one() -> None:
    """docs/checks.md lists every code with an example, as the checks have them now."""
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == text()
