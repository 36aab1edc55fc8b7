"""What running pods hold of AWS, as it is observed: it decides the rollout token.

Nothing of permissions and trust is among it, which take effect without a restart.
"""

from collections.abc import Iterator, Mapping

from function import service_accounts
from function.clouds.aws.history import STUB
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest
from function.composition import EXTERNAL_NAME, ManagedResource
from function.observed import ObservedResource
from function.subjects import Identity, Subject

Seen = Mapping[str, ObservedResource]


def in_effect(
    identity: Identity, request: AWSRequest, rendered: Rendered, seen: Seen, arns: Mapping[str, str | None]
) -> list[str] | None:
    """Facts by which one state is told from another, None where what is asked for is not in effect yet.

    `arns` are the roles' ARNs as AWS has them, by those that they should have.
    """
    if any(found != wanted for wanted, found in arns.items()):
        return None
    facts: list[str] = []
    for subject in sorted(identity.subjects):
        association = rendered.associations.get(subject)
        held = [*_by_association(request, association, seen), *_by_token(request, rendered, subject, seen)]
        if None in held:
            return None
        facts += [*subject, *(fact for fact in held if fact is not None)]
    return facts


def association_id(association: ObservedResource) -> str | None:
    """The id that EKS gave it, None before."""
    # Without LateInitialize among its managementPolicies the provider never writes the external-name.
    for path in (("metadata", "annotations", EXTERNAL_NAME), ("status", "atProvider", "associationId")):
        identifier = association.text(*path)
        if identifier and identifier != STUB:
            return identifier
    return None


def _by_association(request: AWSRequest, association: ManagedResource | None, seen: Seen) -> Iterator[str | None]:
    if association is None:
        return
    found = seen.get(association.name)
    target = request.target.arn if request.target else None
    wanted = (request.role.arn, target, request.disable_session_tags)
    if found is None or _observed(found) != wanted:
        yield None
        return
    yield from (association_id(found), request.role.arn, target or "", str(request.disable_session_tags))


def _observed(association: ObservedResource) -> tuple[str | None, str | None, bool]:
    role, target = (association.text("status", "atProvider", field) for field in ("roleArn", "targetRoleArn"))
    return role, target, association.flag("status", "atProvider", "disableSessionTags")


def _by_token(request: AWSRequest, rendered: Rendered, subject: Subject, seen: Seen) -> Iterator[str | None]:
    token = request.web_identities.get(subject.cluster)
    if token is None:
        return
    account = rendered.accounts.get(subject)
    if account is not None and not service_accounts.carried(seen.get(account.name), token.annotations):
        yield None
        return
    yield from (f"{name}={value}" for name, value in sorted(token.annotations.items()))
