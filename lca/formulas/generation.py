"""Arithmetic of making an image or a video with a diffusion model."""

from __future__ import annotations

from lca.vocabulary import KilowattHour, Ratio


def energy_per_output(
    reference_energy: KilowattHour,
    active_parameters: Ratio,
    reference_parameters: Ratio,
    parameter_exponent: Ratio,
    denoising_steps: Ratio,
    reference_steps: Ratio,
    step_exponent: Ratio,
    output_pixels: Ratio,
    reference_pixels: Ratio,
    pixel_exponent: Ratio,
    output_frames: Ratio,
    frame_exponent: Ratio,
    batch: Ratio,
    batch_exponent: Ratio,
    devices_per_replica: Ratio,
    device_exponent: Ratio,
    condition_ratio: Ratio,
    energy_residual: Ratio,
) -> KilowattHour:
    r"""Scale the electricity of one image or video from that of a reference.

    Equation: ``reference_energy * product((x / reference_x)^exponent) * condition * residual``

    Parameters
    ----------
    reference_energy : kWh
        One image of reference size, model and steps, alone on one device.
    active_parameters, reference_parameters, parameter_exponent : ratio
        Parameters that work in a denoising step.
    denoising_steps, reference_steps, step_exponent : ratio
        Steps from noise to output.
    output_pixels, reference_pixels, pixel_exponent : ratio
        Height times width.
    output_frames, frame_exponent : ratio
        Frames; one for an image.
    batch, batch_exponent : ratio
        Outputs that are made together.
    devices_per_replica, device_exponent : ratio
        Devices that make them together.
    condition_ratio : ratio
        Energy over that of an image on the reference device.
    energy_residual : ratio
        What the relation leaves unexplained.

    Returns
    -------
    kWh
        Electricity of the accelerators for one output.

    Notes
    -----
    Valid for models like those measured: an unknown model may differ by a factor of several.

    Examples
    --------
    >>> round(
    ...     energy_per_output(
    ...         1.0,
    ...         4.0,
    ...         2.0,
    ...         1.0,
    ...         50.0,
    ...         25.0,
    ...         1.0,
    ...         4.0,
    ...         4.0,
    ...         1.0,
    ...         1.0,
    ...         1.0,
    ...         1.0,
    ...         0.0,
    ...         1.0,
    ...         0.0,
    ...         1.0,
    ...         1.0,
    ...     )
    ... )
    4
    """
    return (
        reference_energy
        * (active_parameters / reference_parameters) ** parameter_exponent
        * (denoising_steps / reference_steps) ** step_exponent
        * (output_pixels / reference_pixels) ** pixel_exponent
        * output_frames**frame_exponent
        * batch**batch_exponent
        * devices_per_replica**device_exponent
        * condition_ratio
        * energy_residual
    )
