"""Write what the program is made of: an SBOM in CycloneDX, and docs/dependencies.md with licences.

Run ``python tools/bill_of_materials.py FILE.json``. Makes an environment with the package, its
extras for users and the pinned versions, and another for the CycloneDX program; needs a package
index. ``--write`` also writes docs/dependencies.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
TOOL = "cyclonedx-bom==7.5.0"
Needs = dict[str, list[str]]
"""What each library requires, by name."""
HEAD = """\
# Libraries and their licences

What is installed with the program and with each of its extras, at the versions it is tested with.
Licences are as the libraries state them. `python tools/bill_of_materials.py sbom.json --write`
makes this page, and the same as a bill of materials in CycloneDX 1.6.

| library | version | licence | comes with |
|---|---|---|---|
"""


def main() -> int:
    """Write the bill of materials, and the page where that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="where the CycloneDX file goes")
    parser.add_argument("--write", action="store_true", help="write docs/dependencies.md anew")
    asked = parser.parse_args()
    asked.file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bill = inventory(Path(folder), asked.file.resolve())
        installed = needs(Path(folder) / "program")
    print(f"{asked.file}: {len(bill['components'])} libraries")
    if asked.write:
        PAGE.write_text(page(bill, installed), encoding="utf-8")
    return 0


def project() -> dict[str, Any]:
    """Return the table of the project in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["project"])


def extras() -> dict[str, list[str]]:
    """Return what each extra for users requires."""
    found: dict[str, list[str]] = project()["optional-dependencies"]
    return {name: wanted for name, wanted in found.items() if name != "dev"}


def inventory(folder: Path, file: Path) -> dict[str, Any]:
    """Install the package and list what came with it, into a file of CycloneDX."""
    package = f"{ROOT}[{','.join(extras())}]"
    python = environment(folder / "program", package, "-c", str(ROOT / "constraints.txt"))
    tool = environment(folder / "tool", TOOL).with_name("cyclonedx-py")
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON"]
    run([str(tool), "environment", str(python), *options, "-o", str(file)])
    return dict(json.loads(file.read_text(encoding="utf-8")))


def environment(folder: Path, *wanted: str) -> Path:
    """Make an environment with what is wanted; return its interpreter."""
    run([sys.executable, "-m", "venv", str(folder)])
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run([str(python), "-m", "pip", "install", "--quiet", *wanted])
    return python


def run(command: list[str]) -> None:
    """Run a command; end with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def page(bill: dict[str, Any], installed: Needs) -> str:
    """Return the page: a row for each library, by name."""
    needed = {"the program": project()["dependencies"], **extras()}
    reached = {who: below(installed, wanted) for who, wanted in needed.items()}
    rows = []
    for one in sorted(bill["components"], key=lambda one: canonicalize_name(one["name"])):
        name = canonicalize_name(one["name"])
        bringers = [who for who, names in reached.items() if name in names]
        who = bringers[0] if "the program" in bringers else ", ".join(bringers)
        if bringers:
            rows.append(f"| {one['name']} | {one['version']} | {licence(one)} | {who} |")
    return HEAD + "\n".join(rows) + "\n"


def needs(folder: Path) -> Needs:
    """Return what each library of an environment requires here, without its own extras."""
    (packages,) = folder.glob("lib/python*/site-packages")
    found = metadata.distributions(path=[str(packages)])
    return {canonicalize_name(one.name): applying(one.requires or ()) for one in found}


def applying(texts: Iterable[str]) -> list[str]:
    """Return the libraries of the requirements that apply to this interpreter."""
    wanted = [Requirement(text) for text in texts]
    kept = [one for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})]
    return [canonicalize_name(one.name) for one in kept]


def below(installed: Needs, wanted: Iterable[str]) -> set[str]:
    """Return the libraries that requirements bring, and what those bring in turn."""
    found: set[str] = set()
    ahead = applying(wanted)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += installed.get(name, [])
    return found


def licence(component: dict[str, Any]) -> str:
    """Return a library's licence, the expression before the id before the words."""
    stated = component.get("licenses", [])
    texts = [one.get("expression") or words(one.get("license", {})) for one in stated]
    short = [text for text in texts if text and "::" not in text] or [t for t in texts if t]
    return short[0].rpartition(":: ")[2] if short else "not stated"


def words(stated: dict[str, Any]) -> str:
    """Return the id of a licence, or the first line of its name."""
    return str(stated.get("id") or stated.get("name", "").partition("\n")[0])


if __name__ == "__main__":
    sys.exit(main())
