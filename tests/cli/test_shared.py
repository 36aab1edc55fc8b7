"""`podidentity validate` of several documents: what two of them both make."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import run, written
from tests.support.xrs import ISSUER, changed, xr

EKS = {"region": "eu-central-1", "accountId": "111122223333", "oidcIssuer": ISSUER}
GKE = {"projectId": "acme-prod", "location": "europe-west1"}
CONFIG = {"kind": "ClusterProviderConfig", "name": "kube"}


def document(name: str, kind: str = "PodIdentity", namespace: str = "data", **spec: Any) -> dict[str, Any]:
    base = {"clusters": [{"name": "prod", "eks": EKS}], "serviceAccounts": [{"name": "api"}], "aws": {}}
    return {**xr(changed(base={**base, **spec})), "kind": kind, "metadata": {"name": name, "namespace": namespace}}


def google(name: str, **gcp: Any) -> dict[str, Any]:
    """A PodIdentity in Google Cloud."""
    made = document(name, clusters=[{"name": "gke", "gke": GKE}])
    spec = {key: value for key, value in made["spec"].items() if key != "aws"}
    return {**made, "spec": {**spec, "gcp": {"projectId": "customer-project", **gcp}}}


def irsa(name: str, **spec: Any) -> dict[str, Any]:
    return document(name, aws={"credentials": ["IRSA"]}, **spec)


MANAGED: dict[str, Any] = {
    "clusters": [{"name": "prod", "eks": EKS, "kubernetesProviderConfigRef": CONFIG}],
    "serviceAccountManagement": "Annotate",
}
POLICY = {"name": "read", "statements": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}
ONCE = "EKS allows one association for a service account: leave it out of one of them"
SAME = "each would change and delete what is the other's: give one of them another name"
ONE_VALUE = "with another value, and a service account carries one: its pods get one of the identities only"
GRANTED = "that works, but deleting one takes it from the other until the provider makes it again"
ARN = "annotation eks.amazonaws.com/role-arn of service account data/api in cluster prod"
API = "the association of service account data/api in cluster prod"
VIEWER = {"roles": [{"role": "roles/viewer"}], "serviceAccount": {"email": "x@customer-project.iam.gserviceaccount.com"}}
X = "serviceAccount:x@customer-project.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("one", "two", "errors"),
    [
        (document("a"), document("b"), [f"spec.serviceAccounts[0]: {API} is also made by {{}}, spec.serviceAccounts[0]: {ONCE}"]),
        (
            document("a", serviceAccounts=[{"name": "z"}, {"name": "api", "namespaces": ["data", "shop"]}]),
            document("b", "PodIdentityClaim", serviceAccounts=[{"name": "api", "namespaces": ["shop", "data"]}]),
            [f"spec.serviceAccounts[0]: {API.replace('data', 'shop')} (and 1 more) is also made by {{}}, spec.serviceAccounts[1]: {ONCE}"],
        ),
        (
            # By another handle, and with a target role: EKS has one association all the same.
            document("a", clusters=[{"name": "here", "eks": {**EKS, "clusterName": "prod"}}]),
            document("b", aws={"targetRole": {"arn": "arn:aws:iam::340605141517:role/x"}}),
            [f"spec.serviceAccounts[0]: {API} is also made by {{}}, spec.serviceAccounts[0]: {ONCE}"],
        ),
        (
            document("a", aws={"role": {"name": "shop"}, "permissions": {"managedPolicies": [{**POLICY, "name": "x"}, POLICY]}}),
            document("b", serviceAccounts=[{"name": "z"}], aws={"role": {"name": "Shop"}, "permissions": {"managedPolicies": [POLICY]}}),
            [
                f"spec.aws.role.name: IAM role arn:aws:iam::111122223333:role/Shop is also made by {{}}, spec.aws.role.name: {SAME}",
                f"spec.aws.permissions.managedPolicies[0].name: managed policy read is also made by {{}}, spec.aws.permissions.managedPolicies[1].name: {SAME}",
            ],
        ),
        (
            document("a"),
            document("a", "PodIdentityClaim", serviceAccounts=[{"name": "z"}]),
            [f"metadata.name: IAM role arn:aws:iam::111122223333:role/data-a-48641e6b9dd3998f is also made by {{}}, metadata.name: {SAME}"],
        ),
        (
            google("a", serviceAccount={"accountId": "reports"}),
            {**google("b", serviceAccount={"accountId": "reports"}), "metadata": {"name": "b", "namespace": "shop"}},
            [f"spec.gcp.serviceAccount.accountId: IAM service account reports@customer-project.iam.gserviceaccount.com is also made by {{}}, spec.gcp.serviceAccount.accountId: {SAME}"],
        ),
        (irsa("a", **MANAGED), irsa("b", **MANAGED), [f"spec.serviceAccounts[0]: {ARN} is also made by {{}}, spec.serviceAccounts[0]: {ONE_VALUE}"]),
    ],
    ids=["association", "entry", "handle", "written names", "one owner", "google service account", "annotation"],
)  # fmt: skip
def test_what_two_documents_cannot_both_make(tmp_path: Path, one: Any, two: Any, errors: list[str]) -> None:
    first, second = written(tmp_path, one, name="one.yaml"), written(tmp_path, two, name="two.yaml")
    result = run("validate", first, second)
    place, other = (
        f"{file}: document 1 ({each['kind']} {each['metadata']['namespace']}/{each['metadata']['name']})"
        for file, each in ((second, two), (first, one))
    )
    counted = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
    assert result.output.splitlines() == [
        f"error: {place}: {counted}",
        *(f"  {error.format(other)}" for error in errors),
        "1 valid, 1 with errors",
    ]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("one", "two", "notes"),
    [
        (
            google("a", **VIEWER),
            google("b", **VIEWER) | {"metadata": {"name": "b", "namespace": "shop"}},
            [f"spec.gcp.roles: roles/viewer on project customer-project for {X} is also made by {{}}, spec.gcp.roles: {GRANTED}"],
        ),
        (irsa("a"), irsa("b"), [f"spec.serviceAccounts[0]: {ARN} is also made by {{}}, spec.serviceAccounts[0]: {ONE_VALUE}"]),
        # One of them for a while, as in a migration.
        (irsa("a"), document("b"), []),
        # The same role for both, which a third owns.
        (
            irsa("a") | {"spec": {**irsa("a")["spec"], "aws": {"credentials": ["IRSA"], "role": {"arn": "arn:aws:iam::111122223333:role/x"}}}},
            irsa("b") | {"spec": {**irsa("b")["spec"], "aws": {"credentials": ["IRSA"], "role": {"arn": "arn:aws:iam::111122223333:role/x"}}}},
            [],
        ),
        # Other clusters, other accounts.
        (document("a", aws={"role": {"name": "shop"}}), document("b", clusters=[{"name": "prod", "eks": {**EKS, "region": "eu-west-1", "oidcIssuer": ISSUER.replace("central", "west")}}]), []),
        # Only looked at.
        (document("a", managementPolicies=["Observe"]), document("b"), []),
        # One object, as it is on two control planes.
        (document("a"), document("a"), []),
        (document("a"), document("a", "PodIdentity", serviceAccounts=[{"name": "api"}, {"name": "z"}]), []),
    ],
    ids=["grant", "annotation", "migration", "existing role", "other cluster", "observed", "same", "same object"],
)  # fmt: skip
def test_what_two_documents_can_both_make(tmp_path: Path, one: Any, two: Any, notes: list[str]) -> None:
    file = written(tmp_path, one, two)
    result = run("validate", file)
    title, other = (
        f"{file}: document {number} (PodIdentity {each['metadata']['namespace']}/{each['metadata']['name']})"
        for number, each in ((2, two), (1, one))
    )
    lines = [*(f"note: {title}: {note.format(other)}" for note in notes), "2 valid, 0 with errors"]
    assert (result.output.splitlines(), result.exit_code) == (lines, 0)


def test_names_in_the_host_cluster_meet(tmp_path: Path) -> None:
    """One document names the service account in its vcluster, the other by what the host cluster calls it."""
    inner = {"name": "inner", "eks": EKS, "vcluster": {"name": "sync", "hostNamespace": "v", "serviceAccountSync": True}}
    inner["eks"] = {**EKS, "clusterName": "prod"}
    one = document("a", clusters=[inner], serviceAccounts=[{"name": "api", "namespace": "n"}])
    two = document("b", serviceAccounts=[{"name": "api-x-n-x-sync", "namespace": "v"}])
    result = run("validate", written(tmp_path, one, two))
    assert "the association of service account v/api-x-n-x-sync in cluster prod is also made by" in result.output


def test_documents_with_errors_of_their_own_are_left_out(tmp_path: Path) -> None:
    result = run("validate", written(tmp_path, document("a", zzz=1), document("b")))
    assert "also made" not in result.output
    assert result.output.endswith("1 valid, 1 with errors\n")
