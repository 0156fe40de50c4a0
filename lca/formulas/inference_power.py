"""Arithmetic of a serving step as a whole: its time, and the power that its parts draw."""

from __future__ import annotations

from lca.vocabulary import Hour, Kilowatt, KilowattHourPerToken, Ratio, Token, TokenPerHour


def step_time(
    read_time: Hour,
    decode_compute_time: Hour,
    launch_time: Hour,
    communication_time: Hour,
    pipeline_ratio: Ratio,
    prefill_time: Hour,
    request_time: Hour,
) -> Hour:
    r"""Add up the parts of one step of decoding.

    Equation: ``(read + compute + launch + communication) * pipeline_ratio + prefill + request``

    Parameters
    ----------
    read_time : h
        Time of reading weights and caches.
    decode_compute_time : h
        Time of multiplying for the tokens of the step.
    launch_time : h
        Time in which devices wait for the program that drives them.
    communication_time : h
        Time in which devices exchange results.
    pipeline_ratio : ratio
        Time with the model split into stages over that without.
    prefill_time : h
        Time of reading prompts, spread over the steps.
    request_time : h
        Time of preparing requests, spread over the steps.

    Returns
    -------
    h
        Time of one step.

    Notes
    -----
    Valid for a service that is never without requests.

    Examples
    --------
    >>> round(step_time(0.004, 0.001, 0.002, 0.001, 1.0, 0.002, 0.0), 6)
    0.01
    """
    decode = (read_time + decode_compute_time + launch_time + communication_time) * pipeline_ratio
    return decode + prefill_time + request_time


def serving_fraction(
    static_fraction: Ratio,
    memory_fraction: Ratio,
    compute_fraction: Ratio,
    waiting_fraction: Ratio,
    read_time: Hour,
    decode_compute_time: Hour,
    launch_time: Hour,
    communication_time: Hour,
    pipeline_ratio: Ratio,
    prefill_time: Hour,
    request_time: Hour,
    step_time: Hour,
    power_ratio: Ratio,
    cap_sharpness: Ratio,
) -> Ratio:
    r"""Find the mean power of a serving device over its rated power.

    Equation::

        load = ratio * (
            static
            + (
                memory * read
                + compute * (decode_compute + prefill)
                + waiting * (launch + communication + request)
            )
            / step_time
        )
        serving_fraction = (1 + load ^ -sharpness) ^ (-1 / sharpness)

    with the times of decoding multiplied by the pipeline ratio.

    Parameters
    ----------
    static_fraction : ratio
        Power that is drawn all the time, over rated power.
    memory_fraction, compute_fraction, waiting_fraction : ratio
        Further power while a device reads, multiplies, or waits, over rated power.
    read_time, decode_compute_time, launch_time, communication_time : h
        Parts of a step of decoding.
    pipeline_ratio : ratio
        Time with the model split into stages over that without.
    prefill_time, request_time : h
        Prompts and preparation, spread over the steps.
    step_time : h
        Time of one step.
    power_ratio : ratio
        Power over that of the reference device and software.
    cap_sharpness : ratio
        How suddenly rated power limits the load; large is sudden.

    Returns
    -------
    ratio
        Mean power over thermal design power, below one.

    Notes
    -----
    Valid for devices that hold their rated power as a limit.

    Examples
    --------
    >>> round(
    ...     serving_fraction(0.2, 0.8, 1.0, 0.1, 4.0, 1.0, 3.0, 0.0, 1.0, 2.0, 0.0, 10.0, 1.0, 8.0),
    ...     4,
    ... )
    0.8248
    """
    waiting = (launch_time + communication_time) * pipeline_ratio + request_time
    multiplying = decode_compute_time * pipeline_ratio + prefill_time
    reading = read_time * pipeline_ratio
    further = (
        memory_fraction * reading + compute_fraction * multiplying + waiting_fraction * waiting
    )
    load = power_ratio * (static_fraction + further / step_time)
    return (1 + load**-cap_sharpness) ** (-1 / cap_sharpness)


def measured_step_time(batch: Ratio, step_tokens: Token, replica_throughput: TokenPerHour) -> Hour:
    r"""Find the time of one step from a throughput that was measured.

    Equation: ``measured_step_time = batch * step_tokens / replica_throughput``

    Parameters
    ----------
    batch : ratio
        Sequences that a replica serves at the same time.
    step_tokens : token
        Tokens that a sequence gains in one step.
    replica_throughput : token/h
        Output tokens of the whole replica.

    Returns
    -------
    h
        Time of one step, prompts included.

    Notes
    -----
    Valid for a steady load.

    Examples
    --------
    >>> measured_step_time(64.0, 1.0, 8e6)
    8e-06
    """
    return batch * step_tokens / replica_throughput


