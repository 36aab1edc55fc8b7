"""What a composed resource is, in words of those who wrote the PodIdentity: which service account, which role on what."""

from collections.abc import Mapping
from typing import Any

from function.resources.managed import EXTERNAL_NAME

_WORDS = {
    "PodIdentityAssociation": "of service account {namespace}/{serviceAccount} in cluster {clusterName}",
    "RolePolicy": "{external} of role {role}",
    "RolePolicyAttachment": "of {policyArn} to role {role}",
    "ServiceAccount": "{external} in project {project}",
    "Addon": "{addonName} of cluster {clusterName}",
}
"""By kind. In braces stand strings of `spec.forProvider`, and `external`, what the cloud calls it."""

_IAM_MEMBER = "IAMMember"
_NOT_OF_THE_TARGET = frozenset({"role", "member"})


def described(manifest: Mapping[str, Any]) -> str:
    """Kind and words of a composed resource, observed or to be made: `PodIdentityAssociation of service account ...`.

    Where an object lacks what its words need, it is called by its name in the cloud, or by its own.
    """
    kind, fields = text(manifest, "kind"), _strings(at(manifest, "spec", "forProvider"))
    external = text(manifest, "metadata", "annotations", EXTERNAL_NAME) or text(manifest, "metadata", "name")
    return f"{kind} {_words(kind, manifest, fields, external)}".strip()


def at(value: object, *path: str) -> object:
    """What an object from a file has at a path of field names; None where there is none, whatever its form."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text(value: object, *path: str) -> str:
    """The string at a path of field names, empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def _words(kind: str, manifest: Mapping[str, Any], fields: Mapping[str, str], external: str) -> str:
    if kind.endswith(_IAM_MEMBER) and fields.keys() >= _NOT_OF_THE_TARGET:
        return f"of {granted(fields)}"
    if kind == "Object":
        inner = at(manifest, "spec", "forProvider", "manifest")
        owner = "/".join(filter(None, (text(inner, "metadata", "namespace"), text(inner, "metadata", "name"))))
        return f"of {text(inner, 'kind')} {owner} by provider config {text(manifest, 'spec', 'providerConfigRef', 'name')}"
    if kind in ("Usage", "ClusterUsage"):
        used, user = (
            f"{text(manifest, 'spec', side, 'kind')} {text(manifest, 'spec', side, 'resourceRef', 'name')}"
            for side in ("of", "by")
        )
        return f"of {used} by {user}"
    try:
        return _WORDS[kind].format_map({**fields, **({"external": external} if external else {})})
    except KeyError:
        return external


def granted(fields: Mapping[str, Any]) -> str:
    """What an IAM member grants: `roles/storage.objectViewer on bucket reports for serviceAccount:...`."""
    target = {name: value for name, value in sorted(_strings(fields).items()) if name not in _NOT_OF_THE_TARGET}
    where = ", ".join(f"{name} {value}" for name, value in target.items())
    return f"{fields['role']} on {where} for {fields['member']}"


def _strings(value: object) -> dict[str, str]:
    return {name: each for name, each in value.items() if isinstance(each, str)} if isinstance(value, Mapping) else {}
