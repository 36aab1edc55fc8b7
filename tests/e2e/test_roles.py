"""Roles beyond the one that is composed: target roles, other people's roles and associations, shared permissions."""

import json

import pytest

from tests.controlplane import processes
from tests.controlplane.kubectl import Kubectl
from tests.e2e.audit import Audit
from tests.e2e.identities import EXTERNAL_NAME, FLAVOURS, Identity
from tests.e2e.planes import STANDIN
from tests.e2e.specs import ACCOUNT, CUSTOMER, FOUND, GIVEN, QUEUES, READ_ONLY, inline_policy, spec

_POLICY = {
    "name": "queues",
    "path": "/data/",
    "statements": [{"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:*:*:jobs"]}],
}


def _customer(identity: Identity) -> None:
    """The provider configurations of the customer's account need no object: the stand-in knows them by name."""
    role = {"accountId": CUSTOMER, "providerConfigRef": {"name": "customer"}, "permissions": {"managedPolicyArns": [READ_ONLY]}}
    identity.apply(spec("reader", permissions={}, targetRole=role))


@pytest.mark.real
def test_a_target_role_in_another_account_comes_and_goes(identity: Identity, audit: Audit) -> None:
    _customer(identity)
    identity.settle()
    status = identity.read()["status"]
    source, target = status["aws"]["roleArn"], status["aws"]["targetRoleArn"]
    assert source.startswith(f"arn:aws:iam::{ACCOUNT}:role/")
    assert status["identity"] == target
    name = target.rpartition("/")[2]
    trust = json.loads(identity.cloud(CUSTOMER).role(name).trust)
    assert trust["Statement"][0]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": source}
    (before,) = identity.cloud().associations(identity.namespace)
    assert before.target_role_arn == target
    assert not audit.deletions()

    identity.apply(spec("reader", permissions={}))
    identity.until(lambda: len(identity.of_kind("Role")) == 1, "with one role")
    identity.settle()
    (after,) = identity.cloud().associations(identity.namespace)
    # EKS would keep the target role of an association that is edited.
    assert (after.id != before.id, after.target_role_arn) == (True, "")
    identity.until(
        lambda: name not in identity.cloud(CUSTOMER).role_names(identity.namespace), "without the target role in AWS"
    )
    assert not identity.cloud().role(source.rpartition("/")[2]).inline


def test_an_association_whose_id_was_lost_is_adopted(identity: Identity) -> None:
    """The provider created it, and the answer or the annotation got lost: EKS refuses another for ever."""
    identity.apply(spec("reader", association={"onConflict": "Adopt"}))
    identity.settle()
    (association,) = identity.associations().values()
    group, where = f"podidentityassociations.eks.{identity.flavour.managed}", []
    if identity.flavour.kind == "PodIdentity":
        where = [f"--namespace={identity.namespace}"]
    # A provider that runs puts the id back from memory, and another one from status; so all is lost while none runs.
    (standin,) = processes.find(identity.plane.places.root, "standin")
    standin.end()
    Kubectl(identity.plane.places)("annotate", group, association.name, f"{EXTERNAL_NAME}-", *where)
    lost = {"status": {"atProvider": None}}
    Kubectl(identity.plane.places).patch(group, association.name, lost, "--subresource=status", *where)
    identity.plane.start_standin((*STANDIN, "--forgetful"))
    identity.until(lambda: "adopted" in identity.our_conditions()["AssociationsReady"][2], "said to be adopted")
    identity.settle()
    (again,) = identity.associations().values()
    assert (again.uid, again.external_name) == (association.uid, association.external_name)
    assert [found.id for found in identity.cloud().associations(identity.namespace)] == [association.external_name]
    assert association.external_name in identity.our_conditions()["AssociationsReady"][2]


@pytest.mark.real
def test_an_association_of_somebody_else_is_refused_and_then_adopted(identity: Identity) -> None:
    name = "xr" if identity.flavour == FLAVOURS["xr"] else "claim"
    written = spec() | {"serviceAccounts": [{"name": name, "namespace": FOUND}]}
    identity.apply(written)
    identity.until(lambda: "Association already exists" in _associations_ready(identity), "refused")
    identity.until(lambda: "association.onConflict: Adopt" in _associations_ready(identity), "told how to go on")
    identity.apply(written | {"aws": written["aws"] | {"association": {"onConflict": "Adopt"}}})
    identity.settle()
    (association,) = identity.associations().values()
    message = identity.our_conditions()["AssociationsReady"][2]
    assert f"adopted, although others may have made them: {association.external_name} for {name} in prod/{FOUND}" in message
    role = identity.role().external_name
    identity.until(lambda: _role_of(identity, association.external_name) == role, "the role in the adopted association")
    # What made it ours is not needed any more.
    identity.apply(written)
    identity.settle()
    assert [m.external_name for m in identity.associations().values()] == [association.external_name]


