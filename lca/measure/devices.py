"""Which boards are meant: by UUID, beginning of a UUID, or index; and what they are.

Indices count the visible devices in the order that CUDA gives them. CUDA numbers the fastest
board first unless CUDA_DEVICE_ORDER is PCI_BUS_ID; the driver counts by bus. Where boards
differ and torch cannot tell which is which, an index is refused rather than guessed.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lca.errors import UnknownNameError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Board", "Chosen", "choose", "hardware_id", "synchronize"]

MIG_SLICES = 7
"""Compute slices of a board that can be divided."""
_AMBIGUOUS = (
    "CUDA numbers the fastest board first and the boards differ, so an index may mean another"
    " board; set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name boards by UUID (nvidia-smi -L)"
)


@dataclass(frozen=True, slots=True)
class Board:
    """A board as the driver lists it; `mig` maps UUIDs of MIG devices to their share."""

    index: int
    uuid: str
    name: str
    mig: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A board that is meant, and how much of it."""

    board: Board
    share: float = 1.0
    note: str = ""


def choose(
    boards: Sequence[Board],
    wanted: Sequence[str | int] | None,
    environment: Mapping[str, str],
    torch_order: Sequence[str] | None = None,
) -> tuple[Chosen, ...]:
    """Return the boards that are meant, each once.

    Parameters
    ----------
    boards : sequence of Board
        All boards of the driver, by bus.
    wanted : sequence of str or int, optional
        UUIDs, their beginnings, or indices; None means all that CUDA_VISIBLE_DEVICES shows.
    environment : mapping
        Where CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER are looked up.
    torch_order : sequence of str, optional
        UUIDs of the visible devices as torch numbers them.

    Raises
    ------
    UnknownNameError
        A name fits no board or several, or an index cannot be told.
    """
    visible = _visible(boards, environment, torch_order)
    if wanted is None:
        return _merged(visible)
    return _merged([_named(str(name), boards, visible, environment) for name in wanted])


def _visible(
    boards: Sequence[Board], environment: Mapping[str, str], torch_order: Sequence[str] | None
) -> list[Chosen]:
    """Return the visible devices in CUDA's order; like CUDA, stop at the first wrong entry."""
    if torch_order is not None:
        known = [_by_uuid(uuid, boards) for uuid in torch_order]
        return [chosen[0] for chosen in known if len(chosen) == 1]
    text = environment.get("CUDA_VISIBLE_DEVICES")
    if text is None:
        return [Chosen(board) for board in boards]
    visible: list[Chosen] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        if re.fullmatch(r"\d+", entry):
            if int(entry) >= len(boards):
                break
            _check_order(boards, environment)
            visible.append(Chosen(boards[int(entry)]))
            continue
        found = _by_uuid(entry, boards)
        if len(found) != 1:
            break
        visible += found
    return visible


def _named(
    name: str, boards: Sequence[Board], visible: Sequence[Chosen], environment: Mapping[str, str]
) -> Chosen:
    """Return the one board that a name or index stands for."""
    name = name.strip().removeprefix("cuda:").removeprefix("gpu:")
    if re.fullmatch(r"\d{1,3}", name):
        if int(name) >= len(visible):
            msg = f"there is no device {name}; {_listed(visible)}"
            raise UnknownNameError(msg)
        _check_order([chosen.board for chosen in visible], environment)
        return visible[int(name)]
    found = _by_uuid(name, boards)
    if len(found) != 1:
        problem = "is no board" if not found else f"fits {len(found)} boards"
        msg = f"{quoted(name)} {problem}; {_listed([Chosen(board) for board in boards])}"
        raise UnknownNameError(msg)
    return found[0]


