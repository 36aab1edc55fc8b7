"""Clusters of EKS, their add-ons, and OIDC providers that are there before anybody asks for anything.

A cluster that an option describes otherwise than it is was deleted meanwhile and made anew: that is how its issuer changes.
"""

import argparse
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.standin.cloud import clusters
from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.refusal import CloudError


class Cluster(NamedTuple):
    """A cluster of EKS."""

    region: str
    account: str
    name: str
    issuer: str
    auto_mode: bool = False

    @classmethod
    def read(cls, text: str) -> "Cluster":
        """Of REGION/ACCOUNT/NAME[,issuer=URL][,auto-mode]."""
        place, *more = text.split(",")
        said = dict(each.partition("=")[::2] for each in more)
        try:
            region, account, name = place.split("/")
        except ValueError:
            raise argparse.ArgumentTypeError("must be REGION/ACCOUNT/NAME[,issuer=URL][,auto-mode]") from None
        if not said.keys() <= {"issuer", "auto-mode"}:
            raise argparse.ArgumentTypeError("must be REGION/ACCOUNT/NAME[,issuer=URL][,auto-mode]")
        issuer = said.get("issuer") or clusters.default_issuer(region, account, name)
        return cls(region, account, name, issuer, "auto-mode" in said)

    def make(self, cloud: Cloud) -> None:
        """Make it as it is described."""
        place = {"region": self.region, "name": self.name}
        there: clusters.Cluster | None = _find(cloud, "DescribeCluster", self.account, **place)
        if there and (there.issuer, there.auto_mode) == (self.issuer, self.auto_mode):
            return
        if there:
            _call(cloud, "DeleteCluster", self.account, **place)
        _call(cloud, "CreateCluster", self.account, **place, issuer=self.issuer, auto_mode=self.auto_mode)


class Addon(NamedTuple):
    """An add-on; its cluster is made too where it is missing."""

    region: str
    account: str
    cluster: str
    name: str
    version: str

    @classmethod
    def read(cls, text: str) -> "Addon":
        """Of REGION/ACCOUNT/CLUSTER/NAME[=VERSION]."""
        place, _, version = text.partition("=")
        try:
            region, account, cluster, name = place.split("/")
        except ValueError:
            raise argparse.ArgumentTypeError("must be REGION/ACCOUNT/CLUSTER/NAME[=VERSION]") from None
        return cls(region, account, cluster, name, version)

    def make(self, cloud: Cloud) -> None:
        """Make it, if there is none."""
        if not _find(cloud, "DescribeCluster", self.account, region=self.region, name=self.cluster):
            Cluster.read(f"{self.region}/{self.account}/{self.cluster}").make(cloud)
        place = {"region": self.region, "cluster_name": self.cluster, "addon_name": self.name}
        if not _find(cloud, "DescribeAddon", self.account, **place):
            _call(cloud, "CreateAddon", self.account, **place, addon_version=self.version)


class OIDCProvider(NamedTuple):
    """An OIDC provider as eksctl makes them."""

    account: str
    place: str

    @classmethod
    def read(cls, text: str) -> "OIDCProvider":
        """Of ACCOUNT/ISSUERHOST/PATH."""
        account, _, place = text.partition("/")
        if not account.isdecimal() or not place:
            raise argparse.ArgumentTypeError("must be ACCOUNT/ISSUERHOST/PATH, without https://")
        return cls(account, place)

    def make(self, cloud: Cloud) -> None:
        """Make it, if there is none."""
        if not _find(
            cloud, "GetOpenIDConnectProvider", self.account, arn=f"arn:aws:iam::{self.account}:oidc-provider/{self.place}"
        ):
            url, client_ids = f"https://{self.place}", ["sts.amazonaws.com"]
            _call(cloud, "CreateOpenIDConnectProvider", self.account, url=url, client_ids=client_ids)


def make(cloud: Cloud, options: argparse.Namespace) -> None:
    """Make all that the options name, as far as it is not there already."""
    for each in (*options.existing_cluster, *options.existing_addon, *options.existing_oidc_provider):
        each.make(cloud)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that `make` reads; each may be given more than once."""
    options = {
        "cluster": (
            "REGION/ACCOUNT/NAME[,issuer=URL][,auto-mode]",
            Cluster.read,
            "a cluster of EKS; one that is described otherwise than the last time was deleted and made anew, without its add-ons",
        ),
        "addon": ("REGION/ACCOUNT/CLUSTER/NAME[=VERSION]", Addon.read, "an add-on that is there already; its cluster is too"),
        "oidc-provider": (
            "ACCOUNT/ISSUERHOST/PATH",
            OIDCProvider.read,
            "an OIDC provider that is there already, as eksctl makes them",
        ),
    }
    for name, (form, read, words) in options.items():
        parser.add_argument(f"--existing-{name}", type=read, action="append", default=[], metavar=form, help=words)


def _find(cloud: Cloud, call: str, account: str, **arguments: Any) -> Any:
    try:
        return _call(cloud, call, account, **arguments)
    except CloudError:
        return None


def _call(cloud: Cloud, call: str, account: str, **arguments: Any) -> Any:
    return cloud.call(call, account, "", datetime.now(UTC), arguments)
