"""Operations of one training run: counted from a shape, or by the rule of six, symbolically."""

from __future__ import annotations

from dataclasses import dataclass

from lca.errors import InputError, did_you_mean, quoted
from lca.formulas import training as formulas
from lca.sources import SCENARIO, Quality
from lca.terms import Factor, Node, apply
from lca.workloads.ai_models import AIModel
from lca.workloads.training_factors import factor, written

METHODS = ("full", "lora")
_FIT = "training_fit"


@dataclass(frozen=True, eq=False)
class Work:
    """What decides the operations of a training run, whatever it runs on.

    Parameters
    ----------
    model, tokens, method, sequence, recompute, adapter_parameters
        As of `lca.workloads.training_runs.TrainingRun`.

    Raises
    ------
    InputError
        If a number or name is not accepted.
    """

    model: AIModel
    tokens: Node
    method: str = "full"
    sequence: float | None = None
    recompute: bool = False
    adapter_parameters: float = 0.0

    def __post_init__(self) -> None:
        known("method", self.method, METHODS)
        _positive("tokens", self.tokens)
        if self.sequence is not None and not 1 <= self.sequence < float("inf"):
            msg = f"a sequence has at least 1 token, found {self.sequence:g}"
            raise InputError(msg)
        if not 0 <= self.adapter_parameters <= self.model.parameters:
            msg = f"{self.adapter_parameters:g} adapter parameters; accepted: 0 to {self.model.parameters:g}"
            raise InputError(msg)

    @property
    def is_exact(self) -> bool:
        """Whether operations can be counted: shape and sequence are known."""
        return self.model.architecture is not None and self.sequence is not None

    @property
    def model_flop(self) -> Node:
        """Operations that the mathematics needs (flop)."""
        return self._flop("training_flop", again=False)

    @property
    def hardware_flop(self) -> Node:
        """Operations done, those that are computed twice included (flop)."""
        return self._flop("hardware_training_flop", again=self.recompute)

    def _flop(self, name: str, *, again: bool) -> Node:
        kinds = {"full": "recomputed", "lora": "recomputed_lora"}
        per_weight = _per_weight(kinds[self.method] if again else self.method)
        adapter = self._adapter(again)
        if not self.is_exact:
            return apply(
                formulas.training_flop_by_rule,
                name=name,
                flop_per_weight=per_weight,
                active_parameters=count(
                    "active_parameters", self.model.active_parameters, self.model
                ),
                adapter_flop_per_token=adapter,
                training_tokens=self.tokens,
                rule_residual=self._rule_residual(),
            )
        return apply(
            formulas.training_flop,
            name=name,
            weight_flop_per_token=apply(
                formulas.weight_flop_per_token,
                flop_per_weight=per_weight,
                matrix_parameters=self._shape("matrix_parameters"),
            ),
            attention_flop_per_token=self._attention(again),
            adapter_flop_per_token=adapter,
            training_tokens=self.tokens,
        )

    def _rule_residual(self) -> Factor:
        small = self.model.active_parameters < float(written("small", _FIT))
        path = f"rule_residual.{'small' if small else 'large'}"
        own = f"training/rule/{self.model.name}"
        return factor(path, name="rule_residual", identity=own, topic=_FIT)

    def _shape(self, name: str, attribute: str = "") -> Factor:
        number = float(getattr(self.model.architecture, attribute or name))
        return count(name, number, self.model)

    def _attention(self, again: bool) -> Node:
        kind = "recomputed" if again else "model"
        length = float(self.sequence or 0.0)
        return apply(
            formulas.attention_flop_per_token,
            flop_per_score=factor(f"flop_per_score.{kind}", "flop/token", name="flop_per_score"),
            transformer_layers=self._shape("transformer_layers", "layers"),
            attention_width=self._shape("attention_width"),
            sequence_length=Factor(
                "sequence_length",
                length,
                "",
                identity=f"training/sequence/{length:g}",
                source=SCENARIO.key,
            ),
        )

    def _adapter(self, again: bool) -> Node:
        adapters = Factor(
            "matrix_parameters",
            self.adapter_parameters,
            "",
            identity=f"ai-model/{self.model.name}/adapter_parameters",
            source=SCENARIO.key,
        )
        return apply(
            formulas.weight_flop_per_token,
            name="adapter_flop_per_token",
            flop_per_weight=_per_weight("recomputed" if again else "full"),
            matrix_parameters=adapters,
        )


def count(name: str, number: float, model: AIModel) -> Factor:
    """Return a count of a model as a factor, cited as the model is."""
    given = model.source == SCENARIO.key
    return Factor(
        name,
        number,
        "",
        identity=f"ai-model/{model.name}/{name}",
        source=model.source,
        quality=Quality.GIVEN if given else Quality.DECLARED,
    )


def known(what: str, name: str, accepted: tuple[str, ...]) -> None:
    """Refuse a name that is not accepted; the nearest is named."""
    if name not in accepted:
        hint = did_you_mean(name, accepted)
        msg = f"no training {what} {quoted(name)}{hint} (one of: {', '.join(accepted)})"
        raise InputError(msg)


def _per_weight(kind: str) -> Factor:
    return factor(f"flop_per_weight.{kind}", "flop/token", name="flop_per_weight")


def _positive(what: str, node: Node) -> None:
    if isinstance(node, Factor) and not node.distribution.interval()[0] > 0:
        msg = f"{what} must be more than 0 such as 2e12, found {node.distribution.central:g}"
        raise InputError(msg)
