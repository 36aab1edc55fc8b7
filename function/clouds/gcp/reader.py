"""Reads `spec.gcp` together with the clusters and subjects: every error, or a plan that cannot fail to render."""

from collections.abc import Collection, Iterator

from function.clouds.gcp import members, rules
from function.clouds.gcp.accounts import email_of
from function.clouds.gcp.plan import ComposedAccount, ExistingAccount, Grant, Plan
from function.clouds.gcp.previous import Previous
from function.clouds.gcp.resource_names import PART, account_key
from function.clouds.gcp.rules import AT
from function.clouds.gcp.spec import GCP, Role, ServiceAccount
from function.clusters.gke import number_in
from function.errors import STOPPED, FieldError, Found, Read, TooManyErrors
from function.identity import service_accounts
from function.identity.podidentity import Spec
from function.identity.subjects import MAX_SUBJECTS, Identity
from function.naming import Derived, Named, derived_name, service_account_ids
from function.spec.reader import Parsed, parse


def read(section: object, identity: Identity, previous: Previous, others: Collection[FieldError]) -> Read[Plan | None]:
    """What shall exist in Google Cloud, and every error of `spec.gcp` and of what Google makes of the clusters.

    `others` are the errors that the rest of the spec was found to have; without any, and any here, there is a plan.
    """
    parsed = parse(GCP, section, AT, {("spec",): Spec})
    if parsed.value is None:
        return Read(None, parsed.errors)
    spec = parsed.value
    named = _id(identity, spec, previous)
    account = None if spec.mode == "Direct" else _account(spec, named.name)
    own = account.email if account else None
    annotations = _annotations(identity, account)
    found = Found()
    try:
        found += _check(identity, parsed, spec, previous, own, subjects_known=not others)
        if named.error and isinstance(account, ComposedAccount) and parsed.whole((*AT, "projectId"), (*AT, "serviceAccount")):
            found += [FieldError((*AT, "serviceAccount", "accountId"), named.error)]
        found += service_accounts.check(identity, annotations)
    except TooManyErrors as too_many:
        return Read(None, (STOPPED, *parsed.errors, *parsed.new(too_many.errors)))
    errors = (*parsed.errors, *parsed.new(found))
    if errors or others:
        return Read(None, errors)
    plan = Plan(
        identity=identity,
        account=account,
        provider_config=spec.provider_config_ref.render(identity.scope),
        principals=_principals(identity, spec),
        grants=tuple(_grant(role, spec.project_id, own or "") for role in spec.roles),
        pools=tuple(sorted({c.gke.pool for c in identity.clusters if c.gke and spec.pin != "Cluster"})),
        annotations=annotations,
    )
    return Read(plan)


def _check(
    identity: Identity, parsed: Parsed[GCP], spec: GCP, previous: Previous, own: str | None, *, subjects_known: bool
) -> Iterator[FieldError]:
    """Errors that need more than one field."""
    yield from spec.provider_config_ref.check(identity.scope, (*AT, "providerConfigRef"))
    yield from rules.check_clusters(identity.clusters, spec)
    if parsed.whole((*AT, "mode"), (*AT, "pin"), (*AT, "roles"), (*AT, "serviceAccount")):
        yield from rules.check_mode(spec)
    if parsed.whole((*AT, "projectId")):
        yield from rules.check_account(spec, previous)
        if spec.mode == "Impersonate" and not (spec.service_account and spec.service_account.email):
            yield from rules.check_project_stays(spec, identity.scope, previous)
        yield from rules.check_roles(spec, own)
    if subjects_known:
        yield from rules.check_sameness(identity, spec)
        if all(cluster.gke for cluster in identity.clusters):
            yield from _check_count(len(_principals(identity, spec)), len(spec.roles), spec)


def _account(spec: GCP, account_id: str) -> ComposedAccount | ExistingAccount:
    written = spec.service_account or ServiceAccount()
    if written.email is not None:
        return ExistingAccount(spec.project_id, written.email)
    return ComposedAccount(
        project=spec.project_id,
        id=account_id,
        email=email_of(account_id, spec.project_id),
        derived=written.account_id is None,
        display_name=written.display_name,
        description=written.description,
    )


def _id(identity: Identity, spec: GCP, previous: Previous) -> Named:
    """The id that is written, or derived for the owner, or was derived before: such a one stays."""
    if spec.service_account and spec.service_account.account_id:
        return Named(spec.service_account.account_id)
    project = spec.project_id
    there = ((account.id_in(project), account.derived) for account in previous.accounts)
    return derived_name(
        Derived(PART, identity.owner),
        service_account_ids(*identity.owner),
        lambda name: previous.account(account_key(project, name)) is not None,
        ((name, derived) for name, derived in there if name and derived),
    )


def _annotations(identity: Identity, account: ComposedAccount | ExistingAccount | None) -> dict[str, dict[str, str]]:
    if account is None:
        # An earlier annotation would have the pods act as a service account that is gone: it is taken away.
        return {cluster.name: {} for cluster in identity.clusters}
    return {cluster.name: {members.ANNOTATION: account.email} for cluster in identity.clusters}


def _principals(identity: Identity, spec: GCP) -> tuple[str, ...]:
    """The pods of the subjects, each principal once, in the order of the list."""
    clusters = {c.name: c.gke for c in identity.clusters if c.gke}
    pools = {name: members.Pool(gke.pool, gke.pool_number) for name, gke in clusters.items()}
    found: dict[str, None] = {}
    for subject in identity.subjects:
        pool, host = pools[subject.cluster], identity.host(subject)
        if spec.mode == "Impersonate":
            found[members.impersonator(pool, host, fleets_own=number_in(pool.id) is not None)] = None
        elif spec.pin == "Cluster":
            found[members.cluster_principals(pool, clusters[subject.cluster].url(subject.cluster))] = None
        elif spec.pin == "Namespace":
            found[members.namespace_principals(pool, host.namespace)] = None
        else:
            found[members.principal(pool, host)] = None
    return tuple(found)


def _grant(role: Role, project: str, own: str) -> Grant:
    target = role.target(project, own)
    if role.condition is None:
        return Grant(role.role, target)
    condition = {"title": role.condition.title, "expression": role.condition.expression}
    if role.condition.description:
        condition["description"] = role.condition.description
    return Grant(role.role, target, condition)


def _check_count(principals: int, grants: int, spec: GCP) -> Iterator[FieldError]:
    """As many IAM members as one reconcile can apply."""
    count = principals * grants if spec.mode == "Direct" else principals + grants
    if count > MAX_SUBJECTS:
        message = (
            f"{principals} principals and {grants} roles make {count} IAM members, of which {MAX_SUBJECTS} are allowed: "
            "split them over several PodIdentities, or write mode: Impersonate"
        )
        yield FieldError((*AT, "roles"), message)
