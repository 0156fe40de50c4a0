"""What a scenario may hold of AI models and of their work: training, serving, data."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from lca.library.fields import (
    Amount,
    Capacity,
    Count,
    Hours,
    Lifetime,
    OneOf,
    Ratio,
    Record,
    Share,
    Switch,
)
from lca.values import Value

PRECISIONS = ("fp32", "bf16", "fp16", "fp8", "int8", "int4", "nf4", "mxfp4", "fp4")
NETWORKS = ("fixed_core", "fixed_access", "mobile", "inter_data_center", "router")
MEDIA = ("hdd", "sata_ssd", "nvme_ssd")

Precision = Annotated[str, OneOf(PRECISIONS)]
Modality = Annotated[str, OneOf(("text", "image", "video"))]
Tokens = Annotated[Value, Amount("token")]
Parameters = Annotated[Value, Amount("")]


class Architecture(Record):
    """Shape of a transformer, from which parameters and FLOPs are counted."""

    layers: Count
    """Transformer layers."""
    width: Count
    """Channels of the stream between layers."""
    feed_forward_width: Count
    """Channels inside a feed-forward layer."""
    attention_heads: Count
    """Query heads of a layer."""
    vocabulary: Count
    """Words of the vocabulary."""
    key_value_heads: Count = 0
    """Heads of keys and values; as many as of queries by default."""
    head_width: Count = 0
    """Channels of a head; width over heads by default."""
    gated: Switch = True
    """Whether a feed-forward layer has three matrices instead of two."""
    head: Switch = True
    """Whether there is an output layer over the vocabulary."""
    tied: Switch = False
    """Whether the output layer is the input embedding."""
    biases: Switch = False
    """Whether the matrices of a layer have biases."""
    norm: Annotated[str, OneOf(("layer", "root_mean_square"))] = "root_mean_square"
    """Kind of norm."""
    embedding_norm: Switch = False
    """Whether a norm follows the embedding."""
    final_norm: Switch = True
    """Whether a norm follows the last layer."""
    head_norms: Switch = False
    """Whether queries and keys of a head are normed."""
    positions: Count = 0
    """Rows of a learned table of positions."""
    segments: Count = 0
    """Rows of a learned table of segments."""
    pooler: Switch = False
    """Whether the first place of a sequence passes one more matrix."""
    experts: Count = 0
    """Routed experts of a layer, for mixtures of experts."""
    active_experts: Count = 0
    """Routed experts that work on a token."""
    shared_experts: Count = 0
    """Experts that work on every token."""
    expert_width: Count = 0
    """Channels inside an expert; those of a feed-forward layer by default."""
    dense_layers: Count = 0
    """Layers without experts."""


class Model(Record):
    """An AI model: how large it is, and which one it is where that is known."""

    preset: str | None = None
    """Well-known model whose figures are packaged (lca list model)."""
    name: str = ""
    """Name under which it was measured, such as meta-llama/Llama-3.1-70B-Instruct."""
    parameters: Parameters | None = None
    """Parameters in all."""
    active_parameters: Parameters | None = None
    """Parameters that one token uses; all of them by default."""
    architecture: Architecture | None = None
    """Its shape, for exact counts."""

    @model_validator(mode="after")
    def _enough(self) -> Model:
        if not (self.preset or self.parameters or self.architecture):
            msg = "give a preset, parameters or an architecture"
            raise ValueError(msg)
        return self


class Train(Record):
    """A training run, from which device-hours follow."""

    model: str
    """Name of the model, as under ``models``."""
    tokens: Tokens
    """Tokens that are trained on, epochs multiplied."""
    method: Annotated[str, OneOf(("full", "lora"))] = "full"
    """Whether all weights are trained, or adapters beside frozen ones."""
    sequence: Tokens | None = None
    """Length of a sequence, for the attention term."""
    precision: Precision = "bf16"
    """Precision whose peak rate counts."""
    recompute: Switch = False
    """Whether activations are computed again in the backward pass."""
    flop_utilization: Share | None = None
    """Model FLOPs over peak FLOPs of the whole run, restarts included; by default after the model's size."""
    step_flop_utilization: Share | None = None
    """Model FLOPs over peak FLOPs of the steps alone, where that is what is known."""
    adapter_parameters: Parameters | None = None
    """Trained parameters of the adapters, with ``method: lora``."""
    development_factor: Annotated[Value, Amount("", 1.0, 1e4)] | None = None
    """Compute of the whole program over that of its final run; 1 by default: development is not counted."""

    @model_validator(mode="after")
    def _one(self) -> Train:
        if self.flop_utilization and self.step_flop_utilization:
            msg = "give flop_utilization (of the whole run) or step_flop_utilization, not both"
            raise ValueError(msg)
        return self


