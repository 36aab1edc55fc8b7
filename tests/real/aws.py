"""The emulated AWS as tests reach it: what stands in an account, what was called, and what is there before anybody asks for anything."""

import contextlib
import json
import urllib.request
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.controlplane.places import Places, Ports
from tests.standin.cloud import journal
from tests.standin.cloud.eks import Association
from tests.standin.cloud.iam import Role
from tests.standin.cloud.managed_policies import Policy
from tests.standin.cloud.oidc_providers import OIDCProvider
from tests.standin.cloud.refusal import CloudError

KEY = "AKIA"
"""What the emulator's access keys begin with; the account follows."""
READY, LOSE = "/emulator/ready", "/emulator/lose-the-next-answer"
"""Where it says that it is up, and where to POST to, so that the next association is made and nobody is told."""
_REGION = "eu-central-1"


def calls(places: Places) -> Path:
    """Where the emulator tells of its calls; it is there once there is an emulator."""
    return places.root / "aws.jsonl"


@cache
def client(ports: Ports, service: str, account: str, region: str = _REGION) -> Any:
    """A client of a service in an account."""
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{ports.aws}",
        region_name=region,
        aws_access_key_id=KEY + account,
        aws_secret_access_key="secret",  # noqa: S106
        config=Config(retries={"max_attempts": 1}),
    )


def lose_the_next_answer(ports: Ports) -> None:
    """Have the next association made, and nobody told."""
    request = urllib.request.Request(f"http://127.0.0.1:{ports.aws}{LOSE}", method="POST")
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return


class Reader:
    """Reads one account, as the stand-in's own calls read it."""

    def __init__(self, places: Places, account: str) -> None:
        self._ports = Ports.of(places)
        self._account = account
        self._calls: dict[str, Callable[..., Any]] = {
            "GetRole": self._role,
            "GetPolicy": self._policy,
            "DescribePodIdentityAssociation": self._association,
            "ListOpenIDConnectProviders": self._oidc_providers,
            "GetOpenIDConnectProvider": self._oidc_provider,
        }

    def __call__(self, call: str, arguments: dict[str, Any]) -> Any:
        """Make one call. Raises CloudError."""
        try:
            return self._calls[call](**arguments)
        except ClientError as error:
            found = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise CloudError(f"{found['Code']}: {found['Message']}", status, found["Message"]) from None

    def _role(self, role_name: str) -> Role:
        iam = client(self._ports, "iam", self._account)
        role = iam.get_role(RoleName=role_name)["Role"]
        attached = iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
        inline = {}
        for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
            # The provider may take one away between the two calls.
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                inline[name] = iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        return Role(
            arn=role["Arn"],
            name=role["RoleName"],
            path=role["Path"],
            unique_id=role["RoleId"],
            created=role["CreateDate"].isoformat(),
            trust=json.dumps(role["AssumeRolePolicyDocument"]),
            description=role.get("Description", ""),
            max_session_duration=role["MaxSessionDuration"],
            boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
            inline={name: json.dumps(document) for name, document in inline.items()},
            attached=[policy["PolicyArn"] for policy in attached],
        )

    def _policy(self, policy_arn: str) -> Policy:
        iam = client(self._ports, "iam", self._account)
        policy = iam.get_policy(PolicyArn=policy_arn)["Policy"]
        names = [version["VersionId"] for version in iam.list_policy_versions(PolicyArn=policy_arn)["Versions"]]
        versions = {name: iam.get_policy_version(PolicyArn=policy_arn, VersionId=name)["PolicyVersion"] for name in names}
        return Policy(
            arn=policy["Arn"],
            name=policy["PolicyName"],
            path=policy["Path"],
            policy_id=policy["PolicyId"],
            created=policy["CreateDate"].isoformat(),
            description=policy.get("Description", ""),
            versions={name: json.dumps(version["Document"]) for name, version in versions.items()},
            default=policy["DefaultVersionId"],
            attachments=policy["AttachmentCount"],
        )

    def _association(self, region: str, cluster_name: str, association_id: str) -> Association:
        eks = client(self._ports, "eks", self._account, region)
        found = eks.describe_pod_identity_association(clusterName=cluster_name, associationId=association_id)["association"]
        return Association(
            arn=found["associationArn"],
            id=found["associationId"],
            region=region,
            cluster=found["clusterName"],
            namespace=found["namespace"],
            service_account=found["serviceAccount"],
            role_arn=found["roleArn"],
            target_role_arn=found.get("targetRoleArn", ""),
            disable_session_tags=found["disableSessionTags"],
            owner_arn=found.get("ownerArn", ""),
            tags=found["tags"],
        )

    def _oidc_providers(self) -> list[str]:
        found = client(self._ports, "iam", self._account).list_open_id_connect_providers()
        return [provider["Arn"] for provider in found["OpenIDConnectProviderList"]]

    def _oidc_provider(self, arn: str) -> OIDCProvider:
        found = client(self._ports, "iam", self._account).get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        return OIDCProvider(arn, found["Url"], found["ClientIDList"], found["ThumbprintList"])


def in_iam(ports: Ports, account: str) -> set[str]:
    """The ARNs of the roles of an account, and of its own policies."""
    iam = client(ports, "iam", account)
    roles = {role["Arn"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]}
    pages = iam.get_paginator("list_policies").paginate(Scope="Local")
    return roles | {policy["Arn"] for page in pages for policy in page["Policies"]}


def associations(places: Places) -> set[str]:
    """The ARNs of the associations of all accounts."""
    done = [entry for entry in journal.read(calls(places)) if entry.error is None]
    made = {e.answer["association_arn"] for e in done if e.call == "CreatePodIdentityAssociation" and e.answer}
    gone = {e.arguments["association_id"] for e in done if e.call == "DeletePodIdentityAssociation"}
    return {arn for arn in made if arn.rpartition("/")[2] not in gone}


def version() -> str:
    """That of moto."""
    return metadata.version("moto")
