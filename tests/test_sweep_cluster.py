"""A sweep on a Dask cluster of real processes: a killed worker loses nothing and changes no byte."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

import lca
from lca.errors import InputError, LcaError
from lca.sweeps import planning, schedulers
from lca.sweeps.sweeping import sweep

OVER = ("sites.here.pue=1.1..1.6", "fleet.chat.utilization=20%..80%")
MANY: dict[str, Any] = {"design": "sobol", "points": 512, "samples": 256, "seed": 3}


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Return a scheduler with two workers, each a process of its own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as found:
        yield found


@pytest.fixture
def scenario(small: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> lca.Scenario:
    """Return the small scenario, swept in pages of 64 points."""
    monkeypatch.setattr(planning, "PAGE", 1)
    return lca.load(small)


def pids(cluster: LocalCluster) -> list[int]:
    """Return the processes of the workers."""
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        return sorted(client.run(os.getpid).values())


@pytest.mark.slow
def test_a_worker_killed_in_mid_sweep_loses_nothing(
    cluster: LocalCluster, scenario: lca.Scenario, tmp_path: Path
) -> None:
    """After SIGKILL of one of two workers the file has the bytes of the sweep in one process."""
    alone, spread = tmp_path / "alone.parquet", tmp_path / "spread.parquet"
    sweep(scenario, OVER, file=alone, **MANY)
    before = pids(cluster)
    killed: list[tuple[int, int]] = []

    def kill(done: int, total: int) -> None:
        if done and not killed:
            os.kill(before[0], signal.SIGKILL)
            killed.append((done, total))

    sweep(scenario, OVER, file=spread, block=64, scheduler=cluster.scheduler_address,
          progress=kill, **MANY)  # fmt: skip
    ((done, total),) = killed
    assert 0 < done < total == 512
    assert before[0] not in pids(cluster)
    assert spread.read_bytes() == alone.read_bytes()


def test_workers_of_another_version_are_refused(
    cluster: LocalCluster, scenario: lca.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All machines must have the same version: otherwise numbers would be mixed."""
    monkeypatch.setattr(lca, "__version__", "9.9")
    with pytest.raises(LcaError, match=r"the workers of the cluster have lca .*, here it is 9\.9"):
        sweep(scenario, OVER, scheduler=cluster.scheduler_address, **MANY)


def test_a_cluster_that_is_not_there_is_told(
    scenario: lca.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scheduler at the address: one sentence with the address."""
    monkeypatch.setattr(schedulers, "_TIMEOUT", "0.2s")
    with pytest.raises(LcaError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"):
        sweep(scenario, OVER, scheduler="tcp://127.0.0.1:9", **MANY)


@pytest.mark.parametrize(
    "address", ["", "nonsense", "tcp://", "http://head:8786", "tcp://head:99999", "file:///etc/x:1"]
)
def test_what_is_no_address_is_told_at_once(scenario: lca.Scenario, address: str) -> None:
    """An empty variable of a shell is no order to compute here; nothing is tried for long."""
    with pytest.raises(InputError, match="is no address of a Dask scheduler, such as tcp://"):
        sweep(scenario, OVER, scheduler=address, **MANY)
