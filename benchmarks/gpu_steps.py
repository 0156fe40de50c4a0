"""What the suite of a machine with a board measures beyond tests and workloads.

``python benchmarks/gpu_steps.py STEP FOLDER [--seconds N]`` runs one of them; `gpu_suite.py`
runs all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the recorder and its format live with the stand-in

from counter_check import compared  # noqa: E402
from measure.stand_in.trace import Trace, read  # noqa: E402

import lca.measure  # noqa: E402

PERIOD, ON, SLIDE = 0.1, 0.005, 0.001
"""A burst of 5 ms in each 100 ms; each comes 1 ms later, so that it slides through all phases."""
WIDTH = 8_192
BATCHES = (1, 16, 256, 4_096, 16_384)
"""Rows that are multiplied with one matrix at a time: from reading weights to computing."""
CHUNK = 0.2
"""Time of the products that count as one repeat (s)."""
SETTLE = 2.0


def idle(folder: Path, seconds: float) -> None:
    """Measure the boards with nothing on them, then with a program that only waits on the first."""
    _waited("idle", folder, seconds)
    _product(WIDTH)()
    time.sleep(SETTLE)
    _waited("idle-context", folder, seconds)


def _waited(name: str, folder: Path, seconds: float) -> None:
    """Measure waiting."""
    work, file = f"{seconds:g} seconds", folder / f"{name}.yaml"
    with lca.measure(name, work=work, devices=[0], require="measured", save=file):
        time.sleep(seconds)


def traces(folder: Path, seconds: float) -> None:
    """Record a board that waits, works and works in bursts; compare its counter and its power."""
    product = _product(WIDTH // 2)
    loads: dict[str, Callable[[float], float]] = {
        "waiting": _wait,
        "steady": lambda until: _steadily(product, until),
        "bursts": lambda until: _in_bursts(product, until),
    }
    found = {}
    for name, load in loads.items():
        trace, share = _recorded(folder / f"{name}.txt", load, seconds)
        found[name] = {"share of time with work": share, **_comparison(trace)}
        _write(folder / "counter.json", found)


def _recorded(file: Path, load: Callable[[float], float], seconds: float) -> tuple[Trace, float]:
    """Return what the boards said while a load ran, and the share of the time that it worked.

    The recorder is a process of its own, so that neither keeps the other waiting.
    """
    command = [sys.executable, "-m", "measure.stand_in.record"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    length = f"{seconds:g}"
    with subprocess.Popen([*command, "--seconds", length, str(file)], env=environment) as recorder:
        began = time.monotonic()
        worked = load(began + seconds + SETTLE)
        share = worked / (time.monotonic() - began)
    if recorder.returncode:
        msg = f"the recorder of {file.name} ended with exit code {recorder.returncode}"
        raise SystemExit(msg)
    return read(file), share


def _comparison(trace: Trace) -> dict[str, Any]:
    """Return what counter and power of the first board say, and which board it is."""
    board = trace.boards[0]
    found = compared(board.readings)
    energies = (found.counter, found.instant)
    watts = [None if energy is None else energy / found.seconds for energy in energies]
    return {
        "device": board.name,
        "driver": trace.driver,
        "date": trace.date,
        "time (s)": found.seconds,
        "step of the counter (s)": found.step,
        "mean by the counter (W)": watts[0],
        "mean by the instant power (W)": watts[1],
        "counter by instant power": found.ratio,
        "spread of the counter over blocks": found.counter_spread,
        "spread of the instant power over blocks": found.instant_spread,
    }


def _wait(until: float) -> float:
    """Do nothing until a time; return the seconds of work."""
    time.sleep(max(0.0, until - time.monotonic()))
    return 0.0


def _steadily(product: Callable[[], None], until: float) -> float:
    """Multiply until a time; return the seconds of work."""
    began = time.monotonic()
    while time.monotonic() < until:
        product()
    return time.monotonic() - began


def _in_bursts(product: Callable[[], None], until: float) -> float:
    """Multiply for `ON` seconds of each period; return the seconds of work."""
    worked, due = 0.0, time.monotonic()
    while due < until:
        time.sleep(max(0.0, due - time.monotonic() - SLIDE))
        while (began := time.monotonic()) < due:
            pass  # a sleep ends too late, by more than a burst may slide
        while time.monotonic() - began < ON:
            product()
        worked += time.monotonic() - began
        due += PERIOD + SLIDE
    return worked


def _product(rows: int) -> Callable[[], None]:
    """Return a product of bf16 matrices on the first board that waits for its end."""
    import torch

    left = torch.randn(rows, WIDTH // 2, device="cuda", dtype=torch.bfloat16)
    right = torch.randn(WIDTH // 2, WIDTH // 2, device="cuda", dtype=torch.bfloat16)

    def multiply() -> None:
        """Multiply once."""
        torch.matmul(left, right)
        torch.cuda.synchronize()

    for _ in range(20):  # clocks and libraries get ready
        multiply()
    return multiply


def products(folder: Path, seconds: float) -> None:
    """Measure a large bf16 product at several batch sizes, a record each."""
    import torch

    weight = torch.randn(WIDTH, WIDTH, device="cuda", dtype=torch.bfloat16) / WIDTH**0.5
    for rows in BATCHES:
        batch = torch.randn(rows, WIDTH, device="cuda", dtype=torch.bfloat16)
        count = _per_chunk(batch, weight)
        running = lca.measure(
            f"matrix product in bf16, {rows} by {WIDTH} by {WIDTH}",
            work=f"{count * 2 * rows * WIDTH**2} flop",
            devices=[0],
            at_least=seconds,
            require="measured",
            save=folder / f"matrix-product-bf16-batch-{rows}.yaml",
        )
        running.metrics = {"batch": float(rows), "relative error": _error(batch, weight)}
        for _ in running.runs():
            _multiply(batch, weight, count)
        running.close()


def _multiply(batch: Any, weight: Any, count: int) -> None:
    """Multiply so often, and wait for the end."""
    import torch

    for _ in range(count):
        torch.matmul(batch, weight)
    torch.cuda.synchronize()


def _per_chunk(batch: Any, weight: Any) -> int:
    """Return how many products take about `CHUNK` seconds."""
    _multiply(batch, weight, 50)
    began = time.monotonic()
    _multiply(batch, weight, 50)
    return max(1, round(CHUNK * 50 / (time.monotonic() - began)))


def _error(batch: Any, weight: Any) -> float:
    """Return the error of the first row of a product, by its exact length."""
    exact = batch[0].double() @ weight.double()
    row = (batch @ weight)[0].double()
    return float((row - exact).norm() / exact.norm())


def machine(folder: Path, _seconds: float) -> None:
    """Write which boards, driver and torch this is, and the date."""
    import pynvml
    import torch

    pynvml.nvmlInit()
    handles = map(pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount()))
    found = {
        "boards": [pynvml.nvmlDeviceGetName(handle) for handle in handles],
        "driver": pynvml.nvmlSystemGetDriverVersion(),
        "torch": torch.__version__,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }
    _write(folder / "machine.json", found)


def _write(file: Path, found: object) -> None:
    """Write plain data."""
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


STEPS: dict[str, Callable[[Path, float], None]] = {
    "machine": machine,
    "idle": idle,
    "traces": traces,
    "products": products,
}


def main() -> None:
    """Run the step that the arguments name."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    STEPS[given.step](given.folder, given.seconds)


if __name__ == "__main__":
    main()
