"""What Google Cloud would refuse although every field reads well alone, and what would admit others than the listed pods."""

from collections.abc import Iterator, Sequence

from function.clouds.gcp import expressions
from function.clouds.gcp.accounts import email_of, project_of
from function.clouds.gcp.previous import Previous
from function.clouds.gcp.resource_names import account_key
from function.clouds.gcp.spec import GCP, Role, ServiceAccount
from function.clouds.gcp.targets import Target
from function.clusters.gke import GKECluster, number_in
from function.clusters.kinds import Cluster
from function.conditions import BINDINGS_READY
from function.errors import FieldError, Path, quoted
from function.identity.shared_hosts import Shared, shared_accounts, shared_namespaces
from function.identity.subjects import Identity
from function.spec.management import Scope

AT: Path = ("spec", "gcp")

_BASIC = ("roles/owner", "roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader")
_WITHOUT_DOT = (*_BASIC, "roles/browser")
"""The only predefined roles whose names have no dot."""
_CONDITIONS_MAX = 20
"""Bindings of one role and one principal in a policy that differ in their conditions: Google Cloud, "IAM quotas and limits"."""


def check_clusters(clusters: Sequence[Cluster], spec: GCP) -> Iterator[FieldError]:
    """Clusters that are not GKE's, one that is listed twice, and pools that cannot be used."""
    seen: set[tuple[object, ...]] = set()
    pools: dict[tuple[str, ...], str] = {}
    for index, cluster in enumerate(clusters):
        at: Path = ("spec", "clusters", index)
        if cluster.gke is None:
            if cluster.facts:
                message = (
                    f"spec.gcp cannot use {cluster.facts.TITLE}: only pods of GKE are given an identity in Google Cloud; other "
                    "clusters reach it by Workload Identity Federation, which is not composed here"
                )
                yield FieldError((*at, cluster.facts.KIND), message)
            continue
        if (cluster.where, cluster.within) in seen:
            where = "/".join(cluster.where[1:])
            yield FieldError((*at, "gke"), f"an earlier entry is the same {cluster.words}, {where}")
        seen.add((cluster.where, cluster.within))
        pool = cluster.gke.pool
        if pools.setdefault(cluster.where, pool) != pool:
            message = f"is {pool}, and an earlier entry of the same cluster has {pools[cluster.where]}: a cluster has one pool"
            yield FieldError((*at, "gke", "workloadPool"), message)
        if spec.pin == "Cluster" and not cluster.gke.has_own_pool:
            message = (
                f"is {pool}, which is not the pool of the cluster's own project: Google says how principals name a cluster in "
                'such a pool only; write pin "ServiceAccount" or "Namespace"'
            )
            yield FieldError((*at, "gke", "workloadPool"), message)
    yield from _check_numbers([(index, cluster.gke) for index, cluster in enumerate(clusters) if cluster.gke], spec)


def _check_numbers(clusters: Sequence[tuple[int, GKECluster]], spec: GCP) -> Iterator[FieldError]:
    """Pools whose project has no number, or two."""
    numbers: dict[str, str] = {}
    owners: dict[str, str] = {}
    for index, gke in clusters:
        at: Path = ("spec", "clusters", index, "gke", "projectNumber")
        number, pool = gke.pool_number, gke.pool
        if gke.project_number not in (None, number):
            yield FieldError(at, f"is {gke.project_number}, and pool {pool} is of project {number}")
        elif number is None:
            if spec.mode == "Direct":
                yield FieldError(at, f"is required: mode Direct names pool {pool} by the number of its project")
        elif numbers.setdefault(pool, number) != number:
            message = f"is {number}, an earlier cluster of pool {pool} has {numbers[pool]}: a project has one number"
            yield FieldError(at, message)
        elif not number_in(pool) and owners.setdefault(number, _owner(pool)) != _owner(pool):
            message = (
                f"is {number}, which an earlier cluster has for project {owners[number]}; pool {pool} is of {_owner(pool)}"
            )
            yield FieldError(at, message)


def _owner(pool: str) -> str:
    """The project of a pool."""
    return pool.removesuffix(".id.goog").rpartition(".")[0]


