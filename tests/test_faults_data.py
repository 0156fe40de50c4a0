"""A saved result and a database that was changed under it: noticed, file by file and input by input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from faults.writers import SCENARIO

from lca import document
from lca.cli import main
from lca.library import packaged_folder
from lca.report import data_files

DEVICE = "nvidia-h100-sxm5-80gb"


@pytest.fixture
def saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, Path, list[str]]:
    """Return a result, its scenario, and the option for a database of one's own behind both."""
    own = tmp_path / "own"
    (own / "gpu").mkdir(parents=True)
    shutil.copy(packaged_folder() / "gpu" / f"{DEVICE}.yaml", own / "gpu")
    scenario, result = tmp_path / "mine.yaml", tmp_path / "saved.json"
    document.write_atomically(scenario, document.dump(SCENARIO))
    option = ["--db", str(own)]
    assert main(["compare", str(scenario), "-q", "-o", str(result), *option]) == 0
    capsys.readouterr()
    return result, scenario, option


def _found(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["diff", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_saved_result_says_on_which_data_it_rests(
    saved: tuple[Path, Path, list[str]],
) -> None:
    """Every table, and the hardware that entered, with hashes; no other hardware, no paths."""
    data = json.loads(saved[0].read_text("utf-8"))["data"]
    assert {f"hardware_db/gpu/{DEVICE}.yaml", "factors/td_losses.csv",
            "factors/embodied/calibrated.yaml"} <= data.keys()  # fmt: skip
    assert "hardware_db/gpu/nvidia-a100-sxm4-40gb.yaml" not in data
    assert all(name.startswith(("factors/", "hardware_db/")) for name in data)


def test_nothing_changed_while_the_data_are_what_they_were(
    saved: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The scenario evaluated again gives the saved result, whole."""
    result, scenario, option = saved
    assert _found([str(result), str(scenario), *option], capsys)["same"]


def test_a_device_that_was_changed_since_is_named_with_its_input(
    saved: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file, the input that differs, both values, and what the total owes to it."""
    result, scenario, option = saved
    file = Path(option[1]) / "gpu" / f"{DEVICE}.yaml"
    text = file.read_text("utf-8")
    assert text.count("700 W") >= 1
    file.write_text(text.replace("700 W", "600 W"), encoding="utf-8")
    changes = _found([str(result), str(scenario), *option], capsys)["changes"]
    assert [one["name"] for one in changes["data"]] == [f"hardware_db/gpu/{DEVICE}.yaml"]
    changed = {one["name"]: one for one in changes["inputs"]}["thermal_design_power"]
    assert changed["old"]["central"] == pytest.approx(0.7)
    assert changed["new"]["central"] == pytest.approx(0.6)
    assert changes["settings"] == []
    assert main(["diff", str(result), str(scenario), *option]) == 0
    page = capsys.readouterr().out
    assert "Data files that changed" in page
    assert f"{DEVICE}.yaml" in page


def test_a_table_that_was_changed_without_moving_a_number_is_still_named(
    saved: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The result is not the same, no input differs, and the table says why."""
    result, scenario, option = saved
    copy = tmp_path / "factors"
    shutil.copytree(data_files.ROOT, copy)
    with (copy / "td_losses.csv").open("a", encoding="utf-8") as table:
        table.write("one more row\n")
    monkeypatch.setattr(data_files, "ROOT", copy)
    found = _found([str(result), str(scenario), *option], capsys)
    assert not found["same"]
    assert [one["name"] for one in found["changes"]["data"]] == ["factors/td_losses.csv"]
    assert found["changes"]["inputs"] == []


def test_a_result_without_hashes_is_still_compared(
    saved: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """An older file does not say which data it rests on: nothing is claimed of them."""
    result, scenario, option = saved
    data = json.loads(result.read_text("utf-8"))
    del data["data"]
    result.write_text(json.dumps(data), encoding="utf-8")
    assert _found([str(result), str(scenario), *option], capsys)["changes"]["data"] == []
