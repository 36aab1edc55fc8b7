"""Read a PodIdentityCluster: its spec, or every fault that it has."""

from collections.abc import Mapping
from typing import Any

from function.cluster import rules
from function.cluster.spec import Spec
from function.errors import FieldError, InvalidSpec, quoted
from function.parsing import parse

_MACHINERY = "crossplane"
"""What Crossplane itself keeps in an XR's spec."""


def read(xr: Mapping[str, Any]) -> Spec:
    """Read an XR. Raises InvalidSpec with every fault that can be told from it."""
    raw, name = xr.get("spec"), _name(xr)
    if not isinstance(raw, Mapping):
        raise InvalidSpec([FieldError(("spec",), f"must be an object, not {quoted(raw)}")])
    parsed = parse(Spec, _with_cluster_name(raw, name), ("spec",))
    errors = [*rules.check_name(name), *parsed.errors]
    if parsed.value is not None:
        errors += parsed.new(rules.check(parsed.value, name))
    if errors or parsed.value is None:
        raise InvalidSpec(errors)
    return parsed.value


def _name(xr: Mapping[str, Any]) -> str:
    metadata = xr.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) else ""


def _with_cluster_name(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The spec with the default of clusterName in it, so that it is checked like one that is written."""
    written = {field: value for field, value in raw.items() if field != _MACHINERY}
    for kind in ("eks", "gke"):
        facts = written.get(kind)
        if isinstance(facts, Mapping) and "clusterName" not in facts:
            written[kind] = {**facts, "clusterName": name}
    return written
