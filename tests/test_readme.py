"""The README is executed: its commands and snippets print what it says they print."""

from __future__ import annotations

import difflib
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_output_in_the_readme_is_what_its_command_prints() -> None:
    """Running the README's commands and snippets gives its text again, to the character."""
    tool = runpy.run_path(str(ROOT / "tools" / "readme.py"))
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = tool["rendered"](written)
    difference = "\n".join(
        difflib.unified_diff(written.splitlines(), fresh.splitlines(), lineterm="")
    )
    assert not difference, difference
