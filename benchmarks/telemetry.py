"""Million rows of samples a second: ``lca.telemetry`` beside polars, on the same files.

Run ``python benchmarks/telemetry.py [MILLION_ROWS]``. Polars is installed into an environment of its
own, which the benchmark makes and throws away; it sums the same trapezoids by device and hour, with
its window over devices (exact only where each device is in order) and, as a lower bound of work, a
plain mean by device and hour. Ours and theirs take turns, the best of three each. Seconds of the
processor stand beside those of the clock, and the load of the machine below, so that a busy one shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import time
import venv
from pathlib import Path

import duckdb

from lca.telemetry import Asked, roll_up

ROWS = 20
DEVICES = 64
MILLION = 1_000_000
RUNS = 3

POLARS = """
import sys, time
import polars as pl
file, rows = sys.argv[1], float(sys.argv[2])
hour = pl.col("timestamp").dt.truncate("1h")
seen = pl.scan_parquet(file)
paired = seen.with_columns(
    x=pl.col("timestamp").diff().dt.total_microseconds().over("uuid"),
    p0=pl.col("power_w").shift().over("uuid"),
)
energy = (pl.col("x") * (pl.col("power_w") + pl.col("p0")) / 2).sum()
queries = {
    "polars, trapezoids": paired.group_by("uuid", hour).agg(energy),
    "polars, plain means": seen.group_by("uuid", hour).agg(pl.col("power_w").mean()),
}
for name, query in queries.items():
    clock, processor = time.perf_counter(), time.process_time()
    query.collect(engine="streaming")
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{name}|{rows / clock}|{rows / processor}")
"""


def make(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same samples in order of device, of time, in none, and as text."""
    each = rows // DEVICES
    made = (
        "SELECT 'GPU-' || d AS uuid, 'job' || (i // 20000 + d) AS job, "
        "make_timestamp((1767225600000000 + i * 1000000 + ((i * 7919 + d) % 997) * 100)::bigint) "
        "AS timestamp, (300 + 200 * sin(i * 0.01 + d))::float AS power_w "
        f"FROM (SELECT unnest(range({DEVICES})) d), range({each}) r(i)"
    )
    names = ("sorted.parquet", "by_time.parquet", "shuffled.parquet", "sorted.csv")
    files = {name: folder / name for name in names}
    with duckdb.connect() as connection:
        order = "d, i"
        connection.execute(f"COPY ({made} ORDER BY {order}) TO '{files['sorted.parquet']}'")
        source = f"FROM '{files['sorted.parquet']}'"
        connection.execute(
            f"COPY (SELECT * {source} ORDER BY timestamp) TO '{files['by_time.parquet']}'"
        )
        quarter = f"SELECT * {source} LIMIT {rows // 4}"
        connection.execute(f"COPY ({quarter}) TO '{files['sorted.csv']}'")
        connection.execute(
            f"COPY (SELECT * FROM ({quarter}) ORDER BY hash(timestamp, uuid)) "
            f"TO '{files['shuffled.parquet']}'"
        )
    return files


def rolled(file: Path, rows: float, by: tuple[str, ...], asked: Asked) -> tuple[float, float]:
    """Return million rows a second, of the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    roll_up([file], by, asked)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    return rows / clock, rows / processor


def polars(folder: Path) -> Path:
    """Install polars into an environment of its own; return its Python."""
    home = folder / "polars"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "polars"], check=True)
    (folder / "beside.py").write_text(textwrap.dedent(POLARS), encoding="utf-8")
    return python


def beside(python: Path, folder: Path, file: Path, rows: float) -> dict[str, tuple[float, float]]:
    """Return what polars does with the same file: million rows a second, by name."""
    command = [python, folder / "beside.py", file, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line.split("|") for line in done.stdout.splitlines()]
    return {name: (float(clock), float(processor)) for name, clock, processor in lines}


def once(files: dict[str, Path], million: float) -> dict[str, tuple[float, float]]:
    """Return million rows a second of each case, by name."""
    hours, jobs = ("device", "hour"), ("device", "job", "hour")
    cases = (
        ("sorted Parquet, by device and hour", "sorted.parquet", hours, million),
        ("sorted Parquet, by device, job and hour", "sorted.parquet", jobs, million),
        ("Parquet in order of time", "by_time.parquet", hours, million),
        ("Parquet in no order", "shuffled.parquet", hours, million / 4),
        ("CSV", "sorted.csv", hours, million / 4),
    )
    return {what: rolled(files[file], rows, by, Asked()) for what, file, by, rows in cases}


def main() -> None:
    """Print the table."""
    million = float(sys.argv[1]) if len(sys.argv) > 1 else float(ROWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = make(folder, round(million * MILLION))
        python = polars(folder)
        best: dict[str, tuple[float, float]] = {}
        for _ in range(RUNS):
            theirs = beside(python, folder, files["sorted.parquet"], million)
            for what, speeds in (once(files, million) | theirs).items():
                old = best.get(what, (0.0, 0.0))
                best[what] = (max(old[0], speeds[0]), max(old[1], speeds[1]))
        print(f"{'Million rows a second':<46} {'clock':>8} {'a core':>8}")
        for what, (clock, processor) in best.items():
            print(f"{what:<46} {clock:>8.3g} {processor:>8.3g}")
        sizes = {key: path.stat().st_size / MILLION for key, path in files.items()}
        print(", ".join(f"{key} {size:.4g} MB" for key, size in sizes.items()))
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{os.cpu_count()} processors, load {load}")


if __name__ == "__main__":
    main()
