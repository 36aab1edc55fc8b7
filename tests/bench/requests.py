"""Requests of a given size, with observed resources as large as real ones."""

from typing import Any

from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.catalogue.entry import NOTHING_FETCHED
from function.compose import compose
from function.observed import Observed

_ACCOUNT = "678801588313"
# What the API server and the provider add to a managed resource: managedFields, mostly.
_OBSERVED_BYTES = 3300
_MANAGED: dict[str, Any] = {
    "manager": "provider",
    "operation": "Apply",
    "fieldsV1": {f"f:field-{i}": {".": {}} for i in range(8)},
}
# With what a list takes for it.
_MANAGED_BYTES = resource.dict_to_struct(_MANAGED).ByteSize() + 6


def podidentity(service_accounts: int, clusters: int) -> dict[str, Any]:
    """A PodIdentity with service_accounts x clusters associations."""
    return {
        "apiVersion": "podidentity.dev/v1alpha1",
        "kind": "PodIdentity",
        "metadata": {"name": "reports", "namespace": "data"},
        "spec": {
            "clusters": [
                {"name": f"prod-{i}", "eks": {"region": "ap-northeast-2", "accountId": _ACCOUNT}} for i in range(clusters)
            ],
            "serviceAccounts": [{"name": f"worker-{i}", "namespace": "data"} for i in range(service_accounts)],
            "tags": {"team": "data"},
            "aws": {
                "trust": {"maxCharacters": 8192},
                "permissions": {
                    "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
                    "inlinePolicies": [
                        {
                            "name": "read",
                            "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::reports/*"]}],
                        }
                    ],
                },
            },
        },
    }


def with_tokens(service_accounts: int, issuers: int) -> dict[str, Any]:
    """A PodIdentity with IRSA: the service accounts are spread over as many clusters as there are issuers."""
    base = podidentity(service_accounts, issuers)
    for number, cluster in enumerate(base["spec"]["clusters"]):
        cluster["eks"]["oidcIssuer"] = f"https://oidc.eks.ap-northeast-2.amazonaws.com/id/{number:032X}"
    for number, account in enumerate(base["spec"]["serviceAccounts"]):
        account["clusters"] = [f"prod-{number % issuers}"]
    base["spec"]["aws"]["credentials"] = ["IRSA"]
    return base


def in_google_cloud(service_accounts: int, roles: int) -> dict[str, Any]:
    """A PodIdentity without an IAM service account: each pod's principal is granted each of the roles."""
    base = podidentity(service_accounts, 1)
    spec = base["spec"]
    gke = {"projectId": "prod-436507", "projectNumber": "123456789012", "location": "europe-west1"}
    granted = [{"role": "roles/storage.objectViewer", "on": {"bucket": f"reports-{number}"}} for number in range(roles)]
    gcp = {"projectId": "customer-project", "mode": "Direct", "roles": granted}
    kept = {name: value for name, value in spec.items() if name != "aws"}
    return {**base, "spec": {**kept, "clusters": [{"name": "prod", "gke": gke}], "gcp": gcp}}


NUMBER = "900090009000"
"""Stands for the number in a numbered request before there is one."""


def numbered(podidentity: dict[str, Any]) -> dict[str, Any]:
    """The PodIdentity with one more tag, whose value stands for a number."""
    spec = podidentity["spec"]
    return {**podidentity, "spec": {**spec, "tags": {**spec.get("tags", {}), "number": NUMBER}}}


class Numbered:
    """A request that differs in a number alone: in a tag, and so in what is rendered. All are equally long."""

    def __init__(self, request: bytes) -> None:
        self._encoded = request

    def encoded(self, number: int) -> bytes:
        """The request with this number."""
        return self._encoded.replace(NUMBER.encode(), f"{number:0{len(NUMBER)}}".encode())


def request(podidentity: dict[str, Any]) -> fnv1.RunFunctionRequest:
    """The steady state: everything is there, ready, and asked for again; or refused again."""
    xr = podidentity
    result = compose(xr, Observed({}), NOTHING_FETCHED)
    built = fnv1.RunFunctionRequest()
    status = {"status": dict(result.status or {})}
    resource.update(built.observed.composite, {**xr, **status})
    for composed in result.resources:
        resource.update(built.observed.resources[composed.name], _as_observed(composed.object()))
    # What is remembered once everything is there.
    for composed in compose(xr, Observed(built.observed.resources), NOTHING_FETCHED).resources[:1]:
        resource.update(built.observed.resources[composed.name], _as_observed(composed.object()))
    return built


def from_catalogue(podidentity: dict[str, Any]) -> fnv1.RunFunctionRequest:
    """The same steady state where the clusters are only named, and the platform's entries have the facts."""
    built, spec = request(podidentity), podidentity["spec"]
    named = {**spec, "clusters": [{"name": cluster["name"]} for cluster in spec["clusters"]]}
    resource.update(built.observed.composite, {"spec": named})
    for cluster in spec["clusters"]:
        entry = {
            "apiVersion": "podidentity.dev/v1alpha1",
            "kind": "PodIdentityCluster",
            "metadata": {"name": cluster["name"]},
            "spec": {"eks": cluster["eks"]},
        }
        result = compose(entry, Observed({}), NOTHING_FETCHED)
        conditions = [{"type": c.type, "status": c.status, "reason": c.reason, "message": c.message} for c in result.conditions]
        entry["status"] = {**(result.status or {}), "conditions": conditions}
        resource.update(built.required_resources[f"cluster-{cluster['name']}"].items.add(), entry)
    return built


def _as_observed(manifest: dict[str, Any]) -> dict[str, Any]:
    name = manifest["spec"]["forProvider"].get("serviceAccount", "role")
    annotations = {
        "crossplane.io/external-name": "a-0123456789abcdefg",
        **manifest.get("metadata", {}).get("annotations", {}),
    }
    metadata: dict[str, Any] = {
        "name": f"reports-{name}",
        "namespace": "data",
        "uid": "8f4d9b62-58d0-4c4b-9e4e-8a8f5f6f2a11",
        "annotations": annotations,
        "managedFields": [],
    }
    conditions = [
        {"type": kind, "status": "True", "reason": "Seen", "lastTransitionTime": "2026-11-23T10:00:00Z"}
        for kind in ("Ready", "Synced", "LastAsyncOperation")
    ]
    provided = {
        "arn": f"arn:aws:iam::{_ACCOUNT}:role/{annotations['crossplane.io/external-name']}",
        "id": "a-0123456789abcdefg",
        **manifest["spec"]["forProvider"],
    }
    observed = {**manifest, "metadata": metadata, "status": {"atProvider": provided, "conditions": conditions}}
    wanting = _OBSERVED_BYTES - resource.dict_to_struct(observed).ByteSize()
    metadata["managedFields"] += [_MANAGED] * -(-max(0, wanting) // _MANAGED_BYTES)
    return observed
