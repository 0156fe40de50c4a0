"""Measure one window with one meter, and print what it said: the child of ``meters.py``.

Everything that a meter prints goes to standard error, so that the last line of standard output
is the answer: J, interval where there is one, the four times of the calls, and the cost.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

JOULES_PER_KILOWATT_HOUR = 3.6e6
Answer = dict[str, Any]
Meter = tuple[Callable[[], object], Callable[[], Answer]]
"""What begins a window, and what ends it and says its energy."""


def lca(*, align: bool = False) -> Callable[[], Meter]:
    """Return lca.measure on all visible boards, without the processors."""
    from lca.measure.windows import Measurement

    def make() -> Meter:
        running = Measurement("window", align=align).open()

        def stop() -> Answer:
            boards = [one for one in running.stop().devices if one.scope == "gpu"]
            known = [one.energy for one in boards if one.energy is not None]
            return {
                "joules": sum(known) if boards and len(known) == len(boards) else None,
                "low": sum(one.low for one in boards),
                "high": sum(one.high for one in boards),
            }

        return running.start, stop

    return make


def codecarbon() -> Callable[[], Meter]:
    """Return CodeCarbon offline, as it comes, without its file."""
    from codecarbon import OfflineEmissionsTracker

    def make() -> Meter:
        tracker = OfflineEmissionsTracker(
            country_iso_code="USA",
            save_to_file=False,
            log_level="critical",
            allow_multiple_runs=True,
        )

        def stop() -> Answer:
            tracker.stop()
            return {"joules": tracker._total_gpu_energy.kWh * JOULES_PER_KILOWATT_HOUR}

        return tracker.start, stop

    return make


def zeus() -> Callable[[], Meter]:
    """Return a Zeus window on all visible boards; there is no CUDA work to wait for."""
    from zeus.monitor import ZeusMonitor

    def make() -> Meter:
        monitor = ZeusMonitor(cpu_indices=[])

        def stop() -> Answer:
            return {
                "joules": sum(
                    monitor.end_window("window", sync_execution=False).gpu_energy.values()
                )
            }

        return lambda: monitor.begin_window("window", sync_execution=False), stop

    return make


def joules() -> Callable[[], Meter]:
    """Return a phase of a joules session on all visible boards."""
    from joules import Session

    def make() -> Meter:
        session = Session(cpu=False)
        open_phases: list[str] = []

        def stop() -> Answer:
            return {"joules": session.end(open_phases.pop())["energy_j"]}

        return lambda: open_phases.append(session.begin("window")), stop

    return make


IMPORTS: dict[str, Callable[[], Callable[[], Meter]]] = {
    "lca": lca,
    "lca_aligned": lambda: lca(align=True),
    "codecarbon": codecarbon,
    "zeus": zeus,
    "joules": joules,
}


def children() -> int:
    """Return how many processes this one has started that still run."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    return sum(len(task.joinpath("children").read_text().split()) for task in tasks.iterdir())


def observe(make: Callable[[], Meter], begin: float, length: float) -> Answer:
    """Measure the window from `begin` of the trace; return the answer with its times and cost."""
    origin = time.monotonic()
    os.environ["LCA_STAND_IN_ORIGIN"] = repr(origin)
    start, stop = make()
    time.sleep(max(0.0, begin - (time.monotonic() - origin)))
    times = [time.monotonic() - origin]
    start()
    times.append(time.monotonic() - origin)
    processor = time.process_time()
    time.sleep(length)
    share = (time.process_time() - processor) / length
    threads, started = threading.active_count(), children()
    times.append(time.monotonic() - origin)
    answer = stop()
    times.append(time.monotonic() - origin)
    cost = {"processor share": share, "threads": threads, "children": started}
    cost["first start and stop"] = times[1] - times[0] + times[3] - times[2]
    return answer | {"times": times, "cost": cost}


def again(make: Callable[[], Meter]) -> float:
    """Return the seconds that starting and stopping take once everything is warm."""
    start, stop = make()
    before = time.perf_counter()
    start()
    middle = time.perf_counter()
    time.sleep(0.3)
    after = time.perf_counter()
    stop()
    return middle - before + time.perf_counter() - after


def main() -> None:
    """Print the answer of the meter that the arguments name."""
    name, begin, length = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    with contextlib.redirect_stdout(sys.stderr):
        before = time.perf_counter()
        make = IMPORTS[name]()
        imported = time.perf_counter() - before
        try:
            answer = observe(make, begin, length)
            answer["cost"] |= {"import": imported, "later start and stop": again(make)}
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            answer = {"failure": type(error).__name__}
    print(json.dumps(answer), flush=True)
    os._exit(0)  # a meter whose threads do not end must not hold up the table


if __name__ == "__main__":
    main()
