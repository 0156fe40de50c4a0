"""Arithmetic of serving a language model: bytes and operations of a step, its time, its power.

Decoding gives each sequence of a batch one token a step. A step reads weights and key-value
caches, multiplies, launches kernels and exchanges results between devices; reading prompts and
preparing requests is spread over the steps of an answer. Times are added, not overlapped: on the
measured rows the sum predicts no worse than the longest part.
"""

from __future__ import annotations

import numpy as np

from lca.vocabulary import (
    FlopPerHour,
    FlopPerToken,
    Gigabyte,
    GigabytePerHour,
    Hour,
    Ratio,
    Token,
)


def touched_parameters(
    active_parameters: Ratio, total_parameters: Ratio, always_active_share: Ratio, batch: Ratio
) -> Ratio:
    r"""Count the parameters that one step of decoding reads.

    Equation: ``D + (N - D) * (1 - (1 - (A - D) / (N - D))^B)`` with ``D = always_active_share * A``

    Parameters
    ----------
    active_parameters : ratio
        Parameters that work on one token (A).
    total_parameters : ratio
        Parameters of the model, all experts included (N).
    always_active_share : ratio
        Share of the active parameters that every token uses.
    batch : ratio
        Sequences that a replica serves at the same time (B).

    Returns
    -------
    ratio
        Parameters read, as a plain count.

    Notes
    -----
    Valid for experts chosen evenly and independently by each sequence; a dense model, with A
    equal to N, reads all its parameters.

    Examples
    --------
    >>> round(touched_parameters(8e9, 8e9, 0.6, 32.0) / 1e9, 6)
    8.0
    >>> round(touched_parameters(3e9, 30e9, 0.5, 8.0) / 1e9, 3)
    11.507
    """
    shared = always_active_share * active_parameters
    chosen = (active_parameters - shared) / (total_parameters - shared)
    return shared + (total_parameters - shared) * (1 - (1 - chosen) ** batch)


def weight_traffic(touched_parameters: Ratio, parameter_width: Gigabyte) -> Gigabyte:
    r"""Find the weights that one step of decoding reads from memory.

    Equation: ``weight_traffic = touched_parameters * parameter_width``

    Parameters
    ----------
    touched_parameters : ratio
        Parameters that the step reads.
    parameter_width : GB
        Memory of one parameter at the precision served.

    Returns
    -------
    GB
        Weights read in one step by all devices of a replica.

    Notes
    -----
    Valid for weights that no cache holds from one step to the next.

    Examples
    --------
    >>> weight_traffic(8e9, 2e-9)
    16.0
    """
    return touched_parameters * parameter_width


def cache_traffic(
    cache_width: Gigabyte,
    active_parameters: Ratio,
    reference_parameters: Ratio,
    cache_exponent: Ratio,
    prompt_length: Ratio,
    output_length: Ratio,
    batch: Ratio,
) -> Gigabyte:
    r"""Find the key-value caches that one step of decoding reads, halfway through the answers.

    Equation: ``cache_width * (A / reference)^exponent * (prompt + output / 2) * batch``

    Parameters
    ----------
    cache_width : GB
        Cache of one token of context for a model of reference size.
    active_parameters : ratio
        Parameters that work on one token (A).
    reference_parameters : ratio
        Active parameters of the model of reference size.
    cache_exponent : ratio
        Power of the size that the cache grows with.
    prompt_length : ratio
        Tokens of a prompt.
    output_length : ratio
        Tokens of an answer.
    batch : ratio
        Sequences that a replica serves at the same time.

    Returns
    -------
    GB
        Caches read in one step by all devices of a replica.

    Notes
    -----
    Valid for the mean over models: grouped or latent attention, sliding windows and recurrent
    layers move one model by a factor of several.

    Examples
    --------
    >>> round(cache_traffic(2.5e-4, 8e9, 8e9, 0.4, 300.0, 400.0, 64.0), 6)
    8.0
    """
    size = (active_parameters / reference_parameters) ** cache_exponent
    return cache_width * size * (prompt_length + output_length / 2) * batch


def memory_time(
    memory_traffic: Gigabyte,
    memory_bandwidth: GigabytePerHour,
    bandwidth_efficiency: Ratio,
    devices_per_replica: Ratio,
) -> Hour:
    r"""Find the time that the devices of a replica take to read from memory.

    Equation: ``memory_traffic / (devices_per_replica * memory_bandwidth * bandwidth_efficiency)``

    Parameters
    ----------
    memory_traffic : GB
        Bytes read by all devices.
    memory_bandwidth : GB/h
        Rate at which one device reads its memory.
    bandwidth_efficiency : ratio
        Fitted rate over rated bandwidth.
    devices_per_replica : ratio
        Devices that hold and run one replica.

    Returns
    -------
    h
        Time of reading.

    Notes
    -----
    Valid for traffic that is spread evenly over the devices. The efficiency is fitted together
    with the other terms, so that it can exceed one.

    Examples
    --------
    >>> round(memory_time(16.0, 3350.0, 0.8, 2.0), 6)
    0.002985
    """
    return memory_traffic / (devices_per_replica * memory_bandwidth * bandwidth_efficiency)


