"""`podidentity render --observed`: whose the observed resources are, and what becomes of them, in words."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from function.cli.description import described
from tests.support.cli import run, written
from tests.support.xrs import changed, xr

SMALL = changed((("clusters", 1), ...), (("serviceAccounts",), [{"name": "api"}]))
PREFIX = "crossplane.io"
_COUNT = "{} of {} observed resources stay\n"
_NONE = "none of the observed resources is of these documents\n"


def document(kind: str = "PodIdentity", name: str = "reports", **spec: Any) -> dict[str, Any]:
    made = {**xr(SMALL), "kind": kind, "metadata": {"name": name, "namespace": "data"}}
    if kind == "XPodIdentity":
        made["metadata"] = {"name": name}
        spec = {"serviceAccounts": [{"name": "api", "namespace": "data"}], **spec}
    return {**made, "spec": {**SMALL, **spec}}


def composed(folder: Path, of: dict[str, Any], *, namespace: str | None = "data", **metadata: Any) -> list[dict[str, Any]]:
    """What is composed for a document, with the metadata that Crossplane gives it."""
    _, *resources = yaml.safe_load_all(run("render", written(folder, of, name="composed.yaml")).stdout)
    for resource in resources:
        resource["metadata"] |= {**({"namespace": namespace} if namespace else {}), **copy.deepcopy(metadata)}
    return resources


def controller(kind: str, name: str, group: str = "podidentity.dev") -> dict[str, Any]:
    reference = {"apiVersion": f"{group}/v1alpha1", "kind": kind, "name": name, "controller": True, "uid": "u"}
    return {"ownerReferences": [reference]}


def labels(**values: str) -> dict[str, Any]:
    return {"labels": {f"{PREFIX}/{name.replace('_', '-')}": value for name, value in values.items()}}


CLAIM = labels(composite="reports-x7k2p", claim_name="reports", claim_namespace="data")
OTHERS_CLAIM = labels(composite="reports-aaaaa", claim_name="reports", claim_namespace="shop")


@pytest.mark.parametrize(
    ("kind", "metadata", "mine"),
    [
        ("PodIdentity", {}, True),
        ("PodIdentity", {"namespace": None}, True),
        ("PodIdentity", {"namespace": "shop"}, "in namespace shop (2)"),
        ("PodIdentity", controller("PodIdentity", "reports"), True),
        ("PodIdentity", {**controller("PodIdentity", "reports"), **labels(composite="other")}, True),
        ("PodIdentity", controller("PodIdentity", "second"), "of PodIdentity data/second (2)"),
        ("PodIdentity", {"namespace": "shop", **controller("PodIdentity", "reports")}, "of PodIdentity shop/reports (2)"),
        ("PodIdentity", controller("XPodIdentity", "reports"), "of XPodIdentity reports (2)"),
        ("PodIdentity", controller("PodIdentity", "reports", "eks.example.org"), "of PodIdentity.eks.example.org reports (2)"),
        ("PodIdentity", labels(composite="reports"), True),
        ("PodIdentity", labels(composite="second"), "of an XR called data/second (2)"),
        ("PodIdentity", {"namespace": "shop", **labels(composite="reports")}, "of an XR called shop/reports (2)"),
        ("PodIdentityClaim", {"namespace": None, **CLAIM}, True),
        ("PodIdentityClaim", {"namespace": None, **CLAIM, **controller("XPodIdentity", "reports-x7k2p")}, True),
        ("PodIdentityClaim", {"namespace": None, **OTHERS_CLAIM}, "of PodIdentityClaim shop/reports (2)"),
        ("PodIdentityClaim", {"namespace": None, **controller("XPodIdentity", "reports-zzzzz")}, "of XPodIdentity reports-zzzzz (2)"),
        ("PodIdentityClaim", {"namespace": None, **CLAIM, **controller("XBucket", "reports-x", "s3.org")}, "of XBucket.s3.org reports-x (2)"),
        ("PodIdentityClaim", {}, True),
        ("XPodIdentity", {"namespace": None, **CLAIM, **controller("XPodIdentity", "reports")}, True),
        ("XPodIdentity", {"namespace": None, **CLAIM, **controller("XPodIdentity", "second")}, "of PodIdentityClaim data/reports (2)"),
        ("PodIdentity", {"ownerReferences": "x", "labels": ["y"]}, True),
    ],
)  # fmt: skip
def test_only_what_belongs_to_a_document_counts(tmp_path: Path, kind: str, metadata: dict[str, Any], mine: bool | str) -> None:
    wanted = document(kind)
    observed = written(tmp_path, *composed(tmp_path, wanted, **metadata), name="observed.yaml")
    said = run("render", written(tmp_path, wanted), "-o", observed).stderr
    if mine is True:
        assert said == _COUNT.format(2, 2)
    else:
        assert said.startswith(
            f"{_NONE}  new: PodIdentityAssociation of service account data/api in cluster prod (association-"
        )
        assert said.endswith(f"note: observed resources of somebody else do not count: {mine}\n")


def test_an_exported_claim_knows_its_xr(tmp_path: Path) -> None:
    reference = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "XPodIdentity", "name": "reports-x7k2p"}
    claim = document("PodIdentityClaim", resourceRef=reference)
    resources = composed(tmp_path, claim, namespace=None, **controller("XPodIdentity", "reports-x7k2p"))
    observed = written(tmp_path, *resources, name="observed.yaml")
    assert run("render", written(tmp_path, claim), "-o", observed).stderr == _COUNT.format(2, 2)


def test_what_others_have_decides_nothing(tmp_path: Path) -> None:
    """Two PodIdentities compose the same Google grant: that of the other says nothing of this one's being ready."""
    mine = document()
    resources = composed(tmp_path, mine, **controller("PodIdentity", "second"))
    for resource in resources:
        resource["status"] = {"conditions": [{"type": kind, "status": "True"} for kind in ("Ready", "Synced")]}
    observed = written(tmp_path, *resources, name="observed.yaml")
    status = next(yaml.safe_load_all(run("render", written(tmp_path, mine), "-o", observed).stdout))["status"]
    assert {c["type"]: c["status"] for c in status["conditions"]}["RoleReady"] == "False"


