"""Where reports go: odd names are written, and what cannot be written is told before long work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lca.cli import main

SCENARIO = """\
schema: 1
title: {title}
period: 2027-2028
sites: {{here: {{region: DE}}}}
fleet: {{chat: {{device: nvidia-l40s, count: 1, lifetime: 5 years, site: here, utilization: "50%"}}}}
"""
ODD = (
    "a b.html",
    "q'\"`$x.html",
    "new\nline.html",
    "\U0001f600.html",
    "-dash.html",
    "#let <b>.html",
)
SUFFIXES = (".html", ".pdf", ".xlsx", ".md", ".json", ".csv", ".tex", ".txt")


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a small scenario in the folder that is worked in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(SCENARIO.format(title="Mine"), encoding="utf-8")
    return "mine.yaml"


def _report(*words: str) -> int:
    return main(["report", "--samples", "0", *words])


@pytest.mark.parametrize("name", ODD)
def test_odd_names_of_targets_are_written_as_they_are(
    scenario: str, name: str, tmp_path: Path
) -> None:
    """Spaces, quotes, line breaks, emoji and a leading dash are letters of a name."""
    assert _report(scenario, f"--output={name}") == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.skipif(sys.platform == "darwin", reason="this file system has names in Unicode only")
def test_a_scenario_whose_name_is_not_unicode_is_reported_in_every_format(
    scenario: str, tmp_path: Path
) -> None:
    """A byte that is no letter becomes the sign for one, in place of an error after all the work."""
    odd = os.fsdecode(b"non\xff-<b>.yaml")
    Path(scenario).rename(odd)
    outputs = [word for suffix in SUFFIXES for word in ("-o", f"made{suffix}")]
    assert _report(odd, *outputs) == 0
    assert "non\ufffd-" in (tmp_path / "made.json").read_text(encoding="utf-8")


def _targets(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "folder.html").mkdir()
    return {
        "folder.html": "this is a folder",
        "absent/report.html": "no such folder",
        "mine.yaml/report.html": "no such folder",
        f"{'a' * 300}.html": "File name too long",
    }


@pytest.mark.parametrize("command", [["report"], ["run"], ["export", "hf"]])
def test_what_cannot_be_written_is_told_before_anything_is_computed(
    command: list[str], scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """One line with the name and the reason, exit code 3; the scenario is not even read."""
    monkeypatch.setattr("lca.scenario._load", None)
    for target, reason in _targets(tmp_path).items():
        assert main([*command, scenario, "-o", target]) == 3
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert target in told
        assert reason in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.html", "mine.yaml"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_told(
    suffix: str, scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every writer ends with one line and exit code 3, and leaves nothing beside."""
    target = tmp_path / f"full{suffix}"
    target.symlink_to("/dev/full")
    assert _report(scenario, "-q", "-o", str(target)) == 3
    assert "No space left on device" in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may write anywhere")
def test_a_folder_without_permission_is_told(
    scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that takes no new file is named."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert _report(scenario, "-o", str(closed / "report.html")) == 3
    assert "no permission" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("suffix", "module", "extra"),
    [(".pdf", "typst", "lca[pdf]"), (".xlsx", "xlsxwriter", "lca[xlsx]")],
)
def test_a_missing_extra_is_named_before_anything_is_computed(
    suffix: str, module: str, extra: str, scenario: str
) -> None:
    """Without the package the command says what to install, and the scenario is not read."""
    code = (
        f"import sys; sys.modules[{module!r}] = None; import lca.scenario; "
        "lca.scenario._load = None; from lca.cli import main; "
        f"sys.exit(main(['report', {scenario!r}, '-o', 'made{suffix}']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert f"pip install '{extra}'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path(f"made{suffix}").exists()


@pytest.mark.parametrize("title", ["采购人工智能硬件的碳足迹", "البصمة الكربونية للأجهزة"])
def test_titles_of_other_scripts_reach_every_format(title: str, scenario: str) -> None:
    """A Chinese and an Arabic title stand in each text format letter for letter."""
    Path(scenario).write_text(SCENARIO.format(title=title), encoding="utf-8")
    texts = [suffix for suffix in SUFFIXES if suffix not in {".pdf", ".xlsx", ".csv"}]
    outputs = [word for suffix in texts for word in ("-o", f"made{suffix}")]
    assert _report(scenario, *outputs) == 0
    assert all(title in Path(f"made{suffix}").read_text(encoding="utf-8") for suffix in texts)


def test_the_fact_sheet_that_the_command_writes_has_two_pages_at_most(scenario: str) -> None:
    """Of a file with several options the command sets the sheet small, not as a report cut short."""
    wide = Path(__file__).parent.parent / "scenarios" / "procurement.yaml"
    for file, most in ((wide, 2), (Path(scenario), 2)):
        arguments = ["report", str(file), "--samples", "64", "--short", "-o", "sheet.pdf", "-q"]
        assert main(arguments) == 0
        pages = len(re.findall(rb"/Type\s*/Page\b", Path("sheet.pdf").read_bytes()))
        assert 1 <= pages <= most


def test_letters_without_a_font_are_told_with_what_to_install(
    scenario: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PDF with boxes in place of letters is never written in silence; others need no remark."""
    monkeypatch.setattr("lca.report.paper.pdf._SYSTEM_FONTS", False)
    assert _report(scenario, "--short", "-o", "plain.pdf") == 0
    assert "note" not in capsys.readouterr().err
    Path(scenario).write_text(SCENARIO.format(title="碳足迹"), encoding="utf-8")
    assert _report(scenario, "--short", "-o", "boxes.pdf") == 0
    assert "fonts-noto-cjk" in capsys.readouterr().err
