"""Callbacks of training frameworks: started and stopped by them, and never in their way.

The frameworks are not needed: each is played by a loop that calls what the framework calls, in its
order. Where one is installed, it is run for real.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lca.measure import callbacks, records
from lca.measure.callbacks import Energy
from lca.measure.nvml import NvmlMeter
from lca.measure.windows import Measurement
from measure.stand_in import boards
from measure.stand_in.trace import Trace

ROOT = Path(__file__).parents[2]
Make = Callable[..., Energy]


@pytest.fixture
def machine(stand_in: Any) -> Any:
    """Return a machine with one board at 250 W, on a manual clock."""
    stand_in.play(Trace(boards=(boards.hopper(power=((0.0, 250.0),)),)))
    stand_in.sleep(10.0)
    return stand_in


@pytest.fixture
def measure(machine: Any) -> Callable[..., Measurement]:
    """Make measurements of that machine."""

    def made(workload: str, **options: Any) -> Measurement:
        meter = NvmlMeter(None, machine.now, {})
        clocks = {"clock": machine.now, "sleep": machine.sleep}
        return Measurement(workload, meters=(meter,), **clocks, **options)

    return made


def hugging_face(callback: Energy, sleep: Callable[[float], None]) -> None:
    """Call what transformers.Trainer calls in two epochs of three steps."""
    events: Any = callback
    state = SimpleNamespace(global_step=0, num_input_tokens_seen=0)
    events.on_init_end(None, state, None, model=None)
    events.on_train_begin(None, state, None, model=None)
    for _ in range(2):
        events.on_epoch_begin(None, state, None)
        for _ in range(3):
            events.on_step_begin(None, state, None)
            sleep(1.0)
            state.global_step += 1
            state.num_input_tokens_seen += 500
            events.on_step_end(None, state, None)
        events.on_evaluate(None, state, None, metrics={})
        events.on_epoch_end(None, state, None)
    events.on_train_end(None, state, None)


def lightning(callback: Energy, sleep: Callable[[float], None]) -> None:
    """Call what lightning.pytorch.Trainer calls in two epochs of three steps."""
    events: Any = callback
    trainer = SimpleNamespace(global_step=0)
    events.on_train_start(trainer, None)
    for _ in range(2):
        events.on_train_epoch_start(trainer, None)
        sleep(3.0)
        trainer.global_step += 3
        events.on_validation_start(trainer, None)
        events.on_validation_end(trainer, None)
        events.on_train_epoch_end(trainer, None)
    events.on_train_end(trainer, None)


def keras(callback: Energy, sleep: Callable[[float], None]) -> None:
    """Call what keras.Model.fit calls in two epochs of three batches."""
    events: Any = callback
    events.on_train_begin({})
    for epoch in range(2):
        events.on_epoch_begin(epoch, {})
        for batch in range(3):
            sleep(1.0)
            events.on_train_batch_end(batch, logs={})
        events.on_epoch_end(epoch, {})
    events.on_train_end(logs={})


FRAMEWORKS = {
    "hugging_face": (callbacks.hugging_face, hugging_face),
    "lightning": (callbacks.lightning, lightning),
    "keras": (callbacks.keras, keras),
}
every = pytest.mark.parametrize(("make", "train"), FRAMEWORKS.values(), ids=FRAMEWORKS)


@every
def test_a_training_is_measured_per_step(
    make: Make, train: Any, measure: Any, machine: Any, tmp_path: Path
) -> None:
    """Six seconds at 250 W are 250 J a step, saved, with a window an epoch."""
    callback = make("finetune", measure=measure, save=tmp_path / "r.yaml")
    train(callback, machine.sleep)
    assert callback.problems == []
    record = records.load(tmp_path / "r.yaml")
    assert (record.workload, record.quality, record.work.unit) == ("finetune", "measured", "step")
    assert record.work.amount == 6
    assert record.energy_per_unit is not None
    assert record.energy_per_unit.value == pytest.approx(250, rel=0.05)
    assert record.energy_per_unit.low <= 250 <= record.energy_per_unit.high
    epochs = [window for window in record.windows if window.name.startswith("epoch")]
    assert [window.energy.value for window in epochs] == pytest.approx([750, 750], rel=0.1)


@every
def test_a_meter_that_fails_does_not_stop_a_training(make: Make, train: Any, machine: Any) -> None:
    """It is a remark, and there is no record."""

    def broken(_workload: str, **_options: Any) -> Measurement:
        msg = "no meter today"
        raise OSError(msg)

    callback = make(measure=broken)
    train(callback, machine.sleep)
    assert callback.record is None
    assert callback.problems[0].endswith("OSError: no meter today")


@every
def test_a_full_disk_does_not_stop_a_training(
    make: Make, train: Any, measure: Any, machine: Any, tmp_path: Path
) -> None:
    """The record is still in memory."""
    callback = make(measure=measure, save=tmp_path / "nowhere" / "r.yaml")
    train(callback, machine.sleep)
    assert callback.record.quality == "measured"
    assert any("on_train_end" in problem for problem in callback.problems)


def test_tokens_are_counted_where_the_trainer_counts_them(measure: Any, machine: Any) -> None:
    """Half a joule a token."""
    callback = callbacks.hugging_face(measure=measure, unit="token")
    hugging_face(callback, machine.sleep)
    assert callback.record.work == records.Work(3000.0, "token")
    assert callback.record.energy_per_unit.value == pytest.approx(0.5, rel=0.05)


def test_what_nobody_counted_is_not_divided_by(measure: Any, machine: Any) -> None:
    """Keras knows no tokens: the whole is kept, and the lack is a remark."""
    callback = callbacks.keras(measure=measure, unit="token")
    keras(callback, machine.sleep)
    assert callback.record.work.unit == "run"
    assert callback.problems == ["the framework counted no token: energy is not divided"]


def test_a_unit_that_no_framework_counts_is_refused() -> None:
    """While the training is being set up, where it costs nothing."""
    with pytest.raises(ValueError, match='no unit "joule"'):
        callbacks.keras(unit="joule")


def test_an_exception_keeps_what_was_measured(measure: Any, machine: Any) -> None:
    """Lightning says so; two steps are in the record."""
    callback: Any = callbacks.lightning(measure=measure)
    trainer = SimpleNamespace(global_step=2)
    callback.on_train_start(trainer, None)
    machine.sleep(2.0)
    callback.on_exception(trainer, None, RuntimeError("diverged"))
    assert callback.record.work.amount == 2


def test_a_loaded_framework_s_own_class_is_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lightning looks for its class: it is taken where it is loaded, and not imported else."""

    class Callback:
        """The framework's base class."""

        state_key = "key"

    module = ModuleType("lightning.pytorch.callbacks")
    module.Callback = Callback  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lightning.pytorch.callbacks", module)
    found: Any = callbacks.lightning()
    assert isinstance(found, Callback)
    assert found.state_key == "key"


