"""What users are told: which resources are ready, status, and the conditions RoleReady and AssociationsReady."""

from collections.abc import Iterator, Mapping
from typing import Any

from function import service_accounts, usages
from function.clouds.aws.association_report import associations_ready
from function.clouds.aws.effect import association_ids, in_effect
from function.clouds.aws.iam.arn import Arn
from function.clouds.aws.keys import ASSOCIATION, ATTACHMENT, INLINE, POLICY, ROLE, attachment_key, policy_key, role_key
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest, ComposedRole, ExistingRole
from function.clouds.aws.role_report import role_ready
from function.clouds.aws.status import AWSStatus
from function.composition import CompositionResult, Condition
from function.observed import Observed, ObservedResource
from function.rollout import remembering, rollout_token
from function.status import ServiceAccountStatus, Status
from function.subjects import Identity, Subject, account_status
from function.waiting import unread

Seen = Mapping[str, ObservedResource]


def report(identity: Identity, request: AWSRequest, rendered: Rendered, observed: Observed) -> CompositionResult:
    """The whole answer to one call."""
    resources = rendered.all
    seen = {r.name: found for r in resources if (found := observed.get(r.name)) is not None}
    states = {name: found.conditions() for name, found in seen.items()}
    ready = {name for name, state in states.items() if state.good}
    arns = _arns(request, observed)
    ready -= {role_key(r.account, r.name) for r in request.composed if arns[r.arn] not in (None, r.arn)}
    roles = role_ready(identity, request, rendered, states, arns, _observed_trust(request, rendered, seen))
    associations = associations_ready(identity, request, rendered, states, ready, seen)
    if isinstance(request.role, ExistingRole) and roles.status == "False":
        ready -= {resource.name for resource in rendered.role}
    complete = roles.status == associations.status == "True" and len(ready) == len(resources)
    ties = _ties(request, rendered) if identity.deletion_order == "Ordered" else ()
    further = usages.ordered(identity.flavour, ties, observed, resources)
    ids = association_ids(rendered, seen)
    token = rollout_token(in_effect(identity, request, rendered, seen, arns, ids), resources, observed, complete=complete)
    return CompositionResult(
        conditions=(roles, associations),
        resources=(*remembering(token, resources), *further),
        ready=frozenset(ready) | {resource.name for resource in further if usages.at_work(resource, observed)},
        status=_status(identity, request, ids, arns, token),
    )


def _arns(request: AWSRequest, observed: Observed) -> dict[str, str | None]:
    """The ARNs of the roles as AWS has them, by those that they should have; an existing role's as written until it is seen."""
    found: dict[str, str | None] = {}
    for role in request.composed:
        seen = observed.get(role_key(role.account, role.name))
        found[role.arn] = seen.text("status", "atProvider", "arn") if seen else None
    for existing in (request.role, request.target):
        if isinstance(existing, ExistingRole):
            found[existing.arn] = _seen_arn(existing, observed) or existing.arn
    return found


def _seen_arn(role: ExistingRole, observed: Observed) -> str | None:
    arn = Arn.parse(role.arn)
    if not role.observe or arn is None:
        return None
    seen = observed.get(role_key(arn.account, arn.path_and_name[1]))
    return seen.text("status", "atProvider", "arn") if seen else None


def _observed_trust(request: AWSRequest, rendered: Rendered, seen: Seen) -> str | None:
    if not isinstance(request.role, ExistingRole) or not rendered.role:
        return None
    role = seen.get(rendered.role[0].name)
    return role.text("status", "atProvider", "assumeRolePolicy") if role else None


def _ties(request: AWSRequest, rendered: Rendered) -> Iterator[usages.Tie]:
    for slot, role in (("role", request.role), ("target", request.target)):
        if not isinstance(role, ComposedRole):
            continue
        key = role_key(role.account, role.name)
        yield from (usages.Tie(slot, key, association.name) for association in rendered.associations.values())
        for policy in role.permissions.composed:
            attachment = attachment_key(role.account, role.name, policy.arn)
            yield usages.Tie("policy", policy_key(role.account, policy.name), attachment)


def _status(
    identity: Identity,
    request: AWSRequest,
    ids: Mapping[Subject, str],
    arns: Mapping[str, str | None],
    token: str | None,
) -> dict[str, Any]:
    aws: AWSStatus = {"roleName": request.role.arn.rpartition("/")[2]}
    status: Status = {"cloud": "aws", "serviceAccounts": list(_entries(identity, request, ids))}
    if arn := arns[request.role.arn]:
        aws["roleArn"] = arn
    target_arn = arns[request.target.arn] if request.target else None
    if target_arn:
        aws["targetRoleArn"] = target_arn
    acting = target_arn if request.target else arn
    if acting and arn:
        status["identity"] = acting
    if token:
        status["rolloutToken"] = token
    return {**status, "aws": aws}


def _entries(identity: Identity, request: AWSRequest, ids: Mapping[Subject, str]) -> Iterator[ServiceAccountStatus]:
    for subject in identity.subjects:
        entry = account_status(identity, subject)
        if token := request.web_identities.get(subject.cluster):
            entry["annotations"] = dict(token.annotations)
        if subject in ids:
            entry["associationId"] = ids[subject]
        yield entry


def conditions_unread(observed: Observed) -> tuple[Condition, Condition]:
    """The conditions while the spec is invalid: what exists stays as it is, and that is all that can be said."""
    return (
        unread("RoleReady", "the role", observed, (ROLE, ATTACHMENT, POLICY, INLINE)),
        unread("AssociationsReady", "the associations", observed, (ASSOCIATION, service_accounts.PREFIX)),
    )
