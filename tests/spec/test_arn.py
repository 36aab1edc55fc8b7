"""Partitions and ARNs, against botocore's own table."""

import botocore.loaders  # type: ignore[import-untyped]
import pytest
from pydantic import TypeAdapter

from function.clouds.aws.trust.pod_identity import has_endpoint
from function.spec.arn import NO_PARTITION, PARTITIONS, Arn, partition_of
from function.spec.patterns import Region

ENDPOINTS = botocore.loaders.Loader().load_data("endpoints")["partitions"]
REGIONS = [(region, partition["partition"]) for partition in ENDPOINTS for region in partition["regions"]]


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_every_region_that_botocore_knows(region: str, partition: str) -> None:
    assert partition_of(region) == partition
    assert TypeAdapter(Region).validate_python(region) == region


def test_every_partition_that_botocore_knows() -> None:
    assert {partition["partition"] for partition in ENDPOINTS} == PARTITIONS


def test_the_areas_that_are_said_are_all_that_botocore_knows() -> None:
    said = set(NO_PARTITION.partition("begin with ")[2].replace(" or ", ", ").split(", "))
    assert said == {region.partition("-")[0] for region, _ in REGIONS}


@pytest.mark.parametrize("region", ["mx-southwest-7", "ca-north-4", "us-gov-central-2"])
def test_a_region_that_is_new_is_none_that_is_misspelt(region: str) -> None:
    assert TypeAdapter(Region).validate_python(region) == region


@pytest.mark.parametrize("region", ["", "eu-central", "eu-central-1a", "xx-east-1", "eu-central-1\n", "us-gov-west"])
def test_what_is_no_region(region: str) -> None:
    assert partition_of(region) is None


def test_where_eks_auth_is_known() -> None:
    known = {partition["partition"] for partition in ENDPOINTS if "eks" in partition["services"]}
    assert {partition for partition in known if not has_endpoint(partition)} <= {
        p for p in PARTITIONS if p.startswith("aws-iso")
    }


def test_computed_arns() -> None:
    assert Arn.of_role("aws-cn", "111122223333", "/a/", "b") == "arn:aws-cn:iam::111122223333:role/a/b"
    assert Arn.of_cluster("aws", "eu-central-1", "111122223333", "c") == "arn:aws:eks:eu-central-1:111122223333:cluster/c"


@pytest.mark.parametrize("text", ["arn:aws:iam::111122223333:role/a/b/c", "arn:aws:iam::aws:policy/X"])
def test_arns_are_read_back(text: str) -> None:
    arn = Arn(text)
    assert arn == text
    assert ":".join(("arn", arn.aws_partition, arn.service, arn.region, arn.account, arn.resource)) == text


def test_path_and_name() -> None:
    for text, parts in (("role/x", ("/", "x")), ("role/a/b/x", ("/a/b/", "x"))):
        arn = Arn(f"arn:aws:iam::111122223333:{text}")
        assert (arn.path, arn.name) == parts


def test_what_is_no_arn() -> None:
    for text in ("role/x", "arn:aws:iam::111122223333:"):
        assert (Arn(text), Arn(text).aws_partition, Arn(text).account) == (text, "", "")
