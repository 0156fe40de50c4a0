"""Turns pydantic's complaints into problems with file, line, column and a way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from lca import units
from lca.document import MAX_PROBLEMS, Data
from lca.errors import InputError, Problem, did_you_mean, nearest, quoted
from lca.library.fields import Amount

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
At = Literal["value", "key"]

EXAMPLES = {
    "schema": "1",
    "period": "2027-2031",
    "region": "DE",
    "device": "nvidia-h100-sxm5-80gb",
    "count": "8",
    "site": "frankfurt",
    "share": "40%",
    "source": "nvidia-hgx-h100-pcf",
}
"""What could stand at a key, for messages, where its unit does not say so."""

_MOST_COMPLAINTS = 500
"""Complaints that are looked at; several can be about one mistake."""

_EXPECTED = {
    "model_type": "expected a mapping",
    "model_attributes_type": "expected a mapping",
    "dict_type": "expected a mapping",
    "tuple_type": "expected a list such as [a, b]",
    "list_type": "expected a list such as [a, b]",
    "string_type": "expected text",
    "int_type": "expected a whole number such as 8",
}


class Located(Protocol):
    """Data that can point at the place of each value: a document, or one with patches."""

    @property
    def data(self) -> dict[str, Data]:
        """The data, mappings and lists of text."""

    def problem(self, path: Path, message: str, at: At = "value") -> Problem:
        """Return a problem of the value, or of the key, at a path."""


def validate(
    model: type[Model], document: Located, error: type[InputError], at: tuple[str, ...] = ()
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
    invalid: ValidationError, document: Located, model: type[BaseModel], at: Path = ()
) -> list[Problem]:
    """Return one problem for each complaint, in the document's own words and places."""
    found: dict[tuple[object, ...], Problem] = {}
    complaints = list(islice(invalid.errors(), _MOST_COMPLAINTS))
    meant = set(_meant(complaints, model, document.data, at))
    for complaint in complaints:
        path = _place(document.data, (*at, *complaint["loc"]), complaint["type"])
        if complaint["type"] == "missing" and path in meant:
            continue  # written, but misspelled
        message = _message(complaint, model, path[len(at) :])
        where: At = "key" if complaint["type"] in {"extra_forbidden", "missing"} else "value"
        found.setdefault((path, message), document.problem(path, message, at=where))
    return list(found.values())[:MAX_PROBLEMS]


def _meant(
    complaints: Sequence[Any], model: type[BaseModel], data: object, at: Path
) -> Iterator[Path]:
    """Yield the path that each unknown key was probably meant to have."""
    for complaint in complaints:
        if complaint["type"] == "extra_forbidden":
            path = _place(data, (*at, *complaint["loc"]), complaint["type"])
            name = nearest(str(path[-1]), _names(model, path[len(at) : -1]))
            if name is not None:
                yield (*path[:-1], name)


def salvage(model: type[Model], data: object) -> Model:
    """Return what is right in data that breaks a model's rules; what is wrong is None.

    The result does not hold its type's promises: it only serves to look for further mistakes.
    """
    written = data if isinstance(data, dict) else {}
    values = {
        name: _salvaged(model, name, written.get(field.alias or name), field.default)
        for name, field in model.model_fields.items()
    }
    return model.model_construct(**values)


def _salvaged(model: type[BaseModel], name: str, raw: object, default: object) -> Any:
    if raw is None:
        return default if default is not ... and repr(default) != "PydanticUndefined" else None
    try:
        return _adapter(model, name).validate_python(raw)
    except ValidationError:
        annotation = model.model_fields[name].annotation
    inner = _inner_model(annotation)
    if inner is None or not isinstance(raw, dict):
        return None
    if getattr(annotation, "__origin__", None) is dict:
        return {key: salvage(inner, item) for key, item in raw.items() if isinstance(item, dict)}
    return salvage(inner, raw)


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Return what checks one field of a model by itself."""
    field = model.model_fields[name]
    annotation: Any = field.annotation
    for extra in field.metadata:
        annotation = Annotated[annotation, extra]
    return TypeAdapter(annotation)


def source_problems(document: Located, known: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each ``source`` that the bibliography lacks."""
    for path, key in _sources(document.data, ()):
        if key not in known:
            message = f"no source {quoted(key)}{did_you_mean(key, known)} (add it to sources.yaml)"
            yield document.problem(path, message)


