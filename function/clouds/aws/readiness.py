"""The conditions RoleReady and AssociationsReady: whether everything is there, and if not, why, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from function.clouds.aws.permissions.session_tags import assumes_without_tagging, tags_asked_for
from function.clouds.aws.plan import ComposedRole, ExistingRole, Plan
from function.clouds.aws.resources import Composed
from function.clouds.aws.trust.judge import LeftOut, Unjudged, depends_on, left_out
from function.clouds.aws.trust.pod_identity import has_endpoint
from function.clouds.aws.trust.reader import callers, named
from function.clouds.aws.trust.target_role import external_id, grant
from function.conditions import ASSOCIATIONS_READY, ROLE_READY, Condition, Status
from function.errors import listed
from function.identity.subjects import Subject
from function.observed import ObservedResource
from function.resources.managed import ComposedResource
from function.resources.readiness import States, few, is_absent, why
from function.spec.arn import Arn

_DEFAULT_ATTACHMENTS = 10


@dataclass(frozen=True, slots=True)
class Observation:
    """What is observed of what a plan composes."""

    seen: Mapping[str, ObservedResource]
    """By composition resource name."""
    states: States
    ready: frozenset[str]
    arns: Mapping[Arn, str | None]
    """The ARNs of the roles as AWS has them, by those that they should have; None while one is not there."""


def role_ready(plan: Plan, composed: Composed, observation: Observation) -> Condition:
    """Whether the roles are there, as the spec has them."""
    for role in plan.roles:
        found = observation.arns.get(role.arn)
        if found and found != role.arn:
            reason = "the provider config uses the credentials of another account or partition"
            reason = reason if isinstance(role, ComposedRole) else f"its path is another, or {reason}"
            return Condition(ROLE_READY, "False", "AccountMismatch", f"the role is {found}, but should be {role.arn}: {reason}")
    for each, resources, what in ((plan.role, composed.role, "role"), (plan.target, composed.target, "target role")):
        if each is not None and (reason := _not_ready(resources, observation.states)):
            return Condition(ROLE_READY, "False", "Waiting", f"{what} {each.arn.name}{reason}")
    status, reason, message = _role_there(plan, composed, observation)
    return Condition(ROLE_READY, status, reason, message + _target(plan) + _needed(plan))


def _not_ready(resources: Iterable[ComposedResource], states: States) -> str:
    """Why these are not all ready: the first of them that is not, in a sentence that begins with the role; empty if all are."""
    for resource in resources:
        state = states.get(resource.name)
        if state is None or not state.good:
            absent = "; check its ARN, and the account that providerConfigRef reaches" if state and is_absent(state) else ""
            return f"{_called(resource)} {why(state)}{absent}"
    return ""


def _called(resource: ComposedResource) -> str:
    if resource.kind == "RolePolicyAttachment":
        return f": attachment of {resource.manifest['spec']['forProvider']['policyArn']}"
    name = resource.external_name
    return {"Policy": f": policy {name}", "RolePolicy": f": inline policy {name}"}.get(resource.kind, "")


def _role_there(plan: Plan, composed: Composed, observation: Observation) -> tuple[Status, str, str]:
    role = plan.role
    if isinstance(role, ComposedRole):
        return "True", "Available", f"role {role.name} is ready{_advice(role)}{_depends(role)}{_session_tags(plan, role)}"
    message = f"{role.arn} is an existing role, which is not changed"
    trust = _observed_trust(composed, observation) if role.observe else None
    if trust:
        tagged = plan.associations.handles if plan.associations else ()
        who = callers(plan.identity, tagged, plan.annotations, plan.partition, session_tags=not plan.disable_session_tags)
        missing = left_out(trust, tuple(who.values()), plan.partition, role.arn.account, plan.pin)
        if isinstance(missing, LeftOut):
            if missing:
                words = f"{named(list(who), missing)}: {missing.words}"
                return "False", "NotTrusted", f"{message}; its trust policy does not admit {words}"
            return "True", "ExistingRole", f"{message}; its trust policy admits these pods"
        if missing is Unjudged.TOO_COMPLEX:
            message += "; its trust policy is too complex to judge whether it admits these pods"
    return "True", "ExistingRole", f"{message}; its trust policy must let {_callers(plan)} for these pods"


def _observed_trust(composed: Composed, observation: Observation) -> str | None:
    """The trust policy of an existing role, as AWS has it."""
    role = observation.seen.get(composed.role[0].name) if composed.role else None
    return role.text("status", "atProvider", "assumeRolePolicy") if role else None


def _callers(plan: Plan) -> str:
    callers = []
    if plan.associations or plan.associated_elsewhere:
        callers.append("pods.eks.amazonaws.com do sts:AssumeRole and sts:TagSession")
    if plan.annotations:
        callers.append("the clusters' OIDC providers do sts:AssumeRoleWithWebIdentity")
    return listed(callers)


def _advice(role: ComposedRole) -> str:
    count = len(role.permissions.attached)
    if count <= _DEFAULT_ATTACHMENTS:
        return ""
    return f"; it has {count} managed policies, and IAM's default quota is {_DEFAULT_ATTACHMENTS} a role"


def _depends(role: ComposedRole) -> str:
    keys = depends_on(role.trust)
    depends = f"; whether it admits the pods also depends on {listed(keys)}" if keys else ""
    return (
        f"{depends}; its trust policy is too complex to judge whether it admits the pods" if role.trust.too_complex else depends
    )


def _session_tags(plan: Plan, role: ComposedRole) -> str:
    """Permissions that hang on session tags which do not arrive, or that lack what these need."""
    sent = bool(plan.associations or plan.associated_elsewhere or plan.source_arn) and not plan.disable_session_tags
    asked = tags_asked_for(role.permissions)
    if asked and not sent:
        why_not = "disableSessionTags is set" if plan.disable_session_tags else "with IRSA there are none"
        return f"; its permissions ask for session tags that never arrive ({listed(asked)}): {why_not}"
    if asked and plan.annotations:
        return f"; its permissions ask for session tags that arrive by EKS Pod Identity, not by IRSA: {listed(asked)}"
    if sent and assumes_without_tagging(role.permissions):
        return (
            "; it may assume other roles but not tag the session, and the pods' session tags go along: allow sts:TagSession, "
            "too, here and in the trust policies of those roles"
        )
    return ""


def _target(plan: Plan) -> str:
    target = plan.target
    if target is None:
        return ""
    if isinstance(target, ComposedRole):
        return f"; target role {target.name} is ready{_session_tags(plan, target)}"
    return f"; the trust policy of {target.arn} must let {plan.role.arn} do sts:AssumeRole and sts:TagSession for these pods"


def _needed(plan: Plan) -> str:
    """The grant that the owner of the first role has to make, ready to paste."""
    if plan.source_arn is not None:
        return f"; {plan.source_arn} must be allowed: {grant(plan.role.arn).json}"
    if plan.target is not None and isinstance(plan.role, ExistingRole):
        return f"; {plan.role.arn} must be allowed: {grant(plan.target.arn).json}"
    return ""


def associations_ready(plan: Plan, composed: Composed, observation: Observation) -> Condition:
    """Whether the pods' side is there: associations in EKS, and annotations where the service accounts are managed."""
    advice = "" if has_endpoint(plan.partition) else f"; no eks-auth endpoint is known in partition {plan.partition}"
    advice += _agents(plan, composed)
    waiting = [subject for subject, resource in composed.associations.items() if resource.name not in observation.ready]
    if waiting:
        return _waiting(plan, composed, observation.states, waiting, advice)
    if wrong := _wrong_ids(plan, composed, observation.seen):
        return Condition(ASSOCIATIONS_READY, "False", "ExternalIdMismatch", wrong)
    accounts = [subject for subject, resource in composed.accounts.items() if resource.name not in observation.ready]
    if accounts:
        return _accounts_waiting(composed, observation.states, accounts)
    return _associations_there(plan, composed, advice)


