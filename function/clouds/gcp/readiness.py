"""The condition BindingsReady: the service account, its IAM members, and annotations where they are managed."""

import re
from collections.abc import Set as AbstractSet

from function.clouds.gcp.plan import ComposedAccount, Plan
from function.clouds.gcp.resources import Composed
from function.conditions import BINDINGS_READY, Condition
from function.errors import listed
from function.resources.managed import ComposedResource
from function.resources.readiness import States, few, why

# How Google answers for a service account that not every part of it knows yet: 400 with "does not exist", 404, and 403 of the
# IAM API with "or it may not exist". Source: magic-modules, resource_google_service_account.go.
_UNKNOWN_YET = re.compile(
    r"[Ss]ervice ?[Aa]ccounts?\b.{0,200}(does not exist|not ?[Ff]ound)|serviceAccounts\.\w+.{0,200}may not exist", re.DOTALL
)
_LAG = (
    "a new service account is known everywhere after about a minute, and a policy after two to seven: until then this is no "
    "error, and the provider tries again; if it lasts, the resource is missing, or the provider's credentials may not set its "
    "policy"
)


def bindings_ready(plan: Plan, composed: Composed, states: States, ready: AbstractSet[str], email: str | None) -> Condition:
    """Whether everything is there; `email` is the service account's as Google has it."""
    account = composed.account
    if account and plan.account and email not in (None, plan.account.email):
        message = (
            f"the service account is {email}, but should be {plan.account.email}: what the provider made is in another project"
        )
        return Condition(BINDINGS_READY, "False", "AccountMismatch", message)
    if account and account.name not in ready:
        return Condition(BINDINGS_READY, "False", "Waiting", f"service account {_email(plan)} {why(states.get(account.name))}")
    waiting = [member for member in composed.members if member.name not in ready]
    if waiting:
        return _waiting(composed, states, waiting)
    annotated = [resource for resource in composed.accounts.values() if resource.name not in ready]
    if annotated:
        message = f"{len(annotated)} of {len(composed.accounts)} service accounts do not match the spec yet; the first"
        return Condition(BINDINGS_READY, "False", "Waiting", f"{message} {why(states.get(annotated[0].name))}")
    return Condition(BINDINGS_READY, "True", "Available", _there(plan, composed))


def _email(plan: Plan) -> str:
    return plan.account.email if plan.account else ""


def _waiting(composed: Composed, states: States, waiting: list[ComposedResource]) -> Condition:
    troubled = next((m for m in waiting if (state := states.get(m.name)) and state.synced == "False"), waiting[0])
    state = states.get(troubled.name)
    words = f"{len(waiting)} of {len(composed.members)} IAM members are not ready; {_called(troubled)} {why(state)}"
    lagging = state is not None and state.synced == "False" and _UNKNOWN_YET.search(state.synced_message)
    return Condition(BINDINGS_READY, "False", "Propagating" if lagging else "Waiting", f"{words}; {_LAG}" if lagging else words)


def _called(member: ComposedResource) -> str:
    fields = member.object()["spec"]["forProvider"]
    where = [value for name, value in fields.items() if name not in ("role", "member", "condition")]
    return f"{fields['role']} on {'/'.join(where)} for {fields['member']}"


def _there(plan: Plan, composed: Composed) -> str:
    count = f"all IAM members are ready ({len(composed.members)}); a policy takes effect within two minutes, at times seven"
    same = (
        f"; to IAM, pods of the same namespace and service account in any other cluster of {_pools(plan)} are the same: "
        "they are admitted, too"
    )
    return count + same + _service_accounts(plan, composed)


def _pools(plan: Plan) -> str:
    return f"pool{'s' if len(plan.pools) > 1 else ''} {listed(few(plan.pools))}"


def _service_accounts(plan: Plan, composed: Composed) -> str:
    if plan.account is None:
        return "; their service accounts must not carry the annotation iam.gke.io/gcp-service-account"
    whose = "" if isinstance(plan.account, ComposedAccount) else f"; {plan.account.email} is somebody else's"
    if composed.accounts:
        return f"{whose}; the service accounts are annotated ({len(composed.accounts)})"
    return f"{whose}; the service accounts have to carry the annotations in status.serviceAccounts"
