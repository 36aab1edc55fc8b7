"""OpenAPI schemas as Kubernetes has them (structural), from pydantic models and TypedDicts."""

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from function.spec.model import AtMost, Distinct, Exclusive, ListMap, NotEmpty, Rule, Text
from package.xrds.docs import class_doc, field_docs

Schema = dict[str, Any]
# What can become empty has to be written as a whole: of a map whose last field an applier takes away, the API server makes
# null, which no schema admits (kubernetes/kubernetes#135841). Crossplane applies claims to their XRs so.
_EMPTIED = {"x-kubernetes-map-type": "atomic"}


def object_schema(model: type[BaseModel]) -> Schema:
    """The schema of a model's objects."""
    properties, required = {}, []
    for name, field in model.model_fields.items():
        alias = field.alias or name
        properties[alias] = _described(_of_field(field), field_docs(model).get(name, ""))
        if field.is_required():
            required.append(alias)
    schema = {
        "type": "object",
        "description": class_doc(model),
        "properties": properties,
        "required": required,
        "x-kubernetes-validations": [_rule(rule, model) for rule in getattr(model, "RULES", ())],
    }
    if "on" in properties:
        _refuse_bare_on(schema)
    return _without_empty(schema | ({} if required else _EMPTIED))


def _refuse_bare_on(schema: Schema) -> None:
    """Kubernetes reads YAML 1.1, in which the bare key `on` is `true`.

    As an unknown field it would be dropped without a word for clients that do not ask for more, and what was granted on one
    bucket would be granted on the whole project.
    """
    # An API server takes away nulls that are not allowed before anybody sees them, with the same effect. The function refuses
    # them; rules cannot, since nulls are absent in CEL. kubectl's own apply sends none, and claims pass none on (README).
    schema["properties"]["on"] |= {"nullable": True}
    text = 'Never to be written: what YAML makes of `on` without quotes. Write `"on"`. Default: none. Example: `{}`.'
    schema["properties"]["true"] = {"description": text, **_of_dict(Any), "nullable": True}
    rule = {"rule": "!has(self.__true__)", "message": 'YAML reads on without quotes as true: write "on"'}
    schema["x-kubernetes-validations"] = [*schema["x-kubernetes-validations"], rule]


def status_schema(kind: type) -> Schema:
    """The schema of a TypedDict that the function writes."""
    properties = {
        name: _described(_of(hint, ()), field_docs(kind).get(name, ""))
        for name, hint in get_type_hints(kind, include_extras=True).items()
    }
    return {"type": "object", "description": class_doc(kind), "properties": properties}


def _rule(rule: Exclusive | Rule, model: type[BaseModel]) -> Schema:
    if isinstance(rule, Rule):
        return {"rule": rule.cel, "message": rule.message}
    names = [model.model_fields[name].alias or name for name in rule.fields]
    count = " + ".join(f"(has(self.{_cel(name)}) ? 1 : 0)" for name in names)
    if rule.needed:
        return {"rule": f"{count} == 1", "message": f"needs exactly one of {', '.join(names)}"}
    return {"rule": f"{count} <= 1", "message": f"write one of {' and '.join(names)}"}


def _cel(name: str) -> str:
    # A word that CEL reserves is written like this in Kubernetes' rules.
    return f"__{name}__" if name == "namespace" else name


def _described(schema: Schema, text: str) -> Schema:
    return {"description": text or schema.get("description", ""), **{k: v for k, v in schema.items() if k != "description"}}


def _without_empty(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if value not in ([], {}, "")}


def _of_field(field: FieldInfo) -> Schema:
    return _of(field.annotation, field.metadata)


def _of(annotation: Any, metadata: Iterable[Any]) -> Schema:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is NotRequired:
        return _of(arguments[0], metadata)
    if origin is Annotated:
        # Within a union pydantic leaves Field(...) as it was written, with its limits inside.
        own = [m for marker in arguments[1:] for m in (marker.metadata if isinstance(marker, FieldInfo) else [marker])]
        return _of(arguments[0], (*own, *metadata))
    if origin in (Union, types.UnionType):
        (some,) = (argument for argument in arguments if argument is not type(None))
        return _of(some, metadata)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is list:
        return _of_list(arguments[0], list(metadata))
    if origin is dict:
        return _of_dict(arguments[1]) | _limits(metadata)
    if is_typeddict(annotation):
        return status_schema(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return object_schema(annotation)
    return _of_scalar(annotation, list(metadata))


def _of_list(item: Any, metadata: list[Any]) -> Schema:
    schema: Schema = {"type": "array", "items": _of(item, ())}
    schema |= {"minItems": 1} if NotEmpty in metadata else {}
    if Distinct in metadata:
        schema["x-kubernetes-list-type"] = "set"
    for marker in metadata:
        if isinstance(marker, MaxLen):
            schema["maxItems"] = marker.max_length
        elif isinstance(marker, ListMap):
            schema |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(marker.keys)}
    return schema | ({} if "x-kubernetes-list-type" in schema else {"x-kubernetes-list-type": "atomic"})


def _of_dict(values: Any) -> Schema:
    if values is Any:
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True} | _EMPTIED
    return {"type": "object", "additionalProperties": _of(values, ())} | _EMPTIED


def _limits(metadata: Iterable[Any]) -> Schema:
    """How many fields an object may have."""
    schema: Schema = {}
    for marker in metadata:
        if isinstance(marker, AtMost):
            schema["maxProperties"] = marker.fields
        elif marker is NotEmpty:
            schema["minProperties"] = 1
    return schema


def _of_scalar(kind: Any, metadata: list[Any]) -> Schema:
    schema: Schema = {"type": "string" if issubclass(kind, str) else {int: "integer", bool: "boolean"}[kind]}
    for marker in metadata:
        if isinstance(marker, Text):
            schema |= {"pattern": f"^(?:{marker.pattern})$", "maxLength": marker.longest}
        elif isinstance(marker, Ge):
            schema["minimum"] = marker.ge
        elif isinstance(marker, Le):
            schema["maximum"] = marker.le
        elif isinstance(marker, MaxLen):
            schema["maxLength"] = marker.max_length
    return schema
