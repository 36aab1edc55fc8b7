"""Reads a role's permissions: every error, or policies as values that cannot fail to render."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from function.clouds.aws import spec as written
from function.clouds.aws.account import Account
from function.clouds.aws.iam.policy import PolicyDocument, Statement
from function.clouds.aws.iam.policy_reader import read_document, read_json_document, read_short_statement
from function.clouds.aws.permissions.presets import PRESETS
from function.clouds.aws.previous import Previous
from function.clouds.aws.resource_names import policy_key
from function.errors import FieldError, Found, Path, Read, quoted
from function.spec.arn import Arn

_INLINE_MAX = 10_240
_MANAGED_MAX = 6_144
_ATTACHED_MAX = 25

OF_SERVICE_ROLES = "policy/aws-service-role/"
NOT_ATTACHABLE = "is for a role that an AWS service makes itself; IAM attaches it to no other"
"""PolicyNotAttachable: "Cannot attach a Service Role Policy to a Customer Role"."""


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A named policy that lives in the role."""

    name: str
    document: PolicyDocument


@dataclass(frozen=True, slots=True)
class ComposedPolicy:
    """A customer managed policy that is made for the role."""

    name: str
    arn: Arn
    path: str
    description: str | None
    document: PolicyDocument


@dataclass(frozen=True, slots=True)
class RolePermissions:
    """All that a role may do."""

    inline: tuple[InlinePolicy, ...] = ()
    composed: tuple[ComposedPolicy, ...] = ()
    arns: tuple[Arn, ...] = ()
    """Managed policies that exist without us."""
    additive: bool = False
    """Whether others may attach to the role, too."""

    @property
    def attached(self) -> tuple[Arn, ...]:
        """The ARNs of all managed policies of the role."""
        return (*self.arns, *(policy.arn for policy in self.composed))


def revocation(before: str) -> InlinePolicy:
    """The policy by which AWS' console revokes the sessions that began before a time.

    Source: the AWS IAM User Guide, "Revoke IAM role temporary security credentials".
    """
    older = {"DateLessThan": {"aws:TokenIssueTime": (before,)}}
    denied = Statement(effect="Deny", action=("*",), resource=("*",), condition=older)
    return InlinePolicy("AWSRevokeOlderSessions", PolicyDocument((denied,)))


def read_permissions(
    permissions: written.Permissions, at: Path, account: Account, previous: Previous, further: Sequence[InlinePolicy]
) -> Read[RolePermissions]:
    """The permissions at a path, of a role in this account; `further` are generated beside the inline ones."""
    errors = Found()
    inline = []
    for index, policy in enumerate(permissions.inline_policies):
        document = _document(policy, (*at, "inlinePolicies", index), account)
        errors += document.errors
        inline.append(InlinePolicy(policy.name, document.value))
    presets = _presets(permissions, at, account)
    generated = [*further, *presets.value]
    errors += presets.errors
    errors += _check_inline(generated, inline, (*at, "inlinePolicies"))
    composed = []
    for index, managed in enumerate(permissions.managed_policies):
        document = _document(managed, (*at, "managedPolicies", index), account)
        errors += document.errors
        errors += _check_version(managed, document.value, (*at, "managedPolicies", index))
        composed.append(_composed(managed, document.value, account))
    errors += _check_composed(composed, (*at, "managedPolicies"), account, previous)
    errors += _check_attachable(permissions.managed_policy_arns, at)
    errors += _check_attached(permissions.managed_policy_arns, composed, at, account)
    value = RolePermissions(
        inline=(*inline, *generated),
        composed=tuple(composed),
        arns=tuple(permissions.managed_policy_arns),
        additive=permissions.ownership == "Additive",
    )
    return Read(value, tuple(errors))


def _check_version(policy: written.ManagedPolicy, document: PolicyDocument, at: Path) -> Iterator[FieldError]:
    """CreatePolicy: "Policy document must be version 2012-10-17 or greater"; PutRolePolicy takes both."""
    if document.version == "2008-10-17":
        where = (*at, "documentJSON") if policy.document_json is not None else (*at, "document", "Version")
        yield FieldError(where, 'a managed policy needs Version "2012-10-17"; only an inline policy can have "2008-10-17"')


def _check_attachable(arns: Sequence[Arn], at: Path) -> Iterator[FieldError]:
    """PolicyNotAttachable: "Cannot attach a Service Role Policy to a Customer Role"."""
    for index, arn in enumerate(arns):
        if arn.resource.startswith(OF_SERVICE_ROLES):
            yield FieldError((*at, "managedPolicyArns", index), f"{quoted(arn)} {NOT_ATTACHABLE}")