def _role_of(identity: Identity, association: str) -> str:
    found = {one.id: one.role_arn for one in identity.cloud().associations(FOUND)}
    return found.get(association, "").rpartition("/")[2]


@pytest.mark.real
def test_what_others_attach_stays_with_additive_permissions(identity: Identity) -> None:
    permissions = {
        "ownership": "Additive",
        "inlinePolicies": [inline_policy()],
        "managedPolicyArns": [READ_ONLY],
        "managedPolicies": [_POLICY | {"name": f"queues-{identity.namespace}"}],
    }
    identity.apply(spec("reader", permissions=permissions))
    identity.settle()
    role, ours = identity.role(), f"arn:aws:iam::{ACCOUNT}:policy/data/queues-{identity.namespace}"
    identity.until(lambda: sorted(_attached(identity)) == sorted([READ_ONLY, ours]), "with both policies in AWS")
    _attach(identity, QUEUES)
    identity.until(lambda: QUEUES in _attached(identity), "with somebody else's policy in AWS")
    identity.apply(spec("reader", permissions={"ownership": "Additive"}))
    identity.until(lambda: _attached(identity) == [QUEUES], "with nothing but somebody else's policy in AWS")
    identity.until(lambda: not identity.cloud().role(role.external_name).inline, "without inline policies in AWS")
    identity.settle()
    assert identity.role().uid == role.uid
    assert not identity.of_kind("Policy")


def _attached(identity: Identity) -> list[str]:
    return list(identity.cloud().role(identity.role().external_name).attached)


def _attach(identity: Identity, arn: str) -> None:
    """Another managed resource, that no identity composes."""
    metadata = {"name": f"by-others-{identity.namespace}"}
    reference = {"name": "default"}
    if identity.flavour.kind == "PodIdentity":
        metadata, reference = metadata | {"namespace": identity.namespace}, reference | {"kind": "ClusterProviderConfig"}
    fields = {"policyArn": arn, "role": identity.role().external_name}
    attachment = {"apiVersion": f"iam.{identity.flavour.managed}/v1beta1", "kind": "RolePolicyAttachment", "metadata": metadata}
    Kubectl(identity.plane.places).apply(attachment | {"spec": {"forProvider": fields, "providerConfigRef": reference}})


@pytest.mark.real
def test_an_observed_role_that_leaves_a_pod_out_is_said(identity: Identity) -> None:
    written = spec("admitted", "left-out", role={"arn": GIVEN, "observe": True})
    del written["aws"]["permissions"]
    identity.apply(written)
    left_out = f"does not admit left-out in prod/{identity.namespace} by EKS Pod Identity: "
    identity.until(lambda: left_out in _role_ready(identity), "said to be left out, and why")
    assert 'kubernetes-service-account: is "left-out", must be "admitted"' in _role_ready(identity)
    identity.apply(written | {"serviceAccounts": [{"name": "admitted"}]})
    identity.settle()
    identity.until(lambda: _role_ready(identity).endswith("its trust policy admits these pods"), "said to admit them")
    identity.delete()
    identity.wait_gone()
    assert identity.cloud().role("given").arn == GIVEN
    assert not identity.cloud().calls_named("DeleteRole", "given")


def _role_ready(identity: Identity) -> str:
    return identity.our_conditions().get("RoleReady", ("", "", ""))[2]


def _associations_ready(identity: Identity) -> str:
    return identity.our_conditions().get("AssociationsReady", ("", "", ""))[2]


@pytest.mark.real
def test_a_usage_keeps_the_role_until_its_associations_are_gone(identity: Identity) -> None:
    """On deletion, and not in the way of an edit."""
    ordered = {"deletionOrder": "Ordered"}
    old, new = (f"{identity.namespace}-{identity.flavour.kind}-{which}" for which in ("old", "new"))
    identity.apply(spec(role={"name": old}) | ordered)
    identity.settle()
    identity.until(lambda: len(identity.usages()) == 2, "with two Usages")
    identity.apply(spec(role={"name": new}) | ordered)
    identity.until(lambda: [r.external_name for r in identity.of_kind("Role").values()] == [new], "with the new role alone")
    identity.settle()
    identity.until(lambda: len(identity.usages()) == 2, "with two Usages of the new role")
    identity.delete()
    identity.wait_gone()
    calls = [entry for entry in identity.cloud().entries if entry.error is None]
    ends = [i for i, entry in enumerate(calls) if entry.call == "DeletePodIdentityAssociation"][-2:]
    (role,) = (i for i, entry in enumerate(calls) if entry.call == "DeleteRole" and entry.arguments["role_name"] == new)
    assert max(ends) < role
    identity.until(lambda: not identity.usages(), "without Usages")
