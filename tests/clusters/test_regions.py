"""Every region that botocore knows, of every partition: which ARNs are rendered there, and which issuers are EKS's own."""

import json
from functools import cache
from typing import Any

import pytest
from botocore.loaders import create_loader  # type: ignore[import-untyped]

from tests.support.xrs import ACCOUNT, changed, composed


@cache
def regions() -> dict[str, str]:
    """Each region's partition."""
    data: Any = create_loader().load_data("endpoints")
    return {region: one["partition"] for one in data["partitions"] for region in one["regions"]}


PARTITIONS = sorted(set(regions().values()))
ISSUER = "/id/0123456789ABCDEF0123456789ABCDEF"


def issuer(region: str) -> str:
    return f"https://oidc.eks.{region}.amazonaws.com{'.cn' if regions()[region] == 'aws-cn' else ''}{ISSUER}"


def eks(region: str, **facts: str) -> dict[str, Any]:
    return {"name": "prod", "eks": {"region": region, "accountId": ACCOUNT, **facts}}


def of(cluster: dict[str, Any], *changes: Any) -> dict[str, Any]:
    return changed((("clusters",), [cluster]), (("serviceAccounts",), [{"name": "api"}]), *changes)


def trust(spec: dict[str, Any]) -> list[dict[str, Any]]:
    result = composed(spec)
    assert result.fatal is None, result.fatal
    (role,) = (made.object() for made in result.resources if made.object()["kind"] == "Role")
    statements: list[dict[str, Any]] = json.loads(role["spec"]["forProvider"]["assumeRolePolicy"])["Statement"]
    return statements


def test_there_are_regions_of_every_partition() -> None:
    assert len(regions()) > 40
    assert set(PARTITIONS) >= {"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}


@pytest.mark.parametrize(("region", "partition"), regions().items())
def test_an_eks_cluster_is_in_its_regions_partition(region: str, partition: str) -> None:
    (statement,) = trust(of(eks(region)))
    arn = f"arn:{partition}:eks:{region}:{ACCOUNT}:cluster/prod"
    assert arn in json.dumps(statement)
    spec = of(eks(region, oidcIssuer=issuer(region)), (("aws", "credentials"), ["IRSA"]))
    (statement,) = trust(spec)
    assert statement["Principal"]["Federated"].startswith(f"arn:{partition}:iam::{ACCOUNT}:oidc-provider/oidc.eks.{region}.")


@pytest.mark.parametrize(("region", "partition"), regions().items())
def test_the_issuer_of_another_region_is_refused(region: str, partition: str) -> None:
    others = [one for one in regions() if one != region]
    for other in others[:: len(others) // 4]:
        result = composed(of(eks(region, oidcIssuer=issuer(other))))
        assert result.fatal is not None
        assert f"is of region {other}, the cluster is in {region}" in result.fatal


@pytest.mark.parametrize(
    ("region", "url", "said"),
    [
        ("eu-central-1", f"https://oidc.eks.eu-central-1.amazonaws.com.cn{ISSUER}", "end in .cn in the regions of China"),
        ("cn-north-1", f"https://oidc.eks.cn-north-1.amazonaws.com{ISSUER}", "end in .cn in the regions of China"),
        (
            "eu-central-1",
            f"https://oidc.eks.eu-central-1.amazonaws.com{ISSUER}/",
            "end in /id/ and the cluster's id, without a / after it",
        ),
        (
            "eu-central-1",
            f"https://oidc.eu-central-1.eks.amazonaws.com{ISSUER}",
            "is no issuer of EKS, which are https://oidc.eks.eu-central-1.amazonaws.com/id/...",
        ),
    ],
)
def test_what_is_no_issuer_of_eks_is_refused(region: str, url: str, said: str) -> None:
    result = composed(of(eks(region, oidcIssuer=url)))
    assert result.fatal is not None
    assert said in result.fatal


@pytest.mark.parametrize(
    "url", ["https://oidc.example.com/prod/", "https://oidc-eks.eu-west-1.amazonaws.com/x", "https://8.8.8.8"]
)
def test_issuers_that_are_not_of_eks_are_free(url: str) -> None:
    assert composed(of(eks("eu-central-1", oidcIssuer=url))).fatal is None


def outside(**facts: str) -> dict[str, Any]:
    return {"name": "edge", "kubernetes": {"oidcIssuer": "https://oidc.example.com/edge", **facts}}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_cluster_outside_eks_is_where_it_is_written_or_where_arns_are(partition: str) -> None:
    boundary = f"arn:{partition}:iam::{ACCOUNT}:policy/tenant"
    account = (("aws", "accountId"), ACCOUNT)
    written = trust(of(outside(partition=partition), account))
    told = trust(of(outside(), account, (("aws", "role", "permissionsBoundaryArn"), boundary)))
    for (statement,) in (written, told):
        assert statement["Principal"]["Federated"] == f"arn:{partition}:iam::{ACCOUNT}:oidc-provider/oidc.example.com/edge"


def test_a_cluster_outside_eks_is_not_in_another_partition_than_what_is_written() -> None:
    boundary = f"arn:aws-us-gov:iam::{ACCOUNT}:policy/tenant"
    spec = of(
        outside(partition="aws-cn"), (("aws", "accountId"), ACCOUNT), (("aws", "role", "permissionsBoundaryArn"), boundary)
    )
    fatal = composed(spec).fatal
    assert fatal is not None
    assert "partition mismatch" in fatal