def check_sameness(identity: Identity, spec: GCP) -> Iterator[FieldError]:
    """Pods of one namespace and service account are one principal in all clusters of a pool; so are those of one namespace.

    So where such a service account is listed for one cluster, it is admitted in every other that is listed.
    """
    if spec.pin == "Cluster":
        return
    pools = {cluster.name: cluster.gke.pool for cluster in identity.clusters if cluster.gke}
    pinned = shared_namespaces if spec.pin == "Namespace" else shared_accounts
    for shared in pinned(identity, pools):
        if not shared.namespace:
            words = shared.words(identity.host(shared.subject))
            yield FieldError((*AT, "pin"), f'"Namespace" cannot be pinned: {words}')
        else:
            yield FieldError(("spec", "serviceAccounts"), _admitted_too(identity, shared, pools[shared.cluster.name]))


def _admitted_too(identity: Identity, shared: Shared, pool: str) -> str:
    subject, handle = shared.subject, shared.cluster.name
    if (shared.namespace, shared.name or subject.service_account) != (subject.namespace, subject.service_account):
        return f"in pool {pool}, {shared.words(identity.host(subject))}"
    who = f"{subject.service_account} in namespace {subject.namespace}" if shared.name else f"namespace {subject.namespace}"
    return (
        f"{who} is listed for {subject.cluster} and not for {handle}, but both are clusters of pool {pool}, in which it is one "
        f"principal: its pods in {handle} would be admitted, too; list it for both, or rename it in one of them"
    )


def check_mode(spec: GCP) -> Iterator[FieldError]:
    """What does not go together with the mode."""
    if spec.mode == "Direct":
        if spec.service_account is not None:
            message = "cannot be set with mode Direct, in which the pods act as no service account"
            yield FieldError((*AT, "serviceAccount"), message)
        if not spec.roles:
            yield FieldError((*AT, "roles"), "is empty: in mode Direct nothing is left to compose")
    elif spec.pin != "ServiceAccount":
        message = f'"{spec.pin}" cannot be pinned in mode Impersonate: write ServiceAccount, or mode: Direct'
        yield FieldError((*AT, "pin"), message)


def check_account(spec: GCP, previous: Previous) -> Iterator[FieldError]:
    """Errors of `spec.gcp.serviceAccount` that need more than one field, or what earlier calls made."""
    account, at = spec.service_account, (*AT, "serviceAccount")
    if ":" in spec.project_id and spec.mode == "Impersonate" and (account is None or account.email is None):
        message = (
            f"{quoted(spec.project_id)} is a project of a domain, in which provider-gcp does not find the service accounts "
            "that it made: make one yourself and write serviceAccount.email, or write mode: Direct"
        )
        yield FieldError((*AT, "projectId"), message)
    if account is None:
        return
    for text, alias, most in ((account.display_name, "displayName", 100), (account.description, "description", 256)):
        if text is not None and len(text.encode()) > most >= len(text):
            yield FieldError((*at, alias), f"is {len(text.encode())} bytes; Google allows {most}")
    if account.email is not None:
        yield from _check_existing_account(spec, account, account.email, previous)


def _check_existing_account(spec: GCP, account: ServiceAccount, email: str, previous: Previous) -> Iterator[FieldError]:
    at = (*AT, "serviceAccount")
    for field, alias in (("account_id", "accountId"), ("display_name", "displayName"), ("description", "description")):
        if getattr(account, field) is not None:
            message = "cannot be set with serviceAccount.email, which names an existing service account that is not changed"
            yield FieldError((*at, alias), message)
    project = project_of(email)
    if project is not None and project != spec.project_id:
        message = (
            f"{quoted(email)} is in project {project}, spec.gcp.projectId is {spec.project_id}: "
            "write the service account's project there, and the roles' in `on`"
        )
        yield FieldError((*at, "email"), message)
    account_id = email.partition("@")[0]
    seen = previous.account(account_key(spec.project_id, account_id))
    if seen is not None and seen.deleted_with_it and email_of(account_id, spec.project_id) == email:
        message = (
            "is the service account that is composed here, which would be deleted; to hand it over, take Delete out of "
            "spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its email"
        )
        yield FieldError((*at, "email"), message)


