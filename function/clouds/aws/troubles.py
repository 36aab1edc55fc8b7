"""Why the resources of a role are not ready, in words."""

from collections.abc import Iterable

from function.composition import ManagedResource
from function.waiting import States, why


def troubles(resources: Iterable[ManagedResource], states: States) -> str:
    """Why these are not all ready: the first of them that is not. Empty where all are."""
    for resource in resources:
        state = states.get(resource.name)
        if state is None or not state.good:
            return f"{_called(resource)} {why(state)}"
    return ""


def _called(resource: ManagedResource) -> str:
    """What a resource of a role is called in a sentence that begins with the role."""
    fields, kind = resource.manifest["spec"]["forProvider"], resource.manifest["kind"]
    if kind == "RolePolicyAttachment":
        return f": attachment of {fields['policyArn']}"
    name = resource.manifest.get("metadata", {}).get("annotations", {}).get("crossplane.io/external-name", "")
    return {"Policy": f": policy {name}", "RolePolicy": f": inline policy {name}"}.get(kind, "")
