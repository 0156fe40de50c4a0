"""Shares of the variance: Sobol's first-order and total effects, of unknowns and of groups.

Two independent streams of draws, A and B, and for each group the draws of A with that group's
from B. First-order effects by Saltelli's estimator, total effects by Jansen's; both are sums over
draws, so long streams are taken block by block, and many outputs share all evaluations.

References
----------
1. Sobol, I. M. (2001). Global sensitivity indices for nonlinear mathematical models and their
   Monte Carlo estimates. Mathematics and Computers in Simulation 55(1-3).
2. Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., Tarantola, S. (2010). Variance
   based sensitivity analysis of model output. Computer Physics Communications 181(2), table 2,
   estimators (b) and (f); (f) is that of Jansen (1999).
3. Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca.sensitivity.evaluator import Changed, Leaf, Sheet, blocks, drawn, part
from lca.sensitivity.ranks import check_samples
from lca.sensitivity.response import Response
from lca.sensitivity.unknowns import Unknown
from lca.terms import Factor, Value
from lca.uncertain import Array, block_size, stream

RESAMPLES = 100
"""Bootstrap resamples of an interval."""

SECOND = "#second"
"""Names the second stream of an identity."""

_CENTRAL_90 = (5.0, 95.0)
_BUDGET = 64 << 20
_NOTHING = 1e-20  # share of the squared level below which a variance is rounding

Progress = Callable[[int, int], None] | None


@dataclass(frozen=True)
class Sobol:
    """Effects of groups on outputs, each with the 90 % interval of its sampling error.

    Attributes
    ----------
    groups
        Names; each unknown is a group of its own unless they were put together.
    first, total
        Effects, shape ``(groups, outputs)``: shares of the variance that goes if the group were
        known, and that stays if only the group were unknown. 0 where an output does not vary.
    first_low, first_high, total_low, total_high
        Bootstrap intervals, same shape.
    variance
        Variance of each output, shape ``(outputs,)``.
    samples
        Draws of each stream; the outputs were evaluated ``samples`` times groups plus two.
    """

    groups: tuple[str, ...]
    first: Array
    first_low: Array
    first_high: Array
    total: Array
    total_low: Array
    total_high: Array
    variance: Array
    samples: int

    @property
    def interactions(self) -> Array:
        """Share of the variance that no group explains alone, shape ``(outputs,)``."""
        varies = self.variance > 0
        return np.asarray(np.where(varies, 1 - self.first.sum(axis=0), 0.0))


class Estimator:
    """Adds up blocks of evaluations; resamples of the same blocks are added beside.

    The last axis of every sum is of length ``1 + resamples``: the first counts every draw once, the
    others count each draw as often as it was drawn again, within its block.

    Parameters
    ----------
    resamples
        Bootstrap resamples; 0 for none.
    seed
        Seed of the resamples.
    """

    def __init__(self, resamples: int = RESAMPLES, seed: int = 0) -> None:
        self._resamples, self._seed = resamples, seed
        self._draws, self._blocks = 0, 0
        self._shift: Array | None = None
        self._whole: Array | None = None
        self._change: Array | None = None

    def add(self, a: Array, b: Array, mixed: Array) -> None:
        """Add a block.

        Parameters
        ----------
        a, b
            Outputs on both streams, shape ``(outputs, draws)``.
        mixed
            By group, the outputs on A with the group's draws from B: ``(groups, outputs, draws)``.
        """
        if self._shift is None:  # sums of squares lose fewer digits near zero
            self._shift = a.mean(axis=1, keepdims=True)
        counts = self._counts(a.shape[1])
        one, two, change = a - self._shift, b - self._shift, mixed - a
        whole = _counted(counts, np.stack([one, one**2, two, two**2]))
        moved = _counted(counts, np.stack([change * two, change, change**2]))
        self._whole = whole if self._whole is None else self._whole + whole
        self._change = moved if self._change is None else self._change + moved
        self._draws += a.shape[1]
        self._blocks += 1

    def _counts(self, size: int) -> Array:
        """Return how often each draw counts, shape ``(1 + resamples, draws)``."""
        counts = np.ones((1 + self._resamples, size))
        random = stream(self._seed, f"bootstrap#{self._blocks}")
        if self._resamples:
            again = random.integers(0, size, (self._resamples, size), dtype=np.int32)
            again += np.arange(self._resamples, dtype=np.int32)[:, None] * size
            flat = np.bincount(again.ravel(), minlength=self._resamples * size)
            counts[1:] = flat.reshape(self._resamples, size)
        return counts

    def effects(self) -> tuple[Array, Array, Array]:
        """Return first-order and total effects and the variance.

        Returns
        -------
        tuple of Array
            Of shapes ``(groups, outputs, 1 + resamples)``, the same, and ``(outputs, 1 + resamples)``.
        """
        if self._shift is None or self._whole is None or self._change is None:
            msg = "no block was added"
            raise ValueError(msg)
        a, aa, b, bb = self._whole / self._draws
        mean = (a + b) / 2
        variance = (aa + bb) / 2 - mean**2
        level = (mean + self._shift) ** 2 + variance
        variance = np.where(variance > _NOTHING * level, variance, 0.0)
        product, change, square = self._change / self._draws
        return _share(product - mean * change, variance), _share(square / 2, variance), variance


def _counted(counts: Array, values: Array) -> Array:
    """Return sums over draws by resample, shape ``(..., 1 + resamples)``."""
    flat = values.reshape(-1, values.shape[-1]) @ counts.T
    return np.asarray(flat.reshape(*values.shape[:-1], counts.shape[0]))


def _share(part_of: Array, variance: Array) -> Array:
    whole = np.broadcast_to(variance, part_of.shape)
    shares = np.divide(part_of, whole, out=np.zeros_like(part_of), where=whole > 0)
    return np.where(np.abs(shares) > _NOTHING, shares, 0.0)


def sobol(
    response: Response,
    groups: Mapping[str, Sequence[Unknown]],
    samples: int,
    seed: int,
    progress: Progress = None,
) -> Sobol:
    """Estimate first-order and total effects of groups of unknowns.

    Parameters
    ----------
    response
        The outputs.
    groups
        Unknowns by group; an unknown in no group varies in none of them.
    samples
        Draws of each stream.
    seed
        Seed of both streams and of the bootstrap.
    progress
        Called with blocks done and blocks in all.

    Raises
    ------
    ScenarioError
        If there are too few draws.
    """
    check_samples(samples)
    estimator = Estimator(seed=seed)
    spans = _spans(response, len(groups), samples)
    masks = [response.dependence.bits(x.identity for x in group) for group in groups.values()]
    done, count = 0, len(blocks(samples)) * len(spans)
    for number in blocks(samples):
        streams = drawn(samples, seed, number), drawn(samples, seed, number, SECOND)
        for span in spans:
            first, second = (part(leaf, span) for leaf in streams)
            estimator.add(*_evaluated(response, first, second, masks, span.stop - span.start))
            done += 1
            if progress:
                progress(done, count)
    return _result(tuple(groups), estimator, samples)


def _spans(response: Response, groups: int, samples: int) -> list[slice]:
    """Return rows of a block that are evaluated at once: what they take in memory is bounded."""
    kept = len(response.dependence) + 4 * (1 + groups) * len(response.outputs)
    size = block_size(samples)
    rows = min(size, max(512, _BUDGET // (8 * kept)))
    return [slice(start, min(start + rows, size)) for start in range(0, size, rows)]


def _evaluated(
    response: Response, first: Leaf, second: Leaf, masks: Sequence[int], size: int
) -> tuple[Array, Array, Array]:
    """Return the outputs on both streams, and by group on the mixture of both."""
    sheet, other = Sheet(first), Sheet(second)
    one, sums = response.values(sheet, size)
    two, _ = response.values(other, size)
    mixed = np.empty((len(masks), *one.shape))
    for place, mask in enumerate(masks):
        leaf = _mixed(response, first, second, mask)
        change = Changed(sheet, leaf, response.dependence, mask)
        mixed[place] = response.changed(sheet, sums, change, mask)
    return one, two, mixed


def _mixed(response: Response, first: Leaf, second: Leaf, mask: int) -> Leaf:
    def leaf(factor: Factor) -> Value:
        return (second if response.dependence.mask(factor) & mask else first)(factor)

    return leaf


def _result(names: tuple[str, ...], estimator: Estimator, samples: int) -> Sobol:
    first, total, variance = estimator.effects()
    return Sobol(
        names,
        *_with_interval(first),
        *_with_interval(total),
        variance=variance[:, 0],
        samples=samples,
    )


def _with_interval(effects: Array) -> tuple[Array, Array, Array]:
    low, high = np.percentile(effects[..., 1:], _CENTRAL_90, axis=-1)
    return effects[..., 0], low, high
