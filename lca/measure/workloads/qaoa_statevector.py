"""The quantum approximate optimization algorithm, simulated exactly on ordinary hardware.

Farhi, Goldstone and Gutmann, "A Quantum Approximate Optimization Algorithm", 2014. Simulating
n qubits takes work that grows with two to the power of n: this measures the simulation, and
says nothing about the energy of a quantum computer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._training import Batch, Metric, Training

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "qaoa_statevector"
SENTENCE = "QAOA for the largest cut of a graph, 10 qubits and 3 layers in a statevector: Adam."
QUBITS, LAYERS = 10, 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How often the angles are improved."""

    steps: int


SIZES = {"small": Shape(60), "full": Shape(2_000)}


def build(size: str, device: str) -> Workload:
    """Prepare the graph and the angles; quality is the expected cut over the largest one."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    return Training(
        make=partial(Circuit, QUBITS, LAYERS),
        loss=_missed,
        optimizer=partial(torch.optim.Adam, lr=0.05),
        batches=((),) * shape.steps,
        epochs=1,
        metric=Metric("expected share of the largest cut", "higher", lambda model: model().item()),
        device=where,
        unit="circuit",
        amount=_one,
    )


class Circuit(nn.Module):
    """Angles in, expected cut out; the graph is a ring with its diagonals.

    The state is two real rows, real and imaginary part. The cost operator turns phases and
    multiplies element by element; the mixer turns each qubit by a matrix product, the only
    work that is counted as operations.

    Parameters
    ----------
    qubits, layers : int
        Vertices of the graph (an even number), and layers of the circuit.

    """

    cut: Tensor
    turn: Tensor

    def __init__(self, qubits: int, layers: int) -> None:
        super().__init__()
        self.qubits = qubits
        # Small angles that grow and fall: the beginning of a slow change, as in annealing.
        ramp = (torch.arange(layers) + 0.5) / layers
        self.phase = nn.Parameter(0.2 * ramp)
        self.mix = nn.Parameter(0.2 * (1 - ramp))
        self.register_buffer("cut", cuts(qubits))
        self.register_buffer("turn", _turn())

    def forward(self) -> Tensor:
        """Return the expected cut as a share of the largest one."""
        size = 2**self.qubits
        state = torch.stack([torch.full_like(self.cut, size**-0.5), torch.zeros_like(self.cut)])
        for phase, mix in zip(self.phase, self.mix, strict=True):
            state = self._mixed(self._phased(state, phase), mix)
        return (state.square().sum(dim=0) * self.cut).sum() / self.cut.max()

    def _phased(self, state: Tensor, angle: Tensor) -> Tensor:
        """Turn the phase of each basis state by its cut: exp(-i angle cut)."""
        cosine, sine = (angle * self.cut).cos(), (angle * self.cut).sin()
        real, imaginary = state
        return torch.stack([cosine * real + sine * imaginary, cosine * imaginary - sine * real])

    def _mixed(self, state: Tensor, angle: Tensor) -> Tensor:
        """Turn each qubit about its x axis: exp(-i angle X)."""
        gate = angle.cos() * torch.eye(4, device=state.device) + angle.sin() * self.turn
        for qubit in range(self.qubits):
            apart = state.reshape(2, 2**qubit, 2, -1).transpose(1, 2)
            turned = gate @ apart.reshape(4, -1)
            state = turned.reshape(apart.shape).transpose(1, 2).reshape(2, -1)
        return state


def cuts(qubits: int) -> Tensor:
    """Return how many edges of the graph each split of its vertices cuts.

    Neighbors on a ring are joined, and so are opposite vertices: three edges at each vertex.
    """
    split = torch.arange(2**qubits)[:, None] >> torch.arange(qubits) & 1
    ring = split ^ split.roll(1, dims=1)
    across = (split ^ split.roll(qubits // 2, dims=1))[:, : qubits // 2]
    return (ring.sum(dim=1) + across.sum(dim=1)).float()


def _turn() -> Tensor:
    """Return -i X as a matrix on (real 0, real 1, imaginary 0, imaginary 1)."""
    flip = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    return torch.kron(torch.tensor([[0.0, 1.0], [-1.0, 0.0]]), flip)


def _missed(model: nn.Module) -> Tensor:
    """Return the loss: the share of the largest cut that is missed."""
    missed: Tensor = 1 - model()
    return missed


def _one(_batch: Batch) -> int:
    """Return that a step evaluates one circuit."""
    return 1
