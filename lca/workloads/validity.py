"""What may be asked of the inference model, and how far the question is from what was measured."""

from __future__ import annotations

from functools import cache

from lca import units
from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.library.models import Device
from lca.terms import Factor
from lca.values import Value

PRECISIONS = {
    "bf16": "bf16",
    "bfloat16": "bf16",
    "fp16": "bf16",
    "float16": "bf16",
    "half": "bf16",
    "bfloat16/fp16": "bf16",
    "fp8": "fp8",
    "float8": "fp8",
    "int8": "fp8",
    "mxfp4": "mxfp4",
    "fp4": "mxfp4",
    "nvfp4": "mxfp4",
    "int4": "mxfp4",
    "nf4": "mxfp4",
}
"""Precisions of weights by what they are taken for; only bf16, fp8 and mxfp4 were measured."""
MEASURED_PRECISIONS = ("bf16", "bfloat16", "bfloat16/fp16", "fp8", "mxfp4")
_GIGABYTE = 1e-9
WIDTHS = {"bf16": 2 * _GIGABYTE, "fp8": 1 * _GIGABYTE, "mxfp4": 0.55 * _GIGABYTE}
"""GB of one parameter; 0.55 byte for four bits with scales and what stays at 16 bits."""