def check_project_stays(spec: GCP, scope: Scope, previous: Previous) -> Iterator[FieldError]:
    """Refuse a projectId that would delete an account in another project that the same provider config reaches: a typo, maybe.

    Google Cloud would allow it: a provider config can reach several projects. Whoever means it names another provider config.
    """
    config = spec.provider_config_ref.render(scope)
    for account in previous.accounts:
        project = project_of(account.email or "")
        if project in (None, spec.project_id) or account.provider_config != (config.get("kind", ""), config["name"]):
            continue
        message = (
            f"is {spec.project_id}, but through provider config {config['name']} service account {account.email} exists in "
            f"project {project}: nothing is changed until this says {project}, or providerConfigRef names another "
            "provider config"
        )
        yield FieldError((*AT, "projectId"), message, BINDINGS_READY)


def check_roles(spec: GCP, own: str | None) -> Iterator[FieldError]:
    """Errors of `spec.gcp.roles`; `own` is the email of what the pods act as."""
    seen: set[tuple[object, ...]] = set()
    conditions: dict[tuple[object, ...], int] = {}
    for index, role in enumerate(spec.roles):
        at: Path = (*AT, "roles", index)
        target = role.target(spec.project_id, own or "")
        if own is None and role.on and role.on.service_account and role.on.service_account.email is None:
            message = "is required in mode Direct, in which the pods act as no service account"
            yield FieldError((*at, "on", "serviceAccount", "email"), message)
            continue
        yield from _check_condition(role, target, at)
        if role.role.startswith("roles/") and "." not in role.role and role.role not in _WITHOUT_DOT:
            custom = f"projects/{spec.project_id}/{role.role}"
            yield FieldError(
                (*at, "role"), f"{quoted(role.role)} is no predefined role; a custom role of the project is {custom}"
            )
        if misplaced := _misplaced(role.role, target):
            yield FieldError((*at, "role"), misplaced)
        granted = (role.role, target.kind, *sorted(target.fields.items()))
        condition = role.condition
        # An empty description is none.
        whole = (*granted, (condition.title, condition.expression, condition.description or None) if condition else None)
        if whole in seen:
            yield FieldError(at, f"an earlier entry grants {role.role} on {target.words}, too: leave one of them out")
        seen.add(whole)
        conditions[granted] = conditions.get(granted, 0) + 1
        if conditions[granted] == _CONDITIONS_MAX + 1:
            message = f"is the {_CONDITIONS_MAX + 1}st grant of {role.role} on {target.words}; IAM allows {_CONDITIONS_MAX}"
            yield FieldError(at, message)


def _check_condition(role: Role, target: Target, at: Path) -> Iterator[FieldError]:
    if role.condition is None:
        return
    if role.role in _BASIC:
        yield FieldError((*at, "condition"), f"cannot be set on {role.role}: basic roles take no conditions")
    elif not target.conditional:
        message = f"cannot be set on {target.words}: conditions on it are not supported; grant the role on its project with it"
        yield FieldError((*at, "condition"), message)
    for message in expressions.errors(role.condition.expression):
        yield FieldError((*at, "condition", "expression"), message)


def _misplaced(role: str, target: Target) -> str | None:
    """Why a custom role cannot be granted there: a project's own only in that project, an organization's only within it."""
    organization = role.partition("/roles/")[0].removeprefix("organizations/")
    if role.startswith("organizations/") and target.fields.get("orgId", organization) != organization:
        return f"{quoted(role)} is a role of organization {organization}, which cannot be granted on {target.words}"
    project = role.partition("/roles/")[0].removeprefix("projects/")
    if not role.startswith("projects/"):
        return None
    if target.kind in ("FolderIAMMember", "OrganizationIAMMember"):
        return f"{quoted(role)} is a role of project {project}, which cannot be granted on {target.words}"
    if target.project not in (None, project):
        return f"{quoted(role)} is a role of project {project}, which cannot be granted in project {target.project}"
    return None
