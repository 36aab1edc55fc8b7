"""Which tags AWS accepts, and which are refused because they could pass for a pod's session tags."""

import unicodedata
from collections.abc import Iterator, Mapping

from function.clouds.aws.trust.pod_identity import SESSION_TAGS
from function.errors import FieldError, Path, listed, quoted

# provider-aws puts these on every resource that it manages, whatever else is asked for.
_PROVIDERS = ("crossplane-kind", "crossplane-name", "crossplane-providerconfig")
_AWS_MAX = 50
_MAX = _AWS_MAX - len(_PROVIDERS)
_PUNCTUATION = frozenset("_.:/=+-@")


def check_tags(tags: Mapping[str, str], association_tags: Mapping[str, str]) -> Iterator[FieldError]:
    """Errors of `spec.tags` and `spec.aws.association.tags`, alone and together."""
    at, association_at = ("spec", "tags"), ("spec", "aws", "association", "tags")
    yield from _check(tags, at, forbidden=SESSION_TAGS)
    yield from _check(association_tags, association_at, forbidden=())
    yield from _alike(tags, at)
    together = len({**tags, **association_tags})
    if len(tags) > _MAX:
        yield _too_many(at, len(tags))
    elif together > _MAX:
        yield _too_many(association_at, together)


def _too_many(at: Path, count: int) -> FieldError:
    rule = f"AWS allows {_AWS_MAX} and the provider adds {len(_PROVIDERS)} of its own ({listed(_PROVIDERS)})"
    return FieldError(at, f"{count} tags after merging; {rule}, which leaves {_MAX}")


def _check(tags: Mapping[str, str], at: Path, forbidden: tuple[str, ...]) -> Iterator[FieldError]:
    # In one order, since only so many errors are looked for.
    for key, value in sorted(tags.items()):
        for message in (*_key_errors(key, forbidden), *_value_errors(value)):
            yield FieldError((*at, key), message)


def _alike(tags: Mapping[str, str], at: Path) -> Iterator[FieldError]:
    """IAM's keys are unique ignoring case, those of EKS are not."""
    first: dict[str, str] = {}
    for key in sorted(tags):
        other = first.setdefault(key.lower(), key)
        if other != key:
            yield FieldError((*at, key), f"differs from {quoted(other)} in case alone; IAM takes both for one key")


def _key_errors(key: str, forbidden: tuple[str, ...]) -> Iterator[str]:
    if not 1 <= len(key) <= 128:
        yield f"the key is {len(key)} characters; AWS allows 1 to 128"
    elif not _tag_text(key):
        yield "the key may hold letters, digits, spaces and _.:/=+-@ only"
    if key.lower().startswith("aws:"):
        yield "keys that begin with aws: are reserved by AWS"
    if not _alike_names(key).isdisjoint(forbidden):
        yield "is a session tag of EKS; on a role it would count as aws:PrincipalTag and could pass for another pod"
    if key.lower() in _PROVIDERS:
        yield "the provider itself writes this tag"


def _alike_names(key: str) -> set[str]:
    """A key as it reads under each way to ignore case: which one AWS has for letters beyond ASCII, nobody says.

    The long s is an s in capitals, the dotless i an I, and an I with a dot an i in Turkish.
    """
    texts = (key, unicodedata.normalize("NFKC", key))
    return {
        folded.replace("\N{COMBINING DOT ABOVE}", "") for text in texts for folded in (text.casefold(), text.upper().casefold())
    }


def _value_errors(value: str) -> Iterator[str]:
    if len(value) > 256:
        yield f"the value is {len(value)} characters; AWS allows 256"
    elif not _tag_text(value):
        yield f"the value {quoted(value)} may hold letters, digits, spaces and _.:/=+-@ only"
    if value.lower().startswith("aws:"):
        yield "values that begin with aws: are reserved by AWS"


def _tag_text(text: str) -> bool:
    return all(c in _PUNCTUATION or unicodedata.category(c)[0] in "LZN" for c in text)
