"""Arithmetic of training a neural network: operations, utilization, energy.

An operation is one multiplication or one addition. *Model* FLOPs are those that the mathematics
needs; *hardware* FLOPs count what is computed twice to save memory as well.
"""

from __future__ import annotations

import numpy as np

from lca.vocabulary import Flop, FlopPerToken, KilowattHour, Number, Ratio, Token


def weight_flop_per_token(flop_per_weight: FlopPerToken, matrix_parameters: Ratio) -> FlopPerToken:
    """Count the operations with weights for one token.

    Equation: ``weight_flop_per_token = flop_per_weight * matrix_parameters``

    Parameters
    ----------
    flop_per_weight : flop/token
        Operations per weight and token: 2 forward, 4 backward.
    matrix_parameters : ratio
        Weights that multiply each token: all that are active, less look-up tables, norms and
        biases.

    Returns
    -------
    flop/token
        Operations with weights per token.

    Notes
    -----
    Valid for matrices that every token passes; a tied output head counts once, an untied input
    embedding not at all. Six per weight when all is trained, four when weights are frozen but
    gradients pass through them, two more when activations are computed twice.

    References
    ----------
    .. [1] Kaplan J. et al., Scaling Laws for Neural Language Models, arXiv 2001.08361, 2020,
       section 2.1.

    Examples
    --------
    >>> round(weight_flop_per_token(6.0, 7.0e9), 3)
    42000000000.0
    """
    return flop_per_weight * matrix_parameters


def attention_flop_per_token(
    flop_per_score: FlopPerToken,
    transformer_layers: Ratio,
    attention_width: Ratio,
    sequence_length: Ratio,
) -> FlopPerToken:
    """Count the operations of attention scores and their sums for one token.

    Equation::

        attention_flop_per_token = flop_per_score * transformer_layers * attention_width *
            sequence_length

    Parameters
    ----------
    flop_per_score : flop/token
        Operations per layer, channel and attended place: 4 forward, 8 backward.
    transformer_layers : ratio
        Layers with attention.
    attention_width : ratio
        Query heads times the width of a head.
    sequence_length : ratio
        Tokens of a training sequence, as a plain count.

    Returns
    -------
    flop/token
        Operations of attention per token.

    Notes
    -----
    Valid for attention from every place to every place; kernels that skip what a causal mask
    hides do half of it, but the convention of utilization counts all.

    References
    ----------
    .. [1] Chowdhery A. et al., PaLM: Scaling Language Modeling with Pathways, arXiv 2204.02311,
       2022, appendix B.

    Examples
    --------
    >>> round(attention_flop_per_token(12.0, 32.0, 4096.0, 8192.0), 3)
    12884901888.0
    """
    return flop_per_score * transformer_layers * attention_width * sequence_length


def training_flop(
    weight_flop_per_token: FlopPerToken,
    attention_flop_per_token: FlopPerToken,
    adapter_flop_per_token: FlopPerToken,
    training_tokens: Token,
) -> Flop:
    """Count the operations of a training run.

    Equation::

        training_flop = (
            weight_flop_per_token + attention_flop_per_token + adapter_flop_per_token
        ) * training_tokens

    Parameters
    ----------
    weight_flop_per_token : flop/token
        Operations with weights per token.
    attention_flop_per_token : flop/token
        Operations of attention per token.
    adapter_flop_per_token : flop/token
        Operations with adapter weights per token; 0 where there are none.
    training_tokens : token
        Tokens that a training run passes, repetitions included.

    Returns
    -------
    flop
        Operations of one training run.

    Notes
    -----
    Valid for decoders and encoders of equal sequence length; exact against a count of all matrix
    products. Norms, activations and the optimizer are left out, as in every published count.

    References
    ----------
    .. [1] Chowdhery A. et al., PaLM: Scaling Language Modeling with Pathways, arXiv 2204.02311,
       2022, appendix B.

    Examples
    --------
    >>> round(training_flop(4.5e10, 1.3e10, 0.0, 1.5e13) / 1e23, 3)
    8.7
    """
    return (
        weight_flop_per_token + attention_flop_per_token + adapter_flop_per_token
    ) * training_tokens


def training_flop_by_rule(
    flop_per_weight: FlopPerToken,
    active_parameters: Ratio,
    adapter_flop_per_token: FlopPerToken,
    training_tokens: Token,
    rule_residual: Ratio,
) -> Flop:
    """Estimate the operations of a training run from parameters and tokens alone.

    Equation::

        training_flop = (flop_per_weight * active_parameters + adapter_flop_per_token) *
            training_tokens * rule_residual

    Parameters
    ----------
    flop_per_weight : flop/token
        Operations per weight and token: 2 forward, 4 backward.
    active_parameters : ratio
        Parameters that work on one token.
    adapter_flop_per_token : flop/token
        Operations with adapter weights per token; 0 where there are none.
    training_tokens : token
        Tokens that a training run passes, repetitions included.
    rule_residual : ratio
        Exact over estimated operations: attention adds, look-up tables take away.

    Returns
    -------
    flop
        Operations of one training run.

    Notes
    -----
    Valid for transformers of a million parameters and more. First layers of small networks need
    four operations per weight, not six.

    References
    ----------
    .. [1] Hoffmann J. et al., Training Compute-Optimal Large Language Models, arXiv 2203.15556,
       2022, appendix F.

    Examples
    --------
    >>> round(training_flop_by_rule(6.0, 1.75e11, 0.0, 3.0e11, 1.0) / 1e23, 3)
    3.15
    """
    per_token = flop_per_weight * active_parameters + adapter_flop_per_token
    return per_token * training_tokens * rule_residual


