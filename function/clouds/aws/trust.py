"""The trust policy of the role that pods get: it admits exactly the listed subjects.

With session tags, EKS tells the role which cluster, namespace and service account a pod has, so the policy pins them by
`aws:RequestTag`. One statement admits every combination of its value lists; the cover chooses statements in which every
combination is a listed subject. Without session tags only the cluster can be told, by aws:SourceArn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from function.clouds.aws.cover.boxes import Cover, single_box
from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement, characters, compact, merged
from function.clouds.aws.pods import ACTIONS, SERVICE

_TAGS = (
    "aws:RequestTag/eks-cluster-arn",
    "aws:RequestTag/kubernetes-namespace",
    "aws:RequestTag/kubernetes-service-account",
)

_PINNED_TAGS = {"ServiceAccount": 3, "Namespace": 2, "Cluster": 1, "None": 0}

Facts = tuple[str, ...]
"""What a pod's session tags say: cluster ARN, namespace, service account; as many as are pinned."""


@dataclass(frozen=True, slots=True)
class TrustRequest:
    """Whom a role shall trust, and how that may be written."""

    subjects: tuple[Facts, ...]
    account: str
    pin: str
    session_tags: bool
    source_account: bool = False
    source_organization: bool = False
    conditions: Conditions = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    max_characters: int = 2048

    def generated(self) -> list[tuple[str, str]]:
        """Every (operator, condition key) of the generated statements; merging another value there would replace a pin."""
        some = self._condition([("",)] * self.pins)
        return [(operator, key) for operator, keys in some.items() for key in keys]

    @property
    def pins(self) -> int:
        """How many of a subject's facts the policy pins."""
        return _PINNED_TAGS[self.pin] if self.session_tags else 0

    def _condition(self, box: Iterable[tuple[str, ...]]) -> Conditions:
        equals = dict(zip(_TAGS, box, strict=False))
        untagged_cluster = self.pin == "Cluster" and not self.session_tags
        if self.source_account or untagged_cluster:
            equals["aws:SourceAccount"] = (self.account,)
        if self.source_organization:
            equals["aws:SourceOrgId"] = ("${aws:ResourceOrgId}",)
        arns = tuple(sorted({facts[0] for facts in self.subjects}))
        by_source = {"aws:SourceArn": arns} if untagged_cluster else {}
        parts = {"StringEquals": equals, "ArnEquals": by_source}
        return {operator: keys for operator, keys in parts.items() if keys}

    def statement(self, box: Iterable[tuple[str, ...]]) -> Statement:
        """The statement that admits every combination of a box's values."""
        condition = merged((self._condition(box), self.conditions))
        return Statement(principal={"Service": (SERVICE,)}, action=ACTIONS, condition=condition)


@dataclass(frozen=True, slots=True)
class Trust:
    """The smallest trust policy that was found, and its length as IAM counts it."""

    document: str
    """The policy as JSON."""
    statements: int
    characters: int
    fixed: int
    """How many of the characters are not of generated statements."""
    exact: bool
    """Whether none can be smaller."""


def trust(request: TrustRequest) -> Trust:
    """The policy that admits exactly the request's subjects, in the fewest statements, then the fewest characters."""
    found = _cover(request)
    statements = (*(request.statement(box) for box in found.boxes), *request.statements)
    document = PolicyDocument(statements).json()
    return Trust(document, len(statements), characters(document), fixed_characters(request), found.exact)


def fixed_characters(request: TrustRequest) -> int:
    """What the policy has without any generated statement."""
    return characters(PolicyDocument(request.statements).json()) if request.statements else _EMPTY


def alone_characters(request: TrustRequest) -> int:
    """What the statement for a single subject takes, the shortest that there can be."""
    facts = min(request.subjects, key=lambda subject: sum(map(len, subject[: request.pins])))
    return characters(compact(request.statement([(fact,) for fact in facts[: request.pins]]).document()))


_EMPTY = len(PolicyDocument(()).json())


def _cover(request: TrustRequest) -> Cover:
    facts = {facts[: request.pins] for facts in request.subjects}
    box = single_box(facts) if request.pins else ()
    if box is not None:
        return Cover((box,), 0, exact=True)
    # Most policies are one statement; the search is loaded by the first that is not.
    from function.clouds.aws.cover.minimal import cover

    comma, quotes = 1, 2 * request.pins
    empty = compact(request.statement([("",)] * request.pins).document())
    # Each statement brings its comma; the last one has none, unless others follow.
    room = request.max_characters - fixed_characters(request) + (0 if request.statements else comma)
    return cover(facts, characters(empty) - quotes + comma, room)
