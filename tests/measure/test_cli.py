"""The commands that measure: what they print where, their exit codes, and what they leave behind."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lca import cli
from lca.commands._run_measured import _line
from lca.measure import records
from measure.stand_in import boards
from measure.stand_in.trace import Trace

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]
BOARD = Trace(boards=(boards.hopper(power=((0.0, 250.0),)),))

SCENARIO = """\
schema: 1
period: 2027
functional_unit: 1 million tokens
sites:
  here: {region: DE, pue: 1.2}
work:
  chat: {record: r.yaml, amount: 1 million tokens, site: here}
uncertainty: {samples: 200, seed: 1}
"""


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process; children's output is captured, too."""
    monkeypatch.setenv("COLUMNS", "80")

    def answer(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return answer


def python(text: str) -> tuple[str, ...]:
    """Return a command that runs a line of Python."""
    return ("--", sys.executable, "-c", text)


# A workload


def test_a_workload_on_a_machine_without_meters_says_it_is_modeled(
    run: Run, tmp_path: Path
) -> None:
    """And `lca run` uses the record that it saved, and says so again."""
    file = tmp_path / "r.yaml"
    words = ("measure", "gpt2_generate", "--size", "small", "--device", "cpu")
    code, out, err = run(*words, "--at-least", "1.2s", "--save", str(file))
    assert code == 0, err
    assert out.startswith("gpt2_generate: modeled")
    assert f"wrote {file}" in err
    record = records.load(file)
    assert (record.quality, record.work.unit) == ("modeled", "token")
    assert record.metrics["agreement with a full reread"] == pytest.approx(1.0)
    assert {window.name for window in record.windows} == {"prefill", "decode"}
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    code, out, err = run("run", str(tmp_path / "s.yaml"), "--json")
    assert code == 0, err
    result = json.loads(out)
    central = result["options"][0]["total"]["gwp100"]["location"]["central"]
    grams = record.energy_per_unit.value * 1e6 / 3.6e6 * 1.2 * 1e3 if record.energy_per_unit else 0
    assert 0.15 * grams < central * 1e3 < 0.6 * grams
    assert any("modeled, not measured" in text for text in result["warnings"])
    assert any(source["key"].startswith("record r.yaml (model") for source in result["sources"])


def test_measured_is_required_and_not_to_be_had(run: Run) -> None:
    """Exit code 5, before anything runs, with the reason for each meter."""
    code, out, err = run("measure", "mlp_tiny", "--device", "cpu", "--require", "measured")
    assert (code, out) == (5, "")
    assert "nothing on this machine can be measured" in err
    assert "processors" in err


def test_an_unknown_workload_is_named_with_the_nearest(run: Run) -> None:
    """All of them are listed."""
    code, _, err = run("measure", "gpt2_generat")
    assert code == 3
    assert 'did you mean "gpt2_generate"?' in err


def test_the_workloads_are_listed(run: Run) -> None:
    """One a line, without loading torch."""
    code, out, _ = run("measure", "list")
    assert code == 0
    assert "gpt2_generate" in out.splitlines()


# A command


def test_the_exit_code_of_the_command_is_passed_on_and_its_record_kept(
    run: Run, tmp_path: Path
) -> None:
    """A training that fails after hours has still drawn its energy."""
    file = tmp_path / "r.yaml"
    code, out, err = run(
        "measure", "--save", str(file), *python("print('hello'); raise SystemExit(7)")
    )
    assert (code, out) == (7, "hello\n")
    assert "the command ended with exit code 7" in err
    found = records.load(file)
    assert found.status == "complete"
    assert "the command ended with exit code 7" in found.reasons


def test_the_work_of_a_command_divides_its_energy(run: Run) -> None:
    """As JSON the record is all there is on standard output."""
    words = ("measure", "--json", "--work", "10 samples", "--repeat", "2")
    code, out, err = run(*words, *python("print('noise')"))
    assert code == 0
    data = json.loads(out)
    assert data["work"] == {"amount": "20", "unit": "sample"}
    assert data["repeats"] == "2"
    assert err.count("noise") == 2


def test_options_behind_the_dashes_are_the_command_s_own(run: Run) -> None:
    """Even where they are called like ours."""
    code, out, _ = run("measure", "-q", *python("import sys; print(sys.argv[1:])"), "--json", "-v")
    assert (code, out) == (0, "['--json', '-v']\n")


def test_a_command_that_does_not_exist_is_not_measured(run: Run, tmp_path: Path) -> None:
    """As in a shell, 127."""
    file = tmp_path / "r.yaml"
    code, _, err = run("measure", "--save", str(file), "--", "no-such-program-anywhere")
    assert code == 127
    assert 'no command "no-such-program-anywhere"' in err
    assert not file.exists()


@pytest.mark.parametrize(
    "words", [(), ("--",), ("mlp_tiny", "mlp_device"), ("mlp_tiny", "--", "true"), ("compare", "a")]
)
def test_what_cannot_be_meant_is_refused(run: Run, words: tuple[str, ...]) -> None:
    """With exit code 2 and what to write instead."""
    code, _, err = run("measure", *words)
    assert code == 2
    assert "lca measure" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_record_that_cannot_be_saved_does_not_hide_the_exit_code(run: Run) -> None:
    """The disk is full: said, and the command's own failure stays."""
    code, _, err = run("measure", "--save", "/dev/full", *python("raise SystemExit(7)"))
    assert code == 7
    assert "/dev/full: cannot be written: No space left" in err


def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(
    run: Run, tmp_path: Path
) -> None:
    """Hours of training are not measured for a slip of the pen."""
    file, mark = tmp_path / "nowhere" / "r.yaml", tmp_path / "ran"
    code, _, err = run("measure", "--save", str(file), "--", "touch", str(mark))
    assert code == 3
    assert "does not exist; nothing was run" in err
    assert not mark.exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--at-least", "5", "--", "true"), 3, '--at-least: "5" has no unit'),
        (("--at-least", "-5s", "--", "true"), 3, "negative"),
        (("--at-least", "5 kg", "--", "true"), 3, "--at-least"),
        (("--cool-down", "5", "compare", "true", "true"), 3, '--cool-down: "5" has no unit'),
        (("--work", "12", "--", "true"), 3, "--work"),
        (("--repeat", "0", "--", "true"), 2, "--repeat"),
        (("--share", "0.5", "--", "true"), 2, "--idle share"),
        (("mlp_tiny", "--size", "smal"), 3, 'did you mean "small"'),
        (("mlp_tiny", "--device", "tpu"), 3, "cpu, cuda or cuda:N"),
        (("mlp_tiny", "--work", "1 run"), 2, "counts its own work"),
    ],
)
def test_an_option_that_means_nothing_is_named(
    run: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    """With what was found or what may be written, and no traceback."""
    found, out, err = run("measure", *words)
    assert (found, out) == (code, "")
    assert told in err


def test_a_command_is_measured_on_the_board_s_counter(
    stand_in_process: Callable[[Trace], Any], tmp_path: Path
) -> None:
    """A second at 250 W is inside the bounds of the record, by the counter."""
    machine, file = stand_in_process(BOARD), tmp_path / "r.yaml"
    words = ("measure", "--device", "0", "--require", "measured", "--save", str(file))
    command = [sys.executable, str(ROOT / "cli.py"), *words, "--", "sleep", "1"]
    subprocess.run(command, env=machine.env, check=True, capture_output=True, timeout=60)
    found = records.load(file)
    board = found.devices[0]
    assert (found.quality, board.method, board.name) == (
        "measured",
        "counter",
        BOARD.boards[0].name,
    )
    assert board.hardware == "nvidia-h100-sxm5-80gb"
    assert board.energy is not None
    assert board.low <= 250 * found.duration <= board.high
    assert board.energy == pytest.approx(250 * found.duration, rel=0.2)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let programs be interrupted that start here, even where the tests themselves ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("told", ["INT to all", "INT to the parent", "TERM to the parent"])
def test_an_interrupted_command_leaves_a_record(
    stand_in_process: Callable[[Trace], Any], tmp_path: Path, told: str
) -> None:
    """The command decides how it ends; its code is passed on and the record is written."""
    machine, file = stand_in_process(BOARD), tmp_path / "r.yaml"
    child = (
        "import signal, sys, time\n"
        "for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, lambda *_: sys.exit(9))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    words = ("measure", "-q", "--save", str(file), *python(child))
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    running = subprocess.Popen(
        command, env=machine.env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.3)
        kind, whom = told.split(" to ")
        group = "-" if whom == "all" else ""  # a terminal tells the whole group
        subprocess.run(["kill", f"-{kind}", "--", f"{group}{running.pid}"], check=True)
        assert running.wait(timeout=30) == 9
    reasons = records.load(file).reasons
    assert "the command ended with exit code 9" in reasons
    assert "the measurement was interrupted" in reasons


# Progress


def test_progress_is_shown_on_a_terminal_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file gets no line that rewrites itself."""

    class Terminal(io.StringIO):
        """What says that it is a terminal."""

        def isatty(self) -> bool:
            return True

    _, _, err = run("measure", *python("import time; time.sleep(0.8)"))
    assert "\r" not in err
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("measure", *python("import time; time.sleep(0.8)"))
    assert "\r" in terminal.getvalue()
    assert " W" in terminal.getvalue()


def test_what_is_not_known_yet_is_a_dash() -> None:
    """Not a zero."""
    assert _line(3.0, None, None) == "3 s  – W  – J"
    assert _line(12.0, 245.4, 3012.0) == "12 s  245 W  3.01 kJ"


# Calibration


READINGS = "wall [Wh],measured [J],time [s]\n" + "".join(
    f"{(1.2 * w + 50) * 100 / 3600},{w * 100},100\n" for w in (50, 150, 250, 400)
)


def test_a_calibration_is_visible_in_the_record(
    run: Run, stand_in_process: Callable[[Trace], Any], tmp_path: Path
) -> None:
    """Energy at the wall stands beside that of the board, with its source and its bound."""
    (tmp_path / "readings.csv").write_text(READINGS, encoding="utf-8")
    node, file = tmp_path / "node.yaml", tmp_path / "r.yaml"
    code, out, _ = run("calibrate", str(tmp_path / "readings.csv"), "-o", str(node))
    assert code == 0
    assert out.startswith("wall = 1.2 × measured + 50 W × time")
    machine = stand_in_process(BOARD)
    words = ("measure", "--device", "0", "--save", str(file), "--apply", str(node))
    command = [sys.executable, str(ROOT / "cli.py"), *words, "--", "sleep", "0.6"]
    subprocess.run(command, env=machine.env, check=True, capture_output=True, timeout=60)
    found = records.load(file)
    energy = found.total.value
    assert energy is not None
    wall = float(found.calibration["energy"].removesuffix(" J"))
    assert wall == pytest.approx(1.2 * energy + 50 * found.duration, rel=1e-6)
    assert found.calibration["source"].startswith("readings.csv sha256:")


def test_a_calibration_does_not_apply_to_a_model(run: Run, tmp_path: Path) -> None:
    """A wall cannot be computed from a guess."""
    (tmp_path / "readings.csv").write_text(READINGS, encoding="utf-8")
    run("calibrate", str(tmp_path / "readings.csv"), "-o", str(tmp_path / "node.yaml"))
    words = ("measure", "--apply", str(tmp_path / "node.yaml"))
    code, _, err = run(*words, *python("import time; time.sleep(0.3)"))
    assert code == 3
    assert "this record is: modeled" in err


def test_a_calibration_is_printed_as_json(run: Run, tmp_path: Path) -> None:
    """With the units that it has in its file."""
    (tmp_path / "readings.csv").write_text(READINGS, encoding="utf-8")
    _, out, _ = run("calibrate", str(tmp_path / "readings.csv"), "--json")
    assert json.loads(out)["offset"] == "50 W"


# Import


def test_an_unknown_format_is_named_with_the_nearest(run: Run) -> None:
    """And all that there are."""
    code, out, err = run("import", "codecarbn", "emissions.csv")
    assert (code, out) == (2, "")
    assert 'did you mean "codecarbon"?; there are: codecarbon, zeus, dcgm' in err
