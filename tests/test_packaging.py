"""What is packaged: quick imports, honest dependencies, one version, licences, no strange paths."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lca"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = ("numpy", "scipy", "pint", "pandas", "pydantic", "torch", "pynvml", "rich")
SHIPPED = ("lca", "hardware_db", "scenarios", "benchmarks", "tools", "docs")
COMES_WITH = {"pydantic-core": "pydantic"}
"""Distributions that another requires at one exact version and documents as its own."""
PEERS = {
    "boaviztapi",
    "bw-processing",
    "bw2calc",
    "codecarbon",
    "ecologits",
    "joules",
    "linopy",
    "xarray",
    "zeus",
}
"""What the benchmarks compare with; they install it into an environment of its own."""
OWN = ("tests", "tools", "benchmarks")
"""Folders whose files import each other by name."""
TEXT_SUFFIXES = {".py", ".yaml", ".csv", ".txt", ".md", ".toml", ".json"}


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required(requirements: list[str]) -> set[str]:
    """Return the distributions that requirements name."""
    return {canonical(re.split(r"[\s<>=!~\[;]", text, maxsplit=1)[0]) for text in requirements}


def distributions(modules: set[str]) -> set[str]:
    """Return the distributions that provide modules; one that is not installed is its own name."""
    providers = packages_distributions()
    found = {canonical(providers.get(name, [name])[0]) for name in modules}
    return {COMES_WITH.get(name, name) for name in found}


def modules_imported_by(code: str) -> set[str]:
    """Return the top-level modules loaded after running code in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def third_party(folder: Path) -> set[str]:
    """Return the modules that a folder imports from neither itself nor the standard library."""
    found = {name for path in folder.rglob("*.py") for name in imports(path)}
    near = [
        path for place in (folder, *(ROOT / name for name in OWN)) for path in place.rglob("*.py")
    ]
    own = {"lca"} | {name for path in near for name in (path.stem, path.parent.name)}
    return found - own - sys.stdlib_module_names


def tool(name: str) -> ModuleType:
    """Load a script of the tools folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shipped_texts() -> Iterator[Path]:
    """Yield the text files that reach a user, but for the tests."""
    yield from (ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml"))
    for folder in SHIPPED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXT_SUFFIXES:
                yield path


def test_import_is_light() -> None:
    """``import lca`` loads no library outside the standard one, so a script starts at once."""
    loaded = modules_imported_by("import lca")
    assert "lca" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_is_light() -> None:
    """``lca --help`` prints its commands without numpy, pint or any other heavy library."""
    code = (
        "import contextlib, io, sys\nsys.argv = ['lca', '--help']\nprinted = io.StringIO()\n"
        "with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):\n"
        "    from lca.cli import main\n    main()\n"
        "assert 'compare' in printed.getvalue()"
    )
    loaded = modules_imported_by(code)
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_public_names_load_on_first_use() -> None:
    """Every name of the public shelf can be had, and a name that is not there is refused."""
    import lca

    names = [getattr(lca, name).__name__.removeprefix("lca.") for name in lca.__all__]
    assert names == lca.__all__
    assert lca.__all__ == sorted(lca.__all__)
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = lca.evaluat


def test_top_level_layout() -> None:
    """The folders and files that the manual and the build rely on exist."""
    wanted = [
        *("lca", "hardware_db", "scenarios", "tests", "docs", "benchmarks", "tools"),
        *("README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "Makefile", "pyproject.toml"),
        *("constraints.txt", ".ci/run", "cli.py", "lca/py.typed"),
    ]
    assert [name for name in wanted if not (ROOT / name).exists()] == []


def test_ci_entry_can_be_executed() -> None:
    """``.ci/run`` is a program: executable, with an interpreter named."""
    entry = ROOT / ".ci" / "run"
    assert entry.stat().st_mode & 0o111
    assert entry.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


def test_dependencies_are_what_the_code_imports() -> None:
    """Every library that lca imports is required, and every one required is imported."""
    extras = PROJECT["optional-dependencies"]
    optional = required([text for name in extras if name != "dev" for text in extras[name]])
    imported = distributions(third_party(PACKAGE))
    assert imported - optional == required(PROJECT["dependencies"])


def test_test_dependencies_are_declared() -> None:
    """What tests, tools and benchmarks import is required by the program or by an extra."""
    extras = PROJECT["optional-dependencies"]
    declared = required([*PROJECT["dependencies"], *extras["dev"], *extras["measure"]])
    used = {name for folder in OWN for name in third_party(ROOT / folder)}
    assert distributions(used) - declared - PEERS == set()


def test_constraints_name_every_requirement_once() -> None:
    """The tested version of each direct requirement is stated, one exact version a line."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    extras = PROJECT["optional-dependencies"]
    direct = required([*PROJECT["dependencies"], *extras["dev"], *extras["measure"]])
    names = [canonical(pin.split("==")[0]) for pin in pins]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==\d[\w.]*", pin)] == []
    assert sorted(set(names)) == sorted(names)
    assert direct <= set(names)


def test_version_stands_in_one_place() -> None:
    """The version is written in ``lca/__init__.py`` alone; the build reads it there."""
    import lca

    written = [
        path
        for path in [ROOT / "pyproject.toml", *PACKAGE.rglob("*.py")]
        if re.search(rf"[\"']{re.escape(lca.__version__)}[\"']", path.read_text(encoding="utf-8"))
    ]
    assert PROJECT["dynamic"] == ["version"]
    assert written == [PACKAGE / "__init__.py"]


def test_changelog_begins_with_this_version() -> None:
    """The newest entry of the changelog is the version that is packaged."""
    import lca

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert newest
    assert newest[1] == lca.__version__


def test_notice_is_up_to_date() -> None:
    """NOTICE is what the licences and attribution lines of the data ask for."""
    assert (ROOT / "NOTICE").read_text(encoding="utf-8") == tool("notice").notice()


def test_notice_gives_credit_where_a_licence_asks_for_it() -> None:
    """Data under CC BY and the Open Government Licence are credited by name and licence."""
    text = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for credit in (
        "Machine Learning Hardware data set (Epoch AI, 2026). Licence: CC BY 4.0.",
        "Ember, Yearly Electricity Data (CC BY 4.0)",
        "World Bank, World Development Indicators (CC BY 4.0)",
        "Licence: Open Government Licence v3.0.",
        "https://creativecommons.org/licenses/by/4.0/",
    ):
        assert credit in text


def test_license_is_the_whole_apache_license() -> None:
    """LICENSE is the Apache License 2.0 from its title to its appendix, as pyproject says."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    sections = re.findall(r"^   (\d)\. ", text, re.MULTILINE)
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert sections == list("123456789")
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == "Apache-2.0"


def test_no_file_mentions_a_machine() -> None:
    """No shipped text names a folder of somebody's machine or a folder beside the checkout."""
    strange = re.compile(r"/work/|\.\./shared|/home/\w|/Users/\w|/root/|/tmp/dev|/opt/\w")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in shipped_texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if strange.search(line)
    ]
    assert found == []
