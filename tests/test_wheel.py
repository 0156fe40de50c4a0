"""The built wheel holds all its data and answers like the checkout, installed elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DEVICES = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x", "google-tpu-v6e-trillium")
COMPARE = ("compare", *DEVICES, "--region", "FR", "--years", "5", "--json")
DATA_SUFFIXES = {".yaml", ".csv", ".txt", ".json", ".html", ".css", ".js", ".typed"}

pytestmark = pytest.mark.slow


class Installed:
    """The wheel in a virtual environment of its own, with nothing of the checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")

    def call(self, *command: str, cwd: Path) -> str:
        """Run a program of the environment away from the checkout; return what it prints."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LCA_"))}
        program = str(self.bin / command[0])
        done = subprocess.run(
            [program, *command[1:]], cwd=cwd, env=kept, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def dependency_folders() -> list[str]:
    """Return the folders from which this interpreter loads what the package requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[<>=!~\[; ]", text, maxsplit=1)[0] for text in project["dependencies"]]
    return sorted({str(distribution(name).locate_file("")) for name in names})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, with the build backend that is installed."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--quiet", "--wheel-dir", str(target)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel into an empty environment that sees only the libraries it requires.

    Their folders are appended by a path file, in which no other path file is followed: an
    editable installation of the checkout stays out of sight, and no network is needed.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=False)
    found = Installed(folder)
    python = str(found.bin / "python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps"]
    subprocess.run([*command, "--no-index", "--quiet", str(wheel)], check=True, capture_output=True)
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(found.call("python", "-c", script, cwd=folder).strip())
    lines = "\n".join(dependency_folders())
    (packages / "dependencies.pth").write_text(lines + "\n", encoding="utf-8")
    return found


def in_checkout(*arguments: str) -> str:
    """Run ``lca`` from the checkout; return what it prints."""
    script = "import sys; from lca.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def names(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def shipped(folder: str) -> set[str]:
    """Return the files under a folder of the checkout that a user needs, as relative paths."""
    kept = [p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {p.relative_to(ROOT).as_posix() for p in kept}


def test_wheel_holds_the_package_whole(wheel: Path) -> None:
    """Every module, table, factor file, unit definition and schema of ``lca`` is in the wheel."""
    data = {name for name in shipped("lca") if Path(name).suffix in DATA_SUFFIXES}
    code = {name for name in shipped("lca") if name.endswith(".py")}
    assert data | code <= names(wheel)
    assert {"lca/units.txt", "lca/py.typed", "lca/factors/grid/owid_ember_annual.csv"} <= data


def test_wheel_holds_the_hardware_database_and_the_scenarios(wheel: Path) -> None:
    """Every device file, the bibliography and every example scenario are in the wheel."""
    wanted = {f"lca/{name}" for name in shipped("hardware_db") | shipped("scenarios")}
    assert "lca/hardware_db/sources.yaml" in wanted
    assert "lca/scenarios/procurement.yaml" in wanted
    assert wanted <= names(wheel)


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    """No test, tool, cache or configuration of the checkout travels in the wheel."""
    tops = {name.split("/")[0] for name in names(wheel)}
    strange = [n for n in names(wheel) if "__pycache__" in n or n.endswith((".pyc", ".toml"))]
    assert {top for top in tops if not top.endswith(".dist-info")} == {"lca"}
    assert strange == []


def test_wheel_carries_the_licences(wheel: Path) -> None:
    """LICENSE and NOTICE travel with the package, unchanged."""
    with zipfile.ZipFile(wheel) as archive:
        held = {
            Path(name).name: archive.read(name)
            for name in archive.namelist()
            if ".dist-info/licenses/" in name
        }
    assert held == {name: (ROOT / name).read_bytes() for name in ("LICENSE", "NOTICE")}


def test_installed_package_is_the_one_that_runs(installed: Installed, tmp_path: Path) -> None:
    """Away from the checkout, the package and its data are those of the wheel."""
    script = (
        "import sys, lca; from lca.library import packaged_folder, packaged_scenarios\n"
        "print(lca.__file__, packaged_folder(), packaged_scenarios(), *sys.path, sep='\\n')"
    )
    *homes, _ = lines = installed.call("python", "-c", script, cwd=tmp_path).splitlines()
    own = [Path(home).is_relative_to(installed.folder) for home in homes[:3]]
    assert own == [True, True, True]
    assert str(ROOT) not in lines


def test_installed_compare_answers_like_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """The three vendors' devices compare, byte for byte as in the checkout."""
    text = installed.call("lca", *COMPARE, cwd=tmp_path)
    assert text == in_checkout(*COMPARE)
    check_comparison(json.loads(text))


def check_comparison(result: dict[str, Any]) -> None:
    """Check that a result ranks three options with a whole probability."""
    probability = result["comparison"]["probability_best"]
    assert result["schema_version"] == 1
    assert len(result["options"]) == len(DEVICES)
    assert sum(probability.values()) == pytest.approx(1.0, abs=1e-9)
    assert set(probability) == {option["name"] for option in result["options"]}
    for option in result["options"]:
        statistics = option["total"]["gwp100"]["location"]
        assert statistics["unit"] == "kgCO2e"
        assert statistics["p5"] < statistics["median"] < statistics["p95"]


def test_installed_list_names_every_gpu(installed: Installed, tmp_path: Path) -> None:
    """The installed program lists each GPU of the database once."""
    found = json.loads(installed.call("lca", "list", "gpu", "--json", cwd=tmp_path))
    wanted = sorted(path.stem for path in (ROOT / "hardware_db" / "gpu").glob("*.yaml"))
    assert sorted(entry["id"] for entry in found) == wanted
    assert {entry["kind"] for entry in found} == {"gpu"}


def test_installed_template_runs(installed: Installed, tmp_path: Path) -> None:
    """A scenario made by ``lca init`` gives the results of the example in the checkout."""
    installed.call("lca", "init", "procurement", "-o", "x.yaml", cwd=tmp_path)
    result = json.loads(installed.call("lca", "run", "x.yaml", "--json", cwd=tmp_path))
    wanted = json.loads(in_checkout("run", "scenarios/procurement.yaml", "--json"))
    assert result["inputs_hash"] == wanted["inputs_hash"]
    assert result["options"] == wanted["options"]
    assert {line["stage"] for line in result["lines"]} >= {"manufacture", "operation"}
