"""The resources of a PodIdentity in Google Cloud."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from function import service_accounts
from function.clouds.gcp.accounts import path_of
from function.clouds.gcp.keys import account_key, member_key
from function.clouds.gcp.members import IMPERSONATION, in_dataset, service_account_member
from function.clouds.gcp.request import ComposedAccount, GCPRequest, Grant
from function.clouds.gcp.resources import OLDER, ServiceAccountFields
from function.clouds.gcp.targets import Target
from function.composition import EXTERNAL_NAME, ManagedResource, managed_resource
from function.naming import DERIVED_NAME
from function.subjects import Identity, Subject


@dataclass(frozen=True, slots=True)
class Rendered:
    """All composed resources."""

    account: ManagedResource | None
    """The service account, where it is composed."""
    impersonation: list[ManagedResource]
    """Who may act as the service account."""
    grants: list[ManagedResource]
    """What is granted."""
    accounts: dict[Subject, ManagedResource]
    """The Kubernetes service accounts in their clusters."""

    @property
    def members(self) -> list[ManagedResource]:
        """All IAM members."""
        return [*self.impersonation, *self.grants]

    @property
    def all(self) -> tuple[ManagedResource, ...]:
        """Everything."""
        return (*([self.account] if self.account else []), *self.members, *self.accounts.values())


def render(identity: Identity, request: GCPRequest) -> Rendered:
    """Render what was asked for."""
    account = request.account
    grantees = (service_account_member(account.email),) if account else request.principals
    return Rendered(
        account=_account(identity, request, account) if isinstance(account, ComposedAccount) else None,
        impersonation=list(_impersonation(identity, request)),
        grants=[member for grant in request.grants for member in _members(identity, request, grant, grantees)],
        accounts=service_accounts.render(identity, request.annotations),
    )


def _version(identity: Identity, service: str, kind: str) -> str:
    version = "v1beta1" if identity.flavour.namespaced else OLDER.get(kind, "v1beta2")
    return f"{identity.flavour.group(service, 'gcp')}/{version}"


def _spec(identity: Identity, request: GCPRequest, for_provider: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "forProvider": for_provider,
        "managementPolicies": list(identity.management_policies),
        "providerConfigRef": dict(request.provider_config),
    }


def _account(identity: Identity, request: GCPRequest, account: ComposedAccount) -> ManagedResource:
    # Left out, what they were comes back: the provider initialises a missing field late, from what Google still has.
    fields: ServiceAccountFields = {
        "project": account.project,
        "displayName": account.display_name or "",
        "description": account.description or "",
    }
    annotations = {EXTERNAL_NAME: account.id} | ({DERIVED_NAME: "service-account"} if account.derived else {})
    version = _version(identity, "cloudplatform", "ServiceAccount")
    spec = _spec(identity, request, fields)
    return managed_resource(account_key(account.project, account.id), version, "ServiceAccount", spec, annotations)


def _impersonation(identity: Identity, request: GCPRequest) -> Iterator[ManagedResource]:
    """One for each Kubernetes service account that may act as the service account."""
    account = request.account
    if account is None:
        return
    fields = {"serviceAccountId": path_of(account.email, account.project)}
    target = Target("cloudplatform", "ServiceAccountIAMMember", fields, account.project, account.email)
    yield from _members(identity, request, Grant(IMPERSONATION, target), request.principals)


def _members(identity: Identity, request: GCPRequest, grant: Grant, grantees: tuple[str, ...]) -> Iterator[ManagedResource]:
    """An IAM member for each of them; all share what is granted."""
    target = grant.target
    fields: dict[str, Any] = {**target.fields, "role": grant.role}
    if grant.condition:
        fields["condition"] = dict(grant.condition)
    shared = {
        "apiVersion": _version(identity, target.service, target.kind),
        "kind": target.kind,
        "spec": _spec(identity, request, fields),
    }
    for grantee in grantees:
        member = in_dataset(grantee) if target.kind == "DatasetIAMMember" else grantee
        key = member_key(target.kind, target.fields, grant.role, member, grant.condition)
        yield ManagedResource(key, shared, {"member": member})
