"""Files of other tools become records: nothing is added that they did not say.

How each file came to be, and what was true, stands in ``imported/README.md``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lca import cli
from lca.errors import InputError
from lca.measure import importers, records
from lca.measure.importers import Asked
from lca.measure.records import WorkloadRecord

FILES = Path(__file__).with_name("imported")
H100 = "nvidia-h100-sxm5-80gb"


def load(tool: str, name: str, **asked: str) -> WorkloadRecord:
    """Read one of the files."""
    return importers.load(tool, FILES / name, Asked(**asked))


def changed(name: str, folder: Path, *pairs: tuple[str, str]) -> Path:
    """Write a copy of a file with texts replaced."""
    text = (FILES / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


# CodeCarbon


def test_codecarbon_s_boards_hold_the_truth() -> None:
    """Two boards, split evenly as the file does not tell them apart, and each says so."""
    record = load("codecarbon", "codecarbon_boards.csv", work="100 samples")
    cards = [device for device in record.devices if device.scope == "gpu"]
    assert [card.hardware for card in cards] == [H100, H100]
    assert sum(card.energy or 0 for card in cards) == pytest.approx(450 * 6.01, rel=0.01)
    assert sum(card.low for card in cards) < 450 * 6.01 < sum(card.high for card in cards)
    assert all("split evenly" in card.reasons[0] for card in cards)
    assert (record.quality, record.work.unit, record.duration) == (
        "measured",
        "sample",
        pytest.approx(6.017, abs=0.001),
    )


def test_codecarbon_without_a_meter_is_modeled() -> None:
    """It wrote joules for a processor and memory that nothing measured: its record says model."""
    record = load("codecarbon", "codecarbon_processor.csv")
    assert record.quality == "modeled"
    assert {device.method for device in record.devices} == {"model"}
    assert not [device for device in record.devices if device.scope == "gpu"]


def test_codecarbon_s_pue_is_taken_out(tmp_path: Path) -> None:
    """It multiplies energy by it; a scenario has its own, and PUE counts once."""
    plain = load("codecarbon", "codecarbon_boards.csv").total.value
    file = changed("codecarbon_boards.csv", tmp_path, (",N,1.0,0.0", ",N,1.25,0.0"))
    found = importers.load("codecarbon", file).total.value
    assert plain is not None
    assert found == pytest.approx(plain / 1.25)


def test_a_zero_is_not_measured(tmp_path: Path) -> None:
    """A board for which CodeCarbon wrote 0 kWh has no energy, and the total has no value."""
    file = changed("codecarbon_boards.csv", tmp_path, ("0.0007500005999999999", "0.0"))
    record = importers.load("codecarbon", file)
    assert record.devices[0].energy is None
    assert record.devices[0].method == "none"
    assert record.total.value is None
    assert "not measured" in record.devices[0].reasons[0]


def test_several_runs_need_a_name(tmp_path: Path) -> None:
    """The runs are listed; one that is named is taken."""
    text = (FILES / "codecarbon_boards.csv").read_text(encoding="utf-8")
    second = (FILES / "codecarbon_processor.csv").read_text(encoding="utf-8").splitlines()[1]
    file = tmp_path / "both.csv"
    file.write_text(text + second + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="several of run_id in the file; name one with --run"):
        importers.load("codecarbon", file)
    found = importers.load("codecarbon", file, Asked(run=second.split(",")[2]))
    assert found.quality == "modeled"


# Zeus


def test_windows_of_one_name_are_repeats() -> None:
    """Three epochs on two boards: work and energy of all three, bounded by the counter's steps."""
    record = load("zeus", "zeus.csv", run="epoch", work="10 steps", hardware=H100)
    truth = record.duration * 450
    assert record.repeats == 3
    assert (record.work.amount, record.work.unit) == (30, "step")
    assert record.total.value == pytest.approx(truth, rel=0.01)
    assert record.total.low < truth < record.total.high
    assert {device.method for device in record.devices} == {"counter"}


