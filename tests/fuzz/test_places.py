"""Files that a scenario or a database folder names are looked up in their own folder only."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import lca
from lca.errors import HardwareError, ScenarioError, UnknownNameError
from lca.library import Library, packaged_folder

SCENARIO = """\
schema: 1
period: 2027-2028
functional_unit: training run
sites:
  here: {region: DE}
work:
  tune: {record: RECORD, amount: 1 million samples, site: here}
"""
RECORD = Path(__file__).parent / "seeds" / "record" / "whole.yaml"


def scenario(folder: Path, record: str) -> Path:
    """Write a scenario that names a record, in a folder of its own."""
    (folder / "own").mkdir(parents=True, exist_ok=True)
    path = folder / "own" / "scenario.yaml"
    path.write_text(SCENARIO.replace("RECORD", record), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["run.yaml", "runs/run.yaml", "run"])
def test_a_record_lies_beside_the_scenario_or_in_a_folder_there(tmp_path: Path, name: str) -> None:
    """What is named is found below the folder of the scenario."""
    path = scenario(tmp_path, name)
    target = path.parent / (name if name.endswith(".yaml") else f"{name}.yaml")
    target.parent.mkdir(exist_ok=True)
    shutil.copy(RECORD, target)
    assert lca.load(path).model.work["tune"].device == "nvidia-l4"


@pytest.mark.parametrize(
    "name", ["../run.yaml", "runs/../../run.yaml", "{absolute}", "'..\\run.yaml'"]
)
def test_a_record_elsewhere_is_not_read(tmp_path: Path, name: str) -> None:
    """A scenario from elsewhere cannot show other files of the machine, though they are there."""
    shutil.copy(RECORD, tmp_path / "run.yaml")
    path = scenario(tmp_path, name.format(absolute=tmp_path / "run.yaml") if "{" in name else name)
    with pytest.raises(ScenarioError, match="is not looked up: name a file beside the scenario"):
        lca.load(path)


def test_a_link_to_a_record_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """A link counts as what it leads to."""
    shutil.copy(RECORD, tmp_path / "run.yaml")
    path = scenario(tmp_path, "run.yaml")
    (path.parent / "run.yaml").symlink_to(tmp_path / "run.yaml")
    with pytest.raises(ScenarioError, match=r'no record "run\.yaml"'):
        lca.load(path)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "a\0b", "..", ".", "", "a/b", "a\\b", "x" * 300, "\udcff"],
)
def test_an_id_is_a_file_name_and_no_path(name: str) -> None:
    """Whatever else stands where an id should is nothing that is called so."""
    with pytest.raises(UnknownNameError, match="nothing is called"):
        Library().find(name)


def test_a_link_out_of_a_database_folder_is_refused(tmp_path: Path) -> None:
    """A folder from elsewhere cannot make other files of the machine into devices or sources."""
    (tmp_path / "db" / "gpu").mkdir(parents=True)
    (tmp_path / "secret").write_text("password: 1\n", encoding="utf-8")
    for name in ("gpu/mine.yaml", "sources.yaml"):
        (tmp_path / "db" / name).symlink_to(tmp_path / "secret")
    library = Library((tmp_path / "db",))
    for ask in (lambda: library.device("mine"), lambda: library.sources):
        with pytest.raises(HardwareError, match="leads out of the folder") as told:
            ask()
        assert "password" not in str(told.value)


def test_a_link_within_a_database_folder_is_followed(tmp_path: Path) -> None:
    """And the folder itself may be a link."""
    (tmp_path / "real" / "gpu").mkdir(parents=True)
    shutil.copy(packaged_folder() / "gpu" / "nvidia-l4.yaml", tmp_path / "real" / "nvidia-l4.yaml")
    (tmp_path / "real" / "gpu" / "nvidia-l4.yaml").symlink_to("../nvidia-l4.yaml")
    (tmp_path / "db").symlink_to("real")
    assert Library((tmp_path / "db",)).device("nvidia-l4").id == "nvidia-l4"
