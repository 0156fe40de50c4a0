"""Who measures when a program runs as several ranks on one node.

The first rank of a node measures the processors and all boards that it sees. Launchers that
give every rank the same boards (torchrun, by LOCAL_RANK) leave nothing for the others, who only
count their work. Launchers that give each rank boards of its own (Slurm with ``--gpus-per-task``,
MPI with a script that sets CUDA_VISIBLE_DEVICES) hide them from the first rank, so that each
rank measures those that it sees. No rank can see what another sees; what is known is how many
boards it sees itself and how many the driver and Slurm know of. Where two ranks measured one
board all the same, adding up counts it once, by its UUID.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Rank", "file_of_rank", "may_own", "owns", "rank"]

_SAME_BOARDS = "LOCAL_RANK"
"""Set by launchers whose ranks all inherit one environment, and so see the same boards."""
_LOCAL = (
    _SAME_BOARDS,
    "SLURM_LOCALID",
    "OMPI_COMM_WORLD_LOCAL_RANK",
    "MV2_COMM_WORLD_LOCAL_RANK",
    "MPI_LOCALRANKID",
)
_GLOBAL = (
    "RANK",
    "SLURM_PROCID",
    "OMPI_COMM_WORLD_RANK",
    "MV2_COMM_WORLD_RANK",
    "PMI_RANK",
)
"""The place of a process among all of its job, in the order of `_LOCAL`."""
_LISTS = ("SLURM_STEP_GPUS", "SLURM_JOB_GPUS")
"""Boards that the job has on this node, such as ``0,1`` or ``0-3``; also those hidden here."""
_COUNT = "SLURM_GPUS_ON_NODE"


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of this process on its node, and the variable that said so."""

    local: int = 0
    variable: str = ""

    @property
    def measures(self) -> bool:
        """Whether this process reads the meters of its node."""
        return self.local == 0

    @property
    def reason(self) -> str:
        """Why this rank does not measure."""
        return f"{self.variable}={self.local}: rank 0 of this node measures for all its ranks"

    @property
    def part(self) -> str:
        """What a rank measures that has boards of its own."""
        return (
            f"{self.variable}={self.local}: this rank measures the boards given to it alone;"
            " rank 0 of this node measures the processors"
        )


def rank(environment: Mapping[str, str] | None = None) -> Rank:
    """Return the rank of this process on its node, from its launcher's variables."""
    given = os.environ if environment is None else environment
    for variable in _LOCAL:
        text = given.get(variable, "")
        if text.isdecimal():
            return Rank(int(text), variable)
    return Rank()


def file_of_rank(
    path: str | os.PathLike[str], environment: Mapping[str, str] | None = None
) -> Path:
    """Return the file of this rank's record: all ranks are given one name, none may overwrite.

    Examples
    --------
    >>> str(file_of_rank("run.yaml", {"RANK": "3"}))
    'run.rank3.yaml'
    >>> str(file_of_rank("run.yaml", {"RANK": "0"}))
    'run.yaml'
    """
    given = os.environ if environment is None else environment
    numbers = (given.get(variable, "") for variable in _GLOBAL)
    number = next((int(text) for text in numbers if text.isdecimal()), rank(given).local)
    file = Path(path)
    return file.with_name(f"{file.stem}.rank{number}{file.suffix}") if number else file


def may_own(environment: Mapping[str, str]) -> bool:
    """Whether it is worth asking the driver: a launcher may have given boards to this rank."""
    names = ("CUDA_VISIBLE_DEVICES", *_LISTS, _COUNT)
    return any(environment.get(name, "").strip() for name in names)


def owns(place: Rank, visible: int, listed: int, environment: Mapping[str, str]) -> bool:
    """Whether a rank that is not the first sees boards that the first does not.

    Parameters
    ----------
    place : Rank
        The rank.
    visible : int
        Boards that CUDA_VISIBLE_DEVICES leaves to it.
    listed : int
        Boards that the driver shows to it.
    environment : mapping
        Where Slurm says how many boards the job has on this node.

    Returns
    -------
    bool
        One board of several is its own. More of several are, unless the launcher gives all
        ranks the same.

    Examples
    --------
    >>> owns(Rank(1, "SLURM_LOCALID"), 1, 1, {"SLURM_STEP_GPUS": "0-3"})
    True
    >>> owns(Rank(1, "LOCAL_RANK"), 2, 4, {})
    False
    """
    whole = max(listed, _of_job(environment))
    if not 0 < visible < whole:
        return False
    return visible == 1 or place.variable != _SAME_BOARDS


def _of_job(environment: Mapping[str, str]) -> int:
    """Return how many boards Slurm says that the job has on this node, 0 if it does not say."""
    counts = [_length(environment.get(name, "")) for name in _LISTS]
    number = environment.get(_COUNT, "").strip()
    return max([*counts, int(number) if number.isdecimal() else 0])


def _length(text: str) -> int:
    """Return the length of a list such as ``0,2-3``; 0 where it is none.

    A list of another kind, such as of UUIDs, counts by its commas.
    """
    count = 0
    for part in filter(None, map(str.strip, text.split(","))):
        ends = re.fullmatch(r"(\d+)-(\d+)", part)
        count += max(1, int(ends[2]) - int(ends[1]) + 1) if ends else 1
    return count
