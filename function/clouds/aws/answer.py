"""The answer for a plan with what is observed now: what is ready, the status, and the token that tells when to restart pods."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from function.clouds.aws.names import is_association_id
from function.clouds.aws.plan import ComposedRole, ExistingRole, Plan, PlannedRole
from function.clouds.aws.previous import STUB
from function.clouds.aws.readiness import Observation, associations_ready, role_ready
from function.clouds.aws.resource_names import ASSOCIATION, ATTACHMENT, INLINE, POLICY, ROLE, attachment_key, policy_key
from function.clouds.aws.resources import Composed
from function.conditions import ASSOCIATIONS_READY, ROLE_READY, Condition
from function.identity import service_accounts
from function.identity.status import ServiceAccountStatus, Status
from function.identity.subjects import Subject, account_status
from function.observed import Observed, ObservedResource
from function.resources import deletion_order
from function.resources.managed import EXTERNAL_NAME, ComposedResource
from function.resources.readiness import while_invalid
from function.resources.rollout import remembering, rollout_token
from function.result import Result


class AWSStatus(TypedDict):
    """The identity in AWS."""

    roleName: str
    """The role's name. Example: `reports`."""
    roleArn: NotRequired[str]
    """The role's ARN, once it exists. Example: `arn:aws:iam::678801588313:role/reports`."""
    targetRoleArn: NotRequired[str]
    """The target role's ARN, once it exists. Example: `arn:aws:iam::340605141517:role/reports`."""


def answer(plan: Plan, composed: Composed, observed: Observed) -> Result:
    """The whole answer to one call."""
    resources, observation = composed.all, _observe(plan, composed, observed)
    roles, associations = role_ready(plan, composed, observation), associations_ready(plan, composed, observation)
    ready = observation.ready
    if isinstance(plan.role, ExistingRole) and roles.status == "False":
        ready -= {resource.name for resource in composed.role}
    complete = roles.status == associations.status == "True" and len(ready) == len(resources)
    ties = _ties(plan, composed) if plan.identity.deletion_order == "Ordered" else ()
    further = deletion_order.ordered(plan.identity.scope, ties, observed, resources)
    ids = _association_ids(composed, observation)
    token = rollout_token(_in_effect(plan, composed, observation, ids), resources, observed, complete=complete)
    return Result(
        conditions=(roles, associations),
        resources=(*remembering(token, resources), *further),
        ready=ready | {resource.name for resource in further if deletion_order.at_work(resource, observed)},
        status=_status(plan, observation, ids, token),
    )


def while_spec_is_invalid(observed: Observed, while_: str) -> tuple[Condition, ...]:
    """The conditions while the spec is invalid: what exists stays as it is, and that is all that can be said."""
    return (
        while_invalid(ROLE_READY, "the role", observed, (ROLE, ATTACHMENT, POLICY, INLINE), while_),
        while_invalid(ASSOCIATIONS_READY, "the associations", observed, (ASSOCIATION, service_accounts.PREFIX), while_),
    )


def _observe(plan: Plan, composed: Composed, observed: Observed) -> Observation:
    seen = {r.name: found for r in composed.all if (found := observed.get(r.name)) is not None}
    states = {name: found.conditions() for name, found in seen.items()}
    arns = {role.arn: _arn(role, observed) for role in plan.roles}
    elsewhere = {role.key for role in plan.roles if isinstance(role, ComposedRole) and arns[role.arn] not in (None, role.arn)}
    ready = frozenset(name for name, state in states.items() if state.good and name not in elsewhere)
    return Observation(seen, states, ready, arns)


def _arn(role: PlannedRole, observed: Observed) -> str | None:
    """The ARN that AWS gave a role; an existing role's as written until it is seen."""
    if isinstance(role, ExistingRole) and not role.observe:
        return role.arn
    seen = observed.get(role.key)
    arn = seen.text("status", "atProvider", "arn") if seen else None
    return arn if isinstance(role, ComposedRole) else arn or role.arn


