"""What users are told: which resources are ready, status, and the condition BindingsReady."""

from collections.abc import Iterator
from typing import Any

from function import service_accounts, usages
from function.clouds.gcp.binding_report import bindings_ready
from function.clouds.gcp.keys import ACCOUNT, MEMBER
from function.clouds.gcp.render import Rendered
from function.clouds.gcp.request import ExistingAccount, GCPRequest
from function.clouds.gcp.status import GCPStatus
from function.composition import CompositionResult, Condition
from function.naming import digest
from function.observed import Observed
from function.status import ServiceAccountStatus, Status
from function.subjects import Identity, account_status
from function.waiting import unread


def report(identity: Identity, request: GCPRequest, rendered: Rendered, observed: Observed) -> CompositionResult:
    """The whole answer to one call."""
    resources = rendered.all
    states = {r.name: found.conditions() for r in resources if (found := observed.get(r.name)) is not None}
    email = _email(request, rendered, observed)
    ready = {name for name, state in states.items() if state.good}
    if rendered.account and request.account and email not in (None, request.account.email):
        ready.discard(rendered.account.name)
    bindings = bindings_ready(request, rendered, states, ready, email)
    ties = _ties(rendered) if identity.deletion_order == "Ordered" else ()
    further = usages.ordered(identity.flavour, ties, observed, resources)
    return CompositionResult(
        conditions=(bindings,),
        resources=(*resources, *further),
        ready=frozenset(ready) | {resource.name for resource in further if usages.at_work(resource, observed)},
        status=_status(identity, request, email, complete=bindings.status == "True" and len(ready) == len(resources)),
    )


def _email(request: GCPRequest, rendered: Rendered, observed: Observed) -> str | None:
    """The service account's email as Google has it; an existing one's as written."""
    if isinstance(request.account, ExistingAccount):
        return request.account.email
    seen = observed.get(rendered.account.name) if rendered.account else None
    return seen.text("status", "atProvider", "email") if seen else None


def _ties(rendered: Rendered) -> Iterator[usages.Tie]:
    """A service account goes after everything that names it: its members would stay behind, of a deleted one."""
    if rendered.account:
        yield from (usages.Tie("service-account", rendered.account.name, member.name) for member in rendered.members)


def _status(identity: Identity, request: GCPRequest, email: str | None, *, complete: bool) -> dict[str, Any]:
    gcp: GCPStatus = {"principals": list(request.principals)}
    status: Status = {"cloud": "gcp", "serviceAccounts": list(_entries(identity, request))}
    if email:
        gcp["serviceAccountEmail"] = email
    acting = email if request.account else request.principals[0]
    if acting:
        status["identity"] = acting
    if complete:
        status["rolloutToken"] = digest("rollout", *request.rollout)
    return {**status, "gcp": gcp}


def _entries(identity: Identity, request: GCPRequest) -> Iterator[ServiceAccountStatus]:
    for subject in identity.subjects:
        entry = account_status(identity, subject)
        if annotations := request.annotations.get(subject.cluster):
            entry["annotations"] = dict(annotations)
        yield entry


def conditions_unread(observed: Observed) -> tuple[Condition]:
    """The condition while the spec is invalid."""
    return (unread("BindingsReady", "the bindings", observed, (ACCOUNT, MEMBER, service_accounts.PREFIX)),)
