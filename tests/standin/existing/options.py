"""The options, in the order in which what they name is made; each may be given more than once."""

import argparse
from collections.abc import Callable
from typing import NamedTuple

from tests.standin.cloud.calls import Cloud
from tests.standin.existing import aws, google
from tests.standin.existing.thing import Thing


class Option(NamedTuple):
    """One option."""

    name: str
    form: str
    """What is to be given, as --help shows it."""
    read: Callable[[str], Thing]
    words: str


OPTIONS = (
    Option(
        "existing-role-trust",
        "ARN=FILE",
        aws.Role.read_with_trust,
        "a role, and the file that holds its trust policy; in any account",
    ),
    Option("existing-role", "ARN", aws.Role.read, "a role that nobody may assume, in any account"),
    Option("existing-policy", "ARN", aws.Policy.read, "a managed policy; those of AWS itself all are there"),
    Option("existing-association", aws.ASSOCIATION, aws.Association.read, "an association; its role is there too"),
    Option(
        "addon-association", aws.ASSOCIATION, aws.Association.read_of_addon, "the same, and it belongs to the add-on vpc-cni"
    ),
    Option(
        "existing-cluster",
        aws.CLUSTER,
        aws.Cluster.read,
        "a cluster of EKS; one that is described otherwise than the last time was deleted and made anew, without its add-ons",
    ),
    Option("existing-addon", aws.ADDON, aws.Addon.read, "an add-on; its cluster is there too"),
    Option("existing-oidc-provider", aws.OIDC_PROVIDER, aws.OIDCProvider.read, "an OIDC provider, as eksctl makes them"),
    Option("existing-service-account", google.ACCOUNT, google.Account.read, "a service account of Google Cloud"),
    Option(
        "existing-member",
        google.MEMBER,
        google.Member.read,
        "a member of the policy of projects/P, b/BUCKET, ...; a service account is there too",
    ),
    Option("existing-gke-cluster", google.CLUSTER, google.Cluster.read, "a cluster of GKE"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add them, as a group of their own."""
    group = parser.add_argument_group("what is there already", "Each may be given more than once.")
    for option in OPTIONS:
        group.add_argument(
            f"--{option.name}", type=option.read, action="append", default=[], metavar=option.form, help=option.words
        )


def make(cloud: Cloud, given: argparse.Namespace) -> None:
    """Make all that they name, but what is there already."""
    for option in OPTIONS:
        for thing in getattr(given, option.name.replace("-", "_")):
            thing.make(cloud)
