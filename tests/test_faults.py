"""Files and bad luck: whatever ends a write, a name stands for the old content or the new, whole."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from faults import disks

from lca.errors import DocumentError
from lca.files import LEFT_OVER, replacing, require_writable, write_atomically

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(ROOT)]),
       "SOURCE_DATE_EPOCH": "1700000000", "OMP_NUM_THREADS": "1"}  # fmt: skip

# One way to write

WRITING = {"write_text", "write_bytes", "to_csv", "to_parquet", "to_excel", "to_json", "savefig",
           "tofile", "savez", "NamedTemporaryFile", "mkstemp", "rename", "copyfile", "copytree",
           "copy2", "move"}  # fmt: skip
"""Calls that write files, or move them, by the last part of their name."""
EXCEPTIONS = {
    ("lca/files.py", "open"): "the one way",
    ("lca/files.py", "replace"): "the one way",
    ("lca/sweeps/filing.py", "open"): "a lock that holds nothing",
    ("lca/telemetry/prometheus.py", "open"): "a temporary file in a folder of its own",
}
"""Files of the package with another writing call, and why no reader can find it half done."""


def _writes(call: ast.Call) -> str:
    """Return the name of a call that writes a file, or nothing."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    # A text's own replace takes two values, and that of a record takes names.
    if name in WRITING or (name == "replace" and len(call.args) == 1 and not call.keywords):
        return name
    given = [*call.args, *(word.value for word in call.keywords if word.arg in {None, "mode"})]
    modes = [one.value for one in given if isinstance(one, ast.Constant)]
    written = any(isinstance(x, str) and len(x) <= 3 and set(x) & set("wax+") for x in modes)
    return name if name in {"open", "fdopen"} and written else ""


def _writing_calls() -> Iterator[tuple[str, str]]:
    anything = re.compile(rf"\b({'|'.join(WRITING)}|open|fdopen|replace)\(")
    for path in sorted((ROOT / "lca").rglob("*.py")):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if anything.search(text) else ():
            if isinstance(node, ast.Call) and _writes(node):
                yield path.relative_to(ROOT).as_posix(), _writes(node)


def test_everything_is_written_in_one_way() -> None:
    """No module writes a file by itself, but for those that are named with their reason."""
    found = {(path, "open" if name == "fdopen" else name) for path, name in _writing_calls()}
    assert found == EXCEPTIONS.keys()


# What a write keeps, and what it refuses


def test_a_new_file_obeys_the_mask_and_an_old_one_keeps_its_permissions(tmp_path: Path) -> None:
    """New files have the rights that the umask leaves; those of an old file stay."""
    file = tmp_path / "a.txt"
    before = os.umask(0o027)
    try:
        write_atomically(file, "one")
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
    finally:
        os.umask(before)
    file.chmod(0o604)
    write_atomically(file, "two")
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()) == (0o604, "two")


def test_what_is_private_stays_private_while_it_is_written(tmp_path: Path) -> None:
    """Nobody else may read the hidden file of a private one."""
    file = tmp_path / "a.txt"
    file.touch(0o600)
    with replacing(file) as temporary:
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    """What root writes anew still belongs to its user."""
    file = tmp_path / "a.txt"
    file.touch()
    os.chown(file, 1234, 1235)
    write_atomically(file, "new")
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1235)


def test_links_are_followed_even_where_nothing_is_yet(tmp_path: Path) -> None:
    """A link stays a link; the file that it names is made, in the folder where it lies."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to("there/a.txt")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "there" / "a.txt").read_text() == "new"


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    """With one line, not a traceback."""
    link = tmp_path / "link.txt"
    link.symlink_to("link.txt")
    with pytest.raises(DocumentError, match="cannot be written: Too many levels"):
        write_atomically(link, "new")


def test_the_longest_name_there_is_can_be_written(tmp_path: Path) -> None:
    """The hidden file beside it does not make the name longer; a longer one is refused."""
    file = tmp_path / ("a" * 255)
    write_atomically(file, "new")
    assert file.read_text() == "new"
    with pytest.raises(DocumentError, match="File name too long"):
        write_atomically(tmp_path / ("a" * 256), "new")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("folder", "this is a folder"),
        ("absent/a.txt", "no such folder"),
        ("file/a.txt", "no such folder"),
        ("pipe", "nobody reads this pipe"),
        ("/dev/urandom", "a device or a socket"),
        ("nul\0byte", "null"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, target: str, reason: str) -> None:
    """Folders, devices and pipes without a reader: one line, at once, nothing left."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DocumentError, match=reason) as refusal:
        write_atomically(tmp_path / target, "new")
    assert "\n" not in str(refusal.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "pipe"]


