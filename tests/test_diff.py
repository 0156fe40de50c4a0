"""Why a number changed: causes add up, are named, and what the files cannot tell is said."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import lca
from lca.cli import main
from lca.commands.schema import published
from lca.errors import DocumentError
from lca.report import as_json
from lca.report.difference.assembly import difference
from lca.report.difference.matching import changed_inputs, pair_lines
from lca.report.difference.reading import read_result
from lca.report.result import compare_result, run_result

STUDY: dict[str, Any] = {
    "schema": "1",
    "title": "Difference",
    "functional_unit": ["device year"],
    "period": "2027-2029",
    "indicators": ["gwp100", "e_waste"],
    "sites": {"here": {"region": "DE", "pue": {"low": "1.1", "mode": "1.2", "high": "1.3"}}},
    "fleet": {"x": {"device": "nvidia-h100-sxm5-80gb", "count": 8, "lifetime": "6 years",
                    "site": "here", "utilization": "60%"}},
    "uncertainty": {"samples": 512, "seed": 1},
}  # fmt: skip


def result(**changes: object) -> dict[str, Any]:
    """Return the saved result of the study with some paths changed (``__`` stands for a dot)."""
    patch = {path.replace("__", "."): value for path, value in changes.items()}
    scenario = lca.load(STUDY)
    scenario = scenario.patch(patch, scenario.name) if patch else scenario
    found = run_result(scenario, [lca.evaluate(scenario)])
    saved: dict[str, Any] = json.loads(as_json.render(found))
    return saved


def explained(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a difference on greenhouse gases, held against the schema."""
    found = json.loads(as_json.dump(difference(old, new)))
    schema = json.loads(published()["difference"].read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    chosen: dict[str, Any] = next(x for x in found["options"] if x["indicator"] == "gwp100")
    return chosen


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    """Return the result that others are held against."""
    return result()


CHANGES: dict[str, dict[str, object]] = {
    "lifetime": {"fleet__x__lifetime": "4 years"},
    "count": {"fleet__x__count": 16},
    "region": {"sites__here__region": "FR"},
    "device": {"fleet__x__device": "amd-instinct-mi300x"},
    "rule": {"assumptions__end_of_life__rule": "cff"},
    "period": {"period": "2027-2030"},
    "seed": {"uncertainty__seed": 2},
}


@pytest.mark.parametrize("name", CHANGES)
def test_causes_add_up_to_the_change_of_the_median(base: dict[str, Any], name: str) -> None:
    """Nothing of a change is lost or counted twice, whatever the scenario changed."""
    found = explained(base, result(**CHANGES[name]))
    change = found["new"]["median"] - found["old"]["median"]
    assert sum(cause["amount"] for cause in found["causes"]) == pytest.approx(change, rel=1e-9)


@pytest.mark.parametrize("name", CHANGES)
def test_the_way_back_is_the_change_reversed(base: dict[str, Any], name: str) -> None:
    """Old and new are treated alike: the lines' parts change sign when the files are swapped."""
    other = result(**CHANGES[name])
    there, back = (
        sorted((x["by_activity"], x["by_intensity"]) for x in explained(a, b)["lines"])
        for a, b in ((base, other), (other, base))
    )
    reversed_back = sorted((-volume, -price) for volume, price in back)
    assert [x for pair in there for x in pair] == pytest.approx(
        [x for pair in reversed_back for x in pair], rel=1e-9, abs=1e-9
    )


def test_years_of_a_line_add_up_to_its_central_total(base: dict[str, Any]) -> None:
    """Activity times central intensity over the years is the central total of each line."""
    for line in base["lines"]:
        total = sum(amount * value for amount, value in line["by_year"].values())
        assert total == pytest.approx(line["total"]["central"], rel=1e-12)


def test_lines_name_the_inputs_they_rest_on(base: dict[str, Any]) -> None:
    """The sources of a line are those of its inputs."""
    for line in base["lines"]:
        named = {base["inputs"][place]["source"] for place in line["inputs"]} - {""}
        assert sorted(named) == line["sources"]


def test_a_longer_life_changes_activity_alone(base: dict[str, Any]) -> None:
    """A lifetime moves how much manufacture is counted, not what a device embodies."""
    found = explained(base, result(fleet__x__lifetime="4 years"))
    assert all(x["by_intensity"] == pytest.approx(0, abs=1e-9) for x in found["lines"])
    assert found["causes"][0]["group"] == "setting"
    assert found["causes"][0]["what"] == "activity: manufacture of x"


def test_an_input_with_another_value_explains_the_change(base: dict[str, Any]) -> None:
    """A PUE that rose is named with its old and new value, and explains nearly all."""
    new = result(sites__here__pue={"low": "1.3", "mode": "1.4", "high": "1.5"})
    found = difference(base, new)
    change = next(x for x in found["changes"]["inputs"] if x["name"] == "pue")
    assert (change["old"]["central"], change["new"]["central"]) == (1.2, 1.4)
    causes = explained(base, new)["causes"]
    assert (causes[0]["group"], causes[0]["what"]) == ("input", "PUE of here")
    assert causes[0]["share"] > 0.95


def test_an_interval_alone_is_an_input_too(base: dict[str, Any]) -> None:
    """An interval that widens to one side moves the mean: the input is named, not the draws."""
    new = result(sites__here__pue={"low": "1.1", "mode": "1.2", "high": "1.9"})
    assert explained(base, new)["causes"][0]["what"] == "PUE of here"


def test_another_seed_is_sampling_alone(base: dict[str, Any]) -> None:
    """Other draws change no input, so all lines' changes are sampling error and small."""
    found = explained(base, result(uncertainty__seed=2))
    assert {cause["group"] for cause in found["causes"]} <= {"sampling", "shape"}
    error = found["old"]["standard_error"] + found["new"]["standard_error"]
    sampling = sum(x["amount"] for x in found["causes"] if x["group"] == "sampling")
    assert abs(sampling) < 4 * error


def test_another_end_of_life_rule_is_a_method(base: dict[str, Any]) -> None:
    """A rule is named as a method, and lines that come with it belong to it."""
    new = result(assumptions__end_of_life__rule="cff")
    found = difference(base, new)
    assert [x["what"] for x in found["changes"]["methods"]] == ["end_of_life"]
    assert explained(base, new)["causes"][0]["group"] == "method"


def test_another_version_is_blamed_only_for_what_no_input_explains(base: dict[str, Any]) -> None:
    """An intensity that moved without an input, under another version, is the version's."""
    new = copy.deepcopy(base)
    new["lca_version"] = "99.0"
    line = next(x for x in new["lines"] if x["indicator"] == "gwp100")
    line["by_year"] = {year: [a, 2 * i] for year, (a, i) in line["by_year"].items()}
    for key in ("central", "mean"):
        moved = line["total"][key]
        line["total"][key] += moved
        new["options"][0]["total"]["gwp100"]["location"][key] += moved
    groups = {x["group"]: x["amount"] for x in explained(base, new)["causes"]}
    assert groups["version"] == pytest.approx(line["total"]["mean"] / 2)
    new["lca_version"] = base["lca_version"]
    assert "unexplained" in {x["group"] for x in explained(base, new)["causes"]}


def test_a_total_that_its_lines_do_not_carry_is_not_attributed(base: dict[str, Any]) -> None:
    """What is in no line is listed as not attributable, never spread over the others."""
    new = copy.deepcopy(base)
    for key in ("mean", "median"):
        new["options"][0]["total"]["gwp100"]["location"][key] += 1000.0
    causes = explained(base, new)["causes"]
    assert [(x["group"], round(x["amount"])) for x in causes] == [("unexplained", 1000)]


def test_a_file_from_before_inputs_were_listed_still_explains(base: dict[str, Any]) -> None:
    """Without inputs and years, activity and intensity are still told apart, and the gap is said."""
    old = copy.deepcopy(base)
    for key in ("inputs", "settings"):
        del old[key]
    for line in old["lines"]:
        del line["inputs"], line["by_year"]
    new = result(fleet__x__count=16)
    found = difference(old, new)
    assert found["changes"]["inputs"] == []
    assert found["changes"]["settings"] == []
    assert "was written before results listed their inputs" in found["limits"][0]
    causes = {x["what"]: x["amount"] for x in explained(old, new)["causes"]}
    grown = sum(amount for what, amount in causes.items() if what.startswith("activity"))
    assert grown == pytest.approx(base["options"][0]["total"]["gwp100"]["location"]["mean"])


def test_options_are_matched_by_name_and_others_listed() -> None:
    """An option in one file alone is listed as gone or new, not compared with another."""
    study = STUDY | {"base_name": "h100", "options": {"mi300x": {"fleet.x.device": "amd-instinct-mi300x"}}}  # fmt: skip
    other = STUDY | {"base_name": "h100", "options": {"twice": {"fleet.x.count": 16}}}
    both = [compare_result(scenario, lca.compare(scenario)) for scenario in map(lca.load, (study, other))]  # fmt: skip
    found = difference(*both)
    assert {x["name"] for x in found["options"]} == {"h100"}
    assert (found["options_gone"], found["options_new"]) == (["mi300x"], ["twice"])


def test_lines_of_another_region_are_the_same_lines() -> None:
    """A line moved to another region is a change of its intensity, not one gone and one new."""
    labels = dict.fromkeys(("asset", "component", "stage", "process", "phase", "indicator", "per", "site", "basis"), "a")  # fmt: skip
    pairs = pair_lines([{**labels, "region": "DE"}], [{**labels, "region": "FR"}])
    assert [(bool(pair.old), bool(pair.new)) for pair in pairs] == [(True, True)]


def test_the_same_input_under_another_identity_is_paired_by_name() -> None:
    """The rated power of a device and that of its successor are shown as old and new."""
    common = {"name": "tdp", "unit": "kW", "p5": 1, "p95": 1, "source": "s", "quality": "declared"}
    old, new = ({**common, "identity": x, "central": c} for x, c in (("a", 1), ("b", 2)))
    (change,) = changed_inputs([old], [new])
    assert (change.old, change.new) == (old, new)


# The command


@pytest.fixture
def saved(tmp_path: Path, base: dict[str, Any]) -> Callable[..., str]:
    """Return a function that writes a result, or any text, to a file."""

    def save(data: object = None, name: str = "old.json") -> str:
        path = tmp_path / name
        text = data if isinstance(data, str) else as_json.dump(base if data is None else data)
        path.write_text(text, encoding="utf-8")
        return str(path)

    return save


def test_nothing_changed_is_said(
    saved: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two equal files give one sentence and exit code 0."""
    assert main(["diff", saved(), saved(name="new.json")]) == 0
    assert "Nothing changed: both files hold the same result." in capsys.readouterr().out


def test_the_page_fits_80_columns(
    saved: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No line of a page is cut or wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(Path(saved()).parent)
    new = saved(
        result(fleet__x__device="amd-instinct-mi300x", sites__here__region="FR"), "new.json"
    )
    assert main(["diff", "old.json", Path(new).name]) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 80
    assert "fleet.x.device: nvidia-h100-sxm5-80gb → amd-instinct-mi300x" in " ".join(page.split())


def test_json_is_the_published_contract(
    saved: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """``--json`` prints what the schema describes."""
    new = saved(result(fleet__x__count=9), "new.json")
    assert main(["diff", saved(), new, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    schema = json.loads(published()["difference"].read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(found)) == []
    assert found["same"] is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a"', "old.json:1:5: is not JSON"),
        ("[]", "is not a result"),
        ("NaN", "is not a result"),
        ("\udcff", "is not JSON"),
        (
            '{"options": [], "lines": [], "inputs_hash": "", "schema_version": 7}',
            "schema_version 7",
        ),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A file that is something else is refused with its name, what was found and what is accepted."""
    path = tmp_path / "old.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DocumentError) as refused:
        read_result(path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("lines", 3, "lines: expected array, found integer"),
        ("samples", True, "samples: expected integer, found boolean"),
        ("options", [{}], r"options\[0\]: name is missing"),
        ("comparison", 1, "comparison: expected"),
    ],
)
def test_a_result_of_another_shape_is_refused(
    saved: Callable[..., str], base: dict[str, Any], key: str, value: object, said: str
) -> None:
    """Where a damaged file departs from the contract, the place is named."""
    with pytest.raises(DocumentError, match=said):
        read_result(saved(base | {key: value}))


def test_a_line_that_names_no_listed_input_is_refused(
    saved: Callable[..., str], base: dict[str, Any]
) -> None:
    """A damaged file is refused, not read past its end."""
    broken = copy.deepcopy(base)
    broken["lines"][0]["inputs"] = [10_000]
    with pytest.raises(DocumentError, match="inputs that are not listed"):
        read_result(saved(broken))


def test_an_unknown_indicator_names_the_nearest(
    saved: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An indicator that is in neither file is refused with those that are."""
    assert main(["diff", saved(), saved(name="new.json"), "--indicator", "gwp10"]) == 3
    assert "gwp100" in capsys.readouterr().err
