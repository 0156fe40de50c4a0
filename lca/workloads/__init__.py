"""Energy of work that cannot be measured: training, inference, generation, an AI service.

Examples
--------
>>> from lca import workloads
>>> answer = workloads.inference_energy(70.6e9, 70.6e9, "nvidia-h100-sxm5-80gb", 4, "bf16", 64, 400)
>>> answer.per
'output token'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.workloads.generation import generation_energy
    from lca.workloads.inference import inference_energy
    from lca.workloads.prediction import Prediction
    from lca.workloads.training import training_energy

__all__ = ["Prediction", "generation_energy", "inference_energy", "training_energy"]

_WHERE = {
    "Prediction": "lca.workloads.prediction",
    "generation_energy": "lca.workloads.generation",
    "inference_energy": "lca.workloads.inference",
    "training_energy": "lca.workloads.training",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        msg = f"module 'lca.workloads' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
