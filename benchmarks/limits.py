"""What the machine allows: numpy's random numbers, and reading and copying memory.

A million draws of thirty factors cannot be drawn afresh faster than their random numbers are made,
nor be used again faster than they are read.
"""

from __future__ import annotations

import numpy as np
from measuring import clocks, report

FACTORS, SAMPLES, BLOCK = 30, 1_000_000, 1 << 14


def main() -> None:
    """Report seconds of thirty million random numbers, and of reading them once from memory."""
    random, block = np.random.Generator(np.random.SFC64(1)), np.empty(BLOCK)
    blocks = FACTORS * SAMPLES // BLOCK

    def uniform() -> None:
        for _ in range(blocks):
            random.random(out=block)

    def normal() -> None:
        for _ in range(blocks):
            random.standard_normal(out=block)

    stored = [np.ones(SAMPLES) for _ in range(FACTORS)]

    def read() -> None:
        for values in stored:
            values.max()

    report(
        {
            f"{what}_{name}": value
            for what, work in (("uniform", uniform), ("normal", normal), ("read", read))
            for name, value in clocks(work, 5).items()
        }
    )


if __name__ == "__main__":
    main()
