"""One rank of each node measures; the others only count their work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Rank", "rank"]

_LOCAL = (
    "LOCAL_RANK",
    "SLURM_LOCALID",
    "OMPI_COMM_WORLD_LOCAL_RANK",
    "MV2_COMM_WORLD_LOCAL_RANK",
    "MPI_LOCALRANKID",
)


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


def rank(environment: Mapping[str, str] | None = None) -> Rank:
    """Return the rank of this process on its node, from its launcher's variables."""
    given = os.environ if environment is None else environment
    for variable in _LOCAL:
        text = given.get(variable, "")
        if text.isdecimal():
            return Rank(int(text), variable)
    return Rank()
