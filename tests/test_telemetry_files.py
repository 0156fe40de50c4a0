"""Files of telemetry: their layouts, columns and units, what is refused, and what is written."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from telemetry_files import START, csv_text, parquet, samples, steady, table

import lca
from lca import cli, document
from lca.commands.schema import published
from lca.errors import InputError, LcaError
from lca.telemetry import Asked, roll_up
from lca.telemetry.into_record import record_of
from lca.telemetry.slurm import node_count
from lca.telemetry.writing import result, write

IMPORTED = Path(__file__).parent / "measure" / "imported"
H100 = "nvidia-h100-sxm5-80gb"
SACCT = """\
JobID|ConsumedEnergyRaw|ElapsedRaw|AllocTRES|State|Start|End|NodeList
100|3600000|7200|billing=8,gres/gpu:h100=4,node=1|COMPLETED|2026-01-01T00:30:00|2026-01-01T02:30:00|gpu01
100.batch|3500000|7200|node=1|COMPLETED|2026-01-01T00:30:00|2026-01-01T02:30:00|gpu01
101|0|3600|gres/gpu=8,node=2|COMPLETED|2026-01-01T00:00:00|2026-01-01T01:00:00|gpu[02-03]
102||60|node=1|FAILED|2026-01-01T00:00:00|2026-01-01T00:01:00|gpu04
102.batch|18446744073709551614|60|node=1|FAILED|2026-01-01T00:00:00|2026-01-01T00:01:00|gpu04
102.0|30000|60|node=1|FAILED|2026-01-01T00:00:00|2026-01-01T00:01:00|gpu04
"""


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, output and messages of ``lca import telemetry``."""
    code = cli.main(["import", "telemetry", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# Layouts


@pytest.mark.parametrize("name", ["dcgm_client.csv", "dcgm_grafana.csv"])
def test_dcgm_as_prometheus_writes_it(name: str) -> None:
    """One row a sample, or one column a board: 250 W for a minute; 200 W, then 400 W for half of it."""
    found = roll_up([IMPORTED / name])
    for row, truth in zip(found.rows, (15_000, 18_000), strict=True):
        assert row.energy == pytest.approx(truth, rel=0.01)
        assert row.low < truth < row.high
    assert {board.hardware for board in found.boards} == {H100}


def test_the_answer_of_a_range_query(tmp_path: Path) -> None:
    """JSON of series, each with labels and pairs of time and text; a counter beside its power."""
    labels = {"UUID": "GPU-1", "gpu": "0", "Hostname": "n1", "HPC_JOB": "7", "job": "dcgm"}
    values = {
        "DCGM_FI_DEV_POWER_USAGE": [[START + t, "300"] for t in range(0, 601, 15)],
        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": [
            [START + t, str(10**10 + t * 300_000)] for t in range(0, 601, 15)
        ],
    }
    series = [{"metric": {"__name__": name, **labels}, "values": v} for name, v in values.items()]
    file = tmp_path / "range.json"
    answer = {"status": "success", "data": {"resultType": "matrix", "result": series}}
    file.write_text(json.dumps(answer), encoding="utf-8")
    row = roll_up([file], ("device", "job")).rows[0]
    assert row.keys == {"device": "GPU-1", "job": "7"}
    assert row.energy == pytest.approx(300 * 600)
    assert (row.methods, row.reasons) == (("counter",), ())


def test_packed_text_is_read(tmp_path: Path) -> None:
    """A CSV that gzip packed says what the CSV says."""
    text = csv_text(samples(steady(300), 600))
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert roll_up([tmp_path / "s.csv.gz"]).total.energy == pytest.approx(300 * 600)


def test_slurm_accounts_whole_jobs(tmp_path: Path) -> None:
    """A job counts once, not with its steps; zero and 2^64 are not measured."""
    (tmp_path / "jobs.txt").write_text(SACCT, encoding="utf-8")
    found = roll_up([tmp_path / "jobs.txt"], ("job",))
    assert [row.energy for row in found.rows] == [3.6e6, None, 30_000]
    assert found.rows[1].low == 0
    assert found.rows[1].high == 2 * 20_000 * 3600
    assert (found.scope, found.rows[0].devices) == ("node", 4)
    assert any("not measured, not zero" in note for note in found.notes)


def test_a_slurm_job_is_spread_over_its_hours(tmp_path: Path) -> None:
    """Two hours from half past: a quarter, a half and a quarter, and hours sum to the job."""
    (tmp_path / "jobs.psv").write_text("\n".join(SACCT.splitlines()[:2]), encoding="utf-8")
    rows = roll_up([tmp_path / "jobs.psv"], ("job", "hour")).rows
    assert [row.energy for row in rows] == [0.9e6, 1.8e6, 0.9e6]
    assert all(row.low == 0 for row in rows)


def test_nodes_of_a_list_are_counted() -> None:
    """Ranges in brackets, and names without."""
    assert [node_count(x) for x in ("n1", "n[1-3]", "n[01-04,07],m2", "")] == [1, 3, 6, 0]


# Columns and units


@pytest.mark.parametrize(
    ("heading", "scale", "units"),
    [
        ("power_W", 1, {}),
        ("power_mw", 1000, {}),
        ("power.draw [W]", 1, {}),
        ("gpu_power_kW", 0.001, {}),
        ("power", 1000, {"power": "mW"}),
    ],
)
def test_a_unit_is_in_the_name_or_told(
    tmp_path: Path, heading: str, scale: float, units: dict[str, str]
) -> None:
    """The same 300 W under five names."""
    rows = [
        {"ts": row["timestamp"], "gpu": "0", heading: 300 * scale}
        for row in samples(steady(0), 600)
    ]
    found = roll_up([table(tmp_path / "s.csv", rows)], asked=Asked(units=units))
    assert found.total.energy == pytest.approx(300 * 600)


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        ("timestamp,uuid,power", "its unit is not known; state it with --unit power=UNIT"),
        ("timestamp,time,power_w", "several columns could be the time: "),
        ("timestamp,power_w,power_draw_w", "several columns could be the power: "),
        ("uuid,power_w", "no column of time such as timestamp"),
        ("timestamp,uuid", "no column of power or of an energy counter"),
        ("timestamp,uuid,value", "nothing says what it is"),
    ],
)
def test_columns_that_are_not_clear_are_refused(
    tmp_path: Path, headings: str, message: str
) -> None:
    """The message says what was found, and how to state it."""
    count = headings.count(",") + 1
    (tmp_path / "s.csv").write_text(f"{headings}\n{','.join(['1767225600'] * count)}\n")
    with pytest.raises(InputError) as caught:
        roll_up([tmp_path / "s.csv"])
    assert message in str(caught.value)
    assert "s.csv:1: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_that_is_named_is_taken(tmp_path: Path) -> None:
    """Any heading can be power, even one that is SQL."""
    heading = 'p" FROM x; DROP TABLE y; --'
    file = tmp_path / "it's.parquet"
    rows = [
        {"timestamp": row["timestamp"], "gpu": "'; --", "p": 300.0}
        for row in samples(steady(0), 600)
    ]
    parquet(tmp_path / "plain.parquet", rows)
    with duckdb.connect() as connection:
        quoted = heading.replace('"', '""')
        connection.execute(
            f"COPY (SELECT timestamp, gpu, p AS \"{quoted}\" FROM '{tmp_path}/plain.parquet') "
            f"TO '{tmp_path}/it''s.parquet'"
        )
    told = Asked(columns={"power": heading}, units={"power": "W"})
    found = roll_up([file], asked=told)
    assert found.total.energy == pytest.approx(300 * 600)
    assert found.rows[0].keys == {"device": "'; --"}