def test_several_documents_and_a_namespace_of_many(tmp_path: Path) -> None:
    """As `kubectl get managed -n data -o yaml` prints it; each document has its own, and edits are counted together."""
    first, second = document(), document(name="second", serviceAccounts=[{"name": "worker"}, {"name": "gone"}])
    names = [f"other-{number}" for number in range(7)]
    resources = [
        resource
        for one in (first, second, *(document(name=name) for name in names))
        for resource in composed(tmp_path, one, **controller("PodIdentity", one["metadata"]["name"]))
    ]
    observed = written(tmp_path, {"apiVersion": "v1", "kind": "List", "items": resources}, name="observed.yaml")
    edited = document(name="second", serviceAccounts=[{"name": "worker"}])
    said = run("render", written(tmp_path, first, edited), "-o", observed).stderr.splitlines()
    assert said[0] == "4 of 5 observed resources stay"
    assert said[1].startswith("  deleted: PodIdentityAssociation of service account data/gone in cluster prod (association-")
    others = ", ".join(f"of PodIdentity data/{name} (2)" for name in names[:5])
    assert said[2:] == [f"note: observed resources of somebody else do not count: {others}, and 2 more owners"]


def test_entries_of_the_catalogue_have_their_own(tmp_path: Path) -> None:
    provider = {"accountId": "111122223333", "providerConfigRef": {"name": "prod"}}
    issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
    eks = {"region": "eu-west-1", "accountId": "111122223333", "oidcIssuer": issuer, "oidcProviders": [provider]}
    entry = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityCluster", "metadata": {"name": "prod"}, "spec": {"eks": eks}}  # fmt: skip
    for owner, said in (("prod", _COUNT.format(1, 1)), ("stage", _NONE)):
        resources = composed(tmp_path, entry, namespace="crossplane-system", **controller("PodIdentityCluster", owner))
        observed = written(tmp_path, *resources, name="observed.yaml")
        assert run("render", written(tmp_path, entry), "-o", observed).stderr.startswith(said)


def test_one_is_told_once_that_nothing_is_there(tmp_path: Path) -> None:
    file = written(tmp_path, document(), document(name="second"))
    line = (
        "# Rendered without --observed, as if nothing existed yet: conditions that are False because of that are no errors.\n"
    )
    rendered = run("render", file).stdout
    assert rendered.startswith(f"{line}---\n")
    assert rendered.count(line) == 1
    assert line not in run("render", file, "-o", written(tmp_path, "a: 1", name="observed.yaml")).stdout


def test_observed_is_a_file(tmp_path: Path) -> None:
    result = run("render", written(tmp_path, document()), "-o", tmp_path)
    assert (result.exit_code, result.output) == (1, f"error: {tmp_path}: is a folder: name a file\n")


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("Role", {}, "Role reports"),
        ("Policy", {}, "Policy reports"),
        ("RolePolicy", {"role": "shop"}, "RolePolicy reports of role shop"),
        ("RolePolicyAttachment", {"role": "shop", "policyArn": "arn:x"}, "RolePolicyAttachment of arn:x to role shop"),
        ("PodIdentityAssociation", {"namespace": "n", "serviceAccount": "a", "clusterName": "c"}, "PodIdentityAssociation of service account n/a in cluster c"),
        ("PodIdentityAssociation", {"namespace": "n", "serviceAccount": "a"}, "PodIdentityAssociation reports"),
        ("ServiceAccount", {"project": "p"}, "ServiceAccount reports in project p"),
        ("BucketIAMMember", {"bucket": "b", "role": "roles/x", "member": "m", "bucketRef": {"name": "z"}}, "BucketIAMMember of roles/x on bucket b for m"),
        ("SecretIAMMember", {"secretId": "s", "project": "p", "role": "roles/x", "member": "m"}, "SecretIAMMember of roles/x on project p, secretId s for m"),
        ("SecretIAMMember", {"secretId": "s"}, "SecretIAMMember reports"),
        ("Addon", {"addonName": "agent", "clusterName": "c"}, "Addon agent of cluster c"),
        ("Object", {"manifest": {"kind": "ServiceAccount", "metadata": {"name": "a", "namespace": "n"}}}, "Object of ServiceAccount n/a by provider config config"),
        ("Unheard", "x", "Unheard reports"),
    ],
)  # fmt: skip
def test_what_a_resource_is_called(kind: str, fields: object, words: str) -> None:
    annotations = {f"{PREFIX}/external-name": "reports"}
    spec = {"forProvider": fields, "providerConfigRef": {"name": "config"}}
    assert described({"kind": kind, "metadata": {"annotations": annotations}, "spec": spec}) == words
