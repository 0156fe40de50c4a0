"""Leave interrupts and requests to terminate to a command that is measured.

A terminal interrupts the command together with its parent, which then only has to wait. A
scheduler may tell the parent alone. The parent cannot see which of them it was, so it hands an
interrupt on only where no terminal did it, and only to a command that has not ended soon after.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

__all__ = ["Relay"]

_GRACE = 2.0
"""How long a command that may have been interrupted itself has to end (s)."""


class Relay:
    """A context in which signals go to a command, and never end its parent.

    Attributes
    ----------
    interrupted : bool
        Whether somebody wants it all to end.

    """

    def __init__(self) -> None:
        self.interrupted = False
        self._child: subprocess.Popen[bytes] | None = None
        self._terminated = False
        self._timer: threading.Timer | None = None
        self._before: dict[signal.Signals, Any] = {}

    def to(self, child: subprocess.Popen[bytes] | None) -> None:
        """Hand signals to a child; None where there is none."""
        self._child = child
        if child is None and self._timer is not None:
            self._timer.cancel()
        if child is not None and self._terminated:  # asked for while it was being started
            child.terminate()

    def __enter__(self) -> Relay:
        if threading.current_thread() is not threading.main_thread():
            return self  # only the main thread may say who handles a signal
        handlers = {signal.SIGINT: self._interrupt, signal.SIGTERM: self._terminate}
        for kind, handler in handlers.items():
            # One that is ignored, as under nohup, is ignored by the command, too.
            if signal.getsignal(kind) != signal.SIG_IGN:
                self._before[kind] = signal.signal(kind, handler)
        return self

    def __exit__(self, *_: object) -> None:
        self.to(None)
        for kind, handler in self._before.items():
            signal.signal(kind, handler)

    def _interrupt(self, *_: object) -> None:
        """Wait for the command to end; interrupt it if nobody else seems to have done so."""
        self.interrupted = True
        if self._timer is None and not _at_terminal():
            self._timer = threading.Timer(_GRACE, self._pass_on)
            self._timer.daemon = True
            self._timer.start()

    def _pass_on(self) -> None:
        """Interrupt the command."""
        child, self._timer = self._child, None
        if child is not None:
            child.send_signal(signal.SIGINT)

    def _terminate(self, *_: object) -> None:
        """Ask the command to end, so that its record is still written."""
        self.interrupted = self._terminated = True
        if self._child is not None:
            self._child.terminate()


def _at_terminal() -> bool:
    """Whether a terminal interrupts this process together with what it has started."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
