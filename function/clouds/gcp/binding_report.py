"""The condition BindingsReady: the service account, its IAM members, and annotations where they are managed."""

import re

from function.clouds.gcp.render import Rendered
from function.clouds.gcp.request import ComposedAccount, GCPRequest
from function.composition import Condition, ManagedResource
from function.errors import listed
from function.waiting import States, why

_KIND = "BindingsReady"
_NAMED = 3

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


def bindings_ready(request: GCPRequest, rendered: Rendered, states: States, ready: set[str], email: str | None) -> Condition:
    """Whether everything is there; `email` is the service account's as Google has it."""
    account = rendered.account
    if account and request.account and email not in (None, request.account.email):
        message = (
            f"the service account is {email}, but should be {request.account.email}: "
            "what the provider made is in another project"
        )
        return Condition(_KIND, "False", "AccountMismatch", message)
    if account and account.name not in ready:
        return Condition(_KIND, "False", "Waiting", f"service account {_email(request)} {why(states.get(account.name))}")
    waiting = [member for member in rendered.members if member.name not in ready]
    if waiting:
        return _waiting(rendered, states, waiting)
    annotated = [resource for resource in rendered.accounts.values() if resource.name not in ready]
    if annotated:
        message = f"{len(annotated)} of {len(rendered.accounts)} service accounts are not as asked for; the first"
        return Condition(_KIND, "False", "Waiting", f"{message} {why(states.get(annotated[0].name))}")
    return Condition(_KIND, "True", "Available", _there(request, rendered))


def _email(request: GCPRequest) -> str:
    return request.account.email if request.account else ""


def _waiting(rendered: Rendered, states: States, waiting: list[ManagedResource]) -> Condition:
    troubled = next((m for m in waiting if (state := states.get(m.name)) and state.synced == "False"), waiting[0])
    state = states.get(troubled.name)
    words = f"{len(waiting)} of {len(rendered.members)} IAM members are not ready; {_called(troubled)} {why(state)}"
    lagging = state is not None and state.synced == "False" and _UNKNOWN_YET.search(state.synced_message)
    return Condition(_KIND, "False", "Propagating" if lagging else "Waiting", f"{words}; {_LAG}" if lagging else words)


def _called(member: ManagedResource) -> str:
    fields = member.object()["spec"]["forProvider"]
    where = [value for name, value in fields.items() if name not in ("role", "member", "condition")]
    return f"{fields['role']} on {'/'.join(where)} for {fields['member']}"


def _there(request: GCPRequest, rendered: Rendered) -> str:
    count = f"all IAM members are ready ({len(rendered.members)}); a policy takes effect within two minutes, at times seven"
    same = (
        f"; to IAM, pods of the same namespace and service account in any other cluster of {_pools(request)} are the same: "
        "they are admitted, too"
    )
    return count + same + _service_accounts(request, rendered)


def _pools(request: GCPRequest) -> str:
    some = [*request.pools[:_NAMED], *([f"{len(request.pools) - _NAMED} more"] if len(request.pools) > _NAMED else [])]
    return f"pool{'s' if len(request.pools) > 1 else ''} {listed(some)}"


def _service_accounts(request: GCPRequest, rendered: Rendered) -> str:
    if request.account is None:
        return "; their service accounts must not carry the annotation iam.gke.io/gcp-service-account"
    whose = "" if isinstance(request.account, ComposedAccount) else f"; {request.account.email} is somebody else's"
    if rendered.accounts:
        return f"{whose}; the service accounts are annotated ({len(rendered.accounts)})"
    return f"{whose}; the service accounts have to carry the annotations in status.serviceAccounts"
