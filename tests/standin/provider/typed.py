"""What becomes of a spec when the provider writes it: it is read into Go structs, and written from them.

Nearly all fields of these structs are `omitempty`. An empty list or map is left out then, as are null and what no field holds. An
object with fields of its own stays, since it is a struct, and so does an empty string, since it is behind a pointer.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
"""As in a CRD; one that says nothing holds everything."""

_BY_VALUE = "initProvider"
"""A struct that is no pointer, so it is written even where nobody wrote it; forProvider is required anyway."""


def held(spec: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """A spec as it comes out of the structs."""
    kept: dict[str, Any] = _held(spec, schema)
    if _BY_VALUE in schema.get("properties", {}):
        kept.setdefault(_BY_VALUE, {})
    return kept


def _held(value: Any, schema: Schema) -> Any:
    if isinstance(value, list):
        return [_held(each, schema.get("items", {})) for each in value]
    if not isinstance(value, Mapping):
        return value
    if "properties" in schema and not _anything(schema):
        fields = schema["properties"]
        known = {name: inner for name, inner in value.items() if name in fields}
        return {name: _held(inner, fields[name]) for name, inner in known.items() if not _left_out(inner, fields[name])}
    return {name: _held(inner, schema.get("additionalProperties") or {}) for name, inner in value.items()}


def _left_out(value: Any, schema: Schema) -> bool:
    if value == {}:
        return "properties" not in schema and not _anything(schema)
    return value is None or value == []


def _anything(schema: Schema) -> bool:
    return bool(schema.get("x-kubernetes-preserve-unknown-fields"))


def of_crd(crd: Mapping[str, Any], version: str) -> Schema:
    """The schema of the spec in one version of a CRD."""
    served = next(each for each in crd["spec"]["versions"] if each["name"] == version)
    schema: Schema = served["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return schema
