"""Uncertain values: distributions, and draws keyed by identity.

A `Distribution` is a frozen description; `quantile` turns probabilities into values.
`Draws` gives each identity its own Latin-hypercube stream: n equally probable values in an
order that only the seed and the identity decide. Sample 0 is the central estimate.

References
----------
1. McKay, M. D., Beckman, R. J., Conover, W. J. (1979). A comparison of three methods for
   selecting values of input variables in the analysis of output from a computer code.
   Technometrics 21(2).
2. Owen, A. B. (1997). Monte Carlo variance of scrambled net quadrature. SIAM J. Numerical
   Analysis 34(5): Latin hypercube variance is at most n/(n-1) times that of plain sampling.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_Z95 = NormalDist().inv_cdf(0.95)
_SCIPY_FROM = 1 << 16
_BLOCK = 1 << 14


class Grid:
    """Ascending probabilities, with their normal quantiles computed once, when first needed.

    ``total`` is the length of the whole stream that they are a block of.
    """

    def __init__(self, probability: Array, total: int = 0) -> None:
        self.probability = probability
        self._long = max(total, probability.size) > _SCIPY_FROM

    @cached_property
    def normal(self) -> Array:
        """Standard normal quantiles of the probabilities."""
        return _fast_normal(self.probability) if self._long else standard_normal(self.probability)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is known of a number.

    ``kind`` and ``parameters`` (all in one unit):

    - ``exact`` (value)
    - ``normal`` (mean, standard deviation)
    - ``lognormal`` (median, geometric standard deviation)
    - ``two_piece`` (5 % quantile, median, 95 % quantile): lognormal on either side
    - ``triangular`` and ``pert`` (low, mode, high)
    - ``uniform`` (low, high)
    - ``choice`` (values..., weights...)
    - ``empirical`` (values...)

    ``lower`` and ``upper`` cut the result to its physical range.
    """

    kind: str
    parameters: tuple[float, ...]
    lower: float = -math.inf
    upper: float = math.inf

    @property
    def is_exact(self) -> bool:
        """Whether there is nothing to sample."""
        return self.kind == "exact"

    @property
    def central(self) -> float:
        """The central estimate: the mode where one is stated, else the median or mean."""
        first = self.parameters[0]
        if self.kind in {"triangular", "pert", "two_piece"}:
            first = self.parameters[1]
        elif self.kind == "uniform":
            first = sum(self.parameters) / 2
        elif self.kind in {"choice", "empirical"}:
            first = float(_QUANTILES[self.kind](Grid(np.array([0.5])), self.parameters)[0])
        return min(max(first, self.lower), self.upper)

    def quantile(self, probability: Array | Grid) -> Array:
        """Return the values at ascending probabilities, cut to the physical range."""
        grid = probability if isinstance(probability, Grid) else Grid(probability)
        values = _QUANTILES[self.kind](grid, self.parameters)
        if math.isinf(self.lower) and math.isinf(self.upper):
            return values
        return np.asarray(np.clip(values, self.lower, self.upper), dtype=np.float64)

    def interval(self) -> tuple[float, float]:
        """Return the 5 % and 95 % quantiles."""
        low, high = self.quantile(np.array([0.05, 0.95]))
        return float(low), float(high)

    def scaled(self, factor: float) -> Distribution:
        """Return the distribution of this value times a positive exact factor."""
        weights = len(self.parameters) // 2 if self.kind == "choice" else 0
        fixed = 1 if self.kind == "lognormal" else weights
        moved = len(self.parameters) - fixed
        parameters = tuple(p * factor for p in self.parameters[:moved]) + self.parameters[moved:]
        return replace(
            self, parameters=parameters, lower=self.lower * factor, upper=self.upper * factor
        )

    def bounded(self, lower: float, upper: float) -> Distribution:
        """Return the distribution cut to a physical range."""
        return replace(self, lower=lower, upper=upper)


