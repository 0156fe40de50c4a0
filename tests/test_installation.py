"""What is installed: versions, missing extras and hashes of the data, told alike everywhere."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import lca
from lca import cli, factors, installation
from lca.library import packaged_folder

ROOT = Path(__file__).parents[1]
OVER = ("--over", "sites.oslo.pue=1.1,1.2")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_every_extra_for_users_is_named() -> None:
    """Each library of an extra says which extra brings it; those for developers are left out."""
    named = {extra for library in installation.report()["libraries"] for extra in library["extras"]}
    assert named == EXTRAS.keys() - {"dev"}
    assert "pytest" not in {library.name for library in installation.distributions()}


def test_versions_are_those_that_are_installed() -> None:
    """The versions are what the libraries' own metadata say."""
    versions = {library.name: library.version for library in installation.distributions()}
    assert versions["numpy"] == metadata.version("numpy")
    assert installation.report()["lca"] == lca.__version__


def test_a_library_that_is_missing_names_its_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where typst is not installed, the doctor says how the extra is had."""
    real = metadata.version

    def version(name: str) -> str:
        if name == "typst":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    assert cli.main(["doctor"]) == 0
    assert "none   extra pdf: pip install 'lca[pdf]'" in capsys.readouterr().out


def test_the_hash_of_a_folder_is_that_of_its_contents(tmp_path: Path) -> None:
    """A copy elsewhere has the same hash; one changed letter, or another name, another."""
    copies = [tmp_path / name for name in ("same", "changed", "renamed")]
    for copy in copies:
        shutil.copytree(packaged_folder() / "gpu", copy)
    device = "nvidia-l4.yaml"
    text = (copies[1] / device).read_text(encoding="utf-8")
    (copies[1] / device).write_text(text.replace("a", "b", 1), encoding="utf-8")
    (copies[2] / device).rename(copies[2] / "other.yaml")
    (*_, first), (*_, second, third, fourth) = (
        installation.data_sets((packaged_folder() / "gpu",)),
        installation.data_sets(tuple(copies)),
    )
    assert first.sha256 == second.sha256
    assert len({second.sha256, third.sha256, fourth.sha256}) == 3


def test_a_table_that_was_changed_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A packaged table with one row more is not what its sidecar says, and the doctor says so."""
    folder = tmp_path / "factors"
    shutil.copytree(factors.files.ROOT, folder)
    with (folder / "td_losses.csv").open("a", encoding="utf-8") as table:
        table.write("one more row\n")
    monkeypatch.setattr(installation, "FACTORS", folder)
    assert cli.main(["doctor", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["installed"]["data"]
    assert [one["changed"] for one in data] == [[], ["td_losses"], []]


def test_packaged_tables_are_unchanged() -> None:
    """No packaged table differs from its sidecar."""
    assert [one.changed for one in installation.data_sets()] == [(), (), ()]


@pytest.mark.parametrize(
    ("missing", "command", "extra"),
    [
        ("typst", ("report", "{scenario}", "-o", "{folder}/r.pdf"), "pdf"),
        ("xlsxwriter", ("report", "{scenario}", "-o", "{folder}/r.xlsx"), "xlsx"),
        ("uvicorn", ("serve", "--no-open", "--port", "0"), "serve"),
        ("duckdb", ("import", "telemetry", "{folder}/power.csv"), "telemetry"),
        ("pyarrow", ("import", "telemetry", "{folder}/power.csv"), "telemetry"),
        ("pyarrow", ("sweep", "{scenario}", *OVER, "-o", "{folder}/s.parquet"), "parquet"),
        (
            "distributed",
            ("sweep", "{scenario}", *OVER, "--scheduler", "tcp://127.0.0.1:1"),
            "cluster",
        ),
    ],
)
def test_a_feature_without_its_extra_names_it(
    missing: str,
    command: tuple[str, ...],
    extra: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where a library is not installed, one line says how it is had, and the input is refused."""
    (tmp_path / "power.csv").write_text("time,gpu,power_w\n0,a,100\n1,a,100\n", encoding="utf-8")
    places = {"folder": str(tmp_path), "scenario": str(ROOT / "scenarios" / "workstation.yaml")}
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert cli.main([word.format(**places) for word in command]) == 3
    told = capsys.readouterr().err
    assert f"lca[{extra}]" in told
    assert "Traceback" not in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["power.csv"]
