"""Attack every reader of foreign input for a stated number of executions: the long form.

``python tools/fuzz.py`` gives each target of ``tests/fuzz/targets.py`` its executions, one process
at a time, guided by coverage (atheris on libFuzzer; Linux, the extra ``dev``). What it learned stays
in ``outputs/fuzz``, so that a run that was stopped goes on where it was; ``--fresh`` forgets it.

    python tools/fuzz.py                        all targets, their own number of executions
    python tools/fuzz.py unit value --share 0.1 two targets, a tenth of theirs
    python tools/fuzz.py --seconds 60           all targets, at most a minute each

It prints a table and ends with 1 if anything was found; every finding is a file to be read again with
``python tools/fuzz.py TARGET --input FILE``. Limits of one input: 2 s of processor time, 500 MB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

FOLDER = REPOSITORY / "outputs" / "fuzz"
MEMORY = 500
"""Most memory of a process (MB)."""

TIME = 2.0
"""Most processor time of one input (s)."""

WAIT = 30
"""Time (s) by the clock after which an input that does not return is ended: other work may slow us."""

CHUNK = 600
"""Most seconds of one process; what caches hold goes with it."""

_DONE = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_PEAK = re.compile(r"stat::peak_rss_mb:\s*(\d+)")
_COVERED = re.compile(r"cov: (\d+) ft: (\d+)")
_AT = re.compile(r"^#(\d+)\s", re.MULTILINE)


@dataclass
class Tally:
    """What one target has had, over all runs: kept as a file beside its corpus."""

    executions: int = 0
    seconds: float = 0.0
    edges: int = 0
    features: int = 0
    peak: int = 0
    findings: list[str] = field(default_factory=list)


def main() -> int:
    """Run the targets asked for; return 1 if anything was found."""
    asked = _arguments()
    if asked.child:
        return _child(asked.child, asked.folder, asked.runs, int(asked.seconds))
    from fuzz.targets import TARGETS

    names = asked.targets or list(TARGETS)
    if asked.input:
        print("accepted" if TARGETS[names[0]](asked.input.read_bytes()) else "refused")
        return 0
    tallies = {}
    for name in names:
        runs = max(1, round(TARGETS[name].runs * asked.share))
        tallies[name] = _attack(name, asked.folder / name, runs, asked.seconds, asked.fresh)
        print(_row(name, tallies[name]), flush=True)
    return 1 if any(tally.findings for tally in tallies.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--share", type=float, default=1.0, help="share of the executions")
    parser.add_argument("--seconds", type=float, default=1e9, help="most seconds of each target")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--fresh", action="store_true", help="forget what was learned")
    parser.add_argument("--input", type=Path, help="read one file again, and say what happens")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _row(name: str, tally: Tally) -> str:
    found = f"{len(tally.findings)} found" if tally.findings else "nothing found"
    return (
        f"{name:12} {tally.executions:>9,} executions {tally.seconds:>7.0f} s "
        f"{tally.edges:>6} edges {tally.peak:>4} MB  {found}"
    )


def _attack(name: str, folder: Path, runs: int, seconds: float, fresh: bool) -> Tally:
    """Run a target until it has had its executions, or its time is over."""
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    (folder / "findings").mkdir(exist_ok=True)
    kept = folder / "tally.json"
    tally = Tally(**json.loads(kept.read_text())) if kept.exists() else Tally()
    started = time.monotonic()
    while tally.executions < runs and time.monotonic() - started < seconds:
        left = min(seconds - (time.monotonic() - started), CHUNK)
        done = _chunk(name, folder, runs - tally.executions, left, tally)
        tally.findings = sorted(path.name for path in (folder / "findings").iterdir())
        kept.write_text(json.dumps(asdict(tally), indent=1) + "\n")
        if not done:
            break
    return tally


def _chunk(name: str, folder: Path, runs: int, seconds: float, tally: Tally) -> int:
    """Run one process; return how many executions it had."""
    from fuzz.targets import TARGETS

    for path, raw in TARGETS[name].corpus().items():
        seed = folder / "corpus" / hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
        if not seed.exists():
            seed.write_bytes(raw)
    command = [sys.executable, __file__, "--child", name, "--folder", str(folder),
               "--runs", str(runs), "--seconds", str(max(1, round(seconds)))]  # fmt: skip
    started = time.monotonic()
    said = subprocess.run(command, capture_output=True, check=False).stderr.decode(errors="replace")
    (folder / "last.log").write_text(said)
    tally.seconds += time.monotonic() - started
    counted = _DONE.findall(said) or _AT.findall(said)
    for edges, features in _COVERED.findall(said)[-1:]:
        tally.edges, tally.features = (
            max(tally.edges, int(edges)),
            max(tally.features, int(features)),
        )
    tally.peak = max([tally.peak, *map(int, _PEAK.findall(said))])
    executed = int(counted[-1]) if counted else 0
    tally.executions += executed
    if not executed:
        print(said[-3000:], file=sys.stderr)
    return executed


def _child(name: str, folder: Path, runs: int, seconds: int) -> int:
    """Fuzz in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["lca"]):
        from fuzz import mutation
        from fuzz.targets import TARGETS, WORDS

    target = TARGETS[name]
    kept = _Findings(folder / "findings")
    words = WORDS / f"{target.shape}.dict"
    known = mutation.words_of(words.read_bytes())

    def attack(raw: bytes) -> None:
        """Read one input; note what should not have happened, and go on."""
        started = time.process_time()
        try:
            target(raw)
        except Exception as error:
            kept.note(_fingerprint(error), raw, traceback.format_exc())
        if time.process_time() - started > TIME:
            kept.note("slow", raw, f"{time.process_time() - started:.1f} s")

    def change(raw: bytes, longest: int, seed: int) -> bytes:
        """Change an input: half of them by libFuzzer, half in their structure."""
        random = Random(seed)
        if seed % 2:
            return bytes(atheris.Mutate(raw, longest))
        return mutation.mutate(raw, random, target.shape, known)[:longest]

    options = [
        sys.argv[0], f"-runs={runs}", f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY}",
        f"-timeout={WAIT}", f"-artifact_prefix={folder}/findings/", f"-dict={words}",
        f"-max_len={mutation.LONGEST}", "-print_final_stats=1", "-len_control=0", str(folder / "corpus"),
    ]  # fmt: skip
    atheris.Setup(options, attack, custom_mutator=change)
    atheris.Fuzz()
    return 0


def _fingerprint(error: BaseException) -> str:
    """Name a finding by its kind and the innermost line of this package."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "/lca/" in frame.filename
    ]
    where = f"{Path(frames[-1].filename).stem}-{frames[-1].lineno}" if frames else "promise"
    said = re.sub(r"\W+", "-", str(error))[:40] if not frames else ""
    return f"{type(error).__name__}-{where}{said}"


class _Findings:
    """The first input of each kind of finding, with what happened beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self, kind: str, raw: bytes, told: str) -> None:
        """Keep an input unless one of its kind is kept."""
        if not (self.folder / kind).exists():
            (self.folder / kind).write_bytes(raw)
            (self.folder.parent / f"{kind}.txt").write_text(told)


if __name__ == "__main__":
    sys.exit(main())