def test_knowing_the_board_narrows_the_bound() -> None:
    """A step of an unknown board can hold more energy than one of a board of 700 W."""
    known = load("zeus", "zeus.csv", run="epoch", hardware=H100).total
    unknown = load("zeus", "zeus.csv", run="epoch").total
    assert unknown.low < known.low < known.high < unknown.high


def test_a_negative_energy_is_not_measured(tmp_path: Path) -> None:
    """Zeus writes less than nothing where a counter restarts: its sum is no measurement."""
    file = changed(
        "zeus.csv", tmp_path, (",300.0,375.0\n1795337099", ",-998500.0,375.0\n1795337099")
    )
    record = importers.load("zeus", file, Asked(run="epoch"))
    assert record.devices[0].energy is None
    assert "a counter restarted" in record.devices[0].reasons[0]
    assert record.devices[1].energy == pytest.approx(1125)


# DCGM through Prometheus


@pytest.mark.parametrize("name", ["dcgm_client.csv", "dcgm_grafana.csv"])
def test_power_samples_are_integrated(name: str) -> None:
    """Both layouts give the same energy, of the boards that their labels name."""
    record = load("dcgm", name, work="60 requests")
    assert [device.energy for device in record.devices] == pytest.approx([15000, 18000], rel=0.02)
    for device, truth in zip(record.devices, (15000, 18000), strict=True):
        assert device.low <= truth <= device.high
        assert device.hardware == H100
        assert (device.uuid or "").startswith("GPU-")
    assert record.duration == 60
    assert record.started == "2026-11-22T08:45:00Z"


def test_seldom_samples_widen_the_bound(tmp_path: Path) -> None:
    """Every fifteen seconds much can happen unseen: the record knows less than at every second."""
    lines = (FILES / "dcgm_grafana.csv").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "seldom.csv"
    file.write_text("\n".join([lines[0], *lines[1::15]]), encoding="utf-8")
    seldom, often = importers.load("dcgm", file).total, load("dcgm", "dcgm_grafana.csv").total
    assert seldom.low < 33000 < seldom.high
    assert seldom.high - seldom.low > 3 * (often.high - often.low)


def test_other_metrics_are_left_out(tmp_path: Path) -> None:
    """A temperature is no power."""
    file = changed("dcgm_client.csv", tmp_path, ("DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_GPU_TEMP"))
    with pytest.raises(InputError, match="no sample of power"):
        importers.load("dcgm", file)


# Mistakes


@pytest.mark.parametrize(
    ("tool", "name", "message"),
    [
        ("zeus", "codecarbon_boards.csv", 'no column "start_time"'),
        ("codecarbon", "zeus.csv", 'no column "timestamp"'),
        ("dcgm", "zeus.csv", "no column of time"),
        ("codecarbon", "zeuss.csv", "no such file; did you mean"),
        ("perun", "zeus.csv", "no format"),
    ],
)
def test_a_file_of_another_tool_is_refused(tool: str, name: str, message: str) -> None:
    """With what was looked for."""
    with pytest.raises(InputError, match=message):
        load(tool, name)


def test_a_cell_that_is_no_number_is_told(tmp_path: Path) -> None:
    """With its column."""
    file = changed("zeus.csv", tmp_path, ("1.500206708908081", "soon"))
    with pytest.raises(InputError, match='elapsed_time: "soon" is not a number'):
        importers.load("zeus", file, Asked(run="epoch"))


def test_an_unknown_board_is_named_with_the_nearest() -> None:
    """Before the file is read."""
    with pytest.raises(InputError, match="did you mean"):
        load("zeus", "zeus.csv", run="epoch", hardware="nvidia-h100-smx5")


# The command


def test_an_imported_record_is_saved_and_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the command writes is a record like any other."""
    file = tmp_path / "r.yaml"
    words = ("import", "zeus", str(FILES / "zeus.csv"), "--run", "epoch", "--work", "10 steps")
    assert cli.main([*words, "-o", str(file), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    record = records.load(file)
    assert data["work"] == {"amount": "30", "unit": "step"}
    assert record.total.value == pytest.approx(2025)
    assert record.reasons[0] == "imported from a file of zeus"
