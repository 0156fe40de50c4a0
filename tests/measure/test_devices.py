"""Boards are found by UUID, beginning of a UUID, index and CUDA_DEVICE_ORDER, or refused."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from lca.errors import UnknownNameError
from lca.measure import devices
from lca.measure.devices import Board, choose, hardware_id
from lca.measure.meters import open_meters
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.powercap import Powercap
from measure.stand_in.trace import Trace

A = Board(0, "GPU-aaaa1111-0000", "NVIDIA L40S", {})
B = Board(1, "GPU-aabb2222-0000", "NVIDIA L40S", {})
C = Board(2, "GPU-cccc3333-0000", "NVIDIA H100 80GB HBM3", {"MIG-1111": 3 / 7, "MIG-2222": 2 / 7})
TWINS, MIXED = (A, B), (A, B, C)
BY_BUS = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def uuids(*arguments: object, **options: object) -> list[str]:
    """Return the UUIDs that are chosen."""
    return [chosen.board.uuid for chosen in choose(*arguments, **options)]


def test_all_boards_without_restriction() -> None:
    """Without CUDA_VISIBLE_DEVICES every board counts."""
    assert uuids(MIXED, None, {}) == [A.uuid, B.uuid, C.uuid]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", [A.uuid]),
        ("1,0", [B.uuid, A.uuid]),
        (" 1 ", [B.uuid]),
        ("1,1", [B.uuid]),
        ("", []),
        ("-1", []),
        ("0,-1,1", [A.uuid]),
        ("0,7,1", [A.uuid]),
        ("GPU-aabb2222-0000", [B.uuid]),
        ("GPU-aabb", [B.uuid]),
        ("aabb", [B.uuid]),
        ("GPU-aa", []),
        ("GPU-", []),
        ("NoDevFiles", []),
    ],
)
def test_visible_devices_are_read_as_cuda_reads_them(text: str, expected: list[str]) -> None:
    """Indices and unambiguous UUIDs count up to the first entry that is neither."""
    assert uuids(TWINS, None, {"CUDA_VISIBLE_DEVICES": text}) == expected


@pytest.mark.parametrize("name", [B.uuid, "GPU-aabb", "gpu-AABB2", "aabb", 1, "1", "cuda:1"])
def test_a_board_can_be_named_in_many_ways(name: str | int) -> None:
    """UUID, beginning, index and torch's name all mean the same board."""
    assert uuids(TWINS, [name], {}) == [B.uuid]


def test_an_index_counts_the_visible_boards() -> None:
    """Index 0 is what torch calls cuda:0, also where only the second board is visible."""
    assert uuids(TWINS, [0], {"CUDA_VISIBLE_DEVICES": B.uuid}) == [B.uuid]


@pytest.mark.parametrize(
    ("name", "message"),
    [("GPU-aa", "fits 2 boards"), ("GPU-ffff", "is no board"), (9, "there is no device 9")],
)
def test_unclear_names_are_refused_with_a_list(name: str | int, message: str) -> None:
    """A name for several or no boards lists what there is."""
    with pytest.raises(UnknownNameError, match=message) as refusal:
        choose(TWINS, [name], {})
    assert "NVIDIA L40S GPU-aaaa1111-0000" in str(refusal.value)


def test_an_index_over_different_boards_is_refused() -> None:
    """CUDA's own order begins with the fastest board, so an index would be a guess."""
    with pytest.raises(UnknownNameError, match="CUDA_DEVICE_ORDER=PCI_BUS_ID"):
        choose(MIXED, [0], {})
    with pytest.raises(UnknownNameError, match="fastest board first"):
        choose(MIXED, None, {"CUDA_VISIBLE_DEVICES": "0"})


def test_an_index_by_bus_is_the_driver_s() -> None:
    """With CUDA_DEVICE_ORDER=PCI_BUS_ID the driver's order holds."""
    assert uuids(MIXED, [2], BY_BUS) == [C.uuid]
    assert uuids(MIXED, None, {**BY_BUS, "CUDA_VISIBLE_DEVICES": "2,0"}) == [C.uuid, A.uuid]


def test_torch_settles_its_own_order() -> None:
    """Where torch already uses CUDA its numbering holds, UUIDs with or without their prefix."""
    order = ["cccc3333-0000", "GPU-aaaa1111-0000"]
    assert uuids(MIXED, None, {"CUDA_VISIBLE_DEVICES": "0,1"}, order) == [C.uuid, A.uuid]


def test_mig_slices_of_one_board_add_their_shares() -> None:
    """Two slices are one board, measured whole, with both shares."""
    chosen = choose(MIXED, None, {"CUDA_VISIBLE_DEVICES": "MIG-1111,MIG-2222"})
    assert [one.board.uuid for one in chosen] == [C.uuid]
    assert chosen[0].share == pytest.approx(5 / 7)
    assert "no slice has a meter" in chosen[0].note


