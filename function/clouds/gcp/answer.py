"""The answer for a plan with what is observed now: what is ready, the status, and the token that tells when to restart pods."""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

from function.clouds.gcp.plan import ExistingAccount, Plan
from function.clouds.gcp.readiness import bindings_ready
from function.clouds.gcp.resource_names import ACCOUNT, MEMBER
from function.clouds.gcp.resources import Composed
from function.conditions import BINDINGS_READY, Condition
from function.identity import service_accounts
from function.identity.status import ServiceAccountStatus, Status
from function.identity.subjects import account_status
from function.observed import Observed
from function.resources import deletion_order
from function.resources.readiness import while_invalid
from function.resources.rollout import remembering, rollout_token
from function.result import Result


class GCPStatus(TypedDict):
    """The identity in Google Cloud."""

    serviceAccountEmail: NotRequired[str]
    """The IAM service account's email, once it exists. Example: `reports@customer-project.iam.gserviceaccount.com`."""
    principals: list[str]
    """The pods, as IAM calls them. The owner of another resource grants roles to these (mode Direct); the owner of an existing
    IAM service account lets these act as it (mode Impersonate). Example:
    `[serviceAccount:prod-436507.svc.id.goog[default/demo-sa]]`."""


def answer(plan: Plan, composed: Composed, observed: Observed) -> Result:
    """The whole answer to one call."""
    resources = composed.all
    states = {r.name: found.conditions() for r in resources if (found := observed.get(r.name)) is not None}
    email = _email(plan, composed, observed)
    ready = {name for name, state in states.items() if state.good}
    if composed.account and plan.account and email not in (None, plan.account.email):
        ready.discard(composed.account.name)
    bindings = bindings_ready(plan, composed, states, ready, email)
    ties = _ties(composed) if plan.identity.deletion_order == "Ordered" else ()
    further = deletion_order.ordered(plan.identity.scope, ties, observed, resources)
    complete = bindings.status == "True" and len(ready) == len(resources)
    token = rollout_token(_in_effect(plan, composed, email, observed), resources, observed, complete=complete)
    return Result(
        conditions=(bindings,),
        resources=(*remembering(token, resources), *further),
        ready=frozenset(ready) | {resource.name for resource in further if deletion_order.at_work(resource, observed)},
        status=_status(plan, email, token),
    )


def _email(plan: Plan, composed: Composed, observed: Observed) -> str | None:
    """The IAM service account's email as Google has it; an existing one's as written."""
    if isinstance(plan.account, ExistingAccount):
        return plan.account.email
    seen = observed.get(composed.account.name) if composed.account else None
    return seen.text("status", "atProvider", "email") if seen else None


def _ties(composed: Composed) -> Iterator[deletion_order.Tie]:
    """A service account goes after everything that names it: its members would stay behind, of a deleted one."""
    if composed.account:
        yield from (deletion_order.Tie("service-account", composed.account.name, member.name) for member in composed.members)


def _in_effect(plan: Plan, composed: Composed, email: str | None, observed: Observed) -> list[str] | None:
    """What pods hold, None where it is not yet what is asked for: what their service accounts carry. IAM needs no restart."""
    if plan.account and email != plan.account.email:
        return None
    facts = []
    for subject in sorted(plan.identity.subjects):
        annotations = plan.annotations.get(subject.cluster, {})
        account = composed.accounts.get(subject)
        if account is not None and not service_accounts.carried(observed.get(account.name), annotations):
            return None
        facts += [*subject, *(f"{name}={value}" for name, value in sorted(annotations.items()))]
    return facts


def _status(plan: Plan, email: str | None, token: str | None) -> dict[str, Any]:
    gcp: GCPStatus = {"principals": list(plan.principals)}
    status: Status = {"cloud": "gcp", "serviceAccounts": list(_entries(plan))}
    if email:
        gcp["serviceAccountEmail"] = email
    acting = email if plan.account else plan.principals[0]
    if acting:
        status["identity"] = acting
    if token:
        status["rolloutToken"] = token
    return {**status, "gcp": gcp}


def _entries(plan: Plan) -> Iterator[ServiceAccountStatus]:
    for subject in plan.identity.subjects:
        entry = account_status(plan.identity, subject)
        if annotations := plan.annotations.get(subject.cluster):
            entry["annotations"] = dict(annotations)
        yield entry


def while_spec_is_invalid(observed: Observed, while_: str) -> tuple[Condition, ...]:
    """The condition while the spec is invalid."""
    return (while_invalid(BINDINGS_READY, "the bindings", observed, (ACCOUNT, MEMBER, service_accounts.PREFIX), while_),)
