"""Generate text word by word, keeping keys and values of earlier places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._attention import Past
from lca.measure.workloads._outcome import Outcome, Part, Quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from lca.measure.workloads._outcome import Rounds, Window


_WINDOWS = ("prefill", "decode")
_TRIALS, _TRIAL_TIME = 10, 1.0
"""Trials of both windows before they are measured, at most, and for how long (s)."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A workload that reads a prompt and writes words, the most probable one each time.

    Parameters
    ----------
    make : callable
        Makes the model, on the default device.
    layers : int
        Its number of blocks that keep keys and values.
    prompt : Tensor
        Words to begin with, (sequence, place), on the device.
    length : int
        Words to write per sequence; random weights never end a text by themselves.
    device : torch.device
        Where it runs.
    dtype : torch.dtype
        Type of the weights.

    """

    make: Callable[[], nn.Module]
    layers: int
    prompt: Tensor
    length: int
    device: torch.device
    dtype: torch.dtype = torch.float32
    model: nn.Module = field(init=False)
    operations: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        model = bench.weights(lambda: self.make().to(self.dtype), self.device)
        object.__setattr__(self, "model", model.eval())
        object.__setattr__(self, "operations", self._part_flops())

    @property
    def parameters(self) -> int:
        """Return the number of values of the model."""
        return bench.parameter_count(self.model)

    def flops(self) -> int:
        """Return the operations of reading and writing."""
        return sum(self.operations)

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Read in the window ``prefill``, write in ``decode``, and check both against a reread.

        Both windows take as many rounds as was planned, once if nothing was.
        The first word is written at the end of the reading. Quality is the share of words that
        the model would also have chosen had it read everything at once.
        """
        planned = rounds if rounds is not None and rounds.planned(_WINDOWS) else None
        timer = bench.Timer(self.device, window, planned)
        with torch.inference_mode():
            reading = timer.lap("prefill", self._read, self._empty_past)
            writing = timer.again("decode", lambda: self._write(self.model, *reading.result))
            agreed = self._agreement(writing.result)
        quality = Quality("agreement with a full reread", agreed, "higher")
        return self._outcome(reading, writing, quality)

    def _outcome(
        self, reading: bench.Lap[Any], writing: bench.Lap[Any], quality: Quality
    ) -> Outcome:
        """Return both windows; the work is what was written."""
        sequences, places = self.prompt.shape
        prefill, decode = self.operations
        note = "the first word belongs to the prefill"
        steps = sequences * (self.length - 1)
        parts = (
            _part("prefill", sequences * places, reading, prefill, quality),
            _part("decode", steps, writing, decode, quality, note),
        )
        seconds = reading.seconds + writing.seconds
        flops = sum(part.flops or 0 for part in parts)
        amount = sequences * self.length * writing.rounds
        return Outcome(amount, "token", quality, seconds, flops, parts)

    def _read(self, past: list[Past]) -> tuple[Tensor, list[Past]]:
        """Read the prompt; return the first word, and keys and values."""
        return _choose(self.model(self.prompt, past)), past

    def plan(self, rounds: Rounds, at_least: float = 0.0) -> None:
        """Find out how often to read and write: equally often, as an answer takes both."""
        with torch.inference_mode():
            self._trial()  # the first time takes longer
            trials = [self._trial()]
            while len(trials) < _TRIALS and sum(map(sum, trials)) < _TRIAL_TIME:
                trials.append(self._trial())
        # Anything else on the machine only ever lengthens a trial.
        rounds.plan(dict(zip(_WINDOWS, map(min, *trials, trials[0]), strict=True)), at_least)

    def _trial(self) -> tuple[float, float]:
        """Read and write once; return how long each took (s)."""
        timer = bench.Timer(self.device)
        reading = timer.lap("prefill", self._read, self._empty_past)
        writing = timer.again("decode", lambda: self._write(self.model, *reading.result))
        return reading.seconds, writing.seconds

    def _empty_past(self) -> list[Past]:
        """Return room for all keys and values."""
        capacity = self.prompt.shape[1] + max(self.length, 2)
        return [Past(capacity) for _ in range(self.layers)]

    def _write(self, model: nn.Module, word: Tensor, past: list[Past]) -> Tensor:
        """Return all words written, `word` the first; what was written before is forgotten."""
        for layer in past:
            layer.length = self.prompt.shape[1]
        written = [word]
        for _ in range(self.length - 1):
            written.append(_choose(model(written[-1], past)))
        return torch.cat(written, dim=1)

    def _agreement(self, written: Tensor) -> float:
        """Return the share of words that a full reading without a past would choose as well."""
        text = torch.cat([self.prompt, written], dim=1)
        chosen = self.model(text[:, :-1])[:, self.prompt.shape[1] - 1 :].argmax(dim=-1)
        return cast("float", (chosen == written).float().mean().item())

    def _part_flops(self) -> tuple[int, int]:
        """Return the operations of reading and of writing."""
        model = bench.on_meta(self.make).eval()
        (prompt,) = bench.like_meta((self.prompt,))
        seen, steps = prompt.shape[1], self.length - 1
        prefill = self._call_flops(model, prompt, 0)
        word = torch.empty_like(prompt[:, :1])
        first, second = (self._call_flops(model, word, seen + step) for step in (0, 1))
        # Each word sees one place more than the one before, so the steps grow evenly.
        return prefill, steps * first + (second - first) * (steps * (steps - 1) // 2)

    def _call_flops(self, model: nn.Module, text: Tensor, seen: int) -> int:
        """Return the operations of reading a text after `seen` places."""
        past = self._empty_past()
        for layer in past:
            layer.length = seen
        with torch.no_grad():
            return bench.counted(lambda: model(text, past))


def _part(
    name: str, amount: int, lap: bench.Lap[Any], flops: int, quality: Quality, note: str = ""
) -> Part:
    """Return a window as a part; amount and operations are those of a round."""
    count = lap.rounds
    return Part(
        name, count * amount, "token", lap.seconds, count * flops, quality, note, rounds=count
    )


def _choose(logits: Tensor) -> Tensor:
    """Return the most probable next word of each sequence."""
    return logits[:, -1:].argmax(dim=-1)
