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
from function.observed import Observed
from function.rollout import remembering, rollout_token
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
    complete = bindings.status == "True" and len(ready) == len(resources)
    token = rollout_token(_in_effect(identity, request, rendered, email, observed), resources, observed, complete=complete)
    return CompositionResult(
        conditions=(bindings,),
        resources=(*remembering(token, resources), *further),
        ready=frozenset(ready) | {resource.name for resource in further if usages.at_work(resource, observed)},
        status=_status(identity, request, email, token),
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


def _in_effect(
    identity: Identity, request: GCPRequest, rendered: Rendered, email: str | None, observed: Observed
) -> list[str] | None:
    """What pods hold, None where it is not yet what is asked for: what their service accounts carry. IAM needs no restart."""
    if request.account and email != request.account.email:
        return None
    facts = []
    for subject in sorted(identity.subjects):
        annotations = request.annotations.get(subject.cluster, {})
        account = rendered.accounts.get(subject)
        if account is not None and not service_accounts.carried(observed.get(account.name), annotations):
            return None
        facts += [*subject, *(f"{name}={value}" for name, value in sorted(annotations.items()))]
    return facts


def _status(identity: Identity, request: GCPRequest, email: str | None, token: str | None) -> dict[str, Any]:
    gcp: GCPStatus = {"principals": list(request.principals)}
    status: Status = {"cloud": "gcp", "serviceAccounts": list(_entries(identity, request))}
    if email:
        gcp["serviceAccountEmail"] = email
    acting = email if request.account else request.principals[0]
    if acting:
        status["identity"] = acting
    if token:
        status["rolloutToken"] = token
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
