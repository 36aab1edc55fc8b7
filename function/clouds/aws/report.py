"""What users are told: which resources are ready, status, and the conditions RoleReady and AssociationsReady."""

from collections.abc import Iterable, Mapping
from typing import Any

from function.clouds.aws.iam.arn import has_eks_auth
from function.clouds.aws.keys import role_key
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest, ComposedRole
from function.clouds.aws.status import AWSStatus
from function.composition import EXTERNAL_NAME, CompositionResult, Condition, ManagedResource
from function.errors import listed
from function.observed import Conditions, Observed, ObservedResource
from function.status import ServiceAccountStatus, Status
from function.subjects import Identity, Subject

_DEFAULT_ATTACHMENTS = 10
_NAMED = 3
_MESSAGE_MAX = 500
_STUB = "a-stubassocid123456"
"""What the provider calls an association before it exists: nobody's id."""


def report(identity: Identity, request: AWSRequest, rendered: Rendered, observed: Observed) -> CompositionResult:
    """The whole answer to one call."""
    resources = (*rendered.role, *rendered.associations.values())
    seen = {r.name: found for r in resources if (found := observed.get(r.name)) is not None}
    states = {name: found.conditions() for name, found in seen.items()}
    ready = {name for name, state in states.items() if state.good}
    arn = _observed_arn(request, observed)
    if request.role and arn and arn != request.role_arn:
        ready.discard(role_key(request.account, request.role.name))
    return CompositionResult(
        conditions=(
            _role_ready(request, rendered.role, states, arn),
            _associations_ready(request, rendered.associations, states, ready),
        ),
        resources=resources,
        ready=frozenset(ready),
        status=_status(identity, request, arn, rendered.associations, seen),
    )


def _observed_arn(request: AWSRequest, observed: Observed) -> str | None:
    """The role's ARN as AWS has it; an existing role's is taken as written."""
    if request.role is None:
        return request.role_arn
    role = observed.get(role_key(request.account, request.role.name))
    return role.text("status", "atProvider", "arn") if role else None


def _status(
    identity: Identity,
    request: AWSRequest,
    arn: str | None,
    associations: Mapping[Subject, ManagedResource],
    seen: Mapping[str, ObservedResource],
) -> dict[str, Any]:
    aws: AWSStatus = {"roleName": request.role.name if request.role else request.role_arn.rpartition("/")[2]}
    status: Status = {"cloud": "aws", "serviceAccounts": _entries(identity.subjects, associations, seen)}
    if arn:
        aws["roleArn"] = status["identity"] = arn
    return {**status, "aws": aws}


def _entries(
    subjects: Iterable[Subject], associations: Mapping[Subject, ManagedResource], seen: Mapping[str, ObservedResource]
) -> list[ServiceAccountStatus]:
    entries = []
    for subject in subjects:
        cluster, namespace, name = subject
        entry: ServiceAccountStatus = {"cluster": cluster, "namespace": namespace, "name": name}
        association = associations.get(subject)
        found = seen.get(association.name) if association else None
        if found is not None and (identifier := _association_id(found)):
            entry["associationId"] = identifier
        entries.append(entry)
    return entries


def _association_id(association: ObservedResource) -> str | None:
    # Without LateInitialize among its managementPolicies the provider never writes the external-name.
    for path in (("metadata", "annotations", EXTERNAL_NAME), ("status", "atProvider", "associationId")):
        identifier = association.text(*path)
        if identifier and identifier != _STUB:
            return identifier
    return None


def _role_ready(
    request: AWSRequest, owned: list[ManagedResource], states: Mapping[str, Conditions], arn: str | None
) -> Condition:
    if request.role is None:
        message = (
            f"{request.role_arn} is an existing role, which is not changed; its trust policy must let pods.eks.amazonaws.com "
            "do sts:AssumeRole and sts:TagSession for these pods"
        )
        return Condition("RoleReady", "True", "ExistingRole", message)
    if arn and arn != request.role_arn:
        message = (
            f"the role is {arn}, but should be {request.role_arn}: the provider config uses the credentials of another account "
            "or partition"
        )
        return Condition("RoleReady", "False", "AccountMismatch", message)
    troubles = _troubles(owned, states)
    if troubles:
        return Condition("RoleReady", "False", "Waiting", f"role {request.role.name}{troubles}")
    return Condition("RoleReady", "True", "Available", f"role {request.role.name} is ready{_advice(request.role)}")


def _advice(role: ComposedRole) -> str:
    count = len(role.managed_policy_arns)
    if count <= _DEFAULT_ATTACHMENTS:
        return ""
    return f"; it has {count} managed policies, and IAM's default quota is {_DEFAULT_ATTACHMENTS} a role"


def _associations_ready(
    request: AWSRequest,
    associations: Mapping[Subject, ManagedResource],
    states: Mapping[str, Conditions],
    ready: set[str],
) -> Condition:
    if not request.associate:
        message = "association.create is false: something else associates the role with the service accounts"
        return Condition("AssociationsReady", "True", "NotManaged", message)
    waiting = [subject for subject, association in associations.items() if association.name not in ready]
    advice = "" if has_eks_auth(request.partition) else f"; no eks-auth endpoint is known in partition {request.partition}"
    count = len(associations)
    if not waiting:
        return Condition("AssociationsReady", "True", "Available", f"all associations are ready ({count}){advice}")
    named = listed(f"{s.service_account} in {s.cluster}/{s.namespace}" for s in waiting[:_NAMED])
    more = f" and {len(waiting) - _NAMED} more" if len(waiting) > _NAMED else ""
    why = _why(states.get(associations[waiting[0]].name))
    message = f"{len(waiting)} of {count} associations are not ready: {named}{more}; the first {why}{advice}"
    return Condition("AssociationsReady", "False", "Waiting", message)


def _troubles(resources: Iterable[ManagedResource], states: Mapping[str, Conditions]) -> str:
    """Why these are not all ready: the first of them that is not."""
    for resource in resources:
        state = states.get(resource.name)
        if state is None or not state.good:
            policy = resource.manifest["spec"]["forProvider"].get("policyArn")
            return f": attachment of {policy} {_why(state)}" if policy else f" {_why(state)}"
    return ""


def _why(state: Conditions | None) -> str:
    if state is None:
        return "does not exist yet"
    message = state.synced_message if state.synced == "False" else state.ready_message
    said = f", says the provider: {' '.join(message.split())[:_MESSAGE_MAX]}" if message else ""
    if state.synced == "False":
        return f"is not as asked for{said}"
    return f"is not there yet{said}" if state.ready != "True" else "has not been synced yet"


def conditions_unread(observed: Observed) -> tuple[Condition, Condition]:
    """The conditions while the spec is invalid: what exists stays as it is, and that is all that can be said."""
    return (
        _unread("RoleReady", "the role", observed, ("role-", "attachment-")),
        _unread("AssociationsReady", "the associations", observed, ("association-",)),
    )


def _unread(kind: str, what: str, observed: Observed, prefixes: tuple[str, ...]) -> Condition:
    names = [name for prefix in prefixes for name in observed.starting(prefix)]
    waiting = sum(not observed[name].conditions().good for name in names)
    if not names:
        return Condition(kind, "Unknown", "SpecInvalid", f"{what} cannot be told while the spec is invalid; nothing exists yet")
    if waiting:
        message = f"{waiting} of {len(names)} resources of {what} are not ready; nothing changes while the spec is invalid"
        return Condition(kind, "False", "Waiting", message)
    return Condition(kind, "True", "Available", f"{what} are ready as last applied; nothing changes while the spec is invalid")
