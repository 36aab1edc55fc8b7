"""Examples, changed at random: whatever comes in, an answer comes out, printable, without a loss, the same with and without a cache.

MUTATIONS=100000 tries so many. A failure names its seed; `python -m tests.test_mutations SEED` shows what was asked and answered.
"""

import copy
import json
import math
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.fn import Plans, new_plans, run
from function.observed import plain_struct
from function.resources.managed import EXTERNAL_NAME
from tests.support.hostile import HOSTILE
from tests.test_examples import CASES, entries, example

_NUMBER = int(os.environ.get("MUTATIONS", "600"))
_PARTS = 4

_SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    2**53,
    math.inf,
    math.nan,
    "",
    " ",
    "*",
    "a*",
    "?",
    "${aws:PrincipalTag/x}",
    "${*}",
    "$",
    "a" * 64,
    "a" * 254,
    "x" * 9000,
    "kube-system",
    "\u0410-b",
    "\ufb00",
    "111122223333",
    "arn:aws:iam::111122223333:role/x",
    "a-0123456789abcdefg",
    "2026-11-27T03:00:00Z",
    *HOSTILE.values(),
)
_CONTAINERS: tuple[Any, ...] = (
    {},
    [],
    [[]],
    [{}],
    {"": {}},
    {"a": None},
    [None],
    {"name": "a"},
    [{"name": "a"}, {"name": "a"}],
)
_ANNOTATIONS = (EXTERNAL_NAME, "podidentity.dev/derived-name", "podidentity.dev/imported", "podidentity.dev/rollout-token")


@cache
def _originals() -> tuple[tuple[dict[str, Any], tuple[dict[str, Any], ...]], ...]:
    """The XRs of all examples, each with the entries of the catalogue that it names."""
    return tuple((example(*case).xr(), tuple(map(dict, entries(case[0]).values()))) for case in CASES)


def mutated(seed: int) -> fnv1.RunFunctionRequest:
    """A call about an example that was changed in a few places: its spec, and what is observed and fetched for it."""
    chance = random.Random(seed)
    original, fetched = chance.choice(_originals())
    xr, entries = copy.deepcopy(original), copy.deepcopy(list(fetched))
    there = _answered(xr, entries, {}) if chance.random() < 0.5 else {}
    gentle = chance.random() < 0.4
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        where = chance.random()
        if where < 0.7 or not (there or entries):
            _change(xr["spec"], chance, gentle)
        elif there and where < 0.9:
            _change(chance.choice(list(there.values())), chance, gentle)
        elif entries:
            _change(chance.choice(entries), chance, gentle)
    if chance.random() < 0.05:
        xr["spec"]["claimRef"] = chance.choice(
            (*_CONTAINERS, {"namespace": chance.choice(_SCALARS), "name": chance.choice(_SCALARS)})
        )
    if chance.random() < 0.05:
        xr["metadata"] = chance.choice(({}, {"name": chance.choice(_SCALARS), "namespace": chance.choice(_SCALARS)}))
    return _request(xr, entries, there)


def _answered(xr: dict[str, Any], entries: list[dict[str, Any]], there: dict[str, Any]) -> dict[str, Any]:
    """What an example makes, as it is observed once it is there."""
    answer = run(_request(xr, entries, there))
    observed = {}
    for name, made in answer.desired.resources.items():
        manifest = plain_struct(made.resource)
        metadata = manifest.setdefault("metadata", {})
        metadata.setdefault("annotations", {}).setdefault(EXTERNAL_NAME, "a-0123456789abcdefg")
        provided = {"arn": f"arn:aws:iam::111122223333:role/{metadata['annotations'][EXTERNAL_NAME]}"}
        provided |= manifest["spec"].get("forProvider", {})
        conditions = [{"type": kind, "status": "True", "reason": "Seen"} for kind in ("Ready", "Synced")]
        observed[name] = {**manifest, "status": {"atProvider": provided, "conditions": conditions}}
    return observed


def _request(xr: Any, entries: list[dict[str, Any]], there: dict[str, Any]) -> fnv1.RunFunctionRequest:
    built = fnv1.RunFunctionRequest()
    resource.update(built.observed.composite, _sendable(xr))
    for number, entry in enumerate(entries):
        metadata = entry.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        named = name if isinstance(name, str) else str(number)
        resource.update(built.required_resources[f"cluster-{_sendable(named)}"].items.add(), _sendable(entry))
    for name, manifest in there.items():
        resource.update(built.observed.resources[name], _sendable(manifest))
    return built


def _sendable(value: Any) -> Any:
    """What protobuf can hold of it: JSON, in text without lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sendable(name): _sendable(each) for name, each in value.items()}
    return [_sendable(each) for each in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object and list with each of its keys and indices."""
    for key, each in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield value, key
        yield from _places(each)


def _change(root: Any, chance: random.Random, gentle: bool) -> None:
    places = list(_places(root))
    if not places:
        return
    parent, key = chance.choice(places)
    how = chance.choice(_GENTLE if gentle else _WILD)
    how(root, parent, key, chance)


