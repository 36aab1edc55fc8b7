"""From nothing to healthy packages, and to the first identity that is ready."""

import pytest

from tests.controlplane import packages
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.identities import Identity
from tests.e2e.specs import ACCOUNT, spec


@pytest.mark.oldest
def test_the_packages_are_installed_by_their_published_names(plane: ControlPlane) -> None:
    installed = Kubectl(plane.places).get("pkg")
    seen = {
        package["spec"]["package"]: {c["type"]: c["status"] for c in package["status"]["conditions"]} for package in installed
    }
    google = {provider["spec"]["package"] for provider in packages.google_providers()}
    assert sorted(seen.keys() - google) == [
        "ghcr.io/podidentity/configuration-pod-identity-claims:v0.1.0",
        "ghcr.io/podidentity/configuration-pod-identity:v0.1.0",
        "ghcr.io/podidentity/function-pod-identity:v0.1.0",
        "xpkg.crossplane.io/crossplane-contrib/provider-aws-eks:v2.7.0",
        "xpkg.crossplane.io/crossplane-contrib/provider-aws-iam:v2.7.0",
    ]
    assert google <= seen.keys()
    assert all(conditions["Installed"] == conditions["Healthy"] == "True" for conditions in seen.values()), seen


@pytest.mark.oldest
def test_an_identity_becomes_ready_and_says_what_it_is(identity: Identity) -> None:
    identity.apply(spec("reader"))
    identity.settle()
    status, role = identity.read()["status"], identity.role()
    assert status["cloud"] == "aws"
    assert status["identity"] == f"arn:aws:iam::{ACCOUNT}:role/{role.external_name}"
    (association,) = identity.associations().values()
    assert [entry["associationId"] for entry in status["serviceAccounts"]] == [association.external_name]
    assert {name: identity.conditions()[name][0] for name in ("Synced", "Ready")} == {"Synced": "True", "Ready": "True"}
    assert identity.our_conditions() == {
        "SpecValid": ("True", "Valid", "the spec is valid"),
        "ClustersResolved": ("True", "Inline", "the facts of all clusters are written in the spec"),
        "RoleReady": ("True", "Available", f"role {role.external_name} is ready"),
        "AssociationsReady": (
            "True",
            "Available",
            "all associations are ready (1); pods that are older have to be restarted, and a change reaches running pods within 6 hours",
        ),
    }