def _agents(plan: Plan, composed: Composed) -> str:
    """What the catalogue says of the agent, without which pods get nothing; it is no gate, since somebody may install it."""
    without = sorted({subject.cluster for subject in composed.associations} & plan.identity.without_agent)
    return f"; no EKS Pod Identity Agent in {listed(without)}: pods there get nothing until it is installed" if without else ""


def _associations_there(plan: Plan, composed: Composed, advice: str) -> Condition:
    annotated = _annotated(plan, composed)
    if plan.source_arn is not None:
        message = f"{plan.source_arn} has another owner, who has to associate it, with {plan.role.arn} as its target role"
        return Condition(ASSOCIATIONS_READY, "True", "NotManaged", message)
    if plan.associated_elsewhere:
        message = "association.create is false: something else associates the role with the service accounts"
        return Condition(ASSOCIATIONS_READY, "True", "NotManaged", f"{message}{annotated}")
    count = len(composed.associations)
    if not count:
        return Condition(ASSOCIATIONS_READY, "True", "NotManaged", f"IRSA needs no associations{annotated}")
    message = f"all associations are ready ({count})"
    return Condition(ASSOCIATIONS_READY, "True", "Available", message + _caches(plan) + annotated + _adopted(composed) + advice)


def _caches(plan: Plan) -> str:
    cached = "59 minutes" if plan.chained else "6 hours"
    return f"; pods that are older have to be restarted, and a change reaches running pods within {cached}"


