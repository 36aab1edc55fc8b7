"""The composed resources of a PodIdentity in Google Cloud.

Source: the CRDs of provider-upjet-gcp v3.0.0, against which every rendered object is checked. What names an IAM member's
resource differs by its kind: targets.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

from function.clouds.gcp.accounts import path_of
from function.clouds.gcp.members import IMPERSONATION, in_dataset, service_account_member
from function.clouds.gcp.plan import ComposedAccount, Grant, Plan
from function.clouds.gcp.resource_names import PART, account_key, member_key
from function.clouds.gcp.targets import Target
from function.identity import service_accounts
from function.identity.subjects import Subject
from function.naming import DERIVED_NAME, Derived
from function.resources.managed import ComposedResource, managed_resource


class ServiceAccountFields(TypedDict):
    """cloudplatform ServiceAccount."""

    project: str
    displayName: str
    description: str


# The version of each kind in the cluster-scoped groups where it is not v1beta2; namespaced they are all v1beta1.
_OLDER = {"ServiceAccount": "v1beta1", "ManagedFolderIAMMember": "v1beta1"}


@dataclass(frozen=True, slots=True)
class Composed:
    """All composed resources."""

    account: ComposedResource | None
    """The service account, where it is composed."""
    impersonation: list[ComposedResource]
    """Who may act as the service account."""
    grants: list[ComposedResource]
    """What is granted."""
    accounts: dict[Subject, ComposedResource]
    """The Kubernetes service accounts in their clusters."""

    @property
    def members(self) -> list[ComposedResource]:
        """All IAM members."""
        return [*self.impersonation, *self.grants]

    @property
    def all(self) -> tuple[ComposedResource, ...]:
        """Everything."""
        return (*([self.account] if self.account else []), *self.members, *self.accounts.values())


def compose(plan: Plan) -> Composed:
    """The resources of a plan."""
    account = plan.account
    grantees = (service_account_member(account.email),) if account else plan.principals
    return Composed(
        account=_account(plan, account) if isinstance(account, ComposedAccount) else None,
        impersonation=list(_impersonation(plan)),
        grants=[member for grant in plan.grants for member in _members(plan, grant, grantees)],
        accounts=service_accounts.render(plan.identity, plan.annotations),
    )


def _version(plan: Plan, service: str, kind: str) -> str:
    scope = plan.identity.scope
    return f"{scope.group(service, 'gcp')}/{'v1beta1' if scope.namespaced else _OLDER.get(kind, 'v1beta2')}"


def _account(plan: Plan, account: ComposedAccount) -> ComposedResource:
    # Left out, what they were comes back: the provider initialises a missing field late, from what Google still has.
    fields: ServiceAccountFields = {
        "project": account.project,
        "displayName": account.display_name or "",
        "description": account.description or "",
    }
    return managed_resource(
        account_key(account.project, account.id),
        _version(plan, "cloudplatform", "ServiceAccount"),
        "ServiceAccount",
        fields,
        provider_config=plan.provider_config,
        management_policies=plan.identity.management_policies,
        external_name=account.id,
        annotations={DERIVED_NAME: str(Derived(PART, plan.identity.owner))} if account.derived else None,
    )


def _impersonation(plan: Plan) -> Iterator[ComposedResource]:
    """One for each Kubernetes service account that may act as the service account."""
    account = plan.account
    if account is None:
        return
    fields = {"serviceAccountId": path_of(account.email, account.project)}
    target = Target("cloudplatform", "ServiceAccountIAMMember", fields, account.project, account.email)
    yield from _members(plan, Grant(IMPERSONATION, target), plan.principals)


def _members(plan: Plan, grant: Grant, grantees: tuple[str, ...]) -> Iterator[ComposedResource]:
    """An IAM member for each of them; all share what is granted."""
    target = grant.target
    fields: dict[str, Any] = {**target.fields, "role": grant.role}
    if grant.condition:
        fields["condition"] = dict(grant.condition)
    shared = managed_resource(
        "",
        _version(plan, target.service, target.kind),
        target.kind,
        fields,
        provider_config=plan.provider_config,
        management_policies=plan.identity.management_policies,
    )
    for grantee in grantees:
        member = in_dataset(grantee) if target.kind == "DatasetIAMMember" else grantee
        key = member_key(target.kind, target.fields, grant.role, member, grant.condition)
        yield ComposedResource(key, shared.manifest, {"member": member})