def name_problems(
    document: Located, exists: Callable[[str, str], bool], suggest: Callable[[str, str], str]
) -> Iterator[Problem]:
    """Yield a problem for each host, processor, memory or device of a file that no file describes."""
    for path, kind, name in _referred(document.data):
        if isinstance(name, str) and name and not exists(kind, name):
            yield document.problem(path, suggest(kind, name))


def _referred(data: dict[str, Any]) -> Iterator[tuple[Path, str, object]]:
    """Yield path, kind and name of what a file of the database refers to."""
    yield ("host",), "server", data.get("host")
    if data.get("kind") == "instance":
        yield ("device",), "device", data.get("device")
    for key, inner, kind in (("memory", "technology", "memory"), ("cpus", "device", "cpu")):
        here = data.get(key)
        for number, part in enumerate(here if isinstance(here, list) else ()):
            if isinstance(part, dict):
                yield (key, number, inner), kind, part.get(inner)
        if isinstance(here, dict):
            yield (key, inner), kind, here.get(inner)


def _sources(data: Data, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each source key of a document with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "source" and isinstance(value, str) and value:
                yield (*path, key), value
            else:
                yield from _sources(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _sources(value, (*path, number))


def _place(data: Any, steps: Sequence[object], kind: str) -> Path:
    """Return the path of a complaint as the document goes; a missing key is named last.

    Steps that the document lacks are pydantic's own, or those of a short form (``count: 8``).
    """
    path: list[str | int] = []
    for step in steps:
        if isinstance(data, dict) and str(step) in data:
            path.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(step)
            data = data[step]
    if kind == "missing":
        path.append(str(steps[-1]))
    return tuple(path)


def _message(complaint: Any, model: type[BaseModel], path: Path) -> str:
    """Say what was found, what is accepted, and what to do."""
    kind, given = complaint["type"], complaint["input"]
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]) if path else "", _names(model, path[:-1]))
    if kind == "missing":
        return f"this key is required and missing; {_for_example(model, path)}"
    if kind == "value_error":
        return str(complaint["ctx"]["error"])
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", complaint["ctx"]["expected"])
        hint = did_you_mean(str(given), names)
        return f"{_describe(given)} is not accepted here{hint} (one of: {', '.join(names)})"
    expected = _EXPECTED.get(kind, f"{complaint['msg'][0].lower()}{complaint['msg'][1:]}")
    keys = _with_keys(_names(model, path)) if expected == "expected a mapping" else ""
    return f"{expected}{keys}, found {_describe(given)}"


def _unknown_key(key: str, names: Sequence[str]) -> str:
    hint = did_you_mean(key, names)
    accepted = f" (accepted: {', '.join(names)})" if names else ""
    return f"no key {quoted(key)} here{hint or accepted}"


def _with_keys(names: Sequence[str]) -> str:
    return f" with keys such as {', '.join(names[:4])}" if names else " of names to contents"


def _for_example(model: type[BaseModel], path: Path) -> str:
    """Return how a missing key could be written."""
    key = str(path[-1])
    owner = _model_at(model, path[:-1])
    fields = list(owner.model_fields.items()) if owner is not None else []
    extras = [one for name, field in fields if key in {name, field.alias} for one in field.metadata]
    amount = next((one for one in extras if isinstance(one, Amount)), None)
    example = units.example(amount.unit) if amount else EXAMPLES.get(key, "...")
    return f"add for example {key}: {example}"


def _names(model: Any, path: Path) -> list[str]:
    """Return the keys accepted at a place of a model."""
    found = _model_at(model, path)
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def _model_at(model: Any, path: Path) -> type[BaseModel] | None:
    """Return the model that a path leads to, through mappings and lists of models."""
    for step in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = model.model_fields.items()
            found = [field for name, field in fields if str(step) in {name, field.alias}]
            model = found[0].annotation if found else None
        else:
            model = _inner_model(model)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else _optional(model)


def _optional(annotation: Any) -> type[BaseModel] | None:
    """Return the model of ``Model | None``, but not that of a mapping or list of models."""
    if getattr(annotation, "__origin__", None) in {dict, tuple, list}:
        return None
    return _inner_model(annotation)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _inner_model(part)
        if found is not None:
            return found
    return None


def _describe(given: object) -> str:
    """Say what was found."""
    if given is None:
        return "nothing"
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list | tuple):
        return "a list"
    return quoted(given)
