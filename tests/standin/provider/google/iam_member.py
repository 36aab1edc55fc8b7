"""The kinds whose names end in IAMMember: one member of one binding of a resource's policy (tpgiamresource/resource_iam_member.go)."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from tests.standin.cloud.google.policies import Policy
from tests.standin.cloud.refusal import CloudError
from tests.standin.provider.google import bindings
from tests.standin.provider.google.bindings import Binding, condition_key
from tests.standin.provider.google.google_kind import GoogleKind
from tests.standin.provider.google.targets import Place, Target
from tests.standin.provider.kind import FIXED, Asked, Fields, argument
from tests.standin.provider.session import Refused, Session, saying
from tests.standin.provider.upjet import Change

_CONDITIONS = "IAM conditions not allowed on BigQuery Dataset IAM"


class IAMMember(GoogleKind):
    """Found in the policy by role, member and condition; the id says only that it was created, or is to be taken over."""

    def __init__(self, target: Target) -> None:
        self.name, self.plural, self.service = target.kind, f"{target.kind.lower()}s", target.service
        self.cluster_version = target.cluster_version
        self.fields = dict.fromkeys((*target.fields, "role", "member", "condition"), FIXED)
        self.named_after_itself = bool(target.templated)
        self._target = target

    def read(self, google: Session, asked: Asked) -> Fields | None:
        """There is nothing to be found before an id is known, be the member there or not. Looked for where it was last seen."""
        seen = asked.observed if asked.observed.get("id") else asked.desired
        if not asked.name:
            return None
        place, wanted = self._target.place(seen, google.account), _binding(seen)
        with _reading(place, wanted):
            policy: Policy | None = google.find("GetIamPolicy", resource=place.resource)
        member = bindings.find(policy.bindings, wanted) if policy else ""
        if policy is None or not member:
            return None
        return {**self._state(place, asked, seen, wanted | {"members": [member]}), **self._etag(policy)}

    def _state(self, place: Place, asked: Asked, seen: Fields, found: Binding) -> Fields:
        named = {**place.values, **({self._target.fields[-1]: place.id} if self._target.qualified else {})}
        if not self._target.tells_project and not seen.get("project"):
            named.pop("project", None)
        condition = {"condition": found["condition"]} if "condition" in found else {}
        state: Fields = {**named, "role": found["role"], "member": found["members"][0], **condition}
        return {**state, "id": self._id(place, asked, seen)}

    def _id(self, place: Place, asked: Asked, seen: Fields) -> str:
        if not self._target.templated or asked.name.startswith(f"{place.id}/"):
            return asked.name
        values = {**place.values, "role": seen.get("role", ""), "member": seen.get("member", "")}
        return self._target.templated.format(**values)

    def _etag(self, policy: Policy) -> Fields:
        return {} if self._target.access_list else {"etag": policy.etag}

    def create(self, google: Session, asked: Asked) -> str:
        """SetIamPolicy with the member added, which may be there already."""
        place, added = self._target.place(asked.desired, google.account), _binding(asked.desired)
        with self._batch("Create", added, place.described):
            self._modify(google, place, lambda before: bindings.merge(before, added))
        parts = (place.id, added["role"], bindings.normal(added["members"][0]))
        return "/".join((*parts, *(condition_key(added["condition"]) if "condition" in added else ())))

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """No field can be changed. Nothing has changed where a name says the same, or a member differs in case."""
        found = [
            Change(argument(field), state.get(field, ""), asked.desired[field], replaces=True)
            for field in (*self._target.fields, "role", "member")
            if asked.desired.get(field) is not None and not self._same(field, state, asked.desired[field])
        ]
        return [*found, *_condition_changes(asked.desired, state)]

    def _same(self, field: str, state: Fields, new: str) -> bool:
        old = state.get(field, "")
        if field == "member" and not bindings.is_case_sensitive(old) and not bindings.is_case_sensitive(new):
            return bool(old.lower() == new.lower())
        if field == self._target.fields[-1]:
            return self._target.place(state, "") == self._target.place({**state, field: new}, "")
        return bool(old == new)

    def delete(self, google: Session, state: Fields) -> None:
        """SetIamPolicy without the member, under this condition; what else is in the policy stays."""
        place, removed = self._target.place(state, google.account), _binding(state)
        role, member = removed["role"], removed["members"][0]
        words = f"Error when reading or editing Resource {place.id} for IAM Member (role {_quoted(member)}, {_quoted(role)})"
        with saying(words), self._batch("Delete", removed, _quoted(place.described)):
            self._modify(google, place, lambda before: bindings.subtract(before, removed))

    def _batch(self, verb: str, binding: Binding, described: str) -> AbstractContextManager[None]:
        """What a batch of one says of its error (iam_batching.go and transport/batcher.go)."""
        words = f"{verb} IAM Members {binding['role']} {binding['members'][0]} for {described}"
        return saying(f"Request `{words}` returned error" if self._target.batched else "")

    def _modify(self, google: Session, place: Place, change: Callable[[Sequence[Binding]], list[Binding]]) -> None:
        """Read, modify, write."""
        with saying(f"Error retrieving IAM policy for {place.described}"):
            policy: Policy = google.call("GetIamPolicy", resource=place.resource)
        changed = change(policy.bindings)
        writing = (
            "Error creating DatasetAccess" if self._target.access_list else f"Error setting IAM policy for {place.described}"
        )
        with saying(f"Error applying IAM policy for {place.described}"):
            if self._target.access_list and any("condition" in binding for binding in changed):
                raise Refused(_CONDITIONS, CloudError(_CONDITIONS, 400, _CONDITIONS))
            with saying(writing):
                google.call("SetIamPolicy", resource=place.resource, bindings=changed)


def _binding(fields: Fields) -> Binding:
    condition = {name: value for name, value in (fields.get("condition") or {}).items() if value}
    binding: Binding = {"role": fields.get("role", ""), "members": [fields.get("member", "")]}
    return binding | ({"condition": condition} if condition else {})


def _condition_changes(desired: Fields, state: Fields) -> list[Change]:
    """A condition that is left out of the spec is not one that is kept: Terraform's plan is without it."""
    old, new = state.get("condition") or {}, desired.get("condition") or {}
    found = (
        [] if bool(old) == bool(new) else [Change("condition.#", len([old] if old else []), len([new] if new else []), True)]
    )
    parts = ("title", "description", "expression")
    return found + [
        Change(f"condition.0.{part}", old.get(part) or "", new.get(part) or "", replaces=True)
        for part in parts
        if (old.get(part) or "") != (new.get(part) or "")
    ]


def _reading(place: Place, wanted: Binding) -> AbstractContextManager[None]:
    role, member = _quoted(wanted["role"]), _quoted(wanted["members"][0])
    what = f"Resource {_quoted(place.described)} with IAM Member: Role {role} Member {member}"
    return saying(f"Error when reading or editing {what}: Error retrieving IAM policy for {place.described}")


def _quoted(text: str) -> str:
    """As Go's %q."""
    return json.dumps(text, ensure_ascii=False)