def _ties(plan: Plan, composed: Composed) -> Iterator[deletion_order.Tie]:
    """A role goes after the associations with it, a policy after its attachment."""
    for slot, role in (("role", plan.role), ("target", plan.target)):
        if not isinstance(role, ComposedRole):
            continue
        yield from (deletion_order.Tie(slot, role.key, association.name) for association in composed.associations.values())
        for policy in role.permissions.composed:
            attachment = attachment_key(role.account, role.name, policy.arn)
            yield deletion_order.Tie("policy", policy_key(role.account, policy.name), attachment)


def _status(plan: Plan, observation: Observation, ids: Mapping[Subject, str], token: str | None) -> dict[str, Any]:
    aws: AWSStatus = {"roleName": plan.role.arn.name}
    status: Status = {"cloud": "aws", "serviceAccounts": list(_entries(plan, ids))}
    if arn := observation.arns[plan.role.arn]:
        aws["roleArn"] = str(arn)
    target_arn = observation.arns[plan.target.arn] if plan.target else None
    if target_arn:
        aws["targetRoleArn"] = str(target_arn)
    acting = target_arn if plan.target else arn
    if acting and arn:
        status["identity"] = str(acting)
    if token:
        status["rolloutToken"] = token
    return {**status, "aws": aws}


def _entries(plan: Plan, ids: Mapping[Subject, str]) -> Iterator[ServiceAccountStatus]:
    for subject in plan.identity.subjects:
        entry = account_status(plan.identity, subject)
        if annotations := plan.annotations.get(subject.cluster):
            entry["annotations"] = dict(annotations)
        if subject in ids:
            entry["associationId"] = ids[subject]
        yield entry


def _in_effect(plan: Plan, composed: Composed, observation: Observation, ids: Mapping[Subject, str]) -> list[str] | None:
    """The facts about AWS that running pods depend on, for the rollout token. None while they differ from the plan.

    Nothing of permissions and trust is among it, which take effect without a restart. `ids` are those of the associations that
    exist.
    """
    if any(found != wanted for wanted, found in observation.arns.items()):
        return None
    facts = [plan.role.arn, plan.target.arn if plan.target else ""]
    for subject in sorted(plan.identity.subjects):
        associated = _by_association(plan, composed.associations.get(subject), observation, ids.get(subject))
        annotated = _by_token(plan, composed, subject, observation)
        if associated is None or annotated is None:
            return None
        facts += (*subject, *associated, *annotated)
    return facts


def _association_ids(composed: Composed, observation: Observation) -> dict[Subject, str]:
    """The ids that EKS gave the associations, without those that do not exist yet."""
    found = ((subject, observation.seen.get(association.name)) for subject, association in composed.associations.items())
    return {subject: identifier for subject, there in found if there is not None and (identifier := _id(there))}


def _id(association: ObservedResource) -> str | None:
    # What EKS shows comes before what somebody may have edited.
    for path in (("status", "atProvider", "associationId"), ("metadata", "annotations", EXTERNAL_NAME)):
        identifier = association.text(*path)
        if identifier and identifier != STUB and is_association_id(identifier):
            return identifier
    return None


def _by_association(
    plan: Plan, association: ComposedResource | None, observation: Observation, identifier: str | None
) -> tuple[str, ...] | None:
    if association is None:
        return ()
    if identifier is None:
        return None
    provided, target = observation.seen[association.name].within("status", "atProvider"), plan.target
    off = provided.flag("disableSessionTags")
    wanted = (plan.role.arn, target.arn if target else None, plan.disable_session_tags)
    if (provided.text("roleArn"), provided.text("targetRoleArn"), off) != wanted:
        return None
    return identifier, str(off)


def _by_token(plan: Plan, composed: Composed, subject: Subject, observation: Observation) -> tuple[str, ...] | None:
    annotations = plan.annotations.get(subject.cluster)
    if annotations is None:
        return ()
    account = composed.accounts.get(subject)
    if account is not None and not service_accounts.carried(observation.seen.get(account.name), annotations):
        return None
    return tuple(f"{name}={value}" for name, value in sorted(annotations.items()))
