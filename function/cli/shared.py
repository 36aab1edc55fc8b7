"""What two documents both make, which each for itself cannot know: an association, a role, a grant.

Documents of one kind, namespace and name are one object, written for several control planes perhaps: they are not compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from function.cli.description import granted
from function.cli.messages import print_note
from function.cli.results import Answer
from function.clouds import aws, gcp
from function.compose import Plan
from function.errors import FieldError, Path, dotted
from function.identity.subjects import Subject
from function.naming import DERIVED_NAME
from function.resources.managed import ComposedResource


class _Claim(NamedTuple):
    """One thing that a document makes."""

    key: tuple[str, ...]
    """What tells it from other things: two claims of one key are of one thing."""
    at: Path | Subject
    """The field that asks for it; of a subject, its entry in spec.serviceAccounts."""
    words: str
    harm: str
    """What two that make it do to another, and what to do about it."""
    value: str | None = None
    """Two that make it the same agree; None never does."""
    refused: bool = True
    """Whether it is an error. If not for both, it is a note."""


class _Clash(NamedTuple):
    """Whose claims meet at which field; one message says it, however many they are."""

    answer: int
    at: Path
    other: str
    harm: str
    refused: bool


_ASSOCIATION = "EKS allows one association for a service account: leave it out of one of them"
_SAME_NAME = "each would change and delete what is the other's: give one of them another name"
_ANNOTATION = "with another value, and a service account carries one: its pods get one of the identities only"
_GRANT = "that works, but deleting one takes it from the other until the provider makes it again"


class _Places:
    """Where documents list their service accounts. Each document is gone through once."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        self._entries: dict[int, dict[tuple[str, str], list[tuple[int, list[str]]]]] = {}

    def path(self, number: int, claim: _Claim) -> Path:
        """The field that asks for a claim of the document of this number."""
        if not isinstance(claim.at, Subject):
            return claim.at
        if number not in self._entries:
            self._entries[number] = _entries(self._answers[number])
        at: Path = ("spec", "serviceAccounts")
        for index, clusters in self._entries[number].get((claim.at.namespace, claim.at.service_account), ()):
            if not clusters or claim.at.cluster in clusters:
                return (*at, index)
        return at


def _entries(answer: Answer) -> dict[tuple[str, str], list[tuple[int, list[str]]]]:
    """The entries of spec.serviceAccounts by namespace and name: their indices and clusters, none where they are for all."""
    found: dict[tuple[str, str], list[tuple[int, list[str]]]] = {}
    for index, entry in enumerate(answer.document.value["spec"]["serviceAccounts"]):
        for namespace in entry.get("namespaces") or [entry.get("namespace") or answer.document.namespace]:
            found.setdefault((namespace, entry["name"]), []).append((index, entry.get("clusters") or []))
    return found


def errors_between(answers: list[Answer]) -> dict[int, list[FieldError]]:
    """The errors between documents that are valid by themselves, by the later one's place in the list.

    What is no error but good to know is printed as a note.
    """
    first: dict[tuple[str, ...], tuple[int, _Claim]] = {}
    places = _Places(answers)
    clashes: dict[_Clash, list[str]] = {}
    for number, answer in enumerate(answers):
        for claim in _claims(answer.plan()):
            earlier, its = first.setdefault(claim.key, (number, claim))
            agreed = claim.value is not None and claim.value == its.value
            if _identity(answers[earlier]) == _identity(answer) or agreed:
                continue
            other = f"{answers[earlier].document.title}, {dotted(places.path(earlier, its))}"
            clash = _Clash(number, places.path(number, claim), other, claim.harm, claim.refused and its.refused)
            clashes.setdefault(clash, []).append(claim.words)
    errors: dict[int, list[FieldError]] = {}
    for clash, words in clashes.items():
        error = FieldError(clash.at, _message(words, clash))
        if clash.refused:
            errors.setdefault(clash.answer, []).append(error)
        else:
            print_note(f"{answers[clash.answer].document.title}: {error}")
    return errors


