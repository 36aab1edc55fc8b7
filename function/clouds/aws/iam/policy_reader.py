"""Read the policy documents that users write, refusing what IAM would refuse."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from function.clouds.aws.iam.condition_reader import read_conditions
from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement
from function.clouds.aws.iam.resource_arns import wrong_resource
from function.clouds.aws.iam.values import covers
from function.errors import FieldError, Found, Path, Read, listed, nearest, quoted
from function.spec.arn import Arn
from function.spec.size import larger

T = TypeVar("T")

_SID = re.compile(r"[0-9A-Za-z]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+")
_LONGEST_ACTION = 128
# More than any policy that IAM takes has room for: 10,240 characters.
_MOST_STATEMENTS = 256
_MOST_VALUES = 2048
# Of the statements of a trust policy, which holds 8,192 characters.
_MOST_TRUST_BYTES = 32_000
_TRUST_ACTIONS = (
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "SetContext",
    "SetSourceIdentity",
    "TagSession",
)
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_AWS_PRINCIPAL = re.compile(
    r"arn:[a-z-]+:(iam::[0-9]{12}:(root|(user|role)/([!-#%-)+->@-~]+/)?[A-Za-z0-9_+=,.@-]{1,64})"
    r"|sts::[0-9]{12}:(assumed-role/[A-Za-z0-9_+=,.@-]{1,64}|federated-user)/[A-Za-z0-9_+=,.@-]{2,64})"
)
_IDENTITY_PROVIDER = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:(oidc|saml)-provider/[A-Za-z0-9_.:/-]+")

_COMMON = ("Sid", "Effect", "Action", "NotAction", "Condition")
_PERMISSION_FIELDS = (*_COMMON, "Resource", "NotResource")
_TRUST_FIELDS = (*_COMMON, "Principal", "NotPrincipal")


def read_json_document(text: str, at: Path, partition: str | None) -> Read[PolicyDocument]:
    """Read a permissions policy from JSON text.

    `partition` is where the role is, None where that is not known: then no ARN can be in the wrong one.
    """
    reader = _Reader(partition)
    return reader.finished(reader.json_document(text, at))


def read_document(raw: object, at: Path, partition: str | None) -> Read[PolicyDocument]:
    """Read a permissions policy from an object."""
    reader = _Reader(partition)
    return reader.finished(reader.document(raw, at))


def read_short_statement(
    actions: list[str], resources: list[str], conditions: object, at: Path, partition: str | None
) -> Read[Statement]:
    """Read a statement in short form, which allows."""
    reader = _Reader(partition)
    return reader.finished(reader.short_statement(actions, resources, conditions, at))


def read_trust_statements(raw: list[Any], at: Path, partition: str | None) -> Read[tuple[Statement, ...]]:
    """Read the statements of a trust policy."""
    reader = _Reader(partition)
    if larger(raw, _MOST_TRUST_BYTES):
        reader.refuse(at, f"are larger than {_MOST_TRUST_BYTES // 1000} kB; a trust policy holds at most 8,192 characters")
        return reader.finished(())
    reader.refuse_repeated_sids(raw, at)
    return reader.finished(tuple(reader.trust_statement(item, (*at, index)) for index, item in enumerate(raw)))


@dataclass(slots=True)
class _Reader:
    """Reads documents of one partition; the errors of all that it has read are in `errors`."""

    partition: str | None
    errors: Found = field(default_factory=Found)

    def finished(self, value: T) -> Read[T]:
        """What was read, with the errors."""
        return Read(value, tuple(self.errors))

    def conditions(self, raw: object, at: Path) -> Conditions:
        """Read a Condition block."""
        read = read_conditions(raw, at)
        self.errors += read.errors
        return read.value

    def refuse(self, at: Path, message: str) -> None:
        """Note an error."""
        self.errors.append(FieldError(at, message))

    def json_document(self, text: str, at: Path) -> PolicyDocument:
        """Read a permissions policy from JSON text."""
        try:
            raw = json.loads(text, object_pairs_hook=_no_duplicate_key, parse_constant=_no_constant, parse_float=_no_huge_float)
        except json.JSONDecodeError as error:
            self.refuse(at, f"is not JSON: {error}")
            return PolicyDocument(())
        except _Unwanted as unwanted:
            self.refuse(at, f"is not JSON: {unwanted}")
            return PolicyDocument(())
        except (ValueError, RecursionError):
            self.refuse(at, "is not JSON that a policy can be: a number is too long, or it is nested too deep")
            return PolicyDocument(())
        return self.document(raw, at)

    def document(self, raw: object, at: Path) -> PolicyDocument:
        """Read a permissions policy from an object."""
        if not isinstance(raw, Mapping):
            self.refuse(at, f"must be a policy document, an object with Version and Statement, not {quoted(raw)}")
            return PolicyDocument(())
        for name in sorted(set(raw) - {"Version", "Id", "Statement"}):
            close = nearest(name, ("Version", "Id", "Statement"))
            hint = f"; did you mean {close}?" if close else "; those are Version, Id and Statement"
            self.refuse((*at, name), f"is not an element of a policy document{hint}")
        version = raw.get("Version")
        if "Version" not in raw:
            self.refuse((*at, "Version"), 'is required; write "2012-10-17"')
        elif version not in ("2012-10-17", "2008-10-17"):
            self.refuse((*at, "Version"), f'must be "2012-10-17", not {quoted(version)}')
        identifier = raw.get("Id")
        if not isinstance(identifier, str | None):
            self.refuse((*at, "Id"), f"must be a string, not {quoted(identifier)}")
        return PolicyDocument(self._statements(raw.get("Statement"), (*at, "Statement")), str(version), identifier or None)

    def _statements(self, raw: object, at: Path) -> tuple[Statement, ...]:
        if isinstance(raw, Mapping):
            return (self.statement(raw, at),)
        if not isinstance(raw, list) or not raw:
            self.refuse(at, "must be a statement or a list of at least one statement")
            return ()
        if len(raw) > _MOST_STATEMENTS:
            self.refuse(at, f"has {len(raw):,} statements; at most {_MOST_STATEMENTS} are read")
            return ()
        self.refuse_repeated_sids(raw, at)
        return tuple(self.statement(item, (*at, index)) for index, item in enumerate(raw))

    def refuse_repeated_sids(self, raw: list[Any], at: Path) -> None:
        """Refuse a statement id that an earlier statement has."""
        seen = set()
        for index, item in enumerate(raw):
            sid = item.get("Sid") if isinstance(item, Mapping) else None
            if isinstance(sid, str) and sid and sid in seen:
                self.refuse((*at, index, "Sid"), f"{quoted(sid)} is the id of an earlier statement")
            seen.add(sid if isinstance(sid, str) else None)

    def short_statement(self, actions: list[str], resources: list[str], conditions: object, at: Path) -> Statement:
        """Read a statement in short form, which allows."""
        for name, values, wrong in (
            ("actions", actions, _wrong_action),
            ("resources", resources, self._wrong_resource(actions)),
        ):
            for index, value in enumerate(values):
                if message := wrong(value):
                    self.refuse((*at, name, index), message)
        condition = self.conditions(conditions, (*at, "conditions"))
        return Statement(action=tuple(actions), resource=tuple(resources), condition=condition)

    def statement(self, raw: object, at: Path) -> Statement:
        """Read a statement of a permissions policy."""
        return self._read(raw, at, _PERMISSION_FIELDS, _wrong_action, trust=False)

    def trust_statement(self, raw: object, at: Path) -> Statement:
        """Read a statement of a trust policy."""
        return self._read(raw, at, _TRUST_FIELDS, _wrong_trust_action, trust=True)

    def _read(self, raw: object, at: Path, fields: tuple[str, ...], wrong_action: "_Wrong", *, trust: bool) -> Statement:
        if not isinstance(raw, Mapping):
            self.refuse(at, f"must be a statement, an object, not {quoted(raw)}")
            return Statement()
        foreign = sorted(set(raw) - set(fields))
        # More than a few are no slips, and comparing is slow.
        meant = {name: nearest(name, fields) for name in foreign[: len(fields)]}
        for name in foreign:
            self.refuse((*at, name), _foreign(name, meant.get(name), fields))
        said = frozenset(filter(None, meant.values()))
        one = self._either(raw, "Action", at, said)
        other = self._either(raw, "Principal" if trust else "Resource", at, said)
        values = {name: self._texts(raw, name, at, wrong_action) for name in one}
        if not trust:
            wrong = self._wrong_resource(values.get("Action", ()))
            values |= {name: self._texts(raw, name, at, wrong) for name in other}
        denies = raw.get("Effect") == "Deny"
        principals = {name: self._principal(raw[name], (*at, name), denies=denies) for name in other if trust}
        return Statement(
            effect=self._effect(raw, (*at, "Effect"), said),
            sid=self._sid(raw.get("Sid"), (*at, "Sid")),
            principal=principals.get("Principal", {}),
            not_principal=principals.get("NotPrincipal", {}),
            action=values.get("Action", ()),
            not_action=values.get("NotAction", ()),
            resource=values.get("Resource", ()),
            not_resource=values.get("NotResource", ()),
            condition=self.conditions(raw["Condition"], (*at, "Condition")) if "Condition" in raw else {},
        )

    def _effect(self, statement: Mapping[str, object], at: Path, said: AbstractSet[str]) -> Literal["Allow", "Deny"]:
        raw = statement.get("Effect")
        if raw not in ("Allow", "Deny") and "Effect" not in said:
            self.refuse(
                at, f"must be Allow or Deny, not {quoted(raw)}" if "Effect" in statement else "is required: Allow or Deny"
            )
        return "Deny" if raw == "Deny" else "Allow"

    def _sid(self, raw: object, at: Path) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str) or not _SID.fullmatch(raw):
            self.refuse(at, f"{quoted(raw)}: statement id must match [0-9A-Za-z]*")
            return None
        return raw or None

    def _either(self, raw: Mapping[str, object], name: str, at: Path, said: AbstractSet[str]) -> list[str]:
        """Which of `Name` and `NotName` is there; exactly one must be. `said` are those that other names are said to mean."""
        there = [element for element in (name, f"Not{name}") if element in raw]
        if len(there) != 1 and (there or said.isdisjoint((name, f"Not{name}"))):
            has = "has both" if there else "has neither"
            self.refuse(at, f"needs exactly one of {name} and Not{name}; {has}")
        return there

    def _texts(self, raw: Mapping[str, object], name: str, at: Path, wrong: "_Wrong") -> tuple[str, ...]:
        written = raw[name]
        values = written if isinstance(written, list) else [written]
        if not values:
            self.refuse((*at, name), "is an empty list; needs at least one")
        if len(values) > _MOST_VALUES:
            self.refuse((*at, name), f"has {len(values):,} items; at most {_MOST_VALUES:,} are read")
            return ()
        for value in values:
            message = wrong(value) if isinstance(value, str) else f"must be a string or a list of strings, not {quoted(value)}"
            if message:
                self.refuse((*at, name), message)
        return tuple(str(value) for value in values)

    def _wrong_resource(self, actions: Sequence[str]) -> "_Wrong":
        # Whether all are of S3 is looked at once, not for each of the resources.
        one_of_s3 = actions[:1] if all(action.lower().startswith("s3:") for action in actions) else ()
        return lambda value: wrong_resource(value, self.partition, one_of_s3)

    def _principal(self, raw: object, at: Path, *, denies: bool) -> Mapping[str, tuple[str, ...]]:
        # Everyone: to deny something to all but a few is done so. The two ways to write it mean the same.
        if raw == "*" and denies and at[-1] == "Principal":
            return {"AWS": ("*",)}
        if not isinstance(raw, Mapping) or not raw:
            self.refuse(at, _EVERYONE if raw == "*" else f"must be an object such as {{AWS: ...}}, not {quoted(raw)}")
            return {}
        everyone = denies and at[-1] == "Principal"
        wrong = {
            "AWS": lambda value: None if everyone and value == "*" else self._wrong_aws(value),
            "Service": _wrong_service,
            "Federated": self._wrong_federated,
        }
        for kind in sorted(set(raw) - set(wrong)):
            self.refuse((*at, kind), "is not a kind of principal that can assume a role; those are AWS, Service and Federated")
        return {kind: self._texts(raw, kind, at, wrong[kind]) for kind in sorted(raw) if kind in wrong}

    def _wrong_aws(self, value: str) -> str | None:
        if value == "*":
            return _EVERYONE
        if _ACCOUNT.fullmatch(value):
            return None
        if not _AWS_PRINCIPAL.fullmatch(value):
            rule = "must be an account id or the ARN of an account's root, a role, a user or a session, no wildcards"
            return f"{quoted(value)} is not an AWS principal: {rule}"
        return self._foreign_partition(Arn(value))

    def _wrong_federated(self, value: str) -> str | None:
        if _SERVICE.fullmatch(value):
            return None
        if "://" in value:
            return f"{quoted(value)} is not an OIDC provider's ARN: it has the issuer without https://"
        if not _IDENTITY_PROVIDER.fullmatch(value):
            return f"{quoted(value)} is not an identity provider's domain, or the ARN of an OIDC or SAML provider"
        return self._foreign_partition(Arn(value))

    def _foreign_partition(self, arn: Arn) -> str | None:
        if not arn.aws_partition or self.partition in (None, arn.aws_partition):
            return None
        return f"{quoted(arn)}: partition mismatch: the role is in {self.partition}"


_EVERYONE = 'the principal "*" is everyone; name who is meant'


_Wrong = Callable[[str], str | None]
"""Judges one value of an element: what is wrong with it, None where nothing is."""


def _wrong_action(value: str) -> str | None:
    if len(value) > _LONGEST_ACTION:
        return _too_long(value)
    return None if _ACTION.fullmatch(value) else f"{quoted(value)} is not an action: must look like s3:GetObject"


def _too_long(action: str) -> str:
    return f"{quoted(action)} is {len(action):,} characters; an action has at most {_LONGEST_ACTION}"


def _wrong_trust_action(value: str) -> str | None:
    if len(value) > _LONGEST_ACTION:
        return _too_long(value)
    service, _, name = value.partition(":")
    if service.lower() == "sts" and any(covers(name, action) for action in _TRUST_ACTIONS):
        return None
    return f"{quoted(value)} is not an action of a trust policy; those of sts are {listed(_TRUST_ACTIONS)}"


def _wrong_service(value: str) -> str | None:
    return None if _SERVICE.fullmatch(value) else f"{quoted(value)} is not a service principal such as lambda.amazonaws.com"


def _foreign(name: str, close: str | None, fields: tuple[str, ...]) -> str:
    if name in ("Principal", "NotPrincipal"):
        return "a permissions policy has no principal: it is the role's own; whom the role admits is written in spec.aws.trust"
    if name in ("Resource", "NotResource"):
        return "a trust policy has no resource: it is the role itself"
    return f"is not an element of a statement; {f'did you mean {close}?' if close else f'those are {listed(fields)}'}"


class _Unwanted(Exception):
    """What Python's JSON reader takes and we do not."""


def _no_duplicate_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Unwanted(f"duplicate key {quoted(key)}; the second would silently win")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise _Unwanted(f"{name} is not a number in JSON")


def _no_huge_float(text: str) -> float:
    if not math.isfinite(float(text)):
        raise _Unwanted(f"{quoted(text)[1:-1]} is beyond all numbers")
    return float(text)
