"""The condition AssociationsReady: associations, and service accounts where they are managed."""

from collections.abc import Mapping

from function.clouds.aws.iam.arn import has_eks_auth
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest
from function.clouds.aws.second_hop import external_id
from function.composition import Condition
from function.errors import listed
from function.observed import ObservedResource
from function.subjects import Identity, Subject
from function.waiting import States, why

_NAMED = 3
_KIND = "AssociationsReady"


def associations_ready(
    identity: Identity,
    request: AWSRequest,
    rendered: Rendered,
    states: States,
    ready: set[str],
    seen: Mapping[str, ObservedResource],
) -> Condition:
    """Whether the pods' side is there: associations in EKS, and annotations where the service accounts are managed."""
    advice = "" if has_eks_auth(request.partition) else f"; no eks-auth endpoint is known in partition {request.partition}"
    advice += _agents(identity, rendered)
    waiting = [subject for subject, resource in rendered.associations.items() if resource.name not in ready]
    if waiting:
        return _waiting(request, rendered, states, waiting, advice)
    if wrong := _wrong_ids(identity, request, rendered, seen):
        return Condition(_KIND, "False", "ExternalIdMismatch", wrong)
    accounts = [subject for subject, resource in rendered.accounts.items() if resource.name not in ready]
    if accounts:
        return _accounts_waiting(rendered, states, accounts)
    return _there(request, rendered, advice)


def _agents(identity: Identity, rendered: Rendered) -> str:
    """What the catalogue says of the agent, without which pods get nothing; it is no gate, since somebody may install it."""
    without = sorted({subject.cluster for subject in rendered.associations} & identity.without_agent)
    return f"; no EKS Pod Identity Agent in {listed(without)}: pods there get nothing until it is installed" if without else ""


def _there(request: AWSRequest, rendered: Rendered, advice: str) -> Condition:
    annotated = _annotated(request, rendered)
    if request.source_arn is not None:
        message = f"{request.source_arn} is somebody else's, who associates it, with {request.role.arn} as its target role"
        return Condition(_KIND, "True", "NotManaged", message)
    if request.associated_elsewhere:
        message = "association.create is false: something else associates the role with the service accounts"
        return Condition(_KIND, "True", "NotManaged", f"{message}{annotated}")
    count = len(rendered.associations)
    if not count:
        return Condition(_KIND, "True", "NotManaged", f"IRSA needs no associations{annotated}")
    message = f"all associations are ready ({count})"
    return Condition(_KIND, "True", "Available", message + _caches(request) + annotated + _adopted(rendered) + advice)


def _caches(request: AWSRequest) -> str:
    cached = "59 minutes" if request.chained else "6 hours"
    return f"; pods that are older have to be restarted, and a change reaches running pods within {cached}"


def _annotated(request: AWSRequest, rendered: Rendered) -> str:
    if not request.web_identities:
        return ""
    if rendered.accounts:
        return f"; the service accounts are annotated ({len(rendered.accounts)})"
    return "; the service accounts have to carry the annotations in status.serviceAccounts"


def _adopted(rendered: Rendered) -> str:
    if not rendered.adopted:
        return ""
    some = [f"{identifier} for {_subject(subject)}" for subject, identifier in list(rendered.adopted.items())[:_NAMED]]
    more = f" and {len(rendered.adopted) - _NAMED} more" if len(rendered.adopted) > _NAMED else ""
    return f"; adopted, whoever made them: {listed(some)}{more}"


def _waiting(request: AWSRequest, rendered: Rendered, states: States, waiting: list[Subject], advice: str) -> Condition:
    count, first = len(rendered.associations), rendered.associations[waiting[0]].name
    reason = why(states.get(first)) + _conflict(request, first)
    message = (
        f"{len(waiting)} of {count} associations are not ready: {_few(waiting)}; the first {reason}{_adopted(rendered)}{advice}"
    )
    return Condition(_KIND, "False", "Waiting", message)


def _conflict(request: AWSRequest, key: str) -> str:
    conflict = request.associations.conflicts.get(key) if request.associations else None
    if conflict is None:
        return ""
    if conflict.of_addon:
        return f"; {conflict.id} belongs to an EKS add-on, which is not adopted: change the add-on's own configuration"
    if request.associations and request.associations.adopt:
        return f"; {conflict.id} is adopted"
    return f"; to take it over, write association.existing with id {conflict.id}, or association.onConflict: Adopt"


def _wrong_ids(identity: Identity, request: AWSRequest, rendered: Rendered, seen: Mapping[str, ObservedResource]) -> str:
    """Where EKS sends another external id than the target role was made to ask for: it would deny."""
    if not (request.chained and request.disable_session_tags):
        return ""
    for subject, resource in rendered.associations.items():
        expected = external_id(request.cluster_arns[subject.cluster], *identity.host(subject))
        found = seen[resource.name].text("status", "atProvider", "externalId") if resource.name in seen else None
        if found and found != expected:
            return (
                f"EKS sends {found} as sts:ExternalId for {_subject(subject)}, and the target role expects {expected}: "
                "it would deny the pods; delete the association, so that it is made anew, and report this"
            )
    return ""


def _accounts_waiting(rendered: Rendered, states: States, waiting: list[Subject]) -> Condition:
    state = states.get(rendered.accounts[waiting[0]].name)
    count = len(rendered.accounts)
    message = f"{len(waiting)} of {count} service accounts are not as asked for: {_few(waiting)}; the first {why(state)}"
    return Condition(_KIND, "False", "Waiting", message)


def _few(subjects: list[Subject]) -> str:
    more = f" and {len(subjects) - _NAMED} more" if len(subjects) > _NAMED else ""
    return f"{listed(map(_subject, subjects[:_NAMED]))}{more}"


def _subject(subject: Subject) -> str:
    return f"{subject.service_account} in {subject.cluster}/{subject.namespace}"
