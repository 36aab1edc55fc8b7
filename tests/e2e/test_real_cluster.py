"""An entry of the catalogue that reads a cluster of EKS, and an identity that trusts by both credentials what it found."""

import json

import pytest

from function.clouds.aws.trust.requests import Pod, Token, admits_all, admits_pod, token_requests
from tests.e2e.entries import Entry
from tests.e2e.identities import Identity
from tests.e2e.specs import ACCOUNT, REGION, bare, issuer, spec

pytestmark = pytest.mark.real


def test_an_entry_reads_its_cluster_for_both_credentials(identity: Identity, entry: Entry) -> None:
    cluster = bare(entry.scope)
    ours = {"accountId": ACCOUNT, "providerConfigRef": {"name": "default"}}
    entry.apply(eks={"clusterName": cluster, "region": REGION, "observe": True, "oidcProviders": [ours]})
    entry.settle()
    entry.until(lambda: entry.conditions()["OIDCProvidersReady"][0] == "True", "with its OIDC provider")
    url, arn = issuer(cluster), f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{cluster}"
    assert entry.facts()["eks"].items() >= {"arn": arn, "accountId": ACCOUNT, "oidcIssuer": url}.items()
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{url.removeprefix('https://')}"
    assert identity.cloud().oidc_providers()[provider] == ["sts.amazonaws.com"]

    identity.apply(spec("reader", clusters=({"name": entry.name},), credentials=["PodIdentity", "IRSA"]))
    identity.settle()
    (association,) = identity.cloud().associations(identity.namespace)
    assert (association.cluster, association.service_account) == (cluster, "reader")
    trust = json.loads(identity.cloud().role(identity.role().external_name).trust)
    assert admits_pod(trust, Pod(arn, identity.namespace, "reader")).allowed
    assert admits_all(trust, token_requests(Token(url, identity.namespace, "reader"), "aws", ACCOUNT)).allowed
    # Crossplane would ask for the entry for ever, which goes next.
    identity.delete()
    identity.wait_gone()
