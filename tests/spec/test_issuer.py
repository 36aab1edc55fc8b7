"""Which issuers a cloud can reach."""

import pytest

from tests.support.xrs import ACCOUNT, changed, composed

# Kubernetes' own names, RFC 6761, 6762, 8375, ICANN's .internal, and addresses by IANA's special-purpose registries.
WITHIN_A_NETWORK = (
    "https://kubernetes.default.svc.cluster.local",
    "https://kubernetes.default.svc",
    "https://kubernetes.default.svc/",
    "https://KUBERNETES.DEFAULT.SVC.CLUSTER.LOCAL",
    "https://kubernetes.default.svc.cluster.local:443",
    "https://kubernetes",
    "https://localhost",
    "https://LOCALHOST:443/x",
    "https://api.localhost",
    "https://api.localdomain",
    "https://api.internal.prod.local",
    "https://api.prod.internal",
    "https://router.home.arpa",
    "https://10.0.0.10",
    "https://10.0.0.10:443/oidc",
    "https://172.16.0.1",
    "https://172.31.255.255",
    "https://192.168.1.1",
    "https://127.0.0.1",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://100.127.255.254",
    "https://0.0.0.0",
)
# Other forms are refused as forms: IAM names its providers by host and path.
NO_FORM = (
    "https://[::1]",
    "https://[::1]:443/x",
    "https://[fc00::1]",
    "https://[fe80::1]",
    "https://kubernetes.default.svc.cluster.local.",
    "https://oidc.example.com:6443",
    "http://oidc.example.com",
    "HTTPS://oidc.example.com",
    "https://oidc.example.com/x?y=z",
    "oidc.example.com",
)
PUBLIC = (
    "https://oidc.example.com",
    "https://oidc.example.com/",
    "https://oidc.example.com:443",
    "https://oidc.example.com:443/clusters/edge",
    "https://OIDC.Example.com/Edge",
    "https://local.example.com",
    "https://svc.internal.example.com",
    "https://my-svc.example.com",
    "https://10.0.0.10.nip.io",
    "https://8.8.8.8",
    "https://172.15.0.1",
    "https://172.32.0.1",
    "https://100.128.0.1",
    "https://example-oidc.s3.us-gov-west-1.amazonaws.com/kops",
    "https://oidc.prod-aks.azure.com/6b1f/",
    "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
)


def fatal(issuer: str) -> str | None:
    cluster = {"name": "edge", "kubernetes": {"oidcIssuer": issuer}}
    spec = changed((("clusters",), [cluster]), (("serviceAccounts",), [{"name": "api"}]), (("aws", "accountId"), ACCOUNT))
    return composed(spec).fatal


@pytest.mark.parametrize("issuer", WITHIN_A_NETWORK)
def test_within_a_network(issuer: str) -> None:
    said = fatal(issuer)
    assert said is not None
    assert "is a name or address within a network" in said


@pytest.mark.parametrize("issuer", NO_FORM)
def test_no_form_of_an_issuer(issuer: str) -> None:
    said = fatal(issuer)
    assert said is not None
    assert "is not an OIDC issuer: give the issuer URL (https://...)" in said


@pytest.mark.parametrize("issuer", PUBLIC)
def test_public(issuer: str) -> None:
    assert fatal(issuer) is None


def test_the_issuers_document_is_not_the_issuer() -> None:
    said = fatal("https://oidc.example.com/.well-known/openid-configuration")
    assert said is not None
    assert "is the issuer's document: leave out /.well-known/openid-configuration" in said
