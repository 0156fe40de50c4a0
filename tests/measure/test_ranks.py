"""Ranks of one node: each board is measured by one of them at least, and counts once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import lca.measure
from lca.errors import MeasurementUnavailable
from lca.measure.ranks import Rank, file_of_rank, may_own, owns, rank
from lca.measure.records import WorkloadRecord
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Trace

NODE = Trace(tuple(boards.hopper(((0.0, watts),)) for watts in (100.0, 200.0, 300.0, 400.0)))
SLURM, TORCH = Rank(1, "SLURM_LOCALID"), Rank(1, "LOCAL_RANK")
Measured = Callable[..., WorkloadRecord]


@pytest.mark.parametrize(
    ("environment", "measures"),
    [
        ({}, True),
        ({"LOCAL_RANK": "0"}, True),
        ({"LOCAL_RANK": "3"}, False),
        ({"SLURM_LOCALID": "1"}, False),
        ({"LOCAL_RANK": "0", "SLURM_LOCALID": "1"}, True),
        ({"OMPI_COMM_WORLD_LOCAL_RANK": "2"}, False),
        ({"LOCAL_RANK": ""}, True),
    ],
)
def test_the_first_rank_of_a_node_measures(environment: dict[str, str], measures: bool) -> None:
    """The rank 0 of a node measures; the innermost launcher decides."""
    assert rank(environment).measures is measures


@pytest.mark.parametrize(
    ("place", "visible", "listed", "environment", "own"),
    [
        (SLURM, 1, 4, {}, True),
        (TORCH, 1, 4, {}, True),
        (SLURM, 2, 4, {}, True),
        (TORCH, 2, 4, {}, False),
        (SLURM, 4, 4, {}, False),
        (SLURM, 1, 1, {}, False),
        (SLURM, 0, 4, {}, False),
        (SLURM, 1, 1, {"SLURM_STEP_GPUS": "0,1,2,3"}, True),
        (SLURM, 1, 1, {"SLURM_JOB_GPUS": "0-3"}, True),
        (SLURM, 1, 1, {"SLURM_GPUS_ON_NODE": "4"}, True),
        (SLURM, 1, 1, {"SLURM_GPUS_ON_NODE": "1"}, False),
        (SLURM, 4, 4, {"SLURM_STEP_GPUS": "0,2-4"}, False),
    ],
)
def test_boards_of_its_own(
    place: Rank, visible: int, listed: int, environment: dict[str, str], own: bool
) -> None:
    """A rank that sees fewer boards than there are has its own, unless all ranks see the same."""
    assert owns(place, visible, listed, environment) is own


def test_without_a_word_of_boards_the_driver_is_not_asked() -> None:
    """Where nothing restricts what a rank sees, all ranks see the same."""
    assert not may_own({"LOCAL_RANK": "1", "CUDA_VISIBLE_DEVICES": ""})
    assert may_own({"CUDA_VISIBLE_DEVICES": "1"})


@pytest.fixture
def measured(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Measured:
    """Return a function that measures four seconds in an environment, on a node of four boards."""
    for name in [
        name for name in os.environ if name.startswith(("SLURM", "CUDA", "LOCAL", "OMPI", "RANK"))
    ]:
        monkeypatch.delenv(name)

    def run(environment: dict[str, str], seconds: float = 4.0, **options: object) -> WorkloadRecord:
        """Measure as one rank."""
        stand_in.play(NODE)
        stand_in.set_time(1.0)
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            with lca.measure.Measurement(
                "train", work="1 step", clock=stand_in.now, sleep=stand_in.sleep, **options
            ) as m:
                stand_in.sleep(seconds)
        return m.record

    return run


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "run.yaml"),
        ({"RANK": "0", "LOCAL_RANK": "0"}, "run.yaml"),
        ({"RANK": "8", "LOCAL_RANK": "0"}, "run.rank8.yaml"),
        ({"SLURM_PROCID": "5", "SLURM_LOCALID": "1"}, "run.rank5.yaml"),
        ({"MPI_LOCALRANKID": "2"}, "run.rank2.yaml"),
    ],
)
def test_each_rank_has_a_file_of_its_own(environment: dict[str, str], name: str) -> None:
    """All ranks of a job run one command; none may write over the record of another."""
    assert file_of_rank("run.yaml", environment).name == name


def test_ranks_that_save_to_one_name_keep_all_their_records(
    measured: Measured, tmp_path: Path
) -> None:
    """Two ranks given one file leave two, which add up."""
    file = tmp_path / "run.yaml"
    for i in (0, 1):
        place = {"RANK": str(i), "LOCAL_RANK": str(i), "CUDA_VISIBLE_DEVICES": str(i)}
        measured(place, save=file)
    saved = [lca.measure.load(path) for path in sorted(tmp_path.glob("run*.yaml"))]
    joined = lca.measure.add(saved)
    assert len(saved) == 2
    assert sorted(boards_of(joined)) == sorted(board.uuid for board in NODE.boards[:2])


def boards_of(record: WorkloadRecord) -> list[str]:
    """Return the UUIDs of the boards of a record."""
    return [device.uuid for device in record.devices if device.scope == "gpu"]


@pytest.mark.parametrize("kind", ["index", "uuid"])
def test_each_rank_measures_the_one_board_it_sees(measured: Measured, kind: str) -> None:
    """With one board for each rank the sum of all ranks is the sum of all boards."""
    uuids = [board.uuid for board in NODE.boards]
    entries = uuids if kind == "uuid" else list("0123")
    ranks = [
        measured({"SLURM_LOCALID": str(i), "CUDA_VISIBLE_DEVICES": entry})
        for i, entry in enumerate(entries)
    ]
    assert [boards_of(one) for one in ranks] == [[uuid] for uuid in uuids]
    joined = lca.measure.add(ranks)
    assert boards_of(joined) == uuids
    energies = [device.energy for device in joined.devices if device.scope == "gpu"]
    assert energies == pytest.approx([400.0, 800.0, 1200.0, 1600.0])
    assert joined.work.amount == 4.0


def test_only_the_first_rank_measures_processors(measured: Measured) -> None:
    """The processors of a node are in the record of rank 0 alone, and the others say so."""
    first, second = (
        measured({"SLURM_LOCALID": str(i), "CUDA_VISIBLE_DEVICES": str(i)}) for i in (0, 1)
    )
    assert {"package"} <= {device.scope for device in first.devices}
    assert {device.scope for device in second.devices} == {"gpu"}
    assert any("rank 0 of this node measures the processors" in text for text in second.reasons)


def test_ranks_that_see_the_same_boards_leave_them_to_the_first(measured: Measured) -> None:
    """Where every rank sees two of four boards, rank 0 measures both and rank 1 counts work."""
    ranks = [measured({"LOCAL_RANK": str(i), "CUDA_VISIBLE_DEVICES": "2,3"}) for i in (0, 1)]
    assert [len(boards_of(one)) for one in ranks] == [2, 0]
    assert boards_of(lca.measure.add(ranks)) == [board.uuid for board in NODE.boards[2:]]


def test_a_board_that_two_ranks_share_counts_once(measured: Measured) -> None:
    """Two ranks on one of four boards both measure it; their sum has it once, and says so."""
    ranks = [measured({"LOCAL_RANK": str(i), "CUDA_VISIBLE_DEVICES": "1"}) for i in (0, 1)]
    joined = lca.measure.add(ranks)
    assert boards_of(joined) == [NODE.boards[1].uuid]
    assert any("counts once" in text for text in joined.reasons)


def test_a_rank_with_boards_of_its_own_must_measure_where_that_is_required(
    measured: Measured,
) -> None:
    """A rank that leaves the boards to another needs no value; one that has its own does."""
    own = {"SLURM_LOCALID": "1", "CUDA_VISIBLE_DEVICES": "1"}
    assert measured({"LOCAL_RANK": "1"}, require="measured").quality == "none"
    assert measured(own, require="measured").quality == "measured"
    with pytest.raises(MeasurementUnavailable, match="shorter than two steps"):
        measured(own, 0.05, require="measured")