def _presets(permissions: written.Permissions, at: Path, account: Account) -> Read[list[InlinePolicy]]:
    seen: set[str] = set()
    errors = Found()
    policies: list[InlinePolicy] = []
    for index, one in enumerate(permissions.presets):
        preset, here = PRESETS[one.name], (*at, "presets", index)
        if one.name in seen:
            errors.append(FieldError((*here, "name"), f"{quoted(one.name)} is the name of an earlier preset"))
        seen.add(one.name)
        named = {"hostedZoneArns": one.hosted_zone_arns, "secretArns": one.secret_arns}
        resources = named.pop(preset.resources)
        for other, arns in named.items():
            if arns is not None:
                errors.append(FieldError((*here, other), f"is not for {one.name}, which needs {preset.resources}"))
        if resources is None:
            errors.append(FieldError((*here, preset.resources), f"is required for {one.name}"))
            continue
        for position, arn in enumerate(resources):
            if message := account.foreign_partition(arn):
                errors.append(FieldError((*here, preset.resources, position), message))
        policies.append(InlinePolicy(preset.policy, preset.document(resources, account.partition or "")))
    return Read(policies, tuple(errors))


def _document(policy: written.InlinePolicy | written.ManagedPolicy, at: Path, account: Account) -> Read[PolicyDocument]:
    partition = account.partition
    if policy.document_json is not None:
        return read_json_document(policy.document_json, (*at, "documentJSON"), partition)
    if policy.document is not None:
        return read_document(policy.document, (*at, "document"), partition)
    errors, statements = Found(), []
    for index, s in enumerate(policy.statements or []):
        read = read_short_statement(s.actions, s.resources, s.conditions, (*at, "statements", index), partition)
        errors += read.errors
        statements.append(read.value)
    return Read(PolicyDocument(tuple(statements)), tuple(errors))


def _composed(policy: written.ManagedPolicy, document: PolicyDocument, account: Account) -> ComposedPolicy:
    path = policy.path or "/"
    arn = Arn.of_policy(account.partition or "", account.id or "", path, policy.name)
    return ComposedPolicy(policy.name, arn, path, policy.description, document)


def _check_inline(generated: Sequence[InlinePolicy], policies: Sequence[InlinePolicy], at: Path) -> Iterator[FieldError]:
    """Names that meet, and the length of all together, white space not counted."""
    seen = {policy.name: "a policy that is generated beside these" for policy in generated}
    for index, policy in enumerate(policies):
        if policy.name in seen:
            yield FieldError((*at, index, "name"), f"{quoted(policy.name)} is the name of {seen[policy.name]}")
        seen[policy.name] = "an earlier policy"
    length = sum(policy.document.length for policy in (*generated, *policies))
    if length > _INLINE_MAX:
        message = (
            f"the policies have {length:,} characters in all, white space not counted; a role holds {_INLINE_MAX:,}: "
            "shorten them, or make some of them managedPolicies"
        )
        yield FieldError(at, message)


def _check_composed(policies: Sequence[ComposedPolicy], at: Path, account: Account, previous: Previous) -> Iterator[FieldError]:
    seen: dict[str, str] = {}
    for index, policy in enumerate(policies):
        earlier = seen.get(policy.name.lower())
        if earlier == policy.name:
            yield FieldError((*at, index, "name"), f"{quoted(policy.name)} is the name of an earlier policy")
        elif earlier is not None:
            message = f"{quoted(policy.name)} differs from {quoted(earlier)} in case alone, which IAM takes for the same policy"
            yield FieldError((*at, index, "name"), message)
        seen[policy.name.lower()] = policy.name
        length = policy.document.length
        if length > _MANAGED_MAX:
            message = (
                f"has {length:,} characters, white space not counted; a managed policy holds {_MANAGED_MAX:,}: make it several"
            )
            yield FieldError((*at, index), message)
        yield from _check_stays(policy, (*at, index), account, previous)


def _check_stays(policy: ComposedPolicy, at: Path, account: Account, previous: Previous) -> Iterator[FieldError]:
    """IAM can change a managed policy's document alone, and its names are unique across paths."""
    before = previous.policy(policy_key(account.id or "", policy.name))
    if before is None or before.path is None:
        return
    if before.path != policy.path:
        yield _unchangeable(at, "path", policy.name, before.path, policy.path)
    if (before.description or "") != (policy.description or ""):
        yield _unchangeable(at, "description", policy.name, before.description or "", policy.description or "")


def _unchangeable(at: Path, field: str, name: str, old: str, new: str) -> FieldError:
    change = f"the {field} of policy {name} is {quoted(old)} and cannot become {quoted(new)}"
    return FieldError((*at, field), f"{change}: keep it, or give the policy another name")


def _check_attached(
    arns: Sequence[Arn], composed: Sequence[ComposedPolicy], at: Path, account: Account
) -> Iterator[FieldError]:
    ours = {policy.arn: index for index, policy in enumerate(composed)}
    for index, arn in enumerate(arns):
        if message := account.foreign(arn, aws_owned=True):
            yield FieldError((*at, "managedPolicyArns", index), message)
        elif arn in ours:
            yield FieldError((*at, "managedPolicyArns", index), f"is managedPolicies[{ours[arn]}], which is attached anyway")
    if len(arns) + len(composed) > _ATTACHED_MAX:
        both = f"{len(arns)} managedPolicyArns and {len(composed)} managedPolicies"
        message = f"{both} are more than the {_ATTACHED_MAX} that a role holds"
        yield FieldError((*at, "managedPolicies"), message)