def exact(value: float) -> Distribution:
    """Return a value without uncertainty."""
    return Distribution("exact", (value,))


def lognormal(median: float, gsd: float) -> Distribution:
    """Return a lognormal from its median and geometric standard deviation."""
    return Distribution("lognormal", (median, gsd))


def lognormal_interval(p5: float, p95: float) -> Distribution:
    """Return the lognormal whose 90 % interval is given."""
    return lognormal(math.sqrt(p5 * p95), math.exp(math.log(p95 / p5) / (2 * _Z95)))


def normal_interval(center: float, half_width: float) -> Distribution:
    """Return the normal with 90 % of its probability within ``center`` ± ``half_width``."""
    return Distribution("normal", (center, half_width / _Z95))


def two_piece(p5: float, median: float, p95: float) -> Distribution:
    """Return the two-piece lognormal with these 5 %, 50 % and 95 % quantiles."""
    return Distribution("two_piece", (p5, median, p95))


def triangular(low: float, mode: float, high: float) -> Distribution:
    """Return a triangular distribution."""
    return Distribution("triangular", (low, mode, high))


def uniform(low: float, high: float) -> Distribution:
    """Return a uniform distribution."""
    return Distribution("uniform", (low, high))


@cache
def midpoints(samples: int) -> Array:
    """Return the mid-points of n equal slices of probability."""
    return (np.arange(samples, dtype=np.float64) + 0.5) / samples


