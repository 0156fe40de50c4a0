"""Turns: evaluations run beside the server, and of each page only the latest is worth running.

They run in one thread: the units' registry reads its definitions when they are first needed, which two
threads may not do at once, and most of an evaluation would wait for the interpreter anyway.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")
_MOST_PAGES = 256
_MOST_WAITING = 32


class SupersededError(Exception):
    """A later request of the same page has come: nobody waits for this one any more."""


class BusyError(Exception):
    """More evaluations wait than anybody would wait for."""


class Turns:
    """A thread that runs the last request of each page, and drops those before it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="what-if")
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting = 0

    async def run(self, page: str, work: Callable[[Callable[[], None]], Found]) -> Found:
        """Run `work` in the thread and return what it returns.

        Parameters
        ----------
        page
            Who asks; "" is nobody in particular, and is never superseded.
        work
            What to do; the function it is given raises `SupersededError` once it is in vain.

        Raises
        ------
        SupersededError
            If a later request of the same page came before this one was done.
        BusyError
            If too many wait.
        """
        number = self._take(page)

        def check() -> None:
            if page and self._latest.get(page, number) != number:
                raise SupersededError

        def begin() -> Found:
            check()
            return work(check)

        if self._waiting >= _MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, begin)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Start nothing more; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _take(self, page: str) -> int:
        with self._lock:
            number = self._latest.pop(page, 0) + 1
            self._latest[page] = number
            while len(self._latest) > _MOST_PAGES:
                self._latest.popitem(last=False)
            return number