def test_no_framework_is_imported() -> None:
    """Making all three callbacks loads none of them, nor torch."""
    names = ("transformers", "lightning", "pytorch_lightning", "keras", "tensorflow", "torch")
    code = (
        "import sys; from lca.measure import callbacks as c;"
        "c.hugging_face(); c.lightning(); c.keras();"
        f"print([n for n in {names!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


REAL = {
    "transformers": """
from transformers import Trainer, TrainingArguments
callback = callbacks.hugging_face("real", save="r.yaml")
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
    def forward(self, x, labels=None):
        out = self.layer(x)
        return {"loss": ((out - labels) ** 2).mean(), "logits": out}
data = [{"x": torch.ones(4), "labels": torch.ones(1)} for _ in range(12)]
options = TrainingArguments("out", num_train_epochs=2, per_device_train_batch_size=4,
    report_to=[], save_strategy="no", use_cpu=True, disable_tqdm=True)
Trainer(Model(), options, train_dataset=data, callbacks=[callback]).train()
""",
    "lightning": """
import lightning
class Model(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
    def training_step(self, batch, _):
        return ((self.layer(batch[0]) - 1) ** 2).mean()
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
callback = callbacks.lightning("real", save="r.yaml")
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(12, 4)), 4)
lightning.Trainer(max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False,
    enable_progress_bar=False, enable_model_summary=False, callbacks=[callback]).fit(Model(), data)
""",
    "keras": """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
callback = callbacks.keras("real", save="r.yaml")
model.fit(torch.ones(12, 4).numpy(), torch.ones(12, 1).numpy(), batch_size=4, epochs=2,
    verbose=0, callbacks=[callback])
""",
}


@pytest.mark.parametrize("package", REAL)
def test_the_framework_itself_accepts_its_callback(package: str, tmp_path: Path) -> None:
    """Two epochs of three steps of a tiny model, where the package is installed."""
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    head = "import torch; torch.set_num_threads(1)\nfrom lca.measure import callbacks\n"
    tail = "\nassert callback.problems == [], callback.problems\n"
    subprocess.run(
        [sys.executable, "-c", head + REAL[package] + tail],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=True,
        timeout=120,
    )
    record = records.load(tmp_path / "r.yaml")
    assert (record.work.amount, record.work.unit) == (6, "step")
    assert sum(window.name.startswith("epoch") for window in record.windows) == 2
