"""Reads `spec.aws` together with the clusters and subjects: every error, or a plan that cannot fail to render."""

from collections.abc import Collection

from function.clouds.aws import rules
from function.clouds.aws.account import AT, IRSA, POD_IDENTITY, Account, Placement, place
from function.clouds.aws.plan import Associations, Plan, PlannedRole
from function.clouds.aws.previous import Previous
from function.clouds.aws.roles import read_roles
from function.clouds.aws.spec import AWS
from function.clouds.aws.trust.irsa import annotations
from function.errors import STOPPED, FieldError, Found, Read, TooManyErrors
from function.identity import service_accounts
from function.identity.podidentity import Spec
from function.identity.subjects import Identity, Subject
from function.spec.arn import Arn
from function.spec.reader import Parsed, parse


def read(section: object, identity: Identity, previous: Previous, others: Collection[FieldError]) -> Read[Plan | None]:
    """What shall exist in AWS, and every error of `spec.aws` and of what AWS makes of the clusters.

    `others` are the errors that the rest of the spec was found to have; the plan is only meaningful without any.
    """
    parsed = parse(AWS, section, AT, {("spec",): Spec})
    if parsed.value is None:
        return Read(None, parsed.errors)
    errors = Found()
    try:
        plan = _check(parsed, parsed.value, identity, previous, others, errors)
    except TooManyErrors as too_many:
        found = dict.fromkeys((*errors, *too_many.errors))
        return Read(None, (STOPPED, *parsed.errors, *parsed.new(found)))
    return Read(plan, (*parsed.errors, *parsed.new(errors)))


def _check(
    parsed: Parsed[AWS], spec: AWS, identity: Identity, previous: Previous, others: Collection[FieldError], errors: Found
) -> Plan | None:
    """The plan, None where there are errors; they are added to those that were found."""
    placed = place(identity.clusters, spec, credentials_known=parsed.whole((*AT, "credentials")))
    placement = placed.value
    errors += placed.errors
    target_account = _target_account(spec, placement.account)
    subjects_known, pin_known = not others, parsed.whole(*rules.WHERE_PIN_IS_DECIDED)
    errors += rules.check(
        identity, spec, placement, target_account, previous, subjects_known=subjects_known, pin_known=pin_known
    )
    before = [*others, *parsed.errors, *errors]
    roles = read_roles(identity, parsed, spec, placement, target_account, previous, before)
    role, target = roles.value
    errors += rules.check_source_role(spec, placement.account, role.arn)
    errors += roles.errors
    carried = _annotations(identity, spec, placement, role.arn)
    errors += service_accounts.check(identity, carried)
    if errors or parsed.errors:
        return None
    return _plan(identity, spec, placement, previous, role, target, carried)


def _target_account(spec: AWS, role: Account) -> Account:
    target = spec.target_role
    named = target.arn.account if target and target.arn and target.arn.aws_partition else None
    return Account(named if named is not None else target.account_id if target else None, role.partition)


def _plan(
    identity: Identity,
    spec: AWS,
    placement: Placement,
    previous: Previous,
    role: PlannedRole,
    target: PlannedRole | None,
    carried: dict[str, dict[str, str]],
) -> Plan:
    partition = placement.account.partition or ""
    associated = placement.with_credentials(POD_IDENTITY) & {subject.cluster for subject in identity.subjects}
    elsewhere = bool(associated) and (spec.source_role_arn is not None or not spec.associations.create)
    return Plan(
        identity=identity,
        partition=partition,
        cluster_arns={c.name: c.eks.arn(c.name, partition) for c in identity.clusters if c.eks},
        role=role,
        target=target,
        source_arn=spec.source_role_arn,
        associations=_associations(identity, spec, associated, previous) if associated and not elsewhere else None,
        associated_elsewhere=elsewhere,
        disable_session_tags=spec.disable_session_tags,
        annotations=carried,
        pin=spec.pin,
    )


def _associations(identity: Identity, spec: AWS, handles: frozenset[str], previous: Previous) -> Associations:
    written = spec.associations
    return Associations(
        handles=handles,
        provider_config=spec.provider_config_ref.render(identity.scope),
        tags=written.tags,
        named={Subject(e.cluster, e.namespace, e.service_account): e.id for e in written.existing},
        kept={imported.key: imported for imported in previous.imported},
        conflicts={conflict.key: conflict for conflict in previous.conflicts},
        adopt=written.on_conflict == "Adopt",
    )


def _annotations(identity: Identity, spec: AWS, placement: Placement, role_arn: Arn) -> dict[str, dict[str, str]]:
    expiration = spec.irsa.token_expiration_seconds if spec.irsa else None
    handles = placement.with_credentials(IRSA) if spec.source_role_arn is None else frozenset()
    found = (cluster for cluster in identity.clusters if cluster.name in handles)
    return {cluster.name: annotations(role_arn, cluster.audience_for_aws, expiration) for cluster in found}
