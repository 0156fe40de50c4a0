"""Schedulers: run blocks here, in processes of this machine, or on a Dask cluster.

Each yields blocks as they are done, in any order, and holds a bounded number of them.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from lca.errors import InputError, LcaError, quoted
from lca.sweeps.blocks import Block, evaluate
from lca.sweeps.job import Job

Spans = Iterable[tuple[int, int]]
Run = Callable[[Job, Spans], Iterator[Block]]
_AHEAD = 2
_TIMEOUT = "10s"
_ADDRESS = re.compile(r"inproc://\S+|(?:(?:tcp|tls|ucx|wss?)://)?[^\s/]+:(\d{1,5})")
_HIGHEST_PORT = 65_535


def here(job: Job, spans: Spans) -> Iterator[Block]:
    """Run blocks one after the other in this process."""
    packed = pickle.dumps(job)
    for start, stop in spans:
        yield evaluate(packed, start, stop)


def processes(workers: int) -> Run:
    """Return a scheduler of several processes on this machine."""

    def run(job: Job, spans: Spans) -> Iterator[Block]:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        packed = pickle.dumps(job)
        context = multiprocessing.get_context("spawn")  # a fork would copy locks of other threads
        pool = ProcessPoolExecutor(workers, context, initializer=_leave_interrupts)
        try:
            yield from _windowed(
                lambda start, stop: pool.submit(evaluate, packed, start, stop),
                spans,
                _AHEAD * workers,
            )
        except BrokenProcessPool:
            msg = "a worker process ended (killed, or out of memory); what is done is kept: run the same command again to go on"
            raise LcaError(msg) from None
        except BaseException:
            _end(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return run


def _end(pool: Any) -> None:
    """End the workers in mid-block: nobody waits for what they compute."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent, which ends its workers itself."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _windowed(submit: Callable[[int, int], Any], spans: Spans, most: int) -> Iterator[Block]:
    from concurrent.futures import FIRST_COMPLETED, wait

    waiting: set[Any] = set()
    for start, stop in spans:
        waiting.add(submit(start, stop))
        if len(waiting) >= most:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            del done
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
        del done


def cluster(address: str) -> Run:
    """Return a scheduler that maps blocks on an existing Dask cluster.

    A worker that dies costs its blocks in work, not in results: Dask gives them to another.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://head-node:8786``.

    Raises
    ------
    InputError
        If that is no address; the library would try it for half a minute.
    """
    written = _ADDRESS.fullmatch(address)
    if not written or int(written[1] or 0) > _HIGHEST_PORT:
        msg = f"{quoted(address)} is no address of a Dask scheduler, such as tcp://head-node:8786"
        raise InputError(msg)

    def run(job: Job, spans: Spans) -> Iterator[Block]:
        with _client(address) as client:
            _check_versions(client, job)
            yield from _mapped(client, job, spans)

    return run


def _mapped(client: Any, job: Job, spans: Spans) -> Iterator[Block]:
    as_completed: Any = import_module("distributed").as_completed
    packed = pickle.dumps(job)
    rest = iter(spans)
    ahead = _AHEAD * max(1, sum(client.nthreads().values()))

    def submit(start: int, stop: int) -> Any:
        key = f"lca-sweep-{job.digest[:16]}-{start}-{stop}"
        return client.submit(evaluate, packed, start, stop, key=key, retries=_AHEAD)

    first = [submit(*span) for _, span in zip(range(ahead), rest, strict=False)]
    waiting = as_completed(first, loop=client.loop)
    del first
    for future in waiting:
        block = future.result()
        future.release()
        yield block
        following = next(rest, None)
        if following:
            waiting.add(submit(*following))


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        connect: Any = import_module("distributed").Client
    except ModuleNotFoundError:
        msg = "a cluster needs the extra cluster: pip install 'lca[cluster]'"
        raise InputError(msg) from None
    try:
        client = connect(address, timeout=_TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        msg = f"no Dask scheduler at {address}: {error}"
        raise LcaError(msg) from None
    try:
        yield client
    finally:
        client.close()


def _version() -> str:
    import lca

    return str(lca.__version__)


def _check_versions(client: Any, job: Job) -> None:
    try:
        found = client.run(_version)
    except ModuleNotFoundError:
        msg = f"the workers of the cluster have no lca; install {job.version} there"
        raise LcaError(msg) from None
    if not found:
        msg = "the cluster has no workers"
        raise LcaError(msg)
    other = sorted({version for version in found.values() if version != job.version})
    if other:
        msg = f"the workers of the cluster have lca {', '.join(other)}, here it is {job.version}; all must be the same"
        raise LcaError(msg)


def chosen(workers: int, address: str | None) -> Run:
    """Return the scheduler that is asked for."""
    if address is not None:
        return cluster(address)
    return processes(workers) if workers > 1 else here
