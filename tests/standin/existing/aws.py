"""Roles, policies, associations, clusters, add-ons and OIDC providers of AWS."""

import argparse
from pathlib import Path
from typing import NamedTuple

from tests.standin.cloud import clusters
from tests.standin.cloud.calls import Cloud
from tests.standin.existing.thing import call, find, parts

NOBODY = '{"Version":"2012-10-17","Statement":[]}'
"""A policy that allows nothing."""

ASSOCIATION = "REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT=ROLE_ARN"
CLUSTER = "REGION/ACCOUNT/NAME[,issuer=URL][,auto-mode]"
ADDON = "REGION/ACCOUNT/CLUSTER/NAME[=VERSION]"
OIDC_PROVIDER = "ACCOUNT/ISSUERHOST/PATH"


class Role(NamedTuple):
    """A role, in any account."""

    account: str
    path: str
    name: str
    trust: str = NOBODY

    @classmethod
    def read(cls, text: str) -> "Role":
        """Of an ARN."""
        return cls(*_iam(text, "role"))

    @classmethod
    def read_with_trust(cls, text: str) -> "Role":
        """Of ARN=FILE; a role may have = in its name."""
        arn, _, file = text.rpartition("=")
        try:
            return cls.read(arn)._replace(trust=Path(file).read_text())
        except OSError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    def make(self, cloud: Cloud) -> None:
        """Make it; one that is there keeps its trust policy."""
        if not cloud.has_role(f"arn:aws:iam::{self.account}:role{self.path}{self.name}"):
            call(cloud, "CreateRole", self.account, role_name=self.name, path=self.path, assume_role_policy=self.trust)


class Policy(NamedTuple):
    """A managed policy, in any account."""

    account: str
    path: str
    name: str

    @classmethod
    def read(cls, text: str) -> "Policy":
        """Of an ARN."""
        return cls(*_iam(text, "policy"))

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        if not cloud.has_policy(f"arn:aws:iam::{self.account}:policy{self.path}{self.name}"):
            call(cloud, "CreatePolicy", self.account, policy_name=self.name, path=self.path, policy_document=NOBODY)


class Association(NamedTuple):
    """An association and its role, which is made too where it is missing."""

    region: str
    account: str
    cluster: str
    namespace: str
    service_account: str
    role_arn: str
    addon: str = ""
    """Whose it is; empty where it is nobody's."""

    @classmethod
    def read(cls, text: str) -> "Association":
        """As ASSOCIATION says."""
        found = cls(*parts(text, ASSOCIATION, "([^/=]+)/([^/=]+)/([^/=]+)/([^/=]+)/([^/=]+)=(.+)"))
        Role.read(found.role_arn)
        return found

    @classmethod
    def read_of_addon(cls, text: str) -> "Association":
        """The same, of the add-on vpc-cni."""
        return cls.read(text)._replace(addon="vpc-cni")

    def make(self, cloud: Cloud) -> None:
        """Make it, and its role."""
        Role.read(self.role_arn).make(cloud)
        if cloud.has_association(self.account, (self.region, self.cluster, self.namespace, self.service_account)):
            return
        fields = {
            "region": self.region,
            "cluster_name": self.cluster,
            "namespace": self.namespace,
            "service_account": self.service_account,
            "role_arn": self.role_arn,
        }
        if self.addon:
            call(cloud, "CreateAddonAssociation", self.account, addon_name=self.addon, **fields)
        else:
            call(cloud, "CreatePodIdentityAssociation", self.account, **fields)


class Cluster(NamedTuple):
    """A cluster of EKS."""

    region: str
    account: str
    name: str
    issuer: str
    auto_mode: bool = False

    @classmethod
    def read(cls, text: str) -> "Cluster":
        """As CLUSTER says."""
        pattern = r"([^/,]+)/([^/,]+)/([^/,]+)(?:,issuer=([^,]+))?(,auto-mode)?"
        region, account, name, issuer, auto_mode = parts(text, CLUSTER, pattern)
        return cls(region, account, name, issuer or clusters.default_issuer(region, account, name), bool(auto_mode))

    def make(self, cloud: Cloud) -> None:
        """Make it as it is described. One that is described otherwise was deleted meanwhile: that is how its issuer changes."""
        place = {"region": self.region, "name": self.name}
        there: clusters.Cluster | None = find(cloud, "DescribeCluster", self.account, **place)
        if there and (there.issuer, there.auto_mode) == (self.issuer, self.auto_mode):
            return
        if there:
            call(cloud, "DeleteCluster", self.account, **place)
        call(cloud, "CreateCluster", self.account, **place, issuer=self.issuer, auto_mode=self.auto_mode)


class Addon(NamedTuple):
    """An add-on; its cluster is made too where it is missing."""

    region: str
    account: str
    cluster: str
    name: str
    version: str

    @classmethod
    def read(cls, text: str) -> "Addon":
        """As ADDON says."""
        return cls(*parts(text, ADDON, "([^/=]+)/([^/=]+)/([^/=]+)/([^/=]+)(?:=(.*))?"))

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        if not find(cloud, "DescribeCluster", self.account, region=self.region, name=self.cluster):
            Cluster.read(f"{self.region}/{self.account}/{self.cluster}").make(cloud)
        place = {"region": self.region, "cluster_name": self.cluster, "addon_name": self.name}
        if not find(cloud, "DescribeAddon", self.account, **place):
            call(cloud, "CreateAddon", self.account, **place, addon_version=self.version)


class OIDCProvider(NamedTuple):
    """An OIDC provider as eksctl makes them."""

    account: str
    place: str

    @classmethod
    def read(cls, text: str) -> "OIDCProvider":
        """As OIDC_PROVIDER says."""
        return cls(*parts(text, f"{OIDC_PROVIDER}, without https://", r"(\d+)/(.+)"))

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        arn = f"arn:aws:iam::{self.account}:oidc-provider/{self.place}"
        if not find(cloud, "GetOpenIDConnectProvider", self.account, arn=arn):
            url, client_ids = f"https://{self.place}", ["sts.amazonaws.com"]
            call(cloud, "CreateOpenIDConnectProvider", self.account, url=url, client_ids=client_ids)


def _iam(arn: str, noun: str) -> tuple[str, ...]:
    """Account, path and name of a role or a policy."""
    return parts(arn, f"the ARN of a {noun}", rf"arn:aws:iam::([^:]*):{noun}(/(?:[^:]*/)?)([^:/]+)")
