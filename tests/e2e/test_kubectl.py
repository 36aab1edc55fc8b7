"""What people see of an identity in kubectl, kept word for word. WRITE_GOLDENS=1 writes it anew; read the diff."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e.api import Api
from tests.e2e.identities import FLAVOURS, Identity
from tests.e2e.specs import ACCOUNT, CLUSTER, inline_policy

_GOLDENS = Path(__file__).parent / "kubectl"
_NAMESPACE = "kubectl"
# What differs from run to run: times, ages, generated names and ids.
_VARYING = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
    (r"\ba-[0-9a-z]{17}\b", "a-ASSOCIATIONID"),
    (r"(Resource Version:\s+)\d+", r"\1NUMBER"),
    (r"((?:reports|claimed)(?:-[0-9a-z]{5})?-)[0-9a-f]{12}\b", r"\1SUFFIX"),
    (r"\b(claimed(?:-refused)?-)(?!refused)[0-9a-z]{5}\b", r"\1XXXXX"),
    (r"(podidentities\.podidentity\.dev-)[0-9a-f]{7}\b", r"\1REVISION"),
    (r"(Generation:\s+)\d+", r"\1NUMBER"),
    # A digest of the associations' ids, among others.
    (r"(Rollout Token:\s+)[0-9a-f]{16}", r"\1TOKEN"),
)


@pytest.fixture(scope="module")
def shown(plane: ControlPlane, api: Api) -> Iterator[Kubectl]:
    """kubectl, with an XR and a claim that are ready and one of each that is refused."""
    kubectl = Kubectl(plane.places)
    kubectl("create", "namespace", _NAMESPACE)
    refused = []
    for name, flavour in (("reports", FLAVOURS["xr"]), ("claimed", FLAVOURS["claim"])):
        good = Identity(plane, api, flavour, _NAMESPACE, name)
        good.apply(_spec(name))
        good.settle()
        bad = Identity(plane, api, flavour, _NAMESPACE, f"{name}-refused")
        bad.apply(_spec(f"{name}-refused") | {"tags": {"aws:owner": "data", "eks-cluster-name": "prod"}})
        bad.wait_refused()
        refused.append(bad)
    yield kubectl
    # Crossplane would try them again for ever.
    for bad in refused:
        bad.delete()
        bad.wait_gone()


def _spec(account: str) -> dict[str, object]:
    return {
        "clusters": [CLUSTER],
        "serviceAccounts": [{"name": account}],
        "aws": {"accountId": ACCOUNT, "permissions": {"inlinePolicies": [inline_policy()]}},
    }


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("explain-podidentity", ("explain", "podidentity")),
        ("explain-spec", ("explain", "podidentity.spec")),
        ("explain-aws", ("explain", "podidentity.spec.aws")),
        ("explain-trust", ("explain", "podidentity.spec.aws.trust")),
        ("explain-permissions", ("explain", "podidentity.spec.aws.permissions")),
        ("explain-status", ("explain", "podidentity.status")),
        ("explain-claim", ("explain", "podidentityclaim.spec")),
        ("get", ("get", "podid,podidclaim", "-n", _NAMESPACE)),
        ("describe", ("describe", "podid", "reports", "-n", _NAMESPACE)),
        ("describe-claim", ("describe", "podidclaim", "claimed", "-n", _NAMESPACE)),
        ("describe-refused", ("describe", "podid", "reports-refused", "-n", _NAMESPACE)),
        ("describe-claim-refused", ("describe", "podidclaim", "claimed-refused", "-n", _NAMESPACE)),
    ],
)
def test_kubectl_says(shown: Kubectl, name: str, arguments: tuple[str, ...]) -> None:
    said = _without_varying(shown(*arguments))
    golden = _GOLDENS / f"{name}.txt"
    if os.environ.get("WRITE_GOLDENS"):
        _GOLDENS.mkdir(exist_ok=True)
        golden.write_text(said)
    assert said == golden.read_text()


def _without_varying(said: str) -> str:
    # Events come in no fixed order, and fewer or more of them.
    said = re.split(r"^Events:", said, flags=re.MULTILINE)[0]
    for pattern, name in _VARYING:
        said = re.sub(pattern, name, said)
    # Columns are as wide as what stands in them.
    return "\n".join(re.sub(r"\s+\d+[smh](\d+s)?$", " AGE", line).rstrip() for line in said.splitlines()) + "\n"


def test_a_refusal_is_an_event_too(shown: Kubectl) -> None:
    until(lambda: "spec.tags" in shown("events", "-n", _NAMESPACE, "--for", "PodIdentity/reports-refused"), 30, "an event")
