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
