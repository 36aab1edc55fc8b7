"""Read the Condition blocks that users write."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from function.clouds.aws.iam.condition_operators import OPERATORS, is_date, is_number
from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.iam.values import wrong_variable
from function.errors import FieldError, Found, Path, Read, quoted

_LONGEST_OPERATOR = 60
# Comparing takes long.
_MOST_COMPARED = 32
# Of one block: more than anybody means, so that nothing is done for each of thousands.
_MOST_KEYS = 256
_PREFIXES, _SUFFIX = ("ForAllValues:", "ForAnyValue:"), "IfExists"
_LIKENESS = 0.75
_AS_WRITTEN = {
    (prefix, suffix): [f"{prefix}{name}{suffix}" for name in OPERATORS]
    for prefix in ("", *_PREFIXES)
    for suffix in ("", _SUFFIX)
}
_OPERATOR = re.compile(r"(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?")
# Issuers of web identities are prefixes, too: oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE:sub.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*:[ -~\u00a1-\u00ff]+")


def operator_of(written: str) -> tuple[str, str, bool] | None:
    """An operator's prefix, name and whether it ends in IfExists; None where IAM has no such operator."""
    match = _OPERATOR.fullmatch(written)
    if match is None or (match[2] not in OPERATORS and written != "Null"):
        return None
    return match[1] or "", match[2], bool(match[3])


def read_conditions(raw: object, at: Path) -> Read[Conditions]:
    """A Condition block as a value."""
    if not isinstance(raw, Mapping):
        message = f"must be an object (operator, then key, then values), not {quoted(raw)}"
        return Read({}, (FieldError(at, message),))
    count = max(len(raw), sum(len(keys) for keys in raw.values() if isinstance(keys, Mapping)))
    if count > _MOST_KEYS:
        what = "operators" if count == len(raw) else "condition keys"
        return Read({}, (FieldError(at, f"has {count:,} {what}; at most {_MOST_KEYS} are read"),))
    errors = Found()
    unknown = [operator for operator in sorted(raw) if operator_of(operator) is None]
    close = {operator: _nearest(operator) for operator in unknown[:_MOST_COMPARED] if len(operator) <= _LONGEST_OPERATOR}
    conditions = {
        operator: _read_keys(operator, raw[operator], (*at, operator), close.get(operator), errors) for operator in sorted(raw)
    }
    return Read(conditions, tuple(errors))


def _read_keys(operator: str, raw: object, at: Path, close: str | None, errors: Found) -> Mapping[str, tuple[str, ...]]:
    """The keys of an operator; `close` is the one that is meant by one that IAM has not."""
    known = operator_of(operator)
    if known is None:
        hint = f"; did you mean {close}?" if close else ""
        errors.append(FieldError(at, f"is not a condition operator of IAM{hint}"))
    if not isinstance(raw, Mapping) or not raw:
        errors.append(FieldError(at, f"must be an object with at least one condition key, not {quoted(raw)}"))
        return {}
    seen: set[str] = set()
    for key in sorted(raw):
        if message := _wrong_key(key):
            errors.append(FieldError((*at, key), f"is not a condition key: {message}"))
        if key.lower() in seen:
            errors.append(FieldError((*at, key), "duplicate key: IAM ignores the case of condition keys"))
        seen.add(key.lower())
    name = known[1] if known else ""
    return {key: _read_values(raw[key], name, (*at, key), errors) for key in sorted(raw)}


def _nearest(operator: str) -> str | None:
    """The operator that is meant. First comes the set of values, which is worse to mistake; and all of them take long.

    What says "not" is never meant by what does not, and the other way round.
    """
    (prefix,) = difflib.get_close_matches(operator[: len(_PREFIXES[0])], _PREFIXES, n=1, cutoff=_LIKENESS) or ("",)
    (suffix,) = difflib.get_close_matches(operator[-len(_SUFFIX) :], (_SUFFIX,), n=1, cutoff=_LIKENESS) or ("",)
    denied = "not" in operator.lower()
    alike = [each for each in _AS_WRITTEN[prefix, suffix] if ("Not" in each) == denied]
    return next(iter(difflib.get_close_matches(operator, alike, n=1)), None)


def _wrong_key(key: str) -> str | None:
    # "Condition can contain only one colon", says IAM.
    if key.startswith(("http://", "https://", "arn:")):
        return "an issuer's is written without https:// and without an ARN, such as oidc.example.com/id:sub"
    # Only the keys of issuers have a dot before the colon.
    issuer, _, claim = key.partition(":")
    if "." in issuer.partition("/")[0] and ":" in claim:
        return "an issuer's has one colon, before the claim, and no port"
    if "${" in key and (placeholder := wrong_variable(key)):
        return placeholder
    return None if _KEY.fullmatch(key) else "must look like aws:SourceAccount"


def _read_values(raw: object, operator: str, at: Path, errors: Found) -> tuple[str, ...]:
    values = raw if isinstance(raw, list) else [raw]
    if not values:
        errors.append(FieldError(at, "has no values; such a condition never holds"))
    wrong = [value for value in values if not isinstance(value, str | int | float)]
    errors += (FieldError(at, f"must be a value or a list of values, not {quoted(value)}") for value in wrong)
    texts = tuple(_text(value) for value in values)
    rule, fits = next(((r, f) for family, r, f in _FAMILIES if operator.startswith(family)), ("", lambda _: True))
    if not wrong:
        errors += (FieldError(at, f"{quoted(text)}: {message}") for text in texts if (message := wrong_variable(text)))
        # A variable is only known when a request is judged.
        errors += (FieldError(at, f"{quoted(text)} is not {rule}") for text in texts if "${" not in text and not fits(text))
    return texts


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_truth(text: str) -> bool:
    return text.lower() in ("true", "false")


_FAMILIES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("Null", "true or false", _is_truth),
    ("Bool", "true or false", _is_truth),
    ("Numeric", "a number", is_number),
    ("Date", "a date such as 2026-11-23T00:00:00Z", is_date),
    ("IpAddress", "an address or a range such as 10.0.0.0/8", _is_network),
    ("NotIpAddress", "an address or a range such as 10.0.0.0/8", _is_network),
)


def _text(value: Any) -> str:
    # IAM itself turns true and 5 into strings.
    return str(value).lower() if isinstance(value, bool) else str(value)