# What is refused


def _broken(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return files that cannot be read, with what is said of them."""
    good = parquet(folder / "good.parquet", samples(steady(300), 600)).read_bytes()
    files: dict[str, tuple[bytes, str]] = {
        "cut.parquet": (good[: len(good) // 2], "cannot be read as samples"),
        "text.parquet": (b"not a table", "cannot be read as samples"),
        "empty.csv": (b"", "no column of time"),
        "heading.csv": (b"timestamp,uuid,power_w\n", "no sample: the file has no row"),
        "binary.csv": (bytes(range(256)) * 20, ""),
        "wide.csv": (b"timestamp,power_w\n" + b"x" * (3 << 20) + b",1\n", "cannot be read"),
        "cut.csv.gz": (gzip.compress(b"timestamp,power_w\n1,2\n" * 999)[:60], "cannot be read"),
        "other.json": (b'{"data": {"result": 7}}', "not the answer of a Prometheus range query"),
        "deep.json": (b"[" * 100_000, "not the answer of a Prometheus range query"),
        "note.txt": (b"hello", "not a file of samples"),
        "jobs.txt": (b"JobID|State\n1|x\n", 'no column "ConsumedEnergyRaw"'),
        "jobs.psv": (b"JobID|ConsumedEnergyRaw|ElapsedRaw\n1|x|2\n", 'jobs.psv:2: ConsumedEnergyRaw: "x"'),
    }  # fmt: skip
    found = {}
    for name, (content, message) in files.items():
        (folder / name).write_bytes(content)
        found[name] = (folder / name, message)
    (folder / "folder.parquet").mkdir()
    found["folder"] = (folder / "folder.parquet", "is a folder; name the files in it")
    found["none"] = (folder / "god.parquet", 'did you mean "good.parquet"?')
    found["pattern"] = (folder / "*.pq", "no file matches this pattern")
    return found


def test_a_hostile_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut, empty, binary, too wide, of another kind, or not there: exit 3, a line, no traceback."""
    for name, (path, message) in _broken(tmp_path).items():
        code, out, err = said(capsys, str(path))
        assert (code, out) == (3, ""), name
        assert message in err, name
        assert err.count("\n") == 1, name


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """It says so, and does not try."""
    file = parquet(tmp_path / "s.parquet", samples(steady(300), 600))
    file.chmod(0)
    with pytest.raises(InputError, match="no permission"):
        roll_up([file])


def test_the_engine_reads_nothing_else(tmp_path: Path) -> None:
    """Neither another file, nor an extension, nor another setting is in its reach."""
    from lca.telemetry.engine import opened

    file = parquet(tmp_path / "s.parquet", samples(steady(300), 10))
    other = parquet(tmp_path / "other.parquet", samples(steady(300), 10))
    with opened([file], Asked()) as engine:
        assert engine.run(f"SELECT count(*) FROM '{file}'") == [(11,)]
        for sql in (
            f"SELECT * FROM '{other}'",
            f"COPY (SELECT 1) TO '{tmp_path}/written.csv'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(InputError):
                engine.run(sql)
    assert not (tmp_path / "written.csv").exists()
    assert not engine.folder.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--by", "devise"], 'no "devise"; did you mean "device"?'),
        (["--unit", "power=furlong"], 'unit "furlong" is unknown'),
        (["--unit", "powr=W"], 'no role "powr"; did you mean "power"?'),
        (["--column", "power"], "write ROLE=NAME"),
        (["--memory", "lots"], "is not an amount of memory"),
        (["--gap", "5 kg"], '"kg" is not a unit of s'),
        (["--from", "yesterday"], "write a date such as 2026-01-31"),
        (["--highest", "2 MW"], "up to 1 MW"),
        (["-o", "x.xls"], "no format for"),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """It says what is accepted."""
    file = parquet(tmp_path / "s.parquet", samples(steady(300), 60))
    code, _, err = said(capsys, str(file), *words)
    assert code == 3
    assert message in err


# What is written


def test_the_result_obeys_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``--json`` prints is what ``lca schema telemetry`` says, with and without a gap."""
    rows = samples(steady(300), 600) + samples(steady(300), 600, begin=5000)
    file = parquet(tmp_path / "s.parquet", rows)
    code, out, _ = said(capsys, str(file), "--by", "device,job,hour,host", "--json")
    schema = json.loads(published()["telemetry"].read_text("utf-8"))
    jsonschema.validate(json.loads(out), schema)
    assert code == 0
    assert json.loads(out)["rows"][0]["gaps"] + json.loads(out)["rows"][1]["gaps"] == 1


def test_every_format_holds_the_same_numbers(tmp_path: Path) -> None:
    """CSV and Parquet hold the rows of the JSON; text that a spreadsheet would run is quoted."""
    rows = samples(steady(300), 5000, job="=cmd|' /C calc'!A0")
    found = roll_up([parquet(tmp_path / "s.parquet", rows)], ("job", "hour"))
    for ending in ("csv", "parquet", "json"):
        write(found, tmp_path / f"out.{ending}")
    plain = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert plain == json.loads(json.dumps(result(found)))
    with duckdb.connect() as connection:
        for ending in ("csv", "parquet"):
            sql = f"SELECT energy_kWh, low_kWh FROM '{tmp_path}/out.{ending}'"
            read = [(row[0], row[1]) for row in connection.execute(sql).fetchall()]
            assert read == [(row["energy"], row["low"]) for row in plain["rows"]]
    assert "\n'=cmd" in (tmp_path / "out.csv").read_text("utf-8")


def test_a_table_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Energy, bounds, coverage and reasons; what was not measured is not zero."""
    rows = samples(steady(300), 3600) + samples(steady(300), 0, device="GPU-2")
    code, out, _ = said(capsys, str(parquet(tmp_path / "s.parquet", rows)))
    assert code == 0
    lines = out.splitlines()
    assert lines[1].split()[:2] == ["GPU-1", "0.3"]
    assert "not measured" in lines[2]
    assert "GPU-2: a single sample says nothing of energy" in out


def test_nothing_measured_makes_no_record(tmp_path: Path) -> None:
    """A record of nothing is refused."""
    file = parquet(tmp_path / "s.parquet", samples(steady(300), 0))
    with pytest.raises(LcaError, match="nothing was measured"):
        record_of(roll_up([file]))


# Into a scenario


def scenario(work: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario whose only work is a record's, at 0.5 kg/kWh."""
    grid = {"value": "0.5 kgCO2e/kWh", "boundary": "lifecycle"}
    return {
        "schema": "1",
        "period": "2027",
        "functional_unit": "1 million tokens",
        "sites": {"here": {"region": "DE", "pue": "1", "transmission_loss": "0%", "grid": grid}},
        "assumptions": {"boundary": "module"},
        "uncertainty": {"samples": "500", "seed": "1"},
        "work": {"chat": {"site": "here", "occupancy": "100%", **work}},
    }


def test_samples_become_the_emissions_of_a_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two boards of 400 W and 200 W for an hour are 0.6 kWh, and 0.3 kg at 0.5 kg/kWh."""
    rows = samples(steady(400), 3600, modelName="NVIDIA H100 80GB HBM3")
    rows += samples(steady(200), 3600, device="GPU-2", modelName="NVIDIA H100 80GB HBM3")
    parquet(tmp_path / "power.parquet", rows)
    words = (str(tmp_path / "pow*.parquet"), "--work", "1.2e9 tokens", "-q")
    assert said(capsys, *words, "-o", str(tmp_path / "fleet.yaml"))[0] == 0
    (tmp_path / "s.yaml").write_text(document.dump(scenario({"record": "fleet.yaml"})))
    ledger = lca.evaluate(lca.load(tmp_path / "s.yaml"))
    (found,) = [row.estimate for row in ledger.by("stage") if row.labels[0] == "operation"]
    assert found.central == pytest.approx(0.3, rel=1e-6)
    assert found.percentile(5) < 0.3 < found.percentile(95)


def test_without_work_a_record_counts_device_hours(tmp_path: Path) -> None:
    """Energy for each hour of a device, from devices that did not run equally long."""
    rows = samples(steady(400), 7200) + samples(steady(100), 3600, device="GPU-2")
    record = record_of(roll_up([parquet(tmp_path / "s.parquet", rows)]))
    assert (record.work.amount, record.work.unit) == (pytest.approx(3), "device-hour")
    assert record.energy_per_unit is not None
    assert record.energy_per_unit.value == pytest.approx((400 * 7200 + 100 * 3600) / 3)
    assert record.duration * len(record.devices) == pytest.approx(3 * 3600)
