"""What Google refuses for reasons that pass, or that lie with who asks: no part of the state, so nothing of the journal."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from tests.standin.cloud.google import errors
from tests.standin.cloud.google.iam import GoogleIAM

_PERMISSIONS = {
    "CreateServiceAccount": "create",
    "GetServiceAccount": "get",
    "PatchServiceAccount": "update",
    "EnableServiceAccount": "enable",
    "DisableServiceAccount": "disable",
    "DeleteServiceAccount": "delete",
    "GetIamPolicy": "getIamPolicy",
    "SetIamPolicy": "setIamPolicy",
}


def check_allowed(call: str, arguments: Mapping[str, Any], denied: Collection[str]) -> None:
    """Raise GoogleError where the caller may do nothing with the resource, or with one above it."""
    resource = arguments.get("resource") or arguments.get("name") or f"projects/{arguments['project']}"
    if not any(resource == each or resource.startswith(f"{each}/") for each in denied):
        return
    if call.endswith("ServiceAccount") or "/serviceAccounts/" in resource:
        raise errors.denied_on_account(_PERMISSIONS[call])
    if call == "GetContainerCluster":
        raise errors.denied_on_cluster(resource)
    raise errors.denied(resource)


def check_known(google: GoogleIAM, call: str, arguments: Mapping[str, Any], now: datetime, lag: float) -> None:
    """Raise GoogleError where setIamPolicy does not know yet of a service account that was only just made."""
    if call != "SetIamPolicy":
        return
    new = [account for account in google.accounts if (now - account.created).total_seconds() < lag]
    resource = arguments["resource"]
    if any(account.name == resource for account in new):
        raise errors.denied_on_account("setIamPolicy")
    for member in google.added(now, resource, arguments["bindings"]):
        if any(account is google.accounts.find(member) for account in new):
            raise errors.no_such_member(resource, member.partition(":")[2])
