"""On a real board: the same promises as on the stand-in. Run with ``make gpu-suite``.

These tests are left out of the ordinary run, and skipped, with the reason, where no board is.
"""

from __future__ import annotations

import pytest

import lca.measure

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def torch() -> object:
    """Return torch where it sees a board of NVIDIA."""
    module = pytest.importorskip("torch")
    if not module.cuda.is_available():
        pytest.skip("torch sees no CUDA device here")
    return module


def load(torch: object, seconds: float) -> None:
    """Keep the first board busy with large products."""
    import time

    factor = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)  # type: ignore[attr-defined]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(20):
            factor @ factor
        torch.cuda.synchronize()  # type: ignore[attr-defined]


def test_a_busy_board_is_measured_within_its_rating(torch: object) -> None:
    """Six seconds of large products have a measured value inside its bounds, below the power limit."""
    with lca.measure("product", work="1 run", devices=[0]) as m:
        load(torch, 6.0)
    board = next(device for device in m.record.devices if device.scope in {"gpu", "module"})
    assert board.method in {"counter", "power"}
    assert board.low <= board.energy <= board.high
    assert board.energy / m.record.duration < 1.1 * board.power_limit


def test_a_window_of_milliseconds_is_refused_a_value(torch: object) -> None:
    """Fifty milliseconds are shorter than two counter steps: bounds, and no value."""
    with lca.measure("blink", work="1 run", devices=[0]) as m:
        load(torch, 0.05)
    board = next(device for device in m.record.devices if device.scope in {"gpu", "module"})
    assert board.energy is None
    assert board.reasons


def test_counter_and_power_agree_on_a_steady_load(torch: object) -> None:
    """Six seconds of large products: no remark that the two differ by over a tenth."""
    load(torch, 2.0)  # clocks and heat settle
    with lca.measure("product", work="1 run", devices=[0]) as m:
        load(torch, 6.0)
    board = next(device for device in m.record.devices if device.scope in {"gpu", "module"})
    assert board.coverage == pytest.approx(1.0)
    assert not [reason for reason in board.reasons if "ratio" in reason]


def test_a_board_is_found_by_its_uuid(torch: object) -> None:
    """The beginning of what the driver calls it names the same board as its index."""
    with lca.measure("wait", work="1 run", devices=[0]) as by_index:
        pass
    uuid = by_index.record.devices[0].uuid
    with lca.measure("wait", work="1 run", devices=[uuid[:16]]) as by_uuid:
        pass
    assert [device.uuid for device in by_uuid.record.devices] == [uuid]


def test_work_takes_more_than_waiting(torch: object) -> None:
    """Idle power is measured before, is below the limit, and is taken from the whole."""
    torch.cuda.synchronize()  # type: ignore[attr-defined]
    with lca.measure("product", work="1 run", devices=[0], idle="above_idle") as m:
        load(torch, 5.0)
    board = m.record.devices[0]
    assert 0 < board.idle_power < board.power_limit
    assert m.record.total.value < board.energy