def compute_time(
    flop_per_weight: FlopPerToken,
    active_parameters: Ratio,
    batch: Ratio,
    step_tokens: Token,
    peak_rate: FlopPerHour,
    compute_efficiency: Ratio,
    devices_per_replica: Ratio,
) -> Hour:
    r"""Find the time that the multiplications of one step take.

    Equation: ``flop_per_weight * A * B * step_tokens / (devices * peak_rate * efficiency)``

    Parameters
    ----------
    flop_per_weight : flop/token
        Operations per weight and token: 2.
    active_parameters : ratio
        Parameters that work on one token (A).
    batch : ratio
        Sequences that a replica serves at the same time (B).
    step_tokens : token
        Tokens that a sequence gains in one step.
    peak_rate : flop/h
        Dense 16-bit peak of one device.
    compute_efficiency : ratio
        Share of that peak which is reached.
    devices_per_replica : ratio
        Devices that hold and run one replica.

    Returns
    -------
    h
        Time of multiplying.

    Notes
    -----
    Valid for operations with weights; those of attention are part of the efficiency.

    Examples
    --------
    >>> round(compute_time(2.0, 8e9, 64.0, 1.0, 3.6e18, 0.5, 1.0) * 1e6, 6)
    0.568889
    """
    work = flop_per_weight * active_parameters * batch * step_tokens
    return work / (devices_per_replica * peak_rate * compute_efficiency)


def launch_time(
    reference_launch_time: Hour,
    active_parameters: Ratio,
    reference_parameters: Ratio,
    launch_exponent: Ratio,
    launch_ratio: Ratio,
    sequence_time: Hour,
    batch: Ratio,
) -> Hour:
    r"""Find the time of one step in which devices wait for the program that drives them.

    Equation: ``reference_launch_time * (A / reference)^exponent * ratio + sequence_time * batch``

    Parameters
    ----------
    reference_launch_time : h
        Time for a dense 16-bit model of reference size with the later software.
    active_parameters : ratio
        Parameters that work on one token (A).
    reference_parameters : ratio
        Active parameters of the model of reference size.
    launch_exponent : ratio
        Power of the size that the time grows with: larger models have more layers.
    launch_ratio : ratio
        Time over that of the reference: software, device, experts, precision.
    sequence_time : h
        Time that each sequence adds, for sampling and scheduling.
    batch : ratio
        Sequences that a replica serves at the same time.

    Returns
    -------
    h
        Time of launching.

    Notes
    -----
    Valid for serving programs that schedule one step at a time.

    Examples
    --------
    >>> round(launch_time(0.004, 8e9, 8e9, 0.25, 1.5, 0.00002, 50.0), 6)
    0.007
    """
    size = (active_parameters / reference_parameters) ** launch_exponent
    return reference_launch_time * size * launch_ratio + sequence_time * batch


def communication_time(
    round_time: Hour,
    exchange_time: Hour,
    active_parameters: Ratio,
    reference_parameters: Ratio,
    exchange_exponent: Ratio,
    devices_per_replica: Ratio,
    batch: Ratio,
) -> Hour:
    r"""Find the time of one step in which devices exchange results.

    Equation: ``round_time * log2(n) + exchange_time * B * (A / reference)^exponent * (1 - 1 / n)``

    Parameters
    ----------
    round_time : h
        Time of all exchanges of a step for each doubling of the devices.
    exchange_time : h
        Time to move what one sequence exchanges, for a model of reference size.
    active_parameters : ratio
        Parameters that work on one token (A).
    reference_parameters : ratio
        Active parameters of the model of reference size.
    exchange_exponent : ratio
        Power of the size that the exchanged data grow with.
    devices_per_replica : ratio
        Devices that hold and run one replica (n).
    batch : ratio
        Sequences that a replica serves at the same time (B).

    Returns
    -------
    h
        Time of communicating; zero on one device.

    Notes
    -----
    Valid for devices joined by a fast fabric in one server, or two servers.

    Examples
    --------
    >>> round(float(communication_time(0.001, 0.00001, 8e9, 8e9, 0.5, 4.0, 100.0)), 6)
    0.00275
    """
    size = (active_parameters / reference_parameters) ** exchange_exponent
    moved = exchange_time * batch * size * (1 - 1 / devices_per_replica)
    return round_time * np.log2(devices_per_replica) + moved


def prefill_time(
    compute_time: Hour,
    prompt_length: Ratio,
    output_length: Ratio,
    data_parallel: Ratio,
    data_parallel_exponent: Ratio,
) -> Hour:
    r"""Spread the reading of prompts over the steps of the answers.

    Equation: ``compute_time * prompt_length / output_length * data_parallel^exponent``

    Parameters
    ----------
    compute_time : h
        Time to multiply one token of each sequence at the efficiency of reading prompts.
    prompt_length : ratio
        Tokens of a prompt.
    output_length : ratio
        Tokens of an answer.
    data_parallel : ratio
        Copies of the attention layers among which the sequences are divided.
    data_parallel_exponent : ratio
        Power of the copies that the time grows with: copies wait for the one that reads a prompt.

    Returns
    -------
    h
        Time per step in a service that is in balance: for each answer that ends a prompt starts.

    Notes
    -----
    Valid for prompts of thousands of tokens at most: attention within the prompt grows with its
    square and is not told apart.

    Examples
    --------
    >>> prefill_time(0.001, 800.0, 400.0, 1.0, 1.0)
    0.002
    """
    return compute_time * prompt_length / output_length * data_parallel**data_parallel_exponent


def request_time(preparation_time: Hour, batch: Ratio, output_length: Ratio) -> Hour:
    r"""Spread the preparation of requests, such as images, over the steps of the answers.

    Equation: ``request_time = preparation_time * batch / output_length``

    Parameters
    ----------
    preparation_time : h
        Time that one request blocks the replica before its prompt is read.
    batch : ratio
        Sequences that a replica serves at the same time.
    output_length : ratio
        Tokens of an answer.

    Returns
    -------
    h
        Time per step.

    Notes
    -----
    Valid for preparation that does not overlap with decoding.

    Examples
    --------
    >>> request_time(0.04, 20.0, 400.0)
    0.002
    """
    return preparation_time * batch / output_length
