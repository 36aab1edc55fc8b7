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
# IAM API with "or it may not exist". Source: magic-modules, resource_google_service_account.go. What stands before Google's own
# answer is the provider's, and names service accounts whatever the cause is.
_UNKNOWN_YET = re.compile(
    r"Error 40[04]: (?:Unknown service account|Service account (\S{1,200}) (?:does not exist|was not found))"
    r"|for service account '[^']{1,200}': googleapi: Error 404"
    r"|Error 403: Permission '?iam\.serviceAccounts\.\w+.{0,200}may not exist",
    re.IGNORECASE | re.DOTALL,
)
_NO_POOL = re.compile(
    r"identity (?:pool|namespace)(?: \S{1,200})? (?:does not exist|was not found|not found)(?: \(([^)]{1,200})\))?",
    re.IGNORECASE,
)
_OVER_ACCOUNTS = (
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityUser",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.serviceAccountAdmin",
)
_SHARED = "; a grant that another PodIdentity makes as well is one and the same, and goes when either lets go of it"
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
        return _waiting(plan, composed, states, waiting)
    annotated = [resource for resource in composed.accounts.values() if resource.name not in ready]
    if annotated:
        message = f"{len(annotated)} of {len(composed.accounts)} service accounts do not match the spec yet; the first"
        return Condition(BINDINGS_READY, "False", "Waiting", f"{message} {why(states.get(annotated[0].name))}")
    return Condition(BINDINGS_READY, "True", "Available", _there(plan, composed))


def _email(plan: Plan) -> str:
    return plan.account.email if plan.account else ""


def _waiting(plan: Plan, composed: Composed, states: States, waiting: list[ComposedResource]) -> Condition:
    troubled = next((m for m in waiting if (state := states.get(m.name)) and state.synced == "False"), waiting[0])
    state = states.get(troubled.name)
    words = f"{len(waiting)} of {len(composed.members)} IAM members are not ready; {_called(troubled)} {why(state)}"
    said = state.synced_message if state is not None and state.synced == "False" else ""
    if no_pool := _NO_POOL.search(said):
        pool = no_pool[1] or "of its project"
        message = (
            f"{words}; the workload identity pool {pool} is there as soon as a cluster of its project has Workload Identity "
            "Federation for GKE: enable it, or correct gke in spec.clusters"
        )
        return Condition(BINDINGS_READY, "False", "NoWorkloadPool", message)
    unknown = _UNKNOWN_YET.search(said)
    # Another account, which somebody deleted or never made, does not come by waiting.
    if composed.account and unknown and unknown[1] in (None, _email(plan)):
        return Condition(BINDINGS_READY, "False", "Propagating", f"{words}; {_LAG}")
    return Condition(BINDINGS_READY, "False", "Waiting", words)


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
    return count + (same if plan.pools else "") + _service_accounts(plan, composed) + _broad(plan)


def _broad(plan: Plan) -> str:
    """Roles on a whole project, or more, that give the power of every service account in it."""
    broad = (grant for grant in plan.grants if grant.role in _OVER_ACCOUNTS and grant.target.kind != "ServiceAccountIAMMember")
    found = [f"{grant.role} on {grant.target.words}" for grant in broad]
    if not found:
        return ""
    return f"; {listed(found)} reaches every service account there: to mean a single one, grant it with on.serviceAccount"


def _pools(plan: Plan) -> str:
    return f"pool{'s' if len(plan.pools) > 1 else ''} {listed(few(plan.pools))}"


def _service_accounts(plan: Plan, composed: Composed) -> str:
    if plan.account is None:
        return f"; their service accounts must not carry the annotation iam.gke.io/gcp-service-account{_SHARED}"
    whose = "" if isinstance(plan.account, ComposedAccount) else f"; {plan.account.email} is somebody else's{_SHARED}"
    if composed.accounts:
        return f"{whose}; the service accounts are annotated ({len(composed.accounts)})"
    words = f"{whose}; the service accounts have to carry the annotations in status.serviceAccounts"
    fleets = [c.name for c in plan.identity.clusters if c.gke and not c.gke.has_own_pool]
    if fleets:
        words += f"; in {listed(few(fleets))}, whose pool is a fleet's, pods need a configuration of their own instead"
    return words
