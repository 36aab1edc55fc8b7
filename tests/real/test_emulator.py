"""That the emulated AWS says of pod identity associations what EKS says, through AWS's own client."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.controlplane.places import CHECKOUT, Places, Ports
from tests.controlplane.waiting import answers, until
from tests.e2e.cloud import Snapshot
from tests.e2e.specs import ACCOUNT, CUSTOMER
from tests.real import aws
from tests.standin.existing.aws import NOBODY

_WHERE = {"clusterName": "prod", "namespace": "data"}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Those of an emulator that runs."""
    places = Places(tmp_path_factory.mktemp("plane"))
    port = Ports.of(places).aws
    command = [sys.executable, "-m", "tests.real.emulator", f"--port={port}", f"--journal={aws.calls(places)}"]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, stderr=subprocess.DEVNULL) as emulator:
        until(lambda: answers(f"http://127.0.0.1:{port}{aws.READY}"), 60, "the emulator")
        yield places
        emulator.terminate()


@pytest.fixture(scope="module")
def role(places: Places) -> str:
    """The ARN of a role."""
    made = aws.client(Ports.of(places), "iam", ACCOUNT).create_role(RoleName="reports", AssumeRolePolicyDocument=NOBODY)
    return str(made["Role"]["Arn"])


@pytest.fixture
def eks(places: Places) -> Any:
    """EKS's client."""
    return aws.client(Ports.of(places), "eks", ACCOUNT)


def test_an_association_comes_changes_and_goes(places: Places, eks: Any, role: str) -> None:
    made = eks.create_pod_identity_association(**_WHERE, serviceAccount="a", roleArn=role, tags={"team": "data"})["association"]
    one = {"clusterName": "prod", "associationId": made["associationId"]}
    eks.update_pod_identity_association(
        **one, targetRoleArn=f"arn:aws:iam::{CUSTOMER}:role/target", disableSessionTags=True, roleArn=role
    )
    eks.update_pod_identity_association(**one, roleArn=role)
    eks.tag_resource(resourceArn=made["associationArn"], tags={"stage": "prod"})
    eks.untag_resource(resourceArn=made["associationArn"], tagKeys=["team"])
    (found,) = Snapshot(places).associations("data")
    # A target role that is left out of an update stays.
    assert found.target_role_arn == f"arn:aws:iam::{CUSTOMER}:role/target"
    assert (found.disable_session_tags, found.tags) == (False, {"stage": "prod"})
    shown = eks.describe_pod_identity_association(**one)["association"]
    assert shown["externalId"] == f"eu-central-1/{ACCOUNT}/prod/data/a"
    eks.delete_pod_identity_association(**one)
    with pytest.raises(ClientError, match=rf"\(ResourceNotFoundException\).* The associationId {found.id} is not found\."):
        eks.describe_pod_identity_association(**one)
    assert aws.associations(places) == set()


def test_what_it_refuses(eks: Any, role: str) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidParameterException\).* Role provided in the request does not exist\."):
        eks.create_pod_identity_association(**_WHERE, serviceAccount="b", roleArn=f"{role}-2")
    made = eks.create_pod_identity_association(**_WHERE, serviceAccount="b", roleArn=role)["association"]["associationId"]
    with pytest.raises(ClientError, match=rf"\(ResourceInUseException\).* Association already exists: {made}"):
        eks.create_pod_identity_association(**_WHERE, serviceAccount="b", roleArn=role)


def test_an_answer_is_lost_once(places: Places, eks: Any, role: str) -> None:
    aws.lose_the_next_answer(Ports.of(places))
    # The client tries again by itself.
    with pytest.raises(ClientError, match="Association already exists"):
        eks.create_pod_identity_association(**_WHERE, serviceAccount="c", roleArn=role)
    eks.create_pod_identity_association(**_WHERE, serviceAccount="d", roleArn=role)
    assert {found.service_account for found in Snapshot(places).associations("data")} >= {"c", "d"}


def test_every_account_and_cluster_is_its_own(places: Places) -> None:
    ports = Ports.of(places)
    assert aws.client(ports, "sts", CUSTOMER).get_caller_identity()["Account"] == CUSTOMER
    assert aws.in_iam(ports, CUSTOMER) == set()
    eks = aws.client(ports, "eks", CUSTOMER)
    for name in ("first", "second"):
        eks.create_cluster(name=name, roleArn=f"arn:aws:iam::{CUSTOMER}:role/eks", resourcesVpcConfig={"subnetIds": []})
    issuers = {eks.describe_cluster(name=name)["cluster"]["identity"]["oidc"]["issuer"] for name in ("first", "second")}
    assert len(issuers) == 2


def test_client_ids_of_an_oidc_provider(places: Places) -> None:
    iam = aws.client(Ports.of(places), "iam", ACCOUNT)
    made = iam.create_open_id_connect_provider(
        Url="https://oidc.example.com/ids", ClientIDList=["a"], ThumbprintList=["0" * 40]
    )
    arn = made["OpenIDConnectProviderArn"]
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="b")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["a", "b"]
    for _ in range(2):
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="a")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["b"]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=f"{arn}x", ClientID="b")


def test_no_policy_is_deleted_while_it_is_attached(places: Places, role: str) -> None:
    iam = aws.client(Ports.of(places), "iam", ACCOUNT)
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}'
    arn = iam.create_policy(PolicyName="queues", PolicyDocument=document)["Policy"]["Arn"]
    name = role.rpartition("/")[2]
    for _ in range(2):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_policy(PolicyArn=arn)
