"""Kill everything that writes, at random moments, for some minutes: nothing may be half written.

Run ``python benchmarks/soak.py``, or with a number of minutes other than ten after it. In turns every
kind of file is written in a loop by a process that is killed, and whole commands are killed,
interrupted or terminated. Prints a line a round of what was found, and ends with exit code 1 if any
file was neither its old content nor a new one, whole.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from measuring import ROOT

os.environ.setdefault("SOURCE_DATE_EPOCH", "1700000000")  # a page is dated: the same in every run
sys.path.insert(0, str(ROOT / "tests"))  # the killing lives with the tests

from faults import killing
from faults.writers import SCENARIO

from lca import document
from lca.files import LEFT_OVER

MINUTES = 10.0
KILLS = 90
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
LONGEST = 3.0
"""Longest life of a command (s)."""
DRAWS = ("--samples", "20000", "-q")
COMMANDS = {
    "run": ("run", "mine.yaml", *DRAWS, "-o", "made.json", "-o", "made.csv"),
    "compare": ("compare", "mine.yaml", *DRAWS, "-o", "made.html", "-o", "made.md"),
    "report": ("report", "mine.yaml", *DRAWS, "-o", "made.pdf", "-o", "made.xlsx"),
    "sensitivity": ("sensitivity", "mine.yaml", *DRAWS, "-o", "made.json"),
    "sweep": ("sweep", "mine.yaml", "--over", "fleet.x.utilization=20%..80%:200", "--over",
              "sites.here.pue=1.1..1.5:40", "--samples", "256", "-q", "-o", "made.parquet"),
    "measure": ("measure", "-q", "--save", "made.yaml", "--", "sleep", "2"),
}  # fmt: skip
"""Commands that end by themselves after a second or more, and what each writes."""
WHOLE = {
    ".json": lambda raw: json.loads(raw) is not None,
    ".csv": lambda raw: raw.endswith(b"\n"),
    ".md": lambda raw: raw.endswith(b"\n"),
    ".html": lambda raw: raw.rstrip().endswith(b"</html>"),
    ".pdf": lambda raw: raw.rstrip().endswith(b"%%EOF"),
    ".xlsx": lambda raw: b"PK\x05\x06" in raw[-64:],
    ".parquet": lambda raw: raw[:4] == raw[-4:] == b"PAR1",
    ".yaml": lambda raw: "status" in document.parse(raw.decode()).data,
}
"""Whether the content of a file is whole, by its ending: an end that only a whole one has."""


def killed(words: tuple[str, ...], folder: Path, chance: random.Random) -> tuple[str, list[str]]:
    """Run a command, end it at a random moment; return how it ended and which files are broken."""
    kind = chance.choice(SIGNALS)
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        time.sleep(chance.uniform(0.2, LONGEST))
        child.send_signal(kind)
        _, told = child.communicate(timeout=120)
    broken = [path.name for path in folder.glob("made.*") if path.is_file() and not _whole(path)]
    if kind is not signal.SIGKILL:
        broken += [path.name for path in folder.glob(LEFT_OVER)]  # who is asked to end tidies up
        # Before `main` nothing of ours runs: an interrupt of Python's own start is Python's to tell.
        broken += ["a traceback"] if "Traceback" in told and "in main" in told else []
    for path in folder.glob(LEFT_OVER):
        path.unlink()
    return f"{kind.name} {child.returncode}", broken


def _whole(path: Path) -> bool:
    try:
        return bool(WHOLE[path.suffix](path.read_bytes()))
    except (ValueError, LookupError):
        return False


def main(minutes: float) -> int:
    """Go round until the time is over."""
    chance = random.Random(int(time.time()))
    ends: Counter[str] = Counter()
    kills = midst = wrong = 0
    kinds = killing.every_kind()
    until = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        document.write_atomically(Path(two) / "mine.yaml", document.dump(SCENARIO))
        while time.monotonic() < until:
            found = killing.soaked(Path(one), kinds, KILLS, chance.getrandbits(32))
            kills, midst = kills + found["killed"], midst + found["in_the_midst"]
            broken = found["broken"] + found["odd"]
            (Path(two) / "made.parquet").unlink(missing_ok=True)  # a finished sweep would be read
            for name, words in COMMANDS.items():
                end, half = killed(words, Path(two), chance)
                ends[f"{name} {end}"] += 1
                broken += [f"{name}: {file}" for file in half]
            wrong += len(broken)
            print(f"{kills} writers killed, {midst} while writing; {ends.total()} commands; broken: {broken or 'none'}", flush=True)  # fmt: skip
    for name, count in sorted(ends.items()):
        print(f"{count:5} {name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
