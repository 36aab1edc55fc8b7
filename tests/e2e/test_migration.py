"""From IRSA to EKS Pod Identity, step by step, without a moment in which no credential works; with the real provider-kubernetes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from function.clouds.aws.trust.requests import Pod, Token, admits_all, admits_pod, token_requests
from tests.controlplane import provider_kubernetes
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.identities import Identity
from tests.e2e.specs import ACCOUNT, CLUSTER, spec

pytestmark = pytest.mark.real
_ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
_CLUSTER: dict[str, Any] = {
    **CLUSTER,
    "eks": {"region": "eu-central-1", "accountId": ACCOUNT, "oidcIssuer": _ISSUER},
    "kubernetesProviderConfigRef": {"name": "default"},
}
_ARN = f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/prod"
_ANNOTATION = "eks.amazonaws.com/role-arn"


@pytest.fixture(scope="module", autouse=True)
def provider(plane: ControlPlane) -> Iterator[None]:
    with provider_kubernetes.running(plane):
        yield


def _written(*credentials: str, management: str = "Annotate") -> dict[str, Any]:
    return spec("app", clusters=(_CLUSTER,), credentials=list(credentials)) | {"serviceAccountManagement": management}


def _annotations(identity: Identity) -> dict[str, str] | None:
    """The annotations of the service account that are ours or the user's; None where it is gone."""
    found = identity.api.get("", "v1", "serviceaccounts", identity.namespace, "app")
    if found is None:
        return None
    annotations: dict[str, str] = found["metadata"].get("annotations", {})
    return {name: value for name, value in annotations.items() if not name.startswith("kubectl.")}


def _policies(identity: Identity, name: str) -> list[dict[str, Any]]:
    """Every trust policy that the role has had, in their order."""
    calls = [e for call in ("CreateRole", "UpdateAssumeRolePolicy") for e in identity.cloud().calls_named(call, name)]
    ordered = sorted(calls, key=lambda entry: entry.time)
    fields = {"CreateRole": "assume_role_policy", "UpdateAssumeRolePolicy": "policy_document"}
    return [json.loads(entry.arguments[fields[entry.call]]) for entry in ordered]


def test_a_migration_leaves_no_pod_without_credentials(identity: Identity) -> None:
    places, namespace = identity.plane.places, identity.namespace
    metadata = {"name": "app", "namespace": namespace, "annotations": {"team": "data"}}
    Kubectl(places).apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    token, pod = token_requests(Token(_ISSUER, namespace, "app"), "aws", ACCOUNT), Pod(_ARN, namespace, "app")

    identity.apply(_written("IRSA"))
    identity.settle()
    role = identity.role().external_name
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    identity.until(lambda: _annotations(identity) == {"team": "data", _ANNOTATION: arn}, "annotated")
    assert identity.read()["status"]["serviceAccounts"][0]["annotations"] == {_ANNOTATION: arn}
    assert not identity.associations()
    (first,) = _policies(identity, role)
    assert (admits_all(first, token).allowed, admits_pod(first, pod).allowed) == (True, False)
    before = identity.read()["status"]["rolloutToken"]

    identity.apply(_written("IRSA", "PodIdentity"))
    identity.until(identity.associations, "with an association")
    identity.settle()
    # Pods that run have tokens, new ones get Pod Identity: every policy so far admits the first, the last one both.
    both = _policies(identity, role)
    assert all(admits_all(policy, token).allowed for policy in both)
    assert admits_pod(both[-1], pod).allowed
    identity.until(lambda: identity.read()["status"].get("rolloutToken") not in (None, before), "with another rollout token")

    identity.apply(_written("PodIdentity"))
    identity.until(lambda: not admits_all(_policies(identity, role)[-1], token).allowed, "without trust in tokens")
    identity.settle()
    assert all(admits_pod(policy, pod).allowed for policy in _policies(identity, role)[len(both) - 1 :])
    assert len(identity.cloud().associations(namespace)) == 1
    # The annotation outlives the Object, and means nothing where there is an association.
    assert _annotations(identity) == {"team": "data", _ANNOTATION: arn}


def test_service_accounts_of_ones_own_come_and_go(identity: Identity) -> None:
    identity.apply(_written("IRSA", management="Own"))
    identity.settle()
    arn = identity.read()["status"]["identity"]
    identity.until(lambda: _annotations(identity) == {_ANNOTATION: arn}, "made and annotated")
    # What the provider makes counts as ready from its next look on.
    said = "IRSA needs no associations; the service accounts are annotated (1)"
    identity.until(lambda: identity.our_conditions()["AssociationsReady"][2] == said, "said to be annotated")
    identity.delete()
    identity.wait_gone()
    identity.until(lambda: _annotations(identity) is None, "without its service account")
