"""Whose a PodIdentity is: read like everything that users write, and never taken for more than it says."""

from typing import Any

import pytest

from function.catalogue.entry import NOTHING_FETCHED
from function.compose import compose
from function.observed import Observed
from function.result import Result
from tests.support.xrs import K3S, changed, spec

LABEL = "is not a DNS-1123 label: lower case letters, digits and '-', beginning and ending with a letter or digit"
SUBDOMAIN = "is not a DNS-1123 subdomain: lower case letters, digits, '-' and '.', each part beginning and ending with a letter or digit"
OUTSIDE = changed((("clusters",), [K3S]), (("serviceAccounts",), [{"name": "api"}]), (("aws", "accountId"), "111122223333"))


def result(claim: Any, metadata: Any = None, written: Any = OUTSIDE) -> Result:
    """The answer for an XPodIdentity with this claimRef, `...` for none."""
    raw = written if claim is ... else {**written, "claimRef": claim}
    metadata = {"name": "x"} if metadata is None else metadata
    xr = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "XPodIdentity", "metadata": metadata, "spec": raw}
    return compose(xr, Observed({}), NOTHING_FETCHED)


@pytest.mark.parametrize(
    ("claim", "metadata", "said"),
    [
        ({"namespace": "*", "name": "x"}, None, f'spec.claimRef.namespace: "*" {LABEL}'),
        ({"namespace": "${*}", "name": "x"}, None, f'spec.claimRef.namespace: "${{*}}" {LABEL}'),
        ({"namespace": "a.b", "name": "x"}, None, f'spec.claimRef.namespace: "a.b" {LABEL}'),
        ({"namespace": "a\0b", "name": "c"}, None, f'spec.claimRef.namespace: "a\\u0000b" {LABEL}'),
        ({"namespace": "a", "name": "b\0c"}, None, f'spec.claimRef.name: "b\\u0000c" {SUBDOMAIN}'),
        ({"namespace": "a", "name": "b\n"}, None, f'spec.claimRef.name: "b\\n" {SUBDOMAIN}'),
        ({"namespace": "", "name": "x"}, None, f'spec.claimRef.namespace: "" {LABEL}'),
        (
            {"namespace": "n" * 64, "name": "x"},
            None,
            f'spec.claimRef.namespace: "{"n" * 64}" is 64 characters; a DNS-1123 label has at most 63',
        ),
        (
            {"namespace": [None, 43200], "name": {}},
            None,
            "spec.claimRef.name: must be a string, not {}; spec.claimRef.namespace: must be a string, not [null, 43200]",
        ),
        ({}, None, "spec.claimRef.name: is required; spec.claimRef.namespace: is required"),
        ([], None, "spec.claimRef: must be an object, not []"),
        (..., {"name": "*"}, f'metadata.name: "*" {SUBDOMAIN}'),
        (..., {}, "metadata.name: is required"),
        (..., {"name": "x", "namespace": ["a"]}, 'metadata.namespace: must be a string, not ["a"]: write "a"'),
        (..., {"name": "x", "namespace": "*"}, f'metadata.namespace: "*" {LABEL}'),
    ],
)
def test_an_owner_that_is_none_is_refused(claim: Any, metadata: Any, said: str) -> None:
    answer = result(claim, metadata)
    assert answer.fatal == said
    assert not answer.resources
    assert [(c.type, c.status, c.reason) for c in answer.conditions[:2]] == [
        ("SpecValid", "False", "Invalid"),
        ("ClustersResolved", "Unknown", "OwnerInvalid"),
    ]


def test_faults_of_fields_are_told_beside_it() -> None:
    answer = result({"namespace": "*", "name": "x"}, written=changed((("serviceAccounts", 0, "name"), "A"), base=OUTSIDE))
    assert [error.path for error in answer.errors] == [
        ("spec", "claimRef", "namespace"),
        ("spec", "serviceAccounts", 0, "name"),
    ]


@pytest.mark.parametrize("claim", [{"namespace": "n" * 63, "name": ".".join(["a" * 63] * 3)}, {"namespace": "0", "name": "0"}])
def test_every_owner_that_there_can_be_is_taken(claim: dict[str, str]) -> None:
    assert result(claim).fatal is None
    assert result(claim, written=spec()).fatal is None