def _annotated(plan: Plan, composed: Composed) -> str:
    if not plan.annotations:
        return ""
    if composed.accounts:
        return f"; the service accounts are annotated ({len(composed.accounts)})"
    return "; the service accounts have to carry the annotations in status.serviceAccounts"


def _adopted(composed: Composed) -> str:
    if not composed.adopted:
        return ""
    some = few(f"{identifier} for {_subject(subject)}" for subject, identifier in composed.adopted.items())
    return f"; adopted, although others may have made them: {listed(some)}"


def _waiting(plan: Plan, composed: Composed, states: States, waiting: list[Subject], advice: str) -> Condition:
    count, first = len(composed.associations), composed.associations[waiting[0]].name
    reason = why(states.get(first)) + _conflict(plan, first)
    message = f"{len(waiting)} of {count} associations are not ready: {_few(waiting)}; the first {reason}"
    return Condition(ASSOCIATIONS_READY, "False", "Waiting", message + _adopted(composed) + advice)


def _conflict(plan: Plan, key: str) -> str:
    conflict = plan.associations.conflicts.get(key) if plan.associations else None
    if conflict is None:
        return ""
    if conflict.of_addon:
        return f"; {conflict.id} belongs to an EKS add-on, which is not adopted: change the add-on's own configuration"
    if plan.associations and plan.associations.adopt:
        return f"; {conflict.id} is adopted"
    return (
        "; first look whether another PodIdentity lists this service account, which can be in one only; if none does, take it "
        f"over: write association.existing with id {conflict.id}, or association.onConflict: Adopt"
    )


def _wrong_ids(plan: Plan, composed: Composed, seen: Mapping[str, ObservedResource]) -> str:
    """Where EKS sends another external id than the target role was made to ask for: it would deny."""
    if not (plan.chained and plan.disable_session_tags):
        return ""
    for subject, resource in composed.associations.items():
        expected = external_id(plan.cluster_arns[subject.cluster], *plan.identity.host(subject))
        found = seen[resource.name].text("status", "atProvider", "externalId") if resource.name in seen else None
        if found and found != expected:
            return (
                f"EKS sends {found} as sts:ExternalId for {_subject(subject)}, and the target role expects {expected}: "
                "it would deny the pods; delete the association, so that it is made anew, and report this"
            )
    return ""


def _accounts_waiting(composed: Composed, states: States, waiting: list[Subject]) -> Condition:
    state = states.get(composed.accounts[waiting[0]].name)
    count = len(composed.accounts)
    message = f"{len(waiting)} of {count} service accounts do not match the spec yet: {_few(waiting)}; the first {why(state)}"
    return Condition(ASSOCIATIONS_READY, "False", "Waiting", message)


def _few(subjects: list[Subject]) -> str:
    return listed(few(map(_subject, subjects)))


def _subject(subject: Subject) -> str:
    return f"{subject.service_account} in {subject.cluster}/{subject.namespace}"
