"""The peers' own environment: made once, from the package index, beside this project's and never in it.

It lies in ``build/peers``, which version control ignores, and is made anew when its list changes.
What this project itself depends on is put there too, so that meters can run side by side.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

from measuring import ROOT

FOLDER = ROOT / "build" / "peers"
PEERS = ("bw2calc", "boaviztapi", "ecologits", "SALib", "linopy", "codecarbon", "zeus")
HELPERS = ("highspy",)
_VERSIONS = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"


def python() -> Path:
    """Return the interpreter of the environment, which is made where it is missing or old."""
    wanted = sorted([*PEERS, *HELPERS, *_own()])
    made = FOLDER / "made.json"
    if not made.exists() or json.loads(made.read_text()) != wanted:
        print(f"Installing {', '.join(PEERS)} into {FOLDER.relative_to(ROOT)}", flush=True)
        venv.create(FOLDER, with_pip=True, clear=True)
        command = [_interpreter(), "-m", "pip", "install", "--quiet", *wanted]
        subprocess.run(command, check=True, cwd=FOLDER)
        made.write_text(json.dumps(wanted))  # last: what was interrupted is done again
    return _interpreter()


def _interpreter() -> Path:
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return FOLDER / folder / name


def _own() -> list[str]:
    """Return what this project depends on."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["project"]["dependencies"])


def versions() -> dict[str, str]:
    """Return the version of each peer."""
    return dict(json.loads(run("-c", _VERSIONS, *PEERS)))


def run(*arguments: str) -> str:
    """Run the environment's interpreter, from where this project can be imported."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [str(python()), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def side(name: str) -> dict[str, Any]:
    """Return what the peers' side of a comparison says."""
    script = str(Path(__file__).with_name("peer_sides.py"))
    return dict(json.loads(run(script, name).splitlines()[-1]))
