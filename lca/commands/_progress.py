"""A progress bar for long work: on a terminal only, and only if it takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[int, int], None]
_PATIENCE = 1.0


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Step]:
    """Give a function ``step(done, total)`` that draws a bar on standard error.

    Nothing is drawn where standard error is no terminal, or before a second has passed.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(file=sys.stderr), transient=True)
    task, began = bar.add_task(title), time.monotonic()

    def step(done: int, total: int) -> None:
        """Draw how much is done."""
        if not bar.live.is_started and time.monotonic() - began > _PATIENCE:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield step
    finally:
        bar.stop()
