"""Keep the README's outputs real: run its commands and snippets, and write what they print.

    python tools/readme.py            exit 1 if the README is not up to date
    python tools/readme.py --write    run everything and write the outputs

Blocks marked ``console`` hold commands (``$ ...``) and their output; a ``python`` block is followed by
a ``text`` block with its output.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_PYTHON = re.compile(r"```python\n(.*?)```\n\n```text\n.*?```", re.DOTALL)


def environment() -> dict[str, str]:
    """Return the environment of the commands: 80 columns, no color, this interpreter first."""
    scripts = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": scripts + os.pathsep + os.environ["PATH"],
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "",
    }


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder; return what it prints on both streams."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def console(block: str, folder: Path) -> str:
    """Return a console block with the output of its commands."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    parts = []
    for command in commands:
        output = run(["bash", "-c", command], folder)
        parts.append(f"$ {command}\n{output}".rstrip())
    return "```console\n" + "\n".join(parts) + "\n```"


def snippet(code: str) -> str:
    """Return a python block with its output."""
    output = run([sys.executable, "-c", code], ROOT)
    return f"```python\n{code}```\n\n```text\n{output}\n```"


def rendered(text: str) -> str:
    """Return the README with every output made anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = _CONSOLE.sub(lambda match: console(match[1], folder), text)
    return _PYTHON.sub(lambda match: snippet(match[1]), text)


def main() -> int:
    """Check or write the README."""
    text = README.read_text(encoding="utf-8")
    fresh = rendered(text)
    if "--write" in sys.argv:
        README.write_text(fresh, encoding="utf-8")
        return 0
    if fresh != text:
        print("README.md is not up to date: python tools/readme.py --write")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
