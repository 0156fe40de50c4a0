"""Million rows of samples a second: ``lca.telemetry`` beside polars, on the same files.

Run ``python benchmarks/telemetry.py [MILLION_ROWS]``. Polars is installed into an environment of its
own, which the benchmark makes and throws away; it sums the same trapezoids by device and hour, with
its window over devices (exact only where each device is in order) and, as a lower bound of work, a
plain mean by device and hour. Seconds of the processor stand beside those of the clock, so that a
busy machine shows.
"""

from __future__ import annotations

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
MEMORY = "256MB"

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
    """Write the same samples in order of device, in order of time, and as text."""
    each = rows // DEVICES
    made = (
        "SELECT 'GPU-' || d AS uuid, 'job' || (i // 20000 + d) AS job, "
        "make_timestamp((1767225600000000 + i * 1000000 + ((i * 7919 + d) % 997) * 100)::bigint) "
        "AS timestamp, (300 + 200 * sin(i * 0.01 + d))::float AS power_w "
        f"FROM (SELECT unnest(range({DEVICES})) d), range({each}) r(i)"
    )
    files = {name: folder / name for name in ("sorted.parquet", "by_time.parquet", "sorted.csv")}
    with duckdb.connect() as connection:
        order = "d, i"
        connection.execute(f"COPY ({made} ORDER BY {order}) TO '{files['sorted.parquet']}'")
        source = f"FROM '{files['sorted.parquet']}'"
        connection.execute(
            f"COPY (SELECT * {source} ORDER BY timestamp) TO '{files['by_time.parquet']}'"
        )
        connection.execute(f"COPY (SELECT * {source} LIMIT {rows // 4}) TO '{files['sorted.csv']}'")
    return files


def rolled(file: Path, rows: float, by: tuple[str, ...], asked: Asked) -> tuple[float, float]:
    """Return million rows a second, of the clock and of the processor; the better of two runs."""
    best = (0.0, 0.0)
    for _ in range(2):
        clock, processor = time.perf_counter(), time.process_time()
        roll_up([file], by, asked)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        best = max(best, (rows / clock, rows / processor))
    return best


def beside(folder: Path, file: Path, rows: float) -> list[tuple[str, float, float]]:
    """Return what polars does with the same file, in an environment of its own."""
    home = folder / "polars"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "polars"], check=True)
    script = folder / "beside.py"
    script.write_text(textwrap.dedent(POLARS), encoding="utf-8")
    done = subprocess.run(
        [python, script, file, str(rows)], check=True, capture_output=True, text=True
    )
    lines = [line.split("|") for line in done.stdout.splitlines()]
    return [(name, float(clock), float(processor)) for name, clock, processor in lines]


def main() -> None:
    """Print the table."""
    million = float(sys.argv[1]) if len(sys.argv) > 1 else float(ROWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = make(folder, round(million * MILLION))
        print(f"{'Million rows a second':<54} {'clock':>8} {'a core':>8}")
        cases = (
            ("sorted Parquet, by device and hour", "sorted.parquet", ("device", "hour"), ""),
            ("sorted Parquet, by device, job and hour", "sorted.parquet", ("device", "job", "hour"), ""),
            ("Parquet in order of time", "by_time.parquet", ("device", "hour"), ""),
            (f"Parquet in order of time, {MEMORY} of memory", "by_time.parquet", ("device", "hour"), MEMORY),
            ("CSV", "sorted.csv", ("device", "hour"), ""),
        )  # fmt: skip
        for what, file, by, memory in cases:
            rows = million / 4 if file.endswith("csv") else million
            clock, processor = rolled(files[file], rows, by, Asked(memory=memory))
            print(f"{what:<54} {clock:>8.3g} {processor:>8.3g}", flush=True)
        for what, clock, processor in beside(folder, files["sorted.parquet"], million):
            print(f"{what:<54} {clock:>8.3g} {processor:>8.3g}")
        sizes = {key: path.stat().st_size / MILLION for key, path in files.items()}
        print(", ".join(f"{key} {size:.4g} MB" for key, size in sizes.items()))


if __name__ == "__main__":
    main()
