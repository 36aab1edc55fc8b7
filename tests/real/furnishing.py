"""What is in the emulated AWS before anybody asks for anything: what tests/e2e/planes.py has the stand-in make."""

from typing import Any

from tests.controlplane.places import Ports
from tests.e2e.specs import (
    ACCOUNT,
    CUSTOMER,
    EXISTING_TRUST,
    FOUND,
    GIVEN,
    HOST,
    HOST_ROLE,
    REGION,
    bare,
    edge_issuer,
    furnished,
    issuer,
)
from tests.real.aws import client
from tests.standin.existing.aws import NOBODY

ACCOUNTS = {"default": ACCOUNT, "customer": CUSTOMER, "host": HOST}
"""The account that each provider configuration reaches."""
_THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"


def furnish(ports: Ports) -> None:
    """Make all of it."""
    iam, eks = client(ports, "iam", ACCOUNT), client(ports, "eks", ACCOUNT, REGION)
    _make_role(ports, ACCOUNT, GIVEN, EXISTING_TRUST.read_text())
    _make_role(ports, HOST, HOST_ROLE, NOBODY)
    for account in ("xr", "claim"):
        eks.create_pod_identity_association(clusterName="prod", namespace=FOUND, serviceAccount=account, roleArn=GIVEN)
    for scope in ("Namespaced", "Cluster"):
        make_cluster(ports, bare(scope))
        make_cluster(ports, furnished(scope))
        for url in (issuer(furnished(scope)), edge_issuer(scope)):
            iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=[_THUMBPRINT])


def make_cluster(ports: Ports, name: str) -> None:
    """Make a cluster of EKS."""
    vpc: dict[str, Any] = {"subnetIds": []}
    client(ports, "eks", ACCOUNT, REGION).create_cluster(name=name, roleArn=GIVEN, resourcesVpcConfig=vpc)


def _make_role(ports: Ports, account: str, arn: str, trust: str) -> None:
    path, _, name = arn.partition(":role")[2].rpartition("/")
    client(ports, "iam", account).create_role(RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=trust)