def time_residual(energy_residual: Ratio, power_residual: Ratio) -> Ratio:
    r"""Find what is unexplained of time from what is unexplained of energy and of power.

    Equation: ``time_residual = energy_residual / power_residual``

    Parameters
    ----------
    energy_residual : ratio
        Measured over modelled energy.
    power_residual : ratio
        Measured over modelled power.

    Returns
    -------
    ratio
        Measured over modelled time.

    Notes
    -----
    Valid for energy that is power times time.

    Examples
    --------
    >>> time_residual(1.2, 1.5)
    0.7999999999999999
    """
    return energy_residual / power_residual


def read_time(weight_time: Hour, cache_time: Hour) -> Hour:
    r"""Add up the time of reading weights and the time of reading caches.

    Equation: ``read_time = weight_time + cache_time``

    Parameters
    ----------
    weight_time : h
        Time of one step in which devices read weights.
    cache_time : h
        Time of one step in which devices read key-value caches.

    Returns
    -------
    h
        Time of one step in which devices read.

    Notes
    -----
    Valid for reads that share one memory.

    Examples
    --------
    >>> read_time(0.5, 0.25)
    0.75
    """
    return weight_time + cache_time


def replica_throughput(batch: Ratio, step_tokens: Token, step_time: Hour) -> TokenPerHour:
    r"""Find the output tokens that a replica serves.

    Equation: ``replica_throughput = batch * step_tokens / step_time``

    Parameters
    ----------
    batch : ratio
        Sequences that a replica serves at the same time.
    step_tokens : token
        Tokens that a sequence gains in one step.
    step_time : h
        Time of one step, prompts included.

    Returns
    -------
    token/h
        Output tokens of the whole replica.

    Notes
    -----
    Valid for a steady load.

    Examples
    --------
    >>> round(replica_throughput(64.0, 1.0, 0.000008))
    8000000
    """
    return batch * step_tokens / step_time


def energy_per_token(
    device_power: Kilowatt, devices_per_replica: Ratio, replica_throughput: TokenPerHour
) -> KilowattHourPerToken:
    r"""Find the electricity of all devices of a replica for one output token.

    Equation: ``energy_per_token = device_power * devices_per_replica / replica_throughput``

    Parameters
    ----------
    device_power : kW
        Mean power of one device while it serves.
    devices_per_replica : ratio
        Devices that hold and run one replica.
    replica_throughput : token/h
        Output tokens of the whole replica.

    Returns
    -------
    kWh/token
        Electricity of the accelerators alone: no host, idle time or cooling.

    Notes
    -----
    Valid for mean power and throughput of the same stretch of time.

    Examples
    --------
    >>> round(energy_per_token(0.5, 2.0, 1e7) * 1e9, 6)
    100.0
    """
    return device_power * devices_per_replica / replica_throughput


def prefill_share(prefill_time: Hour, step_time: Hour) -> Ratio:
    r"""Find the share of serving time in which prompts are read.

    Equation: ``prefill_share = prefill_time / step_time``

    Parameters
    ----------
    prefill_time : h
        Prompts, spread over the steps.
    step_time : h
        Time of one step.

    Returns
    -------
    ratio
        Share of the time that is not decoding.

    Notes
    -----
    Valid within one step: what is read is spread over the steps of the answers. Power is that of
    the whole step, so that energy is shared out by time.

    References
    ----------
    .. [1] Definition: a step is reading prompts, or decoding.

    Examples
    --------
    >>> prefill_share(0.25, 1.0)
    0.25
    """
    return prefill_time / step_time


def decode_share(prefill_share: Ratio) -> Ratio:
    r"""Find the share of serving time in which answers are written.

    Equation: ``decode_share = 1 - prefill_share``

    Parameters
    ----------
    prefill_share : ratio
        Share of serving time in which prompts are read.

    Returns
    -------
    ratio
        Share of the time that is decoding.

    Notes
    -----
    Valid for a share from 0 to 1.

    References
    ----------
    .. [1] Definition: a step is reading prompts, or decoding.

    Examples
    --------
    >>> decode_share(0.25)
    0.75
    """
    return 1 - prefill_share
