"""The condition RoleReady: the role, and the target role that it is chained to."""

from collections.abc import Mapping

from function.clouds.aws.observed_trust import left_out
from function.clouds.aws.pod_requests import Pod, Token
from function.clouds.aws.render import Rendered
from function.clouds.aws.request import AWSRequest, ComposedRole, ExistingRole
from function.clouds.aws.second_hop import grant
from function.clouds.aws.troubles import troubles
from function.composition import Condition, Status
from function.errors import listed
from function.subjects import Identity, Subject
from function.waiting import States

_DEFAULT_ATTACHMENTS = 10
_NAMED = 3


def role_ready(
    identity: Identity,
    request: AWSRequest,
    rendered: Rendered,
    states: States,
    arns: Mapping[str, str | None],
    observed_trust: str | None,
) -> Condition:
    """Whether the roles are there as asked for; `arns` are those observed, by the computed ones."""
    for role in (request.role, *((request.target,) if request.target else ())):
        found = arns.get(role.arn)
        if found and found != role.arn:
            why = "the provider config uses the credentials of another account or partition"
            why = why if isinstance(role, ComposedRole) else f"its path is another, or {why}"
            return Condition("RoleReady", "False", "AccountMismatch", f"the role is {found}, but should be {role.arn}: {why}")
    for each, resources, what in ((request.role, rendered.role, "role"), (request.target, rendered.target, "target role")):
        if each is not None and (trouble := troubles(resources, states)):
            return Condition("RoleReady", "False", "Waiting", f"{what} {_name(each)}{_joined(trouble)}")
    status, reason, message = _there(identity, request, observed_trust)
    return Condition("RoleReady", status, reason, message + _target(request) + _needed(request))


def _joined(trouble: str) -> str:
    return trouble if trouble.startswith(":") else f" {trouble.lstrip()}"


def _name(role: ComposedRole | ExistingRole) -> str:
    return role.arn.rpartition("/")[2]


def _there(identity: Identity, request: AWSRequest, observed_trust: str | None) -> tuple[Status, str, str]:
    role = request.role
    if isinstance(role, ComposedRole):
        return "True", "Available", f"role {role.name} is ready{_advice(role)}"
    message = f"{role.arn} is an existing role, which is not changed"
    if role.observe and observed_trust:
        who = _who(identity, request)
        missing = left_out(observed_trust, tuple(who.values()), request.partition, role.arn.split(":")[4], request.pin)
        if missing:
            return "False", "NotTrusted", f"{message}; its trust policy does not admit {_named(list(who), missing)}"
        if missing is not None:
            return "True", "ExistingRole", f"{message}; its trust policy admits these pods"
    return "True", "ExistingRole", f"{message}; its trust policy must let {_callers(request)} for these pods"


def _who(identity: Identity, request: AWSRequest) -> dict[tuple[Subject, str], Pod | Token]:
    """All who are to be admitted: each service account by each of the credentials that it has."""
    found: dict[tuple[Subject, str], Pod | Token] = {}
    clusters = {cluster.name: cluster for cluster in identity.clusters}
    associated = request.associations.handles if request.associations else frozenset()
    for subject in identity.subjects:
        cluster, (namespace, name) = clusters[subject.cluster], identity.host(subject)
        if cluster.name in associated:
            arn = request.cluster_arns[cluster.name]
            found[subject, "EKS Pod Identity"] = Pod(arn, namespace, name, session_tags=not request.disable_session_tags)
        if cluster.name in request.web_identities and cluster.oidc_issuer:
            found[subject, "IRSA"] = Token(cluster.oidc_issuer, namespace, name, cluster.audience)
    return found


def _named(who: list[tuple[Subject, str]], missing: tuple[int, ...]) -> str:
    some = [who[index] for index in missing[:_NAMED]]
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return listed(f"{s.service_account} in {s.cluster}/{s.namespace} by {how}" for s, how in some) + more


def _callers(request: AWSRequest) -> str:
    callers = []
    if request.associations or request.associated_elsewhere:
        callers.append("pods.eks.amazonaws.com do sts:AssumeRole and sts:TagSession")
    if request.web_identities:
        callers.append("the clusters' OIDC providers do sts:AssumeRoleWithWebIdentity")
    return listed(callers)


def _advice(role: ComposedRole) -> str:
    count = len(role.permissions.attached)
    if count <= _DEFAULT_ATTACHMENTS:
        return ""
    return f"; it has {count} managed policies, and IAM's default quota is {_DEFAULT_ATTACHMENTS} a role"


def _target(request: AWSRequest) -> str:
    target = request.target
    if target is None:
        return ""
    if isinstance(target, ComposedRole):
        return f"; target role {target.name} is ready"
    return f"; the trust policy of {target.arn} must let {request.role.arn} do sts:AssumeRole and sts:TagSession for these pods"


def _needed(request: AWSRequest) -> str:
    """The grant that the owner of the first role has to make, ready to paste."""
    if request.source_arn is not None:
        return f"; {request.source_arn} must be allowed: {grant(request.role.arn)}"
    if request.target is not None and isinstance(request.role, ExistingRole):
        return f"; {request.role.arn} must be allowed: {grant(request.target.arn)}"
    return ""
