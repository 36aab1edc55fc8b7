"""Read a role's permissions: every fault, or policies that cannot fail to render."""

from collections.abc import Iterator, Sequence

from function.clouds.aws.history import History
from function.clouds.aws.iam.arn import policy_arn
from function.clouds.aws.iam.policy import PolicyDocument, characters
from function.clouds.aws.iam.policy_reader import PolicyReader
from function.clouds.aws.keys import policy_key
from function.clouds.aws.permissions import spec as written
from function.clouds.aws.permissions.presets import preset
from function.clouds.aws.permissions.request import ComposedPolicy, InlinePolicy, Permissions
from function.clouds.aws.place import Place
from function.errors import FieldError, Path, quoted

_INLINE_MAX = 10_240
_MANAGED_MAX = 6_144
_ATTACHED_MAX = 25


def read_permissions(
    permissions: written.Permissions,
    at: Path,
    place: Place,
    history: History,
    grant: InlinePolicy | None,
    errors: list[FieldError],
) -> Permissions:
    """The permissions that stand at a path, of a role in this place; `grant` is generated beside the inline ones."""
    reader = PolicyReader(place.partition, errors)
    inline = [
        InlinePolicy(policy.name, _document(policy, (*at, "inlinePolicies", index), reader).json())
        for index, policy in enumerate(permissions.inline_policies)
    ]
    generated = [*([grant] if grant else []), *_presets(permissions, at, place, errors)]
    errors += _check_inline(generated, inline, (*at, "inlinePolicies"))
    composed = [
        _composed(policy, (*at, "managedPolicies", index), place, reader)
        for index, policy in enumerate(permissions.managed_policies)
    ]
    errors += _check_composed(composed, (*at, "managedPolicies"), place, history)
    errors += _check_attached(permissions.managed_policy_arns, composed, at, place)
    return Permissions(
        inline=(*inline, *generated),
        composed=tuple(composed),
        arns=tuple(permissions.managed_policy_arns),
        additive=permissions.ownership == "Additive",
    )


_RESOURCES = {"ExternalSecrets": ("secret_arns", "secretArns")}
_ZONES = ("hosted_zone_arns", "hostedZoneArns")


def _presets(permissions: written.Permissions, at: Path, place: Place, errors: list[FieldError]) -> Iterator[InlinePolicy]:
    seen: set[str] = set()
    for index, one in enumerate(permissions.presets):
        here, (field, alias) = (*at, "presets", index), _RESOURCES.get(one.name, _ZONES)
        other = "secretArns" if alias == "hostedZoneArns" else "hostedZoneArns"
        if one.name in seen:
            errors.append(FieldError((*here, "name"), f"{quoted(one.name)} is the name of an earlier preset"))
        seen.add(one.name)
        if getattr(one, "secret_arns" if other == "secretArns" else "hosted_zone_arns") is not None:
            errors.append(FieldError((*here, other), f"is not for {one.name}, which needs {alias}"))
        resources = getattr(one, field)
        if resources is None:
            errors.append(FieldError((*here, alias), f"is required for {one.name}"))
            continue
        for position, arn in enumerate(resources):
            if message := place.foreign_partition(arn):
                errors.append(FieldError((*here, alias, position), message))
        yield InlinePolicy(*preset(one.name, resources, place.partition or ""))


def _document(policy: written.InlinePolicy | written.ManagedPolicy, at: Path, reader: PolicyReader) -> PolicyDocument:
    if policy.document_json is not None:
        return reader.json_document(policy.document_json, (*at, "documentJSON"))
    if policy.document is not None:
        return reader.document(policy.document, (*at, "document"))
    statements = enumerate(policy.statements or [])
    read = (reader.short_statement(s.actions, s.resources, s.conditions, (*at, "statements", i)) for i, s in statements)
    return PolicyDocument(tuple(read))


def _composed(policy: written.ManagedPolicy, at: Path, place: Place, reader: PolicyReader) -> ComposedPolicy:
    path = policy.path or "/"
    arn = policy_arn(place.partition or "", place.account or "", path, policy.name)
    return ComposedPolicy(policy.name, arn, path, policy.description, _document(policy, at, reader).json())


def _check_inline(generated: Sequence[InlinePolicy], policies: Sequence[InlinePolicy], at: Path) -> Iterator[FieldError]:
    """Names that meet, and the length of all together, white space not counted."""
    seen = {policy.name: "a policy that is generated beside these" for policy in generated}
    for index, policy in enumerate(policies):
        if policy.name in seen:
            yield FieldError((*at, index, "name"), f"{quoted(policy.name)} is the name of {seen[policy.name]}")
        seen[policy.name] = "an earlier policy"
    length = sum(characters(policy.document) for policy in (*generated, *policies))
    if length > _INLINE_MAX:
        message = (
            f"the policies have {length:,} characters in all, white space not counted; a role holds {_INLINE_MAX:,}: "
            "shorten them, or make some of them managedPolicies"
        )
        yield FieldError(at, message)


def _check_composed(policies: Sequence[ComposedPolicy], at: Path, place: Place, history: History) -> Iterator[FieldError]:
    seen: dict[str, str] = {}
    for index, policy in enumerate(policies):
        earlier = seen.get(policy.name.lower())
        if earlier == policy.name:
            yield FieldError((*at, index, "name"), f"{quoted(policy.name)} is the name of an earlier policy")
        elif earlier is not None:
            message = f"{quoted(policy.name)} differs from {quoted(earlier)} in case alone, which IAM takes for the same policy"
            yield FieldError((*at, index, "name"), message)
        seen[policy.name.lower()] = policy.name
        length = characters(policy.document)
        if length > _MANAGED_MAX:
            message = (
                f"has {length:,} characters, white space not counted; a managed policy holds {_MANAGED_MAX:,}: make it several"
            )
            yield FieldError((*at, index), message)
        yield from _check_stays(policy, (*at, index), place, history)


def _check_stays(policy: ComposedPolicy, at: Path, place: Place, history: History) -> Iterator[FieldError]:
    """IAM can change a managed policy's document alone, and its names are unique across paths."""
    before = history.policy(policy_key(place.account or "", policy.name))
    if before is None or before.path is None:
        return
    if before.path != policy.path:
        yield _unchangeable(at, "path", policy.name, before.path, policy.path)
    if (before.description or "") != (policy.description or ""):
        yield _unchangeable(at, "description", policy.name, before.description or "", policy.description or "")


def _unchangeable(at: Path, field: str, name: str, old: str, new: str) -> FieldError:
    change = f"the {field} of policy {name} is {quoted(old)} and cannot become {quoted(new)}"
    return FieldError((*at, field), f"{change}: keep it, or give the policy another name")


def _check_attached(arns: Sequence[str], composed: Sequence[ComposedPolicy], at: Path, place: Place) -> Iterator[FieldError]:
    ours = {policy.arn: index for index, policy in enumerate(composed)}
    for index, arn in enumerate(arns):
        if message := place.foreign(arn, aws_owned=True):
            yield FieldError((*at, "managedPolicyArns", index), message)
        elif arn in ours:
            yield FieldError((*at, "managedPolicyArns", index), f"is managedPolicies[{ours[arn]}], which is attached anyway")
    if len(arns) + len(composed) > _ATTACHED_MAX:
        both = f"{len(arns)} managedPolicyArns and {len(composed)} managedPolicies"
        message = f"{both} are more than the {_ATTACHED_MAX} that a role holds"
        yield FieldError((*at, "managedPolicies"), message)
