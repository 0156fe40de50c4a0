"""Lever: a small model that learns from a large one instead of from labels alone.

Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015: softened
answers of the teacher at temperature 2, and the labels, with equal weight. On so easy a task
the teaching may buy nothing: the untaught student shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import accuracy, cross_entropy
from lca.measure.workloads._comparison import RATE, classifier, pass_flops
from lca.measure.workloads._digits import Digits, digits
from lca.measure.workloads._outcome import Outcome, Part, Quality, break_even
from lca.measure.workloads._training import epoch_flops, split, train_epoch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "distillation"
SENTENCE = "Lever: a small classifier of digits taught by a large one, and the same untaught."
TEMPERATURE, TAUGHT_SHARE = 2.0, 0.5
NEVER = "a query of the student costs no less than one of the teacher"
_BATCH = 64
_MODELS = ("teacher", "student", "untaught student")


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths of the teacher's two layers and the student's one, epochs, and queries asked."""

    teacher: int
    student: int
    epochs: int
    passes: int


SIZES = {"small": Shape(256, 32, 8, 20), "full": Shape(4_096, 64, 30, 1_000)}


def build(size: str, device: str) -> Workload:
    """Prepare teacher, student and digits."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    return _Distillation(shape, where, data, _window_flops(shape, data))


def _teacher(shape: Shape) -> nn.Sequential:
    """Return the teacher."""
    return classifier(shape.teacher, shape.teacher)


def _student(shape: Shape) -> nn.Sequential:
    """Return a student."""
    return classifier(shape.student)


def _window_flops(shape: Shape, data: Digits) -> dict[str, int]:
    """Return the operations of each window."""
    makes = (partial(_teacher, shape), partial(_student, shape))
    batches = split((data.images, data.labels), _BATCH, data.images.device)
    teaching, learning = (
        shape.epochs * epoch_flops(make, cross_entropy, batches) for make in makes
    )
    asking, asked = (
        shape.passes * pass_flops(bench.on_meta(make), data.held_images) for make in makes
    )
    return {
        "teacher training": teaching,
        "teacher answers": pass_flops(bench.on_meta(makes[0]), data.images),
        "student training": learning,
        "untaught student training": learning,
        "teacher queries": asking,
        "student queries": asked,
        "untaught student queries": asked,
    }


def break_even_queries(cost: Mapping[str, float], queries: float) -> dict[str, float | None]:
    """Return after how many queries a distilled student has paid for itself.

    ``N = spent / (teacher per query - student per query)``, in whatever unit the costs have;
    None if a student's query is not cheaper.

    Parameters
    ----------
    cost : mapping
        Cost of each window by its name: joules, seconds or operations.
    queries : float
        Queries in each of the windows that ask.

    Returns
    -------
    dict
        ``teacher exists``: the teacher's answers and the student's training are spent;
        ``teacher included``: its training as well.
    """
    spent = cost["teacher answers"] + cost["student training"]
    each = (cost["teacher queries"] / queries, cost["student queries"] / queries)
    return {
        "teacher exists": break_even(spent, *each),
        "teacher included": break_even(spent + cost["teacher training"], *each),
    }


@dataclass(frozen=True, slots=True)
class _Distillation:
    """The workload: train the teacher, let it answer, train two students, ask all three."""

    shape: Shape
    device: torch.device
    data: Digits
    operations: Mapping[str, int]

    @property
    def parameters(self) -> int:
        """Return the number of trainable values of the teacher, the largest of the models."""
        return bench.parameter_count(bench.on_meta(partial(_teacher, self.shape)))

    def flops(self) -> int:
        """Return the operations of all windows."""
        return sum(self.operations.values())

    def break_evens(self, by: str, cost: Mapping[str, float]) -> dict[str, float | None]:
        """Return after how many queries the student has paid for itself, None if never."""
        queries = self.shape.passes * len(self.data.held_images)
        found = break_even_queries(cost, queries)
        return {f"break-even queries by {by}, {case}": value for case, value in found.items()}

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Run all windows; each one shows the quality of the model it trains or asks."""
        timer = bench.Timer(self.device, window, rounds)
        plain = (self.data.images, self.data.labels)
        make = partial(_teacher, self.shape)
        laps = {"teacher training": self._train("teacher", make, cross_entropy, plain, timer)}
        teacher = laps["teacher training"].result
        with torch.no_grad():
            laps["teacher answers"] = timer.again("teacher answers", lambda: teacher(plain[0]))
        taught = (*plain, laps["teacher answers"].result)
        for name, loss, given in (
            ("student", distilled_loss, taught),
            ("untaught student", cross_entropy, plain),
        ):
            make = partial(_student, self.shape)
            laps[f"{name} training"] = self._train(name, make, loss, given, timer)
        models = {name: laps[f"{name} training"].result for name in _MODELS}
        for name, model in models.items():
            laps[f"{name} queries"] = self._ask(f"{name} queries", model, timer)
        quality = {name: self._quality(model) for name, model in models.items()}
        return self._outcome(laps, quality)

    def _train(
        self,
        name: str,
        make: Callable[[], nn.Module],
        loss: Callable[..., Tensor],
        data: tuple[Tensor, ...],
        timer: bench.Timer,
    ) -> bench.Lap[Any]:
        """Train a model in a window."""
        batches = split(data, _BATCH, self.device)
        fresh = bench.weights(make, self.device)

        def trained(model: nn.Module) -> nn.Module:
            optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
            for _ in range(self.shape.epochs):
                train_epoch(model, loss, optimizer, batches)
            return model

        return timer.lap(f"{name} training", trained, lambda: bench.restart(fresh))

    def _ask(self, name: str, model: nn.Module, timer: bench.Timer) -> bench.Lap[Any]:
        """Let a model read the held-out digits in a window."""

        def read() -> None:
            for _ in range(self.shape.passes):
                model(self.data.held_images)

        with torch.inference_mode():
            model(self.data.held_images)
            return timer.again(name, read)

    def _quality(self, model: nn.Module) -> Quality:
        """Return how well a model reads held-out digits."""
        with torch.no_grad():
            share = accuracy(model, self.data.held_images, self.data.held_labels)
        return Quality("accuracy", share, "higher")

    def _outcome(
        self, laps: Mapping[str, bench.Lap[Any]], quality: Mapping[str, Quality]
    ) -> Outcome:
        """Return the windows as parts, and the break-even by time and by operations."""
        parts = tuple(self._part(name, laps[name], _of(name, quality)) for name in self.operations)
        seconds = {name: lap.each for name, lap in laps.items()}
        figures = {
            **self.break_evens("time", seconds),
            **self.break_evens("operations", self.operations),
        }
        return Outcome.of(parts, baseline="teacher queries", figures=figures, never=NEVER)

    def _part(self, name: str, lap: bench.Lap[Any], quality: Quality) -> Part:
        """Return a window as a part."""
        count = lap.rounds
        amount, flops = count * self._amount(name), count * self.operations[name]
        return Part(name, amount, "sample", lap.seconds, flops, quality, rounds=count)

    def _amount(self, name: str) -> int:
        """Return how many digits a window handles."""
        if name.endswith("queries"):
            return self.shape.passes * len(self.data.held_images)
        times = 1 if name.endswith("answers") else self.shape.epochs
        return times * len(self.data.images)


def distilled_loss(model: nn.Module, values: Tensor, label: Tensor, answers: Tensor) -> Tensor:
    """Return the student's loss against the teacher's softened answers and the labels."""
    logits = model(values)
    soft = functional.kl_div(
        functional.log_softmax(logits / TEMPERATURE, dim=1),
        functional.log_softmax(answers / TEMPERATURE, dim=1),
        reduction="batchmean",
        log_target=True,
    )
    hard = functional.cross_entropy(logits, label)
    # The square of the temperature keeps the size of the soft gradient (section 2 there).
    return TAUGHT_SHARE * TEMPERATURE**2 * soft + (1 - TAUGHT_SHARE) * hard


def _of(window: str, quality: Mapping[str, Quality]) -> Quality:
    """Return the quality of the model that a window is about."""
    model = window.rsplit(" ", 1)[0]
    return quality[model]