def standard_normal(probability: Array) -> Array:
    """Return standard normal quantiles (Wichura's AS 241, as in the standard library)."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse(p) for p in probability.tolist()])


def _fast_normal(probability: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(probability), dtype=np.float64)


def _exact(grid: Grid, parameters: tuple[float, ...]) -> Array:
    return np.full_like(grid.probability, parameters[0])


def _normal(grid: Grid, parameters: tuple[float, ...]) -> Array:
    mean, deviation = parameters
    return mean + deviation * grid.normal


def _lognormal(grid: Grid, parameters: tuple[float, ...]) -> Array:
    median, gsd = parameters
    return np.asarray(median * np.exp(math.log(gsd) * grid.normal))


def _two_piece(grid: Grid, parameters: tuple[float, ...]) -> Array:
    low, median, high = parameters
    z = grid.normal / _Z95
    below, above = math.log(median / low), math.log(high / median)
    return np.asarray(median * np.exp(np.where(z < 0, below, above) * z))


def _triangular(grid: Grid, parameters: tuple[float, ...]) -> Array:
    probability = grid.probability
    low, mode, high = parameters
    width = high - low
    if width == 0:
        return np.full_like(probability, mode)
    rising = int(np.searchsorted(probability, (mode - low) / width))
    result = np.empty_like(probability)
    result[:rising] = low + np.sqrt(probability[:rising] * (width * (mode - low)))
    result[rising:] = high - np.sqrt((1 - probability[rising:]) * (width * (high - mode)))
    return result


def _pert(grid: Grid, parameters: tuple[float, ...]) -> Array:
    from scipy.special import betaincinv

    low, mode, high = parameters
    width = high - low
    alpha, beta = 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width
    return np.asarray(low + width * betaincinv(alpha, beta, grid.probability), dtype=np.float64)


def _uniform(grid: Grid, parameters: tuple[float, ...]) -> Array:
    low, high = parameters
    return low + (high - low) * grid.probability


def _choice(grid: Grid, parameters: tuple[float, ...]) -> Array:
    half = len(parameters) // 2
    values, weights = np.array(parameters[:half]), np.array(parameters[half:])
    edges = np.cumsum(weights) / weights.sum()
    return np.asarray(values[np.minimum(np.searchsorted(edges, grid.probability), half - 1)])


def _empirical(grid: Grid, parameters: tuple[float, ...]) -> Array:
    return np.asarray(np.quantile(np.array(parameters), grid.probability, method="hazen"))


_QUANTILES = {
    "exact": _exact,
    "normal": _normal,
    "lognormal": _lognormal,
    "two_piece": _two_piece,
    "triangular": _triangular,
    "pert": _pert,
    "uniform": _uniform,
    "choice": _choice,
    "empirical": _empirical,
}

KINDS = tuple(_QUANTILES)


def stream(seed: int, identity: str) -> np.random.Generator:
    """Return the random stream of an identity: no other name or position enters."""
    digest = hashlib.sha256(f"{seed}:{identity}".encode()).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest[:16], "little")))


@cache
def block_size(samples: int) -> int:
    """Return the size of the blocks that a long stream is drawn in: they fit the processor's cache.

    Each block is a Latin hypercube of its own, and together they are one: block b of B holds, of every
    B neighboring values, one (see `order_of_blocks` for how they are ordered). Streams of up to 2^14 draws, and those that no block divides, are whole.
    """
    if samples <= _BLOCK:
        return max(samples, 1)
    sizes = (size for size in range(_BLOCK, _BLOCK >> 4, -1) if samples % size == 0)
    return next(sizes, samples)


@cache
def block_grid(samples: int, number: int) -> Grid:
    """Return the ascending probabilities of one block: one of every B neighbors, B blocks in all."""
    every = samples // block_size(samples)
    return Grid(midpoints(samples)[number::every].copy(), samples)


@lru_cache(maxsize=256)
def order_of_blocks(
    seed: int, identity: str, samples: int
) -> tuple[NDArray[np.intp], tuple[int, ...]]:
    """Return a random order of the values of a block, and where in it each block begins.

    A long stream is ordered once, and each block turns that order like a ring by a random number of
    places. The order of every block is then as random as if it had been shuffled. Of two factors,
    blocks that differ in their turn pair different values: all turns together would pair each value
    of one with each value of the other, once, so blocks repeat nothing that has been seen.
    """
    random, size = stream(seed, identity), block_size(samples)
    order = np.arange(size, dtype=np.intp)
    random.shuffle(order)
    return order, tuple(random.integers(size, size=samples // size).tolist())


def _fill(result: Array, ordered: Array, order: NDArray[np.intp], turn: int) -> None:
    """Write ascending values in the order of a block."""
    rest = order.size - turn
    ordered.take(order[turn:], out=result[:rest], mode="clip")  # "raise" would copy the result
    ordered.take(order[:turn], out=result[rest:], mode="clip")


def draw_block(
    distribution: Distribution,
    identity: str,
    samples: int,
    seed: int,
    number: int,
    out: Array | None = None,
) -> Array:
    """Draw one block of a factor; the first block begins with the central estimate.

    Parameters
    ----------
    distribution
        What is known of the factor, in its canonical unit.
    identity
        The factor's name in the database or scenario; equal identities are drawn together.
    samples
        Number of draws of all blocks; 0 gives the central estimate alone.
    seed
        The seed of the whole evaluation.
    number
        Which block.
    out
        Where to write it; by default into a new array.
    """
    first = 1 if number == 0 else 0
    size = first + (block_size(samples) if samples else 0)
    result = np.empty(size) if out is None else out
    if first:
        result[0] = distribution.central
    if not samples:
        return result
    ordered = distribution.quantile(block_grid(samples, number))
    if block_size(samples) < samples:
        order, turns = order_of_blocks(seed, identity, samples)
        _fill(result[first:], ordered, order, turns[number])
    else:
        result[first:] = ordered
        stream(seed, identity).shuffle(result[first:])
    return result


def draw(distribution: Distribution, identity: str, samples: int, seed: int) -> Array:
    """Draw one factor: shape ``(1 + samples,)``, the central estimate first."""
    count = max(1, samples // block_size(samples))
    parts = [draw_block(distribution, identity, samples, seed, k) for k in range(count)]
    return np.concatenate(parts)
