"""Golden studies: the numbers of today, so that a change of any is seen.

Each file of ``tests/golden`` holds a scenario (or the name of an example) and expected central and
median values. They were recorded from the code after a check that they are plausible; they prove
nothing by themselves. Where a change is meant, ``python tests/test_golden.py`` records anew and the
difference is read in review.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import lca
from lca import Estimate, Ledger
from lca.library import packaged_scenarios
from lca.scenario import Scenario

FOLDER = Path(__file__).parent / "golden"
STUDIES = sorted(FOLDER.glob("*.yaml"))
Study = dict[str, Any]


def load(path: Path) -> Study:
    """Read a study; scenarios inside keep their texts, as in a file of their own."""
    found: Study = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return found


def scenario(study: Study) -> Scenario:
    """Return the scenario of a study: an example by name, or the one written in it."""
    written = study["scenario"]
    if isinstance(written, str):
        return lca.load(packaged_scenarios() / f"{written}.yaml")
    return lca.load(written)


def ledgers(study: Study) -> dict[str, Ledger]:
    """Evaluate the scenario and its options on the study's samples and seed."""
    samples, seed = int(study["samples"]), int(study["seed"])
    return {o.name: lca.evaluate(o, samples=samples, seed=seed) for o in scenario(study).options()}


def figures(ledger: Ledger) -> Iterator[tuple[str, Estimate]]:
    """Yield what a study watches: totals by account, results per unit, and gwp100 by stage."""
    indicators = sorted({line.indicator for line in ledger.lines if ":" not in line.indicator})
    for indicator in indicators:
        yield f"total {indicator}", ledger.total(indicator)
    yield "total gwp100, market", ledger.total(basis="market")
    yield "total gwp100, inventory", ledger.total(view="inventory")
    for unit in ledger.functional_units:
        yield f"gwp100 per {unit}", ledger.per(unit)
    for row in ledger.by("stage", "component"):
        yield f"gwp100 of {' '.join(row.labels)}", row.estimate


CASES = [
    (path, option)
    for path in STUDIES
    for option in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["expect"]
]


@pytest.fixture(scope="module")
def evaluated() -> dict[Path, dict[str, Ledger]]:
    """Ledgers of the studies, evaluated once each."""
    return {}


@pytest.mark.parametrize(
    ("path", "option"), CASES, ids=lambda x: x if isinstance(x, str) else x.stem
)
def test_a_golden_study_gives_its_recorded_numbers(
    path: Path, option: str, evaluated: dict[Path, dict[str, Ledger]]
) -> None:
    """Every watched figure of every option has its recorded central and median value."""
    study = load(path)
    if path not in evaluated:
        evaluated[path] = ledgers(study)
    expected = study["expect"][option]
    tolerance = float(study["tolerance"])
    found = dict(figures(evaluated[path][option]))
    assert list(found) == list(expected)
    different = {
        name: f"{what} {getattr(found[name], what)!r} in place of {value}"
        for name, values in expected.items()
        for what, value in values.items()
        if getattr(found[name], what) != pytest.approx(float(value), rel=tolerance, abs=1e-12)
    }
    assert not different


def test_every_option_of_a_golden_study_is_watched() -> None:
    """No option is left out of the recorded numbers, and there is a study for each example."""
    for path in STUDIES:
        study = load(path)
        assert list(study["expect"]) == [option.name for option in scenario(study).options()]
    named = {load(path)["scenario"] for path in STUDIES if isinstance(load(path)["scenario"], str)}
    assert named == {path.stem for path in packaged_scenarios().glob("*.yaml")}


def record(path: Path) -> None:
    """Write a study's numbers anew, keeping its comment, scenario and tolerance."""
    study = load(path)
    comment = "".join(
        line for line in path.read_text(encoding="utf-8").splitlines(True) if line[0] == "#"
    )
    study["expect"] = {
        name: {
            figure: {"central": f"{value.central:.9g}", "median": f"{value.median:.9g}"}
            for figure, value in figures(ledger)
        }
        for name, ledger in ledgers(study).items()
    }
    text = yaml.dump(study, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(comment + text.replace("'", ""), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or [path.stem for path in STUDIES]:
        record(FOLDER / f"{name}.yaml")
