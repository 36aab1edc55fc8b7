"""XRs for tests: a small valid one, changed at one place, in both flavours; and how the function is asked about it."""

import copy
from collections.abc import Mapping
from typing import Any

from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.catalogue.entry import NOTHING_FETCHED
from function.compose import compose
from function.errors import Path
from function.fn import run
from function.observed import Observed, plain_struct
from function.result import Result

ACCOUNT = "111122223333"
FLAVOURS = ("PodIdentity", "XPodIdentity")


def spec() -> dict[str, Any]:
    """A valid spec: two clusters, two service accounts."""
    return {
        "clusters": [
            {"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}},
            {"name": "stage", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}},
        ],
        "serviceAccounts": [{"name": "api"}, {"name": "worker", "clusters": ["prod"]}],
        "aws": {},
    }


def changed(*changes: tuple[Path, Any], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The valid spec with values set at paths below spec; a value of `...` takes the field away."""
    root: dict[str, Any] = copy.deepcopy(dict(base or spec()))
    for path, written in changes:
        value = copy.deepcopy(written)
        place: Any = root
        for part, following in zip(path[:-1], path[1:], strict=True):
            if isinstance(place, dict):
                place = place.setdefault(part, [] if following == 0 else {})
            else:
                place.extend([{}] * (int(part) + 1 - len(place)))
                place = place[part]
        if value is ...:
            del place[path[-1]]
        elif isinstance(place, list) and path[-1] == len(place):
            place.append(value)
        else:
            place[path[-1]] = value
    return root


def xr(spec: Any, kind: str = "PodIdentity") -> dict[str, Any]:
    """An XR of either flavour, owned by data/reports."""
    base = {"apiVersion": "podidentity.dev/v1alpha1", "kind": kind}
    if kind == "PodIdentity":
        return {**base, "metadata": {"name": "reports", "namespace": "data"}, "spec": spec}
    claim = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityClaim", "name": "reports", "namespace": "data"}
    claimed = {**spec, "claimRef": claim} if isinstance(spec, dict) else spec
    return {**base, "metadata": {"name": "reports-x7k2p"}, "spec": claimed}


def composed(spec: Any, kind: str = "PodIdentity", observed: Observed | None = None) -> Result:
    """What the core makes of a spec."""
    return compose(xr(spec, kind), observed or Observed({}), NOTHING_FETCHED)


def request(
    spec: Any, kind: str = "PodIdentity", observed: Mapping[str, Mapping[str, Any]] | None = None
) -> fnv1.RunFunctionRequest:
    """The request that Crossplane would send."""
    built = fnv1.RunFunctionRequest()
    resource.update(built.observed.composite, xr(spec, kind))
    for name, manifest in (observed or {}).items():
        resource.update(built.observed.resources[name], dict(manifest))
    return built


def answered(
    spec: Any, kind: str = "PodIdentity", observed: Mapping[str, Mapping[str, Any]] | None = None
) -> fnv1.RunFunctionResponse:
    """What the function answers."""
    return run(request(spec, kind, observed))


def desired(answer: fnv1.RunFunctionResponse) -> dict[str, dict[str, Any]]:
    """The desired composed resources as plain values."""
    return {name: plain_struct(wanted.resource) for name, wanted in answer.desired.resources.items()}


def provided(
    manifest: Mapping[str, Any], *, ready: bool = True, synced: bool = True, at_provider: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A managed resource as its provider leaves it."""
    name = manifest["spec"].get("forProvider", {}).get("serviceAccount", "reports")
    metadata = {"name": f"reports-{name}", **manifest.get("metadata", {})}
    annotations = {"crossplane.io/external-name": "a-0123456789abcdefg", **metadata.get("annotations", {})}
    conditions = [
        {"type": "Ready", "status": str(ready), "reason": "Available" if ready else "Creating"},
        {"type": "Synced", "status": str(synced), "reason": "ReconcileSuccess" if synced else "ReconcileError"},
    ]
    if not synced:
        conditions[1]["message"] = "observe failed: AccessDenied"
    status = {"conditions": conditions, "atProvider": dict(at_provider or {})}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}, "status": status}


def everything_provided(spec: Any, kind: str = "PodIdentity") -> dict[str, dict[str, Any]]:
    """All resources of a spec, there and ready."""
    if "gcp" in spec:
        return {made.name: _provided_by_google(made.object(), spec["gcp"]) for made in composed(spec, kind).resources}
    found = {}
    target = spec["aws"].get("targetRole", {})
    for made in composed(spec, kind).resources:
        manifest = made.object()
        path = manifest["spec"]["forProvider"].get("path")
        annotations = manifest.get("metadata", {}).get("annotations", {})
        name, derived = (annotations.get(key) for key in ("crossplane.io/external-name", "podidentity.dev/derived-name"))
        of_target = (derived or "").startswith("target ") or name == target.get("name")
        account = target.get("accountId") if of_target else spec["aws"].get("accountId", ACCOUNT)
        what = "policy" if manifest["kind"] == "Policy" else "role"
        arn = {"arn": f"arn:aws:iam::{account}:{what}{path}{name}"} if path else {}
        found[made.name] = provided(manifest, at_provider={**_shown(manifest), **arn})
    return found


def _shown(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is shown of a thing that is as it was asked for, where that is looked at."""
    fields: Mapping[str, Any] = manifest["spec"].get("forProvider", {})
    return fields if manifest["kind"] in ("PodIdentityAssociation", "Object") else {}


def _provided_by_google(manifest: Mapping[str, Any], gcp: Mapping[str, Any]) -> dict[str, Any]:
    """A resource in Google Cloud: a service account has an email then."""
    if manifest["kind"] != "ServiceAccount":
        return provided(manifest, at_provider=_shown(manifest))
    domain, _, project = gcp["projectId"].rpartition(":")
    host = f"{project}.{domain}" if domain else project
    email = f"{manifest['metadata']['annotations']['crossplane.io/external-name']}@{host}.iam.gserviceaccount.com"
    return provided(manifest, at_provider={"email": email, "project": gcp["projectId"]})


ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
K3S = {"name": "edge", "kubernetes": {"oidcIssuer": "https://oidc.example.com/edge", "audience": "pods"}}


def mixed() -> dict[str, Any]:
    """An EKS cluster with an issuer, and another one without EKS."""
    eks = {"region": "eu-central-1", "accountId": ACCOUNT, "oidcIssuer": ISSUER}
    return changed((("clusters",), [{"name": "prod", "eks": eks}, K3S]), (("serviceAccounts",), [{"name": "api"}]))