def flop_utilization_by_size(
    reference_flop_utilization: Ratio,
    active_parameters: Ratio,
    reference_parameters: Ratio,
    size_exponent: Ratio,
    utilization_residual: Ratio,
) -> Ratio:
    """Estimate the utilization of a whole training run from the size of the model.

    Equation::

        whole_run_flop_utilization = min(
            1,
            reference_flop_utilization * (active_parameters / reference_parameters)
            ^ size_exponent * utilization_residual,
        )

    Parameters
    ----------
    reference_flop_utilization : ratio
        Utilization of a whole run of a model of reference size.
    active_parameters : ratio
        Parameters that work on one token.
    reference_parameters : ratio
        Size of the reference model.
    size_exponent : ratio
        Power of the size that utilization grows with.
    utilization_residual : ratio
        What the size leaves unexplained of one run: a factor around one.

    Returns
    -------
    ratio
        Model FLOPs of a run over peak FLOPs of all its device hours.

    Notes
    -----
    Valid for pretraining of transformers within the sizes of the published runs it is fitted to.
    Restarts, evaluation and idle devices are inside.

    Examples
    --------
    >>> round(float(flop_utilization_by_size(0.28, 4.0e10, 2.0e10, 0.1, 1.0)), 4)
    0.3001
    """
    relative = active_parameters / reference_parameters
    found: Number = np.minimum(
        reference_flop_utilization * relative**size_exponent * utilization_residual, 1
    )
    return found


def whole_run_flop_utilization(
    step_flop_utilization: Ratio, effective_training_share: Ratio
) -> Ratio:
    """Find the utilization of a whole run from that of its steps.

    Equation: ``whole_run_flop_utilization = step_flop_utilization * effective_training_share``

    Parameters
    ----------
    step_flop_utilization : ratio
        Model FLOPs of a training step over peak FLOPs of its time.
    effective_training_share : ratio
        Share of a run's device hours spent in training steps that count.

    Returns
    -------
    ratio
        Model FLOPs of a run over peak FLOPs of all its device hours.

    Notes
    -----
    Valid for runs whose restarts, repeated steps and evaluations are all outside the steps.

    References
    ----------
    .. [1] Grattafiori A. et al., The Llama 3 Herd of Models, arXiv 2407.21783, 2024, section 3.3.

    Examples
    --------
    >>> round(whole_run_flop_utilization(0.4, 0.9), 3)
    0.36
    """
    return step_flop_utilization * effective_training_share


def faster_flop_utilization(flop_utilization: Ratio, precision_speedup: Ratio) -> Ratio:
    """Find the utilization, in terms of a slower precision's peak, of a faster precision.

    Equation: ``flop_utilization = flop_utilization * precision_speedup``

    Parameters
    ----------
    flop_utilization : ratio
        Model FLOPs done over peak FLOPs while busy.
    precision_speedup : ratio
        Training speed at a lower precision over that at 16 bits.

    Returns
    -------
    ratio
        Model FLOPs over the peak FLOPs of the slower precision.

    Notes
    -----
    Valid for a peak rate of 16 bits; it may exceed what 16 bits could reach.

    Examples
    --------
    >>> round(faster_flop_utilization(0.3, 1.34), 3)
    0.402
    """
    return flop_utilization * precision_speedup


def it_energy_of_accelerators(
    accelerator_energy: KilowattHour, it_over_accelerator: Ratio
) -> KilowattHour:
    """Add host and network to the energy of accelerators.

    Equation: ``it_energy = accelerator_energy * it_over_accelerator``

    Parameters
    ----------
    accelerator_energy : kWh
        Electricity drawn by accelerators alone.
    it_over_accelerator : ratio
        Electricity of all IT equipment over that of its accelerators.

    Returns
    -------
    kWh
        Electricity drawn by IT equipment, before the facility's overhead.

    Notes
    -----
    Valid for an it_over_accelerator without cooling: a factor that holds the facility as well may
    not be multiplied with PUE again.

    Examples
    --------
    >>> round(it_energy_of_accelerators(700.0, 1.43), 3)
    1001.0
    """
    return accelerator_energy * it_over_accelerator


def program_energy(it_energy: KilowattHour, development_factor: Ratio) -> KilowattHour:
    """Add the runs that came before the final one.

    Equation: ``it_energy = it_energy * development_factor``

    Parameters
    ----------
    it_energy : kWh
        Electricity drawn by IT equipment, before the facility's overhead.
    development_factor : ratio
        Energy of a whole program over that of its final run.

    Returns
    -------
    kWh
        Electricity drawn by IT equipment for final run and development.

    Notes
    -----
    Valid for development on the same kind of equipment as the final run.

    Examples
    --------
    >>> round(program_energy(1000.0, 1.5), 3)
    1500.0
    """
    return it_energy * development_factor
