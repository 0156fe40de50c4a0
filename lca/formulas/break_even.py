"""Requests after which serving has used what was spent once, or has saved it."""

from __future__ import annotations

from lca.vocabulary import (
    KilowattHour,
    KilowattHourPerRequest,
    Request,
)


def break_even_count(
    fixed_energy: KilowattHour,
    energy_per_request: KilowattHourPerRequest,
) -> Request:
    r"""Count the requests after which serving has used as much as what was spent once.

    Equation: ``break_even_count = fixed_energy / energy_per_request``

    Parameters
    ----------
    fixed_energy : kWh
        Electricity spent once, whatever is served afterwards.
    energy_per_request : kWh/request
        Electricity of serving one request.

    Returns
    -------
    request
        Requests after which energy per request has overtaken energy spent once.

    Notes
    -----
    Valid for an energy_per_request above 0 within the same boundary (facility or IT) as
    fixed_energy.

    References
    ----------
    .. [1] Luccioni A. S., Jernite Y., Strubell E., Power Hungry Processing, FAccT 2024: cost
       parity of training and inference.

    Examples
    --------
    >>> round(break_even_count(1.3e6, 3e-4) / 1e9, 4)
    4.3333
    """
    return fixed_energy / energy_per_request


def distillation_fixed_energy(
    teacher_logit_energy: KilowattHour,
    student_training_energy: KilowattHour,
) -> KilowattHour:
    r"""Add up what a student costs before it serves.

    Equation: ``fixed_energy = teacher_logit_energy + student_training_energy``

    Parameters
    ----------
    teacher_logit_energy : kWh
        Electricity of running a teacher model on the data a student learns from.
    student_training_energy : kWh
        Electricity of training a student model.

    Returns
    -------
    kWh
        Up what a student costs before it serves.

    Notes
    -----
    Valid for a teacher that exists anyway: its own training is not charged to the student.

    References
    ----------
    .. [1] Meta, Llama 3.2 model card: logits of the teacher are a stated part of the training
       of its 1B and 3B models.

    Examples
    --------
    >>> round(distillation_fixed_energy(1000.0, 4000.0), 3)
    5000.0
    """
    return teacher_logit_energy + student_training_energy


def saving_per_request(
    teacher_energy_per_request: KilowattHourPerRequest,
    student_energy_per_request: KilowattHourPerRequest,
) -> KilowattHourPerRequest:
    r"""Find what a request to the student saves.

    Equation: ``energy_per_request = teacher_energy_per_request - student_energy_per_request``

    Parameters
    ----------
    teacher_energy_per_request : kWh/request
        Electricity of serving one request with the teacher.
    student_energy_per_request : kWh/request
        Electricity of serving one request with the student.

    Returns
    -------
    kWh/request
        What a request to the student saves.

    Notes
    -----
    Valid for requests that both answer equally well; 0 or less means that a student never pays
    back.

    Examples
    --------
    >>> round(saving_per_request(3e-4, 1e-4), 9)
    0.0002
    """
    return teacher_energy_per_request - student_energy_per_request
