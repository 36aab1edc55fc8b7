"""PodIdentityClusters for tests: a small valid one, and how the function is asked about it."""

from collections.abc import Iterable, Mapping
from typing import Any

from function.catalogue.entry import Fetched, Objects, requirement, spec_digest
from function.observed import RESOURCE_NAME, Observed
from function.podidentitycluster.compose import compose_cluster
from function.result import Result

ACCOUNT, OTHER_ACCOUNT = "678801588313", "340605141517"
REGION = "ap-northeast-2"
ARN = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/prod-apne2"
HOST = "oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
ISSUER = f"https://{HOST}"


def eks(**fields: Any) -> dict[str, Any]:
    """An EKS cluster that is observed, with these fields; `...` takes one away."""
    whole = {"clusterName": "prod-apne2", "region": REGION, "observe": True, **fields}
    return {"eks": _without_absent(whole)}


def gke(**fields: Any) -> dict[str, Any]:
    """A GKE cluster that is observed, with these fields; `...` takes one away."""
    whole = {"clusterName": "prod-ew1", "location": "europe-west1", "observe": True, **fields}
    return {"gke": _without_absent(whole)}


def vcluster(**fields: Any) -> dict[str, Any]:
    """A vcluster of the entry prod, with these fields; `...` takes one away."""
    whole = {"hostCluster": "prod", "name": "sync", "project": "devspace", "serviceAccountSync": True, **fields}
    return {"vcluster": _without_absent(whole)}


def _without_absent(whole: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in whole.items() if value is not ...}


EKS_FACTS = {"clusterName": "prod-apne2", "region": REGION, "accountId": ACCOUNT, "arn": ARN, "oidcIssuer": ISSUER}
GKE_FACTS = {
    "projectId": "prod-436507",
    "clusterName": "prod-ew1",
    "location": "europe-west1",
    "workloadPool": "prod-436507.svc.id.goog",
}
EKS_SEEN = {"arn": ARN, "identity": [{"oidc": [{"issuer": ISSUER}]}], "computeConfig": {"enabled": False}, "region": REGION}
GKE_SEEN = {"project": "prod-436507", "workloadIdentityConfig": {"workloadPool": "prod-436507.svc.id.goog"}}

OF_ACCOUNT = {"accountId": ACCOUNT, "providerConfigRef": {"name": "prod"}}
OF_OTHER = {"accountId": OTHER_ACCOUNT, "providerConfigRef": {"name": "customer"}}


def xr(spec: Any, name: str = "prod", known: Mapping[str, Any] | None = None, of_spec: Any = None) -> dict[str, Any]:
    """An XR whose status.cluster is what was known, of this spec or of the one before."""
    base = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityCluster", "metadata": {"name": name}, "spec": spec}
    return {**base, "status": held(known, of_spec or spec)} if known is not None else base


def held(facts: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the status that says which facts followed from which spec."""
    return {"cluster": dict(facts), "specDigest": spec_digest(spec)}


def composed(
    spec: Any,
    observed: Iterable[Mapping[str, Any]] = (),
    required: Objects | None = None,
    *,
    name: str = "prod",
    known: Mapping[str, Any] | None = None,
    of_spec: Any = None,
) -> Result:
    """What the core makes of a spec."""
    return compose_cluster(xr(spec, name, known, of_spec), Observed.from_manifests(observed), Fetched.read(required or {}))


def entry(
    name: str = "prod",
    *,
    facts: Mapping[str, Any] | None = None,
    resolved: str = "True",
    refused: str = "",
    edited: bool = False,
    **status: Any,
) -> Objects:
    """The entry of the host, as Crossplane fetched it."""
    conditions = [{"type": "FactsResolved", "status": resolved, "message": "the observed cluster does not exist yet"}]
    conditions += [{"type": "SpecValid", "status": "False", "message": refused}] if refused else []
    spec = {"eks": {"region": REGION}} if edited else {}
    found = {"metadata": {"name": name}, "spec": spec, "status": {**held(facts or {}, {}), "conditions": conditions, **status}}
    return {requirement(name).name: (found,)}


def absent(name: str = "prod") -> Objects:
    """No such entry: Crossplane looked and found none."""
    return {requirement(name).name: ()}


def by_kind(result: Result) -> dict[str, list[dict[str, Any]]]:
    """The resources as YAML would show them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in result.resources:
        found.setdefault(resource.object()["kind"], []).append(resource.object())
    return found


def conditions(result: Result) -> dict[str, tuple[str, str, str]]:
    """The conditions by type."""
    return {c.type: (c.status, c.reason, c.message) for c in result.conditions}


def seen(result: Result, at_provider: Mapping[str, Mapping[str, Any]], **states: tuple[str, str, str]) -> list[dict[str, Any]]:
    """What was composed as the providers leave it: `at_provider` and (ready, synced, message) by kind."""
    return [_provided(made.name, made.object(), at_provider, states) for made in result.resources]


def _provided(
    name: str,
    manifest: dict[str, Any],
    at_provider: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, tuple[str, str, str]],
) -> dict[str, Any]:
    ready, synced, message = states.get(manifest["kind"], ("True", "True", ""))
    annotations = {**manifest["metadata"]["annotations"], RESOURCE_NAME: name}
    known: dict[str, Any] = dict(at_provider.get(manifest["kind"], {}))
    if manifest["kind"] == "OpenIDConnectProvider" and not known:
        known["arn"] = manifest["metadata"]["annotations"]["crossplane.io/external-name"]
        known["clientIdList"] = manifest["spec"]["initProvider"]["clientIdList"]
    listed = [
        {"type": "Ready", "status": ready, "reason": "Seen", "message": message},
        {"type": "Synced", "status": synced, "reason": "Seen", "message": message},
    ]
    status = {"atProvider": known, "conditions": listed}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}, "status": status}
