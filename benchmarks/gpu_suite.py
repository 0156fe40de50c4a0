"""Do on a machine with an NVIDIA board all that needs one, into one folder.

``make gpu-suite``, or::

    python benchmarks/gpu_suite.py outputs/gpu                  # all of it, about half an hour
    python benchmarks/gpu_suite.py outputs/gpu --within 540     # what fits into nine minutes
    python benchmarks/gpu_suite.py outputs/gpu --only tests traces bert_finetune

What is done is kept in ``done.json`` and not done again: where a machine is lent for minutes, run
it with ``--within`` until it says that nothing is left. A step that failed is tried again.

The folder then holds ``tests.xml`` (the marked tests), ``machine.json`` and ``doctor.json``,
``idle.yaml`` and ``idle-context.yaml``, ``waiting.txt``, ``steady.txt`` and ``bursts.txt``
(recorded traces), ``counter.json`` (the counter against the integral of the instant power),
records of the large product in bf16 at several batch sizes, and one of each workload in full
size. It names no user, path or machine; ``logs`` may, and is not for publication.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lca.measure import workloads

ROOT = Path(__file__).parents[1]
FIRST = ("gpt2_generate", "bert_finetune", "gpt2_train")
"""Workloads whose records are wanted most."""
LIMIT = 300.0
"""Longest time of a step (s)."""
TIMED_OUT = 124
LATER = 75
"""Exit code if there was no time for all; run it again."""


@dataclass(frozen=True, slots=True)
class Step:
    """A name, a command, and how long it usually takes (s)."""

    name: str
    command: tuple[str, ...]
    usual: float


def steps(folder: Path, seconds: float) -> list[Step]:
    """Return all steps, those that are wanted most first.

    Parameters
    ----------
    folder : Path
        Where results go.
    seconds : float
        How long each measurement takes at least.

    """
    python, length = sys.executable, f"{seconds:g}"
    lca = (python, str(ROOT / "cli.py"))
    own = (python, str(ROOT / "benchmarks" / "gpu_steps.py"))
    marked = (python, "-m", "pytest", "-m", "gpu", str(ROOT / "tests" / "measure"))
    known = sorted(workloads.names(), key=lambda name: name not in FIRST)
    return [
        Step("machine", (*own, "machine", str(folder)), 10),
        Step("tests", (*marked, f"--junit-xml={folder / 'tests.xml'}"), 60),
        Step("doctor", (*lca, "doctor", "--json", "--require", "measured"), 10),
        Step("idle", (*own, "idle", str(folder), "--seconds", length), 2 * seconds + 20),
        Step("traces", (*own, "traces", str(folder), "--seconds", "40"), 150),
        Step("products", (*own, "products", str(folder), "--seconds", length), 5 * seconds + 20),
        *(_workload(name, (*lca, "measure", name), folder, length) for name in known),
    ]


def _workload(name: str, command: Sequence[str], folder: Path, length: str) -> Step:
    """Return the step that measures a workload in full size: the board alone.

    Without a counter of its own the processor would be modeled, and the record with it.
    """
    options = ("--size", "full", "--device", "0", "--at-least", f"{length}s")
    saved = ("--require", "measured", "--save", str(folder / f"{name}.yaml"))
    return Step(name, (*command, *options, *saved), 120)


def run(step: Step, folder: Path, limit: float) -> int:
    """Run a step; its output goes to a log, that of the doctor to a file of its own."""
    log = folder / "logs" / f"{step.name}.txt"
    log.parent.mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as told:
        try:
            ended = subprocess.run(
                step.command, stdout=subprocess.PIPE, stderr=told, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            told.write(f"\nended after {limit:.0f} s\n")
            return TIMED_OUT
    out = folder / "doctor.json" if step.name == "doctor" else log
    with out.open("ab" if out == log else "wb") as output:
        output.write(ended.stdout)
    return ended.returncode


def do(wanted: Sequence[Step], folder: Path, within: float) -> int:
    """Do the steps that are left and that there is time for.

    Returns
    -------
    int
        0 if nothing is left, 1 if a step failed, `LATER` if there was no time for one.
    """
    began, late = time.monotonic(), []
    done = _done(folder)
    for step in wanted:
        left = within - (time.monotonic() - began)
        if done.get(step.name) == 0:
            continue
        if left < step.usual:
            late.append(step.name)
            continue
        print(f"{step.name} ...", flush=True)
        done[step.name] = run(step, folder, min(LIMIT, left))
        _keep(folder, done)
        if done[step.name]:
            print(f"  failed with {done[step.name]}: see logs/{step.name}.txt")
    failed = [step.name for step in wanted if done.get(step.name)]
    _tell("failed", failed)
    _tell("no time for", late)
    return 1 if failed else LATER if late else 0


def _done(folder: Path) -> dict[str, int]:
    """Return the exit code of each step that was run before."""
    file = folder / "done.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _keep(folder: Path, done: Mapping[str, int]) -> None:
    """Write the exit codes."""
    (folder / "done.json").write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")


def _tell(what: str, names: Sequence[str]) -> None:
    """Print the names, if there are any."""
    if names:
        print(f"{what}: {', '.join(names)}")


def main() -> int:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--within", type=float, default=float("inf"), help="time to take (s)")
    parser.add_argument("--only", nargs="+", metavar="STEP", help="these steps alone")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    given = parser.parse_args()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    known = steps(folder, given.seconds)
    names = [step.name for step in known]
    for name in given.only or ():
        if name not in names:
            parser.error(f"no step {name!r}; there are {', '.join(names)}")
    return do([step for step in known if step.name in (given.only or names)], folder, given.within)


if __name__ == "__main__":
    sys.exit(main())