@pytest.mark.parametrize("name", ["", "-"])
def test_no_name_is_not_a_file_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``-o -`` makes no file called ``-``; the message says how to print instead."""
    monkeypatch.chdir(tmp_path)
    for attempt in (lambda: write_atomically(name, "x"), lambda: require_writable(name)):
        with pytest.raises(DocumentError, match="/dev/stdout"):
            attempt()
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_takes_what_it_is_given(tmp_path: Path) -> None:
    """A pipe that somebody reads stays a pipe, and gets all of a large content."""
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    # The pipe has a reader from now on; the thread's own opening waits for the writer, as it must:
    # a reader that is there before any writer would find the end at once.
    kept = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"x" * 300_000)
    reader.join(30)
    os.close(kept)
    assert got == [b"x" * 300_000]
    assert pipe.is_fifo()


def test_standard_output_that_is_a_file_is_added_to(tmp_path: Path) -> None:
    """``-o /dev/stdout >> log`` keeps the log, and what was printed before comes first."""
    code = "from lca.files import write_atomically as w; print('first'); w('/dev/stdout', 'then')"
    log = tmp_path / "log"
    log.write_text("old\n")
    with log.open("a") as output:
        subprocess.run([sys.executable, "-c", code], env=ENV, stdout=output, check=True)
    assert log.read_text() == "old\nfirst\nthen"


def test_a_streamed_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    """While it is written the old one stands; the hidden file has a name that can be ignored."""
    file = tmp_path / "a.parquet"
    file.write_bytes(b"old")
    with replacing(file) as temporary:
        temporary.write_bytes(b"half of it")
        assert file.read_bytes() == b"old"
        assert fnmatch(temporary.name, LEFT_OVER)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("a.parquet", b"half of it")
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ZeroDivisionError])
def test_whatever_is_raised_meanwhile_leaves_the_old_file(
    tmp_path: Path, error: type[BaseException]
) -> None:
    """And nothing beside it."""
    file = tmp_path / "a.txt"
    file.write_text("old")

    def interrupted() -> None:
        with replacing(file) as temporary:
            temporary.write_text("new")
            raise error

    with pytest.raises(error):
        interrupted()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_target_that_becomes_a_folder_meanwhile_is_refused(tmp_path: Path) -> None:
    """The folder stays, and nothing else is left."""
    file = tmp_path / "a.txt"
    with pytest.raises(DocumentError, match="Is a directory"), replacing(file):
        file.mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


# kill -9


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Ninety processes killed at random moments, ten for each kind of file: none half written."""
    words = [sys.executable, "-m", "faults.killing", str(tmp_path), "90", "8"]
    done = subprocess.run(words, env=ENV, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["killed"], found["broken"], found["odd"]) == (90, [], [])
    assert found["in_the_midst"] > 0


PLAIN_WRITER = """
import json, sys, time
from pathlib import Path
from faults.killing import soaked

def write(path, letter):
    with path.open("w") as file:
        file.write(letter * 1000)
        file.flush()
        time.sleep(0.03)
        file.write(letter * 1000)

pair = (lambda path: write(path, "a"), lambda path: write(path, "b"))
print(json.dumps(soaked(Path(sys.argv[1]), {"plain": pair}, 20, 1)))
"""


def test_the_killing_would_find_a_writer_that_is_not_atomic(tmp_path: Path) -> None:
    """A plain write in two halves is caught between them, so the test above can fail."""
    words = [sys.executable, "-c", PLAIN_WRITER, str(tmp_path)]
    done = subprocess.run(words, env=ENV, capture_output=True, text=True, check=True)
    assert "plain" in json.loads(done.stdout)["broken"]


# Disks that take nothing

MOUNTED = {"full": "No space left on device", "read_only": "is on a read-only file system"}
PLAIN = {"limited": "File too large", "closed": "no permission in", "vanished": "no such folder"}


@pytest.fixture(scope="module")
def disks_tried() -> list[dict[str, str | bool]]:
    """Return what every writer did on every kind of disk that can be had here."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # whoever has no rights must still find the disk in it
        found = _tried(name, *PLAIN)
        (Path(name) / "closed").chmod(0o755)
        if disks.may_mount(Path(name)):
            found += _tried(name, *MOUNTED, before=disks.PRIVATE)
    return found


def _tried(folder: str, *kinds: str, before: tuple[str, ...] = ()) -> list[dict[str, str | bool]]:
    """Return what every writer did on some kinds of disk."""
    words = [*before, sys.executable, "-m", "faults.disks", folder, *kinds]
    done = subprocess.run(words, env=ENV, cwd=TESTS, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("kind", [*MOUNTED, *PLAIN])
def test_a_disk_that_takes_nothing_is_told_and_the_old_file_stays(
    kind: str, disks_tried: list[dict[str, str | bool]]
) -> None:
    """Full, read-only, limited, closed or gone: one line with name and reason, nothing left over."""
    found = [one for one in disks_tried if one["disk"] == kind]
    if kind in MOUNTED and not found:
        pytest.skip("no file system may be mounted here")
    assert [one["name"] for one in found] == list(disks.NAMES)
    for one in found:
        told = str(one["told"])
        assert f"{one['name']}: cannot be written: " in told
        assert (MOUNTED | PLAIN)[kind] in told
        assert "\n" not in told
        assert (one["intact"], one["alone"]) == (True, True)


# Two runs and one file

RACER = """
import sys
from pathlib import Path
from lca.files import write_atomically
for turn in range(20):
    write_atomically(sys.argv[1], f"{sys.argv[2]} {turn}\\n" * (1000 + 500 * int(sys.argv[2])))
    lines = Path(sys.argv[1]).read_text().splitlines()
    assert len(set(lines)) == 1, "two writers in one file"
    assert len(lines) == 1000 + 500 * int(lines[0].split()[0]), "half a file"
"""


def test_ten_runs_that_write_one_file_leave_one_of_theirs_whole(tmp_path: Path) -> None:
    """At every moment the file is that of one of them, and none of them stumbles."""
    file = tmp_path / "a.txt"
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(file), str(place)], env=ENV)
        for place in range(10)
    ]
    assert [racer.wait(60) for racer in racers] == [0] * 10
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
