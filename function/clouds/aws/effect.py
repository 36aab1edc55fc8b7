"""What running pods hold of AWS, as it is observed: it decides the rollout token.

Nothing of permissions and trust is among it, which take effect without a restart.
"""

from collections.abc import Mapping

from function import service_accounts
from function.clouds.aws.history import STUB
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest
from function.composition import EXTERNAL_NAME, ManagedResource
from function.observed import ObservedResource
from function.subjects import Identity, Subject

Seen = Mapping[str, ObservedResource]


def in_effect(
    identity: Identity,
    request: AWSRequest,
    rendered: Rendered,
    seen: Seen,
    arns: Mapping[str, str | None],
    ids: Mapping[Subject, str],
) -> list[str] | None:
    """Facts by which one state is told from another, None where what is asked for is not in effect yet.

    `arns` are the roles' ARNs as AWS has them, by those that they should have; `ids` are those of the associations that exist.
    """
    if any(found != wanted for wanted, found in arns.items()):
        return None
    facts = [request.role.arn, request.target.arn if request.target else ""]
    for subject in sorted(identity.subjects):
        associated = _by_association(request, rendered.associations.get(subject), seen, ids.get(subject))
        annotated = _by_token(request, rendered, subject, seen)
        if associated is None or annotated is None:
            return None
        facts += (*subject, *associated, *annotated)
    return facts


def association_ids(rendered: Rendered, seen: Seen) -> dict[Subject, str]:
    """The ids that EKS gave the associations, without those that do not exist yet."""
    found = ((subject, seen.get(association.name)) for subject, association in rendered.associations.items())
    return {subject: identifier for subject, there in found if there is not None and (identifier := _id(there))}


def _id(association: ObservedResource) -> str | None:
    # Without LateInitialize among its managementPolicies the provider never writes the external-name.
    for path in (("metadata", "annotations", EXTERNAL_NAME), ("status", "atProvider", "associationId")):
        identifier = association.text(*path)
        if identifier and identifier != STUB:
            return identifier
    return None


def _by_association(
    request: AWSRequest, association: ManagedResource | None, seen: Seen, identifier: str | None
) -> tuple[str, ...] | None:
    if association is None:
        return ()
    if identifier is None:
        return None
    provided, target = seen[association.name].within("status", "atProvider"), request.target
    off = provided.flag("disableSessionTags")
    wanted = (request.role.arn, target.arn if target else None, request.disable_session_tags)
    if (provided.text("roleArn"), provided.text("targetRoleArn"), off) != wanted:
        return None
    return identifier, str(off)


def _by_token(request: AWSRequest, rendered: Rendered, subject: Subject, seen: Seen) -> tuple[str, ...] | None:
    token = request.web_identities.get(subject.cluster)
    if token is None:
        return ()
    account = rendered.accounts.get(subject)
    if account is not None and not service_accounts.carried(seen.get(account.name), token.annotations):
        return None
    return tuple(f"{name}={value}" for name, value in sorted(token.annotations.items()))
