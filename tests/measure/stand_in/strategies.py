"""Random step functions and times, for properties of the stand-in and of what reads it."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["MOMENTS", "steps"]

MOMENTS = st.integers(0, 12_000_000).map(lambda microseconds: microseconds / 1e6)
"""Times of a trace, in s, to the microsecond."""


def steps(fewest: int = 1) -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    """Return step functions: milliseconds apart, whole watts."""
    times = st.lists(st.integers(0, 9000), min_size=fewest, max_size=12, unique=True).map(sorted)
    return times.flatmap(
        lambda at: st.tuples(
            *(st.tuples(st.just(time / 1000), st.integers(0, 1200).map(float)) for time in at)
        )
    )
