"""Measure a training run from inside Hugging Face Trainer, Lightning or Keras.

None of these packages is imported. A callback takes the package's own base class where the
package is already loaded, and is told apart by its methods alone where it is not. A meter that
fails is a remark in `Energy.problems` and in the log: it never stops a training.

    trainer.add_callback(callbacks.hugging_face("finetune", save="r.yaml"))
    Trainer(callbacks=[callbacks.lightning("finetune", save="r.yaml")])
    model.fit(..., callbacks=[callbacks.keras("finetune", save="r.yaml")])
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lca.measure.records import Work

__all__ = ["Energy", "hugging_face", "keras", "lightning"]

_LOG = logging.getLogger(__name__)
_UNITS = ("step", "epoch", "token")


class Window(Protocol):
    """What a callback asks of a window inside a measurement."""

    def __enter__(self) -> object:
        """Begin."""

    def __exit__(self, *reason: object) -> object:
        """End."""


def _safely(event: Callable[..., None]) -> Callable[..., None]:
    """Keep what goes wrong in an event from the training that called it."""

    @functools.wraps(event)
    def guarded(self: Energy, *given: Any, **named: Any) -> None:
        """Call the event; keep what goes wrong."""
        try:
            event(self, *given, **named)
        except Exception as error:  # the training is worth more than its measurement
            self.problems.append(f"{event.__name__}: {type(error).__name__}: {error}")
            if len(self.problems) == 1:
                _LOG.warning("the record of %s is incomplete: %s", self.workload, self.problems[0])

    return guarded


class Energy:
    """A measurement that a training framework starts and stops.

    Parameters
    ----------
    workload
        Name in the record.
    unit
        What energy is divided by: ``step``, ``epoch`` or ``token`` (where the framework counts
        them).
    measure
        What makes a measurement; by default `Measurement`.
    options
        Given to it: ``save``, ``devices``, ``idle``, ``require`` and so on.

    Attributes
    ----------
    record
        The workload record, once training has ended; None before, or if nothing could be measured.
    problems
        What went wrong.
    """

    def __init__(
        self,
        workload: str = "training",
        *,
        unit: str = "step",
        measure: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        if unit not in _UNITS:
            msg = f'no unit "{unit}" (one of: {", ".join(_UNITS)})'
            raise ValueError(msg)
        super().__init__()
        self.workload, self.unit, self.options = workload, unit, options
        self.record: Any = None
        self.problems: list[str] = []
        self._measure = measure
        self._measurement: Any = None
        self._windows: dict[str, Window] = {}
        self._epochs = self._steps = 0

    def _begin(self) -> None:
        """Start measuring, once."""
        if self._measurement is not None:
            return
        from lca.measure.windows import Measurement

        measurement = (self._measure or Measurement)(self.workload, **self.options)
        measurement.start()
        self._measurement = measurement

    def _end(self, counts: dict[str, float]) -> None:
        """Stop measuring; what the framework counted is the work."""
        measurement = self._measurement
        if measurement is None:
            return
        self._measurement = None
        for name in list(self._windows):
            self._close(name)
        amount = counts.get(self.unit, 0.0)
        if amount > 0:
            measurement.work = _work(amount, self.unit)
        else:
            self.problems.append(f"the framework counted no {self.unit}: energy is not divided")
        try:
            measurement.close()
        finally:
            self.record = measurement.record

    def _open(self, name: str) -> None:
        """Begin a named window that is not open yet."""
        if self._measurement is not None and name not in self._windows:
            window = self._measurement.window(name)
            window.__enter__()
            self._windows[name] = window

    def _close(self, name: str) -> None:
        """End a named window that is open."""
        window = self._windows.pop(name, None)
        if window is not None:
            window.__exit__(None, None, None)


class _HuggingFace(Energy):
    """Events of ``transformers.Trainer``: ``(args, state, control, **more)``."""

    def __getattr__(self, name: str) -> Any:
        """Answer every event there is or will be; those not named below do nothing."""
        if name.startswith("on_"):
            return _nothing
        raise AttributeError(name)

    @_safely
    def on_train_begin(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Start."""
        self._begin()

    @_safely
    def on_epoch_begin(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Open the window of an epoch."""
        self._epochs += 1
        self._open(f"epoch {self._epochs}")

    @_safely
    def on_epoch_end(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Close the window of an epoch."""
        self._close(f"epoch {self._epochs}")

    @_safely
    def on_train_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Stop, with the steps and tokens that the trainer counted."""
        tokens = float(getattr(state, "num_input_tokens_seen", 0) or 0)
        steps = float(state.global_step)
        self._end({"step": steps, "epoch": float(self._epochs), "token": tokens})


class _Lightning(Energy):
    """Events of ``lightning.pytorch.Trainer``: ``(trainer, module, ...)``."""

    @_safely
    def on_train_start(self, *_: Any) -> None:
        """Start."""
        self._begin()

    @_safely
    def on_train_epoch_start(self, *_: Any) -> None:
        """Open the window of an epoch."""
        self._epochs += 1
        self._open(f"epoch {self._epochs}")

    @_safely
    def on_train_epoch_end(self, *_: Any) -> None:
        """Close the window of an epoch."""
        self._close(f"epoch {self._epochs}")

    @_safely
    def on_validation_start(self, *_: Any) -> None:
        """Open the window of validation, inside that of the epoch."""
        self._open(f"validation {self._epochs}")

    @_safely
    def on_validation_end(self, *_: Any) -> None:
        """Close the window of validation."""
        self._close(f"validation {self._epochs}")

    @_safely
    def on_train_end(self, trainer: Any, *_: Any) -> None:
        """Stop, with the steps that the trainer counted."""
        self._end({"step": float(trainer.global_step), "epoch": float(self._epochs)})

    @_safely
    def on_exception(self, trainer: Any, *_: Any) -> None:
        """Keep what was measured of a run that failed."""
        self._end({"step": float(trainer.global_step), "epoch": float(self._epochs)})


class _Keras(Energy):
    """Events of ``keras.Model.fit``: ``(logs)``, or the number of the epoch or batch first."""

    @_safely
    def on_train_begin(self, logs: Any = None) -> None:
        """Start."""
        del logs
        self._begin()

    @_safely
    def on_epoch_begin(self, _epoch: int, logs: Any = None) -> None:
        """Open the window of an epoch."""
        del logs
        self._epochs += 1
        self._open(f"epoch {self._epochs}")

    @_safely
    def on_train_batch_end(self, _batch: int, logs: Any = None) -> None:
        """Count a step."""
        del logs
        self._steps += 1

    @_safely
    def on_epoch_end(self, _epoch: int, logs: Any = None) -> None:
        """Close the window of an epoch."""
        del logs
        self._close(f"epoch {self._epochs}")

    @_safely
    def on_train_end(self, logs: Any = None) -> None:
        """Stop, with the batches that were counted."""
        del logs
        self._end({"step": float(self._steps), "epoch": float(self._epochs)})


def hugging_face(workload: str = "training", **options: Any) -> Energy:
    """Return a callback for ``transformers.Trainer``; options are those of `Energy`."""
    return _made(_HuggingFace, "TrainerCallback", "transformers.trainer_callback")(
        workload, **options
    )


def lightning(workload: str = "training", **options: Any) -> Energy:
    """Return a callback for the ``Trainer`` of lightning or pytorch_lightning."""
    loaded = ("lightning.pytorch.callbacks", "pytorch_lightning.callbacks")
    return _made(_Lightning, "Callback", *loaded)(workload, **options)


def keras(workload: str = "training", **options: Any) -> Energy:
    """Return a callback for ``keras.Model.fit``; options are those of `Energy`."""
    return _made(_Keras, "Callback", "keras.callbacks")(workload, **options)


def _work(amount: float, unit: str) -> Work:
    """Return the work that was counted while it was measured."""
    from lca.measure.records import Work

    return Work(amount, unit)


def _nothing(*_: Any, **__: Any) -> None:
    """Answer an event that means nothing here."""


def _made(own: type[Energy], base: str, *modules: str) -> Callable[..., Energy]:
    """Return a class with the base class of those packages that are loaded already."""
    found = (getattr(sys.modules.get(name), base, None) for name in modules)
    bases = tuple(dict.fromkeys(one for one in found if isinstance(one, type)))
    made: Callable[..., Energy] = type(own.__name__.strip("_") + "Energy", (own, *bases), {})
    return made