def _by_uuid(name: str, boards: Sequence[Board]) -> list[Chosen]:
    """Return the boards, or slices of boards, whose UUID begins with a name."""
    wanted = name.casefold()
    old_style = re.match(r"mig-(gpu-[0-9a-f-]+)/\d+/\d+\Z", wanted)
    if old_style:
        return [
            Chosen(board, 1.0, f"a MIG device of {board.uuid}; the whole board is measured")
            for board in boards
            if board.uuid.casefold() == old_style[1]
        ]
    if wanted.startswith("mig-"):
        return [
            Chosen(board, share, _slice_note(share))
            for board in boards
            for uuid, share in board.mig.items()
            if uuid.casefold().startswith(wanted)
        ]
    if not wanted.startswith("gpu-"):
        wanted = f"gpu-{wanted}"
    if wanted == "gpu-":
        return []
    return [Chosen(board) for board in boards if board.uuid.casefold().startswith(wanted)]


def _slice_note(share: float) -> str:
    """Say that a slice has no meter of its own."""
    return f"a MIG slice with {share:.0%} of the board; no slice has a meter, the whole is measured"


def _merged(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Return each board once; slices of one board add up."""
    merged: dict[str, Chosen] = {}
    for one in dict.fromkeys((c.board.uuid, c.share, c.note) for c in chosen):
        uuid, share, note = one
        board = next(c.board for c in chosen if c.board.uuid == uuid)
        if uuid not in merged:
            merged[uuid] = Chosen(board, share, note)
        elif note and merged[uuid].note:
            together = min(1.0, merged[uuid].share + share)
            merged[uuid] = Chosen(board, together, _slice_note(together))
    return tuple(merged.values())


def _check_order(boards: Sequence[Board], environment: Mapping[str, str]) -> None:
    """Refuse an index whose board cannot be told."""
    by_bus = environment.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
    if not by_bus and len({board.name for board in boards}) > 1:
        raise UnknownNameError(_AMBIGUOUS)


def _listed(chosen: Sequence[Chosen]) -> str:
    """Return what there is, for a message."""
    if not chosen:
        return "no board is visible"
    names = (f"{i} = {c.board.name} {c.board.uuid}" for i, c in enumerate(chosen))
    return f"there are {'; '.join(names)}"


def torch_order() -> list[str] | None:
    """Return the UUIDs of torch's devices, if the program has already begun to use CUDA."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
        return None
    found = []
    for i in range(torch.cuda.device_count()):
        uuid = getattr(torch.cuda.get_device_properties(i), "uuid", None)
        if uuid is None:
            return None
        found.append(str(uuid))
    return found


def synchronize(uuids: Sequence[str]) -> None:
    """Wait for the queued work of those torch devices that are measured."""
    order = torch_order()
    for i, uuid in enumerate(order or ()):
        if any(known.endswith(uuid.removeprefix("GPU-")) for known in uuids):
            sys.modules["torch"].cuda.synchronize(i)


_VENDORS = re.compile(r"\b(nvidia|tesla|geforce|quadro|amd|instinct|radeon)\b")


def hardware_id(name: str) -> str | None:
    """Return the id in the hardware database of a board's own name, None if unknown.

    Examples
    --------
    >>> hardware_id("NVIDIA H100 80GB HBM3")
    'nvidia-h100-sxm5-80gb'
    >>> hardware_id("NVIDIA L40S")
    'nvidia-l40s'
    """
    bare = " ".join(_VENDORS.sub(" ", name.casefold()).split())
    return _aliases().get(bare) or _known("gpu").get(_key(bare))


@cache
def _aliases() -> dict[str, str]:
    """Return the ids of boards whose own name differs from the database's."""
    path = Path(__file__).with_name("boards.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["board"]: row["hardware"] for row in csv.DictReader(file)}


@cache
def _known(kind: str) -> dict[str, str]:
    """Return the ids of a kind by the bare form of their names."""
    return {_key(_VENDORS.sub(" ", name.replace("-", " "))): name for name in ids(kind)}


def ids(kind: str) -> list[str]:
    """Return the ids of a kind in the hardware database, from the names of its files alone.

    The library itself is not asked: it takes a third of a second to import.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "hardware_db", package.parent / "hardware_db"):
        if folder.is_dir():
            return sorted(file.stem for file in (folder / kind).glob("*.yaml"))
    return []


def _key(text: str) -> str:
    """Return a name without spaces and hyphens."""
    return re.sub(r"[\s_\-]+", "", text)
