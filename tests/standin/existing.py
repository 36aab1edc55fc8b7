"""What is in the cloud before anybody asks for anything, and nobody in the control plane manages."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.standin.cloud.calls import Cloud

NOBODY = '{"Version":"2012-10-17","Statement":[]}'
"""A policy that allows nothing."""


class Association(NamedTuple):
    """An association and its role, which is made too where it is missing."""

    region: str
    account: str
    cluster: str
    namespace: str
    service_account: str
    role_arn: str

    @classmethod
    def read(cls, text: str) -> "Association":
        """Of REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT=ROLE_ARN."""
        subject, _, role_arn = text.partition("=")
        try:
            region, account, cluster, namespace, service_account = subject.split("/")
        except ValueError:
            raise argparse.ArgumentTypeError("must be REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT=ROLE_ARN") from None
        return cls(region, account, cluster, namespace, service_account, arn(role_arn))

    def make(self, cloud: Cloud, addon: str = "") -> None:
        """Make it, for an add-on where one is named."""
        make_role(cloud, self.role_arn)
        if cloud.has_association(self.account, (self.region, self.cluster, self.namespace, self.service_account)):
            return
        call, more = ("CreateAddonAssociation", {"addon_name": addon}) if addon else ("CreatePodIdentityAssociation", {})
        _call(
            cloud,
            call,
            self.account,
            region=self.region,
            cluster_name=self.cluster,
            namespace=self.namespace,
            service_account=self.service_account,
            role_arn=self.role_arn,
            **more,
        )


class Trusted(NamedTuple):
    """A role and its trust policy."""

    role_arn: str
    trust: str

    @classmethod
    def read(cls, text: str) -> "Trusted":
        """Of ARN=FILE; a role may have = in its name."""
        role_arn, _, file = text.rpartition("=")
        try:
            return cls(arn(role_arn), Path(file).read_text())
        except OSError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    def make(self, cloud: Cloud) -> None:
        """Make the role."""
        make_role(cloud, self.role_arn, self.trust)


def make_role(cloud: Cloud, role_arn: str, trust: str = NOBODY) -> None:
    """Make a role, in any account."""
    if not cloud.has_role(role_arn):
        account, path, name = _parts(role_arn, "role")
        _call(cloud, "CreateRole", account, role_name=name, path=path, assume_role_policy=trust)


def make_policy(cloud: Cloud, policy_arn: str) -> None:
    """Make a managed policy, in any account."""
    if not cloud.has_policy(policy_arn):
        account, path, name = _parts(policy_arn, "policy")
        _call(cloud, "CreatePolicy", account, policy_name=name, path=path, policy_document=NOBODY)


def make(cloud: Cloud, options: argparse.Namespace) -> None:
    """Make all that the options name, but what is there already."""
    for trusted in options.existing_role_trust:
        trusted.make(cloud)
    for role_arn in options.existing_role:
        make_role(cloud, role_arn)
    for policy_arn in options.existing_policy:
        make_policy(cloud, policy_arn)
    for association in options.existing_association:
        association.make(cloud)
    for association in options.addon_association:
        association.make(cloud, addon="vpc-cni")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that `make` reads; each may be given more than once."""
    of_association = ("REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT=ROLE_ARN", Association.read)
    options = {
        "role": ("ARN", arn, "a role that is there already, in any account"),
        "role-trust": ("ARN=FILE", Trusted.read, "the same, and the file that holds its trust policy"),
        "policy": ("ARN", arn, "a managed policy that is there already; those of AWS itself all are"),
        "association": (*of_association, "an association that is there already; its role is too"),
    }
    for name, (form, read, words) in options.items():
        parser.add_argument(f"--existing-{name}", type=read, action="append", default=[], metavar=form, help=words)
    form, read = of_association
    words = "the same, and it belongs to the add-on vpc-cni"
    parser.add_argument("--addon-association", type=read, action="append", default=[], metavar=form, help=words)


def arn(text: str) -> str:
    """An ARN of IAM."""
    if text.count(":") != 5 or not text.startswith("arn:") or ":iam::" not in text or "/" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no ARN of a role or a policy")
    return text


def _parts(text: str, noun: str) -> Iterable[str]:
    account, _, rest = text.split(":", 4)[4].partition(":")
    path, _, name = rest.removeprefix(noun).rpartition("/")
    return account, f"{path}/", name


def _call(cloud: Cloud, call: str, account: str, **arguments: str) -> None:
    cloud.call(call, account, "", datetime.now(UTC), arguments)
