"""The JSON Schema of a scenario file, made from the model that checks it.

Descriptions are the docstrings below the fields, or the vocabulary's sentence on the quantity; they
are read from the source text when the schema is asked for, since collecting them at import would
slow every start.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
import textwrap
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from lca.scenario import (
    assumption_models,
    models,
    price_models,
    questions,
    service_models,
    site_models,
)
from lca.vocabulary import VOCABULARY

_WRITTEN: dict[str, JsonSchemaValue] = {
    "_period": {"type": ["string", "integer"], "examples": ["2027-2031"]},
    "_counts": {
        "type": ["integer", "string", "object"],
        "additionalProperties": {"type": ["integer", "string"]},
        "examples": [64, {"2027": 64, "2029": 96}],
    },
    "_listed": {"type": ["string", "array"], "items": {"type": "string"}},
    "_years": {"type": ["string", "integer"], "examples": ["2027-2031"]},
    "_demands": {"type": ["string", "object"], "examples": ["3 PFLOP/s useful"]},
    "_whole": {"type": ["integer", "string"], "minimum": 0},
    "_switch": {"enum": [True, False, "yes", "no", "on", "off", "true", "false"]},
}
"""What may be written where a function reads a value before it is checked."""


_MODULES = (
    models,
    assumption_models,
    price_models,
    service_models,
    site_models,
    questions,
    *(sys.modules[f"{questions.__name__}.{name}"] for name in questions.QUESTION_MODULES),
)


class _Written(GenerateJsonSchema):
    """Describes what stands in the file, not what it becomes."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """Describe what is read by a function of this package by what it takes."""
        name = getattr(schema["function"]["function"], "__name__", "")
        inner = super().function_before_schema(schema)
        if name == "_path":
            return {"anyOf": [{"type": "string"}, inner]}
        if name == "listed" and "items" in inner:
            return {"anyOf": [inner["items"], inner]}
        return dict(_WRITTEN[name]) if name in _WRITTEN else inner

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        """Describe a whole number, which may stand there as text."""
        return {**super().int_schema(schema), "type": ["integer", "string"]}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors and checks."""
    found = models.ScenarioModel.model_json_schema(
        by_alias=True, schema_generator=_Written, mode="validation"
    )
    definitions = found.get("$defs", {})
    for name, definition in (("ScenarioModel", found), *definitions.items()):
        model = next((getattr(m, name) for m in _MODULES if hasattr(m, name)), None)
        if isinstance(model, type) and issubclass(model, BaseModel):
            _describe(definition, model)
    found["properties"]["schema"] = {
        "enum": [1, "1"],
        "description": "Version of the notation of scenario files.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lca scenario",
        **{key: value for key, value in found.items() if key != "title"},
    }


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the docstrings of a model's fields into its schema, and drop empty defaults."""
    sentences = field_docstrings(model)
    aliases = {field.alias or name: name for name, field in model.model_fields.items()}
    for written, entry in definition.get("properties", {}).items():
        entry.pop("title", None)
        if entry.get("default") in (None, "") or isinstance(entry["default"], dict | list):
            entry.pop("default", None)
        name = aliases.get(written, written)
        sentence = sentences.get(name) or (VOCABULARY[name].sentence if name in VOCABULARY else "")
        if sentence:
            entry["description"] = sentence


@cache
def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field of a model.

    Parameters
    ----------
    model
        A class whose source text is at hand.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for field, text in itertools.pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found
