"""Read `spec.aws` together with the clusters and subjects: every fault, or a request that cannot fail to render."""

from collections.abc import Iterator

from function import service_accounts
from function.clouds.aws import roles, rules
from function.clouds.aws.eks import cluster_arn_of
from function.clouds.aws.history import History
from function.clouds.aws.iam.arn import Arn
from function.clouds.aws.place import Place
from function.clouds.aws.placement import AT, IRSA, POD_IDENTITY, Placement, place
from function.clouds.aws.request import Associations, AWSRequest, ComposedRole, ExistingRole, WebIdentity
from function.clouds.aws.spec import AWS
from function.clouds.aws.tag_rules import check_tags
from function.clouds.aws.web_identity import annotations
from function.errors import FieldError
from function.parsing import Parsed
from function.subjects import Identity, Subject


def read(
    identity: Identity, parsed: Parsed[AWS], history: History, neutral: list[FieldError]
) -> tuple[AWSRequest | None, list[FieldError]]:
    """What shall exist in AWS, and every fault of `spec.aws` and of what AWS makes of the clusters.

    `neutral` are the faults that the rest of the spec was found to have; the request is only meaningful without any.
    """
    if parsed.value is None:
        return None, list(parsed.errors)
    spec = parsed.value
    placement, errors = place(identity.clusters, spec, credentials_known=parsed.whole((*AT, "credentials")))
    target_place = _target_place(spec, placement.place)
    errors += _check(identity, parsed, placement, target_place, history, subjects_known=not neutral)
    reader = roles.Reader(identity, parsed, placement, history, [*neutral, *parsed.errors, *errors])
    role, target = reader.role(), reader.target(target_place)
    errors += rules.check_source_role(spec, placement.place, role.arn)
    errors += reader.errors
    tokens = _web_identities(identity, spec, placement, role.arn)
    errors += service_accounts.check(identity, {handle: token.annotations for handle, token in tokens.items()})
    errors = [*parsed.errors, *parsed.new(errors)]
    if errors:
        return None, errors
    return _request(identity, spec, placement, history, role, target, tokens), errors


def _check(
    identity: Identity,
    parsed: Parsed[AWS],
    placement: Placement,
    target_place: Place,
    history: History,
    *,
    subjects_known: bool,
) -> Iterator[FieldError]:
    """Faults that need more than one field, but no policy."""
    spec = parsed.value
    if spec is None:
        return
    target = spec.target_role
    yield from spec.provider_config_ref.check(identity.flavour, (*AT, "providerConfigRef"))
    if target is not None and target.provider_config_ref is not None:
        yield from target.provider_config_ref.check(identity.flavour, (*AT, "targetRole", "providerConfigRef"))
    yield from rules.check_role(spec, placement)
    yield from rules.check_target_role(spec, placement, target_place)
    if not spec.role.observe:
        yield from rules.check_hand_over(spec.role.arn, (*AT, "role"), history)
    yield from rules.check_hand_over(target.arn if target else None, (*AT, "targetRole"), history)
    yield from rules.check_session_tags(parsed, spec)
    yield from rules.check_trust_sources(spec, placement)
    if subjects_known:
        yield from rules.check_sharing(spec, identity)
    yield from rules.check_irsa(spec, placement)
    yield from rules.check_existing_associations(spec, identity, placement, subjects_known=subjects_known)
    yield from check_tags(identity.tags, spec.associations.tags)


def _target_place(spec: AWS, role: Place) -> Place:
    target = spec.target_role
    arn = Arn.parse(target.arn or "") if target else None
    account = arn.account if arn else target.account_id if target else None
    return Place(account, role.partition)


def _request(
    identity: Identity,
    spec: AWS,
    placement: Placement,
    history: History,
    role: ComposedRole | ExistingRole,
    target: ComposedRole | ExistingRole | None,
    tokens: dict[str, WebIdentity],
) -> AWSRequest:
    partition = placement.place.partition or ""
    associated = placement.with_credentials(POD_IDENTITY) & {subject.cluster for subject in identity.subjects}
    elsewhere = bool(associated) and (spec.source_role_arn is not None or not spec.associations.create)
    return AWSRequest(
        partition=partition,
        cluster_arns={c.name: cluster_arn_of(c.name, c.eks, partition) for c in identity.clusters if c.eks},
        role=role,
        target=target,
        source_arn=spec.source_role_arn,
        associations=_associations(identity, spec, associated, history) if associated and not elsewhere else None,
        associated_elsewhere=elsewhere,
        disable_session_tags=spec.disable_session_tags,
        web_identities=tokens,
        pin=spec.pin,
    )


def _associations(identity: Identity, spec: AWS, handles: frozenset[str], history: History) -> Associations:
    written = spec.associations
    return Associations(
        handles=handles,
        provider_config=spec.provider_config_ref.render(identity.flavour),
        tags=written.tags,
        taken={Subject(e.cluster, e.namespace, e.service_account): e.id for e in written.existing},
        kept={taken.key: taken for taken in history.taken},
        conflicts={conflict.key: conflict for conflict in history.conflicts},
        adopt=written.on_conflict == "Adopt",
    )


def _web_identities(identity: Identity, spec: AWS, placement: Placement, role_arn: str) -> dict[str, WebIdentity]:
    expiration = spec.irsa.token_expiration_seconds if spec.irsa else None
    handles = placement.with_credentials(IRSA) if spec.source_role_arn is None else frozenset()
    found = (cluster for cluster in identity.clusters if cluster.name in handles)
    return {cluster.name: WebIdentity(annotations(role_arn, cluster.audience, expiration)) for cluster in found}