def _message(words: list[str], clash: _Clash) -> str:
    more = f" (and {len(words) - 1} more)" if len(words) > 1 else ""
    return f"{words[0]}{more} is also made by {clash.other}: {clash.harm}"


def _identity(answer: Answer) -> tuple[str, str, str]:
    return answer.document.kind, answer.document.namespace, answer.document.name


def _claims(plan: Plan | None) -> Iterator[_Claim]:
    """What a document makes that can be another's, too."""
    if plan is None:
        return
    if isinstance(plan.cloud, aws.Plan) and isinstance(plan.composed, aws.Composed):
        yield from _of_aws(plan.cloud, plan.composed)
    if isinstance(plan.cloud, gcp.Plan) and isinstance(plan.composed, gcp.Composed):
        yield from _of_gcp(plan.cloud, plan.composed)
    yield from _annotations(plan)


def _of_aws(plan: aws.Plan, composed: aws.Composed) -> Iterator[_Claim]:
    for subject, association in composed.associations.items():
        if _made(association):
            host = plan.identity.host(subject)
            key = ("association", str(plan.cluster_arns[subject.cluster]), *host)
            yield _Claim(key, subject, f"the association of {_account(subject)}", _ASSOCIATION)
    aws_section: Path = ("spec", "aws")
    yield from _roles(composed.role, (*aws_section, "role"), (*aws_section, "permissions"), plan.role.arn)
    if plan.target:
        target: Path = (*aws_section, "targetRole")
        yield from _roles(composed.target, target, (*target, "permissions"), plan.target.arn)


def _roles(resources: Iterable[ComposedResource], at: Path, permissions: Path, arn: str) -> Iterator[_Claim]:
    """A role and the managed policies that are made for it."""
    policies = 0
    for resource in filter(_made, resources):
        if resource.kind == "Role":
            yield _Claim((resource.name,), _name_at(resource, (*at, "name")), f"IAM role {arn}", _SAME_NAME)
        elif resource.kind == "Policy":
            here: Path = (*permissions, "managedPolicies", policies, "name")
            yield _Claim((resource.name,), here, f"managed policy {resource.external_name}", _SAME_NAME)
            policies += 1


def _of_gcp(plan: gcp.Plan, composed: gcp.Composed) -> Iterator[_Claim]:
    if composed.account and plan.account and _made(composed.account):
        at = _name_at(composed.account, ("spec", "gcp", "serviceAccount", "accountId"))
        yield _Claim((composed.account.name,), at, f"IAM service account {plan.account.email}", _SAME_NAME)
    for at, members in ((("spec", "serviceAccounts"), composed.impersonation), (("spec", "gcp", "roles"), composed.grants)):
        for member in filter(_made, members):
            words = granted(member.object()["spec"]["forProvider"])
            yield _Claim((member.name,), at, words, _GRANT, refused=False)


def _annotations(plan: Plan) -> Iterator[_Claim]:
    """What service accounts have to carry: two roles for one of them is a mistake if both are to be written there."""
    identity, annotations = plan.cloud.identity, plan.cloud.annotations
    written = identity.service_account_management != "None"
    # Clusters with one issuer are one to AWS, but each has service accounts of its own.
    where = {c.name: (*c.where, *([c.name] if c.shares_issuer else [])) for c in identity.clusters}
    for subject in identity.subjects:
        carried: Mapping[str, str] = annotations.get(subject.cluster, {})
        for name, value in carried.items():
            key = ("annotation", *where[subject.cluster], *identity.host(subject), name)
            yield _Claim(key, subject, f"annotation {name} of {_account(subject)}", _ANNOTATION, value, refused=written)


def _made(resource: ComposedResource) -> bool:
    """Whether it is more than looked at."""
    return bool(resource.manifest["spec"]["managementPolicies"] != ["Observe"])


def _name_at(resource: ComposedResource, written: Path) -> Path:
    """The field that a name in the cloud follows from."""
    annotations = resource.manifest["metadata"].get("annotations", {})
    return ("metadata", "name") if DERIVED_NAME in annotations else written


def _account(subject: Subject) -> str:
    return f"service account {subject.namespace}/{subject.service_account} in cluster {subject.cluster}"
