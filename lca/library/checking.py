"""Turns pydantic's complaints into problems with file, line, column and a way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lca.document import Document
from lca.errors import InputError, Problem, did_you_mean

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], document: Document, error: type[InputError], at: tuple[str, ...] = ()
) -> Model:
    """Validate a document against a model; all mistakes are raised at once.

    Raises
    ------
    InputError
        Of the type asked for, with one problem for each mistake.
    """
    data: Any = document.data
    for step in at:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        raise error(problems(invalid, document, model, at)) from None


def problems(
    invalid: ValidationError, document: Document, model: type[BaseModel], at: tuple[str, ...] = ()
) -> list[Problem]:
    """Return one problem for each complaint, in the document's own words and places."""
    found: dict[tuple[object, ...], Problem] = {}
    for complaint in invalid.errors():
        steps = tuple(at) + tuple(
            step for step in complaint["loc"] if not _is_internal(step, complaint)
        )
        path = _existing(document, steps)
        unknown = complaint["type"] == "extra_forbidden"
        message = _message(complaint, model, steps[len(at) :])
        where = "key" if unknown else "value"
        found.setdefault((path, message), document.problem(path, message, at=where))
    return list(found.values())


def _is_internal(step: object, complaint: Any) -> bool:
    """Whether a step is pydantic's own (a union member), not a place in the document."""
    text = str(step)
    return (
        "[" in text
        or (text and text[0].isupper() and complaint["type"] != "extra_forbidden")
        or text in {"str", "int", "tuple", "dict", "is-instance", "key"}
    )


def _existing(document: Document, steps: Sequence[object]) -> tuple[str | int, ...]:
    """Cut the path where the document does not go (a missing key points at its parent)."""
    data: Any = document.data
    path: list[str | int] = []
    for step in steps:
        if isinstance(data, dict) and str(step) in data:
            path.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(step)
            data = data[step]
        elif isinstance(data, dict) and isinstance(step, str):
            path.append(step)
            break
        else:
            break
    return tuple(path)


def _message(complaint: Any, model: type[BaseModel], steps: tuple[Any, ...]) -> str:
    kind, given = complaint["type"], complaint["input"]
    if kind == "extra_forbidden":
        names = _names(model, steps[:-1])
        hint = did_you_mean(str(steps[-1]), names)
        accepted = f" (accepted: {', '.join(names)})" if names else ""
        return f"not a known key{hint}{accepted if not hint else ''}"
    if kind == "missing":
        return "this key is required and missing"
    if kind == "value_error":
        return str(complaint["ctx"]["error"])
    if kind == "literal_error":
        accepted = complaint["ctx"]["expected"].replace("'", '"').replace(" or ", ", ")
        names = [name.strip('" ') for name in accepted.split(",")]
        return f'"{_short(given)}" is not accepted here{did_you_mean(str(given), names)} (one of: {", ".join(names)})'
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"expected a mapping of keys, found {_describe(given)}"
    if kind in {"tuple_type", "list_type"}:
        return f"expected a list, found {_describe(given)}"
    if kind == "string_type":
        return f"expected text, found {_describe(given)}"
    return f"{complaint['msg'][0].lower()}{complaint['msg'][1:]}, found {_describe(given)}"


def _names(model: Any, steps: tuple[Any, ...]) -> list[str]:
    """Return the keys accepted at a place of a model."""
    for step in steps:
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = next(
                (f for n, f in model.model_fields.items() if str(step) in {n, f.alias}), None
            )
            if field is None:
                return []
            model = field.annotation
        model = _inner_model(model)
        if model is None:
            return []
    model = _inner_model(model)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _inner_model(part)
        if found is not None:
            return found
    return None


def _describe(given: object) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list | tuple):
        return "a list"
    return f'"{_short(given)}"'


def _short(given: object) -> str:
    text = str(given)
    return text if len(text) <= 60 else text[:57] + "..."