def test_old_names_of_slices_lead_to_their_board() -> None:
    """Before driver 470 a slice was named by its board and two numbers."""
    chosen = choose(MIXED, None, {"CUDA_VISIBLE_DEVICES": f"MIG-{C.uuid}/1/0"})
    assert [one.board.uuid for one in chosen] == [C.uuid]
    assert "the whole board is measured" in chosen[0].note


def test_only_measured_boards_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the edges of a window torch waits for the measured boards and no others."""
    waited: list[int] = []
    listed = [SimpleNamespace(uuid="aaaa1111-0000"), SimpleNamespace(uuid="aabb2222-0000")]
    cuda = SimpleNamespace(
        is_available=lambda: True,
        is_initialized=lambda: True,
        device_count=lambda: 2,
        get_device_properties=lambda i: listed[i],
        synchronize=waited.append,
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    devices.synchronize([B.uuid])
    assert waited == [1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm5-80gb"),
        ("NVIDIA H100 PCIe", "nvidia-h100-pcie-80gb"),
        ("NVIDIA H200", "nvidia-h200-sxm-141gb"),
        ("NVIDIA A100-SXM4-80GB", "nvidia-a100-sxm4-80gb"),
        ("NVIDIA A100-PCIE-40GB", "nvidia-a100-pcie-40gb"),
        ("NVIDIA A100 80GB PCIe", "nvidia-a100-pcie-80gb"),
        ("Tesla V100-SXM2-16GB", "nvidia-tesla-v100-sxm2-16gb"),
        ("Tesla P100-SXM2-16GB", "nvidia-tesla-p100-sxm2"),
        ("Tesla P100-PCIE-16GB", "nvidia-tesla-p100-pcie-16gb"),
        ("Tesla T4", "nvidia-tesla-t4"),
        ("NVIDIA L4", "nvidia-l4"),
        ("NVIDIA A10G", "nvidia-a10g"),
        ("NVIDIA RTX A6000", "nvidia-rtx-a6000"),
        ("NVIDIA RTX 6000 Ada Generation", "nvidia-rtx-6000-ada-generation"),
        ("NVIDIA GeForce RTX 4090", "nvidia-geforce-rtx-4090"),
        ("NVIDIA GeForce RTX 3090 Ti", "nvidia-geforce-rtx-3090-ti"),
        ("Quadro RTX 8000", "nvidia-quadro-rtx-8000"),
        ("NVIDIA GH200 480GB", "nvidia-gh200-gpu"),
        ("NVIDIA B200", "nvidia-b200-sxm-180gb"),
        ("NVIDIA Imaginary 5", None),
    ],
)
def test_names_of_boards_find_their_entry(name: str, expected: str | None) -> None:
    """What a board calls itself leads to its entry in the hardware database, or to none."""
    assert hardware_id(name) == expected


def test_every_known_name_leads_into_the_database() -> None:
    """No row of the table of names points at an entry that does not exist."""
    assert set(devices._aliases().values()) <= set(devices.ids("gpu"))


def test_processors_of_a_module_are_not_added(
    stand_in: StandIn, powercap: Powercap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GH200's module counts its processor: no processor meter is opened beside it."""
    monkeypatch.setattr("lca.measure.rapl.POWERCAP", powercap.root)
    stand_in.play(Trace((boards.grace_hopper(),)))
    opened = open_meters(clock=stand_in.now)
    scopes = [device.scope for meter in opened.meters for device in meter.devices()]
    opened.close()
    assert scopes == ["module"]
    assert any("not added" in reason for reason in opened.missing)


def test_boards_and_processors_are_opened_together(
    stand_in: StandIn, powercap: Powercap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A usual machine has its boards, packages and memory."""
    monkeypatch.setattr("lca.measure.rapl.POWERCAP", powercap.root)
    stand_in.play(Trace())
    opened = open_meters(clock=stand_in.now)
    scopes = [device.scope for meter in opened.meters for device in meter.devices()]
    opened.close()
    assert scopes == ["gpu", "package", "dram"]
    assert stand_in.library.users() == 0


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        ("driver_not_loaded", "try nvidia-smi"),
        ("no_permission", "/dev/nvidiactl"),
        ("lib_rm_version_mismatch", "restart the machine"),
    ],
)
def test_a_missing_driver_says_what_to_do(stand_in: StandIn, failure: str, advice: str) -> None:
    """Each way in which the driver can be missing has its own advice."""
    stand_in.play(Trace(failure=failure))
    opened = open_meters(clock=stand_in.now)
    opened.close()
    assert any(advice in reason for reason in opened.missing)
