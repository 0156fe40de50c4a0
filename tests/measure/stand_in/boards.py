"""Boards as their sensors are known to behave (Yang, Adamek and Armour 2023, arXiv 2312.02741)."""

from __future__ import annotations

from dataclasses import replace

from measure.stand_in.trace import Board, Watts

__all__ = ["ada", "ampere", "grace_hopper", "hopper", "old_driver", "pascal", "volta"]

STEADY: Watts = ((0.0, 250.0),)


def hopper(power: Watts = STEADY) -> Board:
    """Return an H100: counter, instant field that sees 25 of 100 ms, average field of 1 s."""
    return Board(power=power)


def grace_hopper(power: Watts = STEADY, module: Watts = ((0.0, 400.0),)) -> Board:
    """Return a GH200: as an H100, with the superchip's power in the module scope."""
    return replace(hopper(power), name="NVIDIA GH200 480GB", module=module, c2c=True)


def ampere(power: Watts = STEADY) -> Board:
    """Return an A100: counter, instant power that sees 25 of 100 ms, no average field."""
    return replace(
        hopper(power),
        name="NVIDIA A100-SXM4-80GB",
        architecture="ampere",
        average=False,
        usage="instant",
        limit=400.0,
        limit_minimum=100.0,
        limit_maximum=400.0,
        clock=1410,
        clock_maximum=1410,
    )


def ada(power: Watts = STEADY) -> Board:
    """Return an L40S: counter, instant field that sees all, average field of 1 s."""
    return replace(
        hopper(power),
        name="NVIDIA L40S",
        architecture="ada",
        window=0.1,
        limit=350.0,
        limit_minimum=100.0,
        limit_maximum=350.0,
        memory=46_068,
    )


def volta(power: Watts = STEADY) -> Board:
    """Return a V100: counter, power that sees 10 of 20 ms, no average field."""
    return replace(
        ampere(power),
        name="Tesla V100-SXM2-16GB",
        architecture="volta",
        period=0.02,
        window=0.01,
        limit=300.0,
        limit_maximum=300.0,
        memory=16_160,
    )


def pascal(power: Watts = STEADY) -> Board:
    """Return a P100: no counter, power that sees 10 of 20 ms, by call and by instant field."""
    return replace(
        volta(power),
        name="Tesla P100-SXM2-16GB",
        architecture="pascal",
        counter=False,
    )


def old_driver(power: Watts = STEADY) -> Board:
    """Return a P100 under a driver before 530: no counter, no fields, only the power call."""
    return replace(pascal(power), instant=False)
