"""Why a managed resource is not ready, in words."""

from collections.abc import Iterable, Mapping

from function.composition import ManagedResource
from function.observed import Conditions

_MESSAGE_MAX = 500

States = Mapping[str, Conditions]
"""The conditions of what is observed, by composition resource name."""


def troubles(resources: Iterable[ManagedResource], states: States) -> str:
    """Why these are not all ready: the first of them that is not. Empty where all are."""
    for resource in resources:
        state = states.get(resource.name)
        if state is None or not state.good:
            return f"{_called(resource)} {why(state)}"
    return ""


def why(state: Conditions | None) -> str:
    """Why one is not ready."""
    if state is None:
        return "does not exist yet"
    message = state.synced_message if state.synced == "False" else state.ready_message
    said = f", says the provider: {' '.join(message.split())[:_MESSAGE_MAX]}" if message else ""
    if state.synced == "False":
        return f"is not as asked for{said}"
    return f"is not there yet{said}" if state.ready != "True" else "has not been synced yet"


def _called(resource: ManagedResource) -> str:
    """What a resource of a role is called in a sentence that begins with the role."""
    fields, kind = resource.manifest["spec"]["forProvider"], resource.manifest["kind"]
    if kind == "RolePolicyAttachment":
        return f": attachment of {fields['policyArn']}"
    name = resource.manifest.get("metadata", {}).get("annotations", {}).get("crossplane.io/external-name", "")
    return {"Policy": f": policy {name}", "RolePolicy": f": inline policy {name}"}.get(kind, "")