class Answers(Record):
    """How a model answers: what serving it takes."""

    model: str
    """Name of the model, as under ``models``."""
    devices_per_replica: Count | None = None
    """Devices that hold one copy of the model; as few as its memory needs by default."""
    precision: Precision = "bf16"
    """Precision of the weights."""
    modality: Modality = "text"
    """What prompts hold beside text."""
    output_tokens: Tokens
    """Tokens of an answer."""
    prompt_tokens: Tokens | None = None
    """Tokens of a prompt."""
    batch: Ratio | None = None
    """Requests that one replica answers at a time, on average."""


class Demand(Record):
    """What a service is asked for, at its beginning."""

    requests: Annotated[Value, Amount("request/h")] | None = None
    """Requests per time, averaged over the first year."""
    tokens: Annotated[Value, Amount("token/h")] | None = None
    """Output tokens per time, averaged over the first year."""
    growth: Annotated[Value, Amount("", -1.0, 100.0)] | None = None
    """Growth a year; none by default."""
    peak: Annotated[Value, Amount("", 1.0, 1000.0)] | None = None
    """Demand of the busiest hour over the mean; 1 where it is flat."""
    hours: tuple[Ratio, ...] = ()
    """Shape of a day: 24 numbers, of which only the proportions count."""

    @model_validator(mode="after")
    def _one(self) -> Demand:
        if (self.requests is None) == (self.tokens is None):
            msg = "give requests or tokens per time, such as 2e6 request/day: one of them"
            raise ValueError(msg)
        if self.peak is not None and self.hours:
            msg = "give peak or hours, not both"
            raise ValueError(msg)
        if self.hours and len(self.hours) != 24:
            msg = f"the shape of a day has 24 hours, found {len(self.hours)}"
            raise ValueError(msg)
        return self


class Transfer(Record):
    """Data that are moved through a network."""

    data: Capacity
    """How much is moved."""
    network: Annotated[str, OneOf(NETWORKS)] = "fixed_core"
    """Kind of network."""
    year: Count | None = None
    """Year of the network's efficiency; that of the work by default."""
    method: Annotated[str, OneOf(("attributional", "marginal"))] = "attributional"
    """A share of what the network uses, or what more traffic adds to it."""


class Store(Record):
    """Data that are kept on drives."""

    data: Capacity
    """How much is kept, counted once."""
    medium: Annotated[str, OneOf(MEDIA)] = "hdd"
    """Drives that keep it."""
    replicas: Annotated[Value, Amount("", 1.0, 1000.0)] | None = None
    """Copies of it."""
    fill: Annotated[Value, Amount("", 0.01, 1.0)] | None = None
    """Share of the drives that is filled."""
    duration: Lifetime | None = None
    """How long it is kept; to the end of the period by default."""
    lifetime: Lifetime | None = None
    """Life of a drive."""


class Cores(Record):
    """Time on processor cores, such as for preprocessing."""

    cpu: str
    """Id of the processor (lca list cpu)."""
    core_hours: Hours
    """Hours of one core, all cores added up."""
    server: str | None = None
    """Id of the server, of whose making a share is borne; without it none is counted, and said so."""
