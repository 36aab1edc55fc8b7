"""Pods of virtual clusters: in AWS and in Google Cloud they are known by the names that the host cluster has for them.

These are the walks of the guide "Pod Identity in vCluster", by its own names; the examples vcluster-gcp, source-role and platform-half.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.controlplane import provider_kubernetes
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.conftest import NewIdentity
from tests.e2e.identities import Identity
from tests.e2e.specs import (
    ACCOUNT,
    CUSTOMER,
    HOST,
    HOST_ROLE,
    SPANNER_VIEWER,
    WORKLOAD_IDENTITY_USER,
    Spec,
    customers_project,
    example,
    spec,
)

_NAMESPACE, _NAME = "loft-devspace-v-sync", "demo-sa-x-default-x-sync"
_WITHIN = {"namespace": "default", "name": "demo-sa", "vcluster": "sync", "hostNamespace": _NAMESPACE, "hostName": _NAME}


@pytest.fixture(scope="module")
def vcluster(plane: ControlPlane) -> Iterator[None]:
    """What plays the vcluster's own API server: that of the control plane."""
    with provider_kubernetes.running(plane, "vcluster-sync"):
        yield


def test_the_guides_walk_in_google_cloud(identity: Identity, google: ControlPlane, vcluster: None) -> None:
    identity, written = replace(identity, provider="gcp"), example("vcluster-gcp")
    project = written["gcp"]["projectId"] = customers_project(identity.flavour.name)
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "demo-sa", "namespace": "default"}}
    Kubectl(identity.plane.places).apply(account)

    identity.apply(written)
    identity.settle()
    email = f"spanner-viewer@{project}.iam.gserviceaccount.com"
    pod = f"serviceAccount:kosmos-prod-436507.svc.id.goog[{_NAMESPACE}/{_NAME}]"
    google_cloud, status = identity.google(), identity.read()["status"]
    assert google_cloud.policy(f"projects/{project}/serviceAccounts/{email}") == (
        {"role": WORKLOAD_IDENTITY_USER, "members": [pod]},
    )
    assert _by_role(google_cloud.policy(f"projects/{project}")) == {
        "roles/owner": ["group:platform@example.com"],
        SPANNER_VIEWER: [f"serviceAccount:{email}", "user:dba@example.com"],
    }
    assert status["identity"] == email
    assert status["gcp"] == {"serviceAccountEmail": email, "principals": [pod]}
    annotations = {"iam.gke.io/gcp-service-account": email}
    assert status["serviceAccounts"] == [{"cluster": "prod", "annotations": annotations, **_WITHIN}]
    assert _annotations(identity).items() >= annotations.items()
    assert {name: found[:2] for name, found in identity.our_conditions().items()} == {
        "SpecValid": ("True", "Valid"),
        "BindingsReady": ("True", "Available"),
    }

    identity.delete()
    identity.wait_gone()
    # The other flavour annotates the same service account.
    identity.until(lambda: not identity.objects(), "without an Object")
    assert identity.google().account_ids(project) == []
    left = _by_role(identity.google().policy(f"projects/{project}"))
    assert left["roles/owner"] == ["group:platform@example.com"]
    assert "user:dba@example.com" in left[SPANNER_VIEWER]


def _annotations(identity: Identity) -> dict[str, str]:
    found = identity.api.get("", "v1", "serviceaccounts", "default", "demo-sa") or {}
    annotations: dict[str, str] = found["metadata"].get("annotations", {})
    return annotations


def _by_role(policy: tuple[dict[str, Any], ...]) -> dict[str, list[str]]:
    return {binding["role"]: binding["members"] for binding in policy}


def test_the_guides_walk_in_aws(identity: Identity, new_identity: NewIdentity) -> None:
    """The developer makes the target role, the platform the association."""
    developer, platform = identity, new_identity(identity.flavour)
    cluster, role = f"host-{developer.namespace}", f"{developer.namespace}-eks-pod-identity-aws-resources"
    written = _in_cluster("source-role", cluster)
    written["aws"]["role"]["name"] = role
    developer.apply(written)
    developer.settle()
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{HOST}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": HOST_ROLE}},
    }
    # Word for word what the guide says.
    assert _trust(developer, role) == [statement]
    assert developer.our_conditions()["AssociationsReady"][:2] == ("True", "NotManaged")
    arn = developer.read()["status"]["identity"]
    assert arn == f"arn:aws:iam::{CUSTOMER}:role/{role}"

    # The guide's policy admits every pod that has the host's role. By default only the listed ones are.
    del written["aws"]["trust"]
    developer.apply(written)
    tags = {
        "eks-cluster-arn": f"arn:aws:eks:ap-northeast-2:{HOST}:cluster/{cluster}",
        "kubernetes-namespace": _NAMESPACE,
        "kubernetes-service-account": _NAME,
    }
    pinned = {"StringEquals": {f"aws:RequestTag/{name}": value for name, value in tags.items()}}
    statement["Condition"] = {"ArnEquals": {"aws:PrincipalArn": HOST_ROLE}, **pinned}
    developer.until(lambda: _trust(developer, role) == [statement], "with the pods' tags in the trust policy")
    developer.settle()

    written = _in_cluster("platform-half", cluster)
    written["aws"] |= {"providerConfigRef": {"name": "host"}, "targetRole": {"arn": arn}}
    platform.apply(written)
    platform.settle()
    (found,) = (one for one in platform.cloud(HOST).associations(_NAMESPACE) if one.cluster == cluster)
    assert (found.service_account, found.role_arn, found.target_role_arn) == (_NAME, HOST_ROLE, arn)
    assert platform.read()["status"]["identity"] == arn
    (entry,) = platform.read()["status"]["serviceAccounts"]
    assert entry == {"cluster": cluster, "associationId": found.id, **_WITHIN}
    assert not platform.of_kind("Role")


def _in_cluster(name: str, cluster: str) -> Spec:
    """An example, in a cluster of its own: XR and claim would ask for the same association."""
    written = example(name)
    written["clusters"][0]["name"] = cluster
    return written


def _trust(identity: Identity, role: str) -> Any:
    return json.loads(identity.cloud(CUSTOMER).role(role).trust)["Statement"]


def test_irsa_knows_pods_by_their_host_names(identity: Identity) -> None:
    issuer = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    eks = {"region": "eu-central-1", "accountId": ACCOUNT, "oidcIssuer": f"https://{issuer}"}
    cluster = {"name": "prod", "eks": eks, "vcluster": {"name": "sync", "project": "devspace", "serviceAccountSync": True}}
    accounts = [{"name": "demo-sa", "namespace": "default"}]
    identity.apply(spec(clusters=(cluster,), credentials=["IRSA"]) | {"serviceAccounts": accounts})
    identity.settle()
    role = identity.role()
    (statement,) = json.loads(identity.cloud().role(role.external_name).trust)["Statement"]
    subject = f"system:serviceaccount:{_NAMESPACE}:{_NAME}"
    assert statement["Condition"] == {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}}
    assert identity.read()["status"]["serviceAccounts"] == [
        {
            "cluster": "prod",
            "annotations": {"eks.amazonaws.com/role-arn": identity.read()["status"]["identity"]},
            **_WITHIN,
        }
    ]
    assert not identity.associations()
