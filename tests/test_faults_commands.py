"""Commands that are ended from outside: one line, the signal's exit code, nothing half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.writers import SCENARIO

from lca import document
from lca.cli import main
from lca.measure import records

ROOT = Path(__file__).parents[1]
ENV = {**os.environ, "OMP_NUM_THREADS": "1"}
LONG = ("--samples", "8000000")

# Says when the command has read its scenario, and is about to evaluate it.
TELLING = """
import sys
import lca.scenario
real = lca.scenario.load
def load(*given, **named):
    found = real(*given, **named)
    print("at work", flush=True)
    return found
lca.scenario.load = load
from lca.cli import main
sys.exit(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario and an old file that must stay."""
    document.write_atomically(tmp_path / "mine.yaml", document.dump(SCENARIO))
    for suffix in (".json", ".pdf"):
        (tmp_path / f"old{suffix}").write_text("old")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "number", "told"),
    [
        (("run", "mine.yaml", *LONG, "-o", "old.json"), signal.SIGINT, "interrupted\n"),
        (("report", "mine.yaml", *LONG, "-o", "old.pdf"), signal.SIGTERM, "terminated\n"),
        (("sensitivity", "mine.yaml", *LONG, "-o", "old.json"), signal.SIGHUP,
         "the terminal has gone\n"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)  # fmt: skip
def test_a_command_at_work_ends_with_one_line(
    folder: Path, words: tuple[str, ...], number: signal.Signals, told: str
) -> None:
    """Whoever ends it: the exit code is 128 and the signal, the old file stays, no process is left."""
    command = [sys.executable, "-c", TELLING, *words]
    with subprocess.Popen(
        command, cwd=folder, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "at work\n"
        time.sleep(0.2)
        child.send_signal(number)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (128 + number, "", told)
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["mine.yaml", "old.json", "old.pdf"]
    assert {(folder / f"old{suffix}").read_text() for suffix in (".json", ".pdf")} == {"old"}


def test_an_ignored_request_stays_ignored(folder: Path) -> None:
    """Under nohup a command goes on when its terminal goes."""
    code = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from lca.cli import main\n"
        "import lca.evaluation as room; real = room.evaluate\n"
        "room.evaluate = lambda *a, **k: (os.kill(os.getpid(), signal.SIGHUP), real(*a, **k))[1]\n"
        "sys.exit(main())"
    )
    command = [sys.executable, "-c", code, "run", "mine.yaml", "-q", "-o", "new.json"]
    done = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "new.json").exists()


def test_a_library_s_own_error_for_an_interrupt_is_no_bug(folder: Path) -> None:
    """A library may make an error of its own of the signal, as a query that is interrupted does."""
    code = (
        "import contextlib, os, signal, sys; from lca.cli import main\n"
        "import lca.scenario as room\n"
        "def load(*_, **__):\n"
        "    with contextlib.suppress(KeyboardInterrupt): os.kill(os.getpid(), signal.SIGINT)\n"
        "    raise RuntimeError('Query interrupted')\n"
        "room.load = load\n"
        "sys.exit(main())"
    )
    command = [sys.executable, "-c", code, "run", "mine.yaml"]
    done = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"interrupted\n")


MEASURED = """
import time, lca.cli, lca.measure
from measure.steady import Steady
from lca.measure.integrate import Sample
import click
class Here(Steady):
    def clock(self): return time.monotonic()
    def read(self, device): return Sample(time.monotonic(), energy=1e6 + 100.0 * time.monotonic())
@click.command()
def command():
    with lca.measure("ended", save="record.yaml", meters=[Here()]):
        print("at work", flush=True)
        time.sleep(60)
lca.cli.Commands.get_command = lambda *_: command
import sys
sys.argv = ["lca", "measure"]
sys.exit(lca.cli.main())
"""


def test_a_terminated_measurement_leaves_its_whole_record(folder: Path) -> None:
    """A scheduler that ends a job gets a record of what was measured, which says how it ended."""
    env = ENV | {"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    with subprocess.Popen(
        [sys.executable, "-c", MEASURED], cwd=folder, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "at work\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (143, "terminated\n")
    record = records.load(folder / "record.yaml")
    assert record.status == "complete"
    assert any("the measured code raised" in reason for reason in record.reasons)
    assert record.total.value == pytest.approx(100.0 * record.duration, rel=0.05)


# Standard output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [("list", "gpu"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_no_bug(words: tuple[str, ...]) -> None:
    """One line with the reason, exit code 3."""
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, env=ENV, stdout=full, stderr=subprocess.PIPE, check=False)
    told = b"standard output: cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (3, told)


@pytest.mark.parametrize("closed", ["1>&-", "1>&- 2>&-"])
def test_a_closed_output_is_no_bug(closed: str) -> None:
    """Who closes an output wants nothing from it."""
    command = f"exec {sys.executable} {ROOT / 'cli.py'} list gpu {closed}"
    done = subprocess.run(["sh", "-c", command], env=ENV, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", ["list gpu", "init procurement --force -o /dev/stdout"])  # fmt: skip
def test_a_reader_that_leaves_is_not_told_anything(words: str) -> None:
    """``| head -1`` ends quietly, with the exit code of a closed pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, str(ROOT / "cli.py"), *words.split(), "-q"]
    done = subprocess.run(command, env=ENV, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("optimize", "refresh", "mine.yaml", "-o", "./mine.yaml"),
        ("import", "telemetry", "mine.yaml", "-o", "link.yaml"),
        ("import", "telemetry", "m*.yaml", "-o", "mine.yaml"),
        ("report", "mine.yaml", "-o", "mine.yaml"),
    ],
)
def test_what_a_command_reads_is_never_written_over(
    words: tuple[str, ...],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An output that is the input, by another spelling, a link or a pattern too, is refused."""
    monkeypatch.chdir(folder)
    Path("link.yaml").symlink_to("mine.yaml")
    before = Path("mine.yaml").read_bytes()
    assert main(words) == 2
    assert "is read by this command; give the output another name" in capsys.readouterr().err
    assert Path("mine.yaml").read_bytes() == before


def test_an_older_output_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is read is kept: the result of the last run gives way to that of this one."""
    monkeypatch.chdir(folder)
    assert main(["run", "mine.yaml", "--samples", "0", "-q", "-o", "old.json"]) == 0
    assert Path("old.json").read_text(encoding="utf-8") != "old"
