"""Kill processes at random moments while they write, and look at what is left.

``python -m faults.killing FOLDER ROUNDS SEED`` prints a line of JSON: how many were killed, how many
of them in the midst of a write, and which files were then neither the old nor the new content.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faults.writers import Write, contents, writers
from lca.files import LEFT_OVER

LONGEST = 0.02
"""Longest time that a writer lives (s): many writes."""


def whole(write: Write, folder: Path) -> bytes:
    """Return what a file holds once it is written."""
    file = folder / "whole"
    write(file)
    found = file.read_bytes()
    file.unlink()
    return found


def killed_while_writing(file: Path, pair: tuple[Write, Write], lives: float) -> None:
    """Write two contents in turns in another process, and kill it after some seconds."""
    ready, begun = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.write(begun, b"1")
            while True:
                for write in pair:
                    write(file)
        os._exit(1)
    os.read(ready, 1)  # on a busy machine it may take long to begin
    os.close(ready)
    os.close(begun)
    time.sleep(lives)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        msg = f"the writer of {file.name} ended by itself"
        raise RuntimeError(msg)


def soaked(
    folder: Path, kinds: Mapping[str, tuple[Write, Write]], rounds: int, seed: int
) -> dict[str, Any]:
    """Kill writers of every kind in turns; return what was found."""
    chance = random.Random(seed)
    contents = {name: {whole(write, folder) for write in pair} for name, pair in kinds.items()}
    broken: list[str] = []
    midst = 0
    for place in range(rounds):
        name = list(kinds)[place % len(kinds)]
        file = folder / name
        kinds[name][0](file)
        killed_while_writing(file, kinds[name], chance.uniform(0, LONGEST))
        if file.read_bytes() not in contents[name]:
            broken.append(name)
        left = list(folder.glob(LEFT_OVER))
        midst += len(left)
        for one in left:
            one.unlink()
    odd = sorted({path.name for path in folder.iterdir()} - kinds.keys())
    return {"killed": rounds, "in_the_midst": midst, "broken": broken, "odd": odd}


def every_kind() -> dict[str, tuple[Write, Write]]:
    """Return the writers of every kind of file, each for two contents."""
    made = contents()
    old = writers(made, "the old content")
    new = writers({suffix: content * 2 for suffix, content in made.items()}, "new")
    return {name: (old[name], new[name]) for name in old}


if __name__ == "__main__":
    print(json.dumps(soaked(Path(sys.argv[1]), every_kind(), int(sys.argv[2]), int(sys.argv[3]))))
