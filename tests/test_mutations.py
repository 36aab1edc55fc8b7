"""What holds for every request that mutating the examples makes, in a fast run for some hundreds of them.

`MUTATIONS=100000 .venv/bin/python -m pytest tests/test_mutations.py` tries more, on all cores with `--numprocesses=auto`.
`MUTATION=17 .venv/bin/python -m pytest tests/test_mutations.py` tries the request of seed 17 alone, and prints it where it fails.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from google.protobuf.message import DecodeError

from function.decoding import too_deep
from function.fn import Plans, new_plans, run
from tests.support.mutations import Asked, mutated
from tests.support.xrs import desired

_ALONE = os.environ.get("MUTATION")
_NUMBER = int(os.environ.get("MUTATIONS", "400"))
_BLOCKS = 8
_SHOWN = 10
_MAX_MESSAGE = 32_768

_WILD = re.compile(r"[*?]|\$\{")
# What `pin: Namespace` is in a token's subject. A namespace is a DNS label.
_NAMESPACE = re.compile(r"system:serviceaccount:[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?:\*")
# What `trust.sourceOrganization` is compared with: it stands for one value.
_ORGANIZATION = "${aws:ResourceOrgId}"
_EXTERNAL_NAME = "crossplane.io/external-name"


@pytest.mark.parametrize("block", range(1 if _ALONE else _BLOCKS))
def test_whatever_is_asked_is_answered_cleanly(block: int) -> None:
    """No exception, the same bytes from the cache, nothing raw, nothing lost, and no wildcard that nobody wrote."""
    plans, failures = new_plans(), []
    for seed in [int(_ALONE)] if _ALONE else range(block, _NUMBER, _BLOCKS):
        asked = mutated(seed)
        why = list(_wrong(asked, plans))
        if why:
            failures.append(f"seed {seed} (alone: MUTATION={seed} python -m pytest tests/test_mutations.py): {'; '.join(why)}")
            if _ALONE:
                failures.append(json.dumps(vars(asked), indent=2))
    shown = "\n".join(failures[:_SHOWN])
    assert not failures, f"{len(failures)} failed:\n{shown}"


def _wrong(asked: Asked, plans: Plans) -> Iterator[str]:
    try:
        answer = _answer(asked.encoded())
        again = [_answer(asked.encoded(), plans) for _ in range(2)]
    except Exception as error:
        yield f"{type(error).__name__}: {error}"
        return
    if any(_bytes(other) != _bytes(answer) for other in again):
        yield "from the cache the answer has other bytes"
    yield from _raw(answer)
    if answer.results:
        yield from (
            ["refused, yet with resources"] if answer.desired.resources or answer.desired.composite.resource.fields else ()
        )
        return
    yield from _lost(asked, answer)
    for name, manifest in desired(answer).items():
        yield from _foreign(name, manifest, asked)


def _answer(encoded: bytes, plans: Plans | None = None) -> fnv1.RunFunctionResponse:
    try:
        request = fnv1.RunFunctionRequest.FromString(encoded)
    except DecodeError:
        return too_deep().message()
    return run(request, plans)


def _bytes(answer: fnv1.RunFunctionResponse) -> bytes:
    return answer.SerializeToString(deterministic=True)


def _raw(answer: fnv1.RunFunctionResponse) -> Iterator[str]:
    """Texts that a terminal would not print as they are, or that are longer than a condition can hold."""
    texts = [(f"condition {each.type}", text) for each in answer.conditions for text in (each.message, each.reason)]
    texts += [(f"result {number}", each.message) for number, each in enumerate(answer.results)]
    for where, text in texts:
        if not text.isprintable():
            yield f"{where} is raw: {''.join(c for c in text if not c.isprintable())[:20]!a} in {text[:200]!a}"
        if len(text) > _MAX_MESSAGE:
            yield f"{where} has {len(text)} characters"


def _lost(asked: Asked, answer: fnv1.RunFunctionResponse) -> Iterator[str]:
    """What is there, and is desired where nothing is known to be there, is not desired any more."""
    if not asked.observed or set(answer.requirements.resources) - set(asked.required):
        return
    wanted = _answer(asked.encoded(observed=False))
    lost = (set(wanted.desired.resources) & set(asked.observed)) - set(answer.desired.resources)
    yield from (f"{name} is there, wanted, and lost" for name in sorted(lost))


def _foreign(name: str, manifest: dict[str, Any], asked: Asked) -> Iterator[str]:
    """Names that no cloud has, and wildcards in trust policies that the user did not write."""
    external = manifest.get("metadata", {}).get("annotations", {}).get(_EXTERNAL_NAME, "")
    if not external.isprintable() or _WILD.search(external):
        yield f"{name} is called {external!a}"
    if "assumeRolePolicy" not in manifest.get("spec", {}).get("forProvider", {}):
        return
    written = set(_texts_of_trust([asked.xr, asked.required]))
    for text in _wild(json.loads(manifest["spec"]["forProvider"]["assumeRolePolicy"])):
        if text not in written and text != _ORGANIZATION and not _NAMESPACE.fullmatch(text):
            yield f"{name} admits {text!a}, which nobody wrote"


def _wild(policy: dict[str, Any]) -> Iterator[str]:
    """The patterns and variables of a trust policy. StringEquals knows no pattern."""
    for statement in policy["Statement"]:
        for part in ("Principal", "NotPrincipal", "Action", "NotAction"):
            yield from filter(_WILD.search, _texts(statement.get(part)))
        for operator, keys in statement.get("Condition", {}).items():
            searched = re.compile(r"\$\{") if "StringEquals" in operator else _WILD
            yield from filter(searched.search, _texts(keys))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _texts_of_trust(value: Any) -> Iterator[str]:
    """What is written wherever a `trust` or `namespaceMappings` stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner) if key in ("trust", "namespaceMappings") else _texts_of_trust(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_of_trust(inner)


def test_the_requests_are_as_they_are_meant_to_be() -> None:
    """Wild ones reach every reader, gentle ones are often valid."""
    answers = {seed: _answer(mutated(seed).encoded()) for seed in range(160)}
    valid = [seed for seed, answer in answers.items() if answer.desired.resources]
    assert sum(seed % 2 for seed in valid) > 40
    assert sum(not seed % 2 for seed in valid) > 8
    refused = " ".join(answer.results[0].message for answer in answers.values() if answer.results)
    assert all(field in refused for field in ("spec.clusters", "spec.serviceAccounts", "spec.aws", "spec.gcp"))


def test_the_same_seed_gives_the_same_request() -> None:
    for seed in range(20):
        assert mutated(seed).encoded() == mutated(seed).encoded()


def test_what_is_wrong_is_seen() -> None:
    raw = fnv1.RunFunctionResponse(
        conditions=[fnv1.Condition(type="X", message="a\u202eb")], results=[fnv1.Result(message="a\nb")]
    )
    assert len(list(_raw(raw))) == 2
    asked = Asked({"spec": {"aws": {"trust": {"statements": ["*x"]}}}}, {"role-1": {}})
    policy = {
        "Statement": [
            {
                "Principal": {"AWS": "*"},
                "Condition": {
                    "StringLike": {"a:sub": ["system:serviceaccount:*:*", "system:serviceaccount:data:*"], "b": "*x"},
                    "StringEquals": {"c": ["*", "${*}"]},
                    "ArnEquals": {"d": "?"},
                },
            }
        ]
    }
    role = {
        "metadata": {"annotations": {_EXTERNAL_NAME: "a\nb"}},
        "spec": {"forProvider": {"assumeRolePolicy": json.dumps(policy)}},
    }
    seen = " ".join(_foreign("role-1", role, asked))
    assert seen.count("nobody wrote") == 4
    assert "is called" in seen