def _put_scalar(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    parent[key] = chance.choice(_SCALARS)


def _put_container(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    parent[key] = copy.deepcopy(chance.choice(_CONTAINERS))


def _take_away(_root: Any, parent: Any, key: Any, _chance: random.Random) -> None:
    del parent[key]


def _graft(root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    """A part of it somewhere else."""
    other, there = chance.choice(list(_places(root)))
    parent[key] = copy.deepcopy(other[there])


def _again(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    if isinstance(parent, list):
        parent.extend(copy.deepcopy(parent[key]) for _ in range(chance.choice((1, 2, 20))))


def _rename(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    if isinstance(parent, dict):
        texts = [each for each in _SCALARS if isinstance(each, str)]
        parent[chance.choice((*texts, f"{key}s", str(key).upper()))] = parent.pop(key)


def _edit_text(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    text = parent[key]
    if isinstance(text, str):
        at = chance.randrange(len(text) + 1)
        parent[key] = (
            text[:at]
            + chance.choice(("", "-", "x", "*", ".", "A", "é", chance.choice(list(HOSTILE.values()))))
            + text[at + 1 :]
        )


def _nest(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 20))):
        parent[key] = chance.choice(({"a": parent[key]}, [parent[key]]))


def _annotate(root: Any, _parent: Any, _key: Any, chance: random.Random) -> None:
    metadata = root.setdefault("metadata", {}) if isinstance(root, dict) else None
    if isinstance(metadata, dict):
        texts = [each for each in _SCALARS if isinstance(each, str)]
        metadata["annotations"] = {chance.choice(_ANNOTATIONS): chance.choice(texts) for _ in range(2)}


def _suffix(_root: Any, parent: Any, key: Any, chance: random.Random) -> None:
    if isinstance(parent[key], str):
        parent[key] += chance.choice(("x", "-1", "0"))


_Change = Callable[[Any, Any, Any, random.Random], None]
_WILD: tuple[_Change, ...] = (
    _put_scalar,
    _put_container,
    _take_away,
    _graft,
    _again,
    _rename,
    _edit_text,
    _nest,
    _annotate,
)
_GENTLE: tuple[_Change, ...] = (_suffix, _take_away, _graft, _annotate, _suffix)


def faults_of(seed: int, plans: Plans) -> list[str]:
    """What is wrong with the answer to a mutation."""
    asked = mutated(seed)
    before = asked.SerializeToString(deterministic=True)
    answer = run(asked)
    again = [run(asked, plans), run(asked, plans)]
    encoded = answer.SerializeToString(deterministic=True)
    texts = [*(found.message for found in answer.conditions), *(found.message for found in answer.results)]
    fatal = any(found.severity == fnv1.SEVERITY_FATAL for found in answer.results)
    wanted = set(answer.desired.resources)
    rules = {
        "the request was changed": asked.SerializeToString(deterministic=True) != before,
        "the answer differs with a cache": any(each.SerializeToString(deterministic=True) != encoded for each in again),
        "it says that it is a bug": any("bug of function-pod-identity" in text for text in texts),
        "raw text": not all(text.isprintable() for text in texts),
        "a message is too long": any(len(text) > 32_768 for text in texts),
        "FATAL with resources": fatal and bool(wanted),
        "no condition says whether the spec is valid": not any(found.type == "SpecValid" for found in answer.conditions),
        "neither refused nor anything made": not fatal
        and not wanted
        and not answer.requirements.resources
        and not _observes(asked),
        "a wildcard that nobody wrote": _unwritten_wildcard(asked, answer),
    }
    return [what for what, wrong in rules.items() if wrong]


def _observes(asked: fnv1.RunFunctionRequest) -> bool:
    """Whether there may be nothing to make: an existing role without associations, say."""
    spec = plain_struct(asked.observed.composite.resource).get("spec")
    return isinstance(spec, dict) and "arn" in json.dumps(spec)


def _unwritten_wildcard(asked: fnv1.RunFunctionRequest, answer: fnv1.RunFunctionResponse) -> bool:
    """Whether a trust policy has a pattern although nothing that was asked has one."""
    if any(sign in str(asked.observed.composite) + str(asked.required_resources) for sign in ("*", "?", "$")):
        return False
    policies = [
        made.resource.fields["spec"].struct_value.fields["forProvider"].struct_value.fields["assumeRolePolicy"].string_value
        for made in answer.desired.resources.values()
        if made.resource.fields["kind"].string_value == "Role"
    ]
    # The one variable that is written for who restricts a role to an organization.
    return any(sign in policy.replace("${aws:ResourceOrgId}", "") for policy in policies for sign in ("*", "?", "${"))


@pytest.mark.parametrize("part", range(_PARTS))
def test_whatever_comes_in_an_answer_comes_out(part: int) -> None:
    plans = new_plans()
    for seed in range(part, _NUMBER, _PARTS):
        found = faults_of(seed, plans)
        assert not found, f"seed {seed}: {found}; python -m tests.test_mutations {seed} shows it"


def test_mutations_are_of_all_sorts() -> None:
    """Else they would show nothing: many are refused, many are valid, and of these many differ from the examples."""
    answers = [run(mutated(seed)) for seed in range(200)]
    fatal = sum(bool(answer.results) for answer in answers)
    assert 40 < fatal < 170
    assert len({str(answer.results[0].message)[:60] for answer in answers if answer.results}) > 30


if __name__ == "__main__":
    shown = mutated(int(sys.argv[1]))
    print(json.dumps(plain_struct(shown.observed.composite.resource), indent=1, default=str))
    print(run(shown))
    print(faults_of(int(sys.argv[1]), new_plans()))
