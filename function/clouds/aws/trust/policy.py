"""A role's trust policy as a whole: it admits exactly the listed subjects, whoever calls for them.

Where session tags are sent, one statement admits every combination of its value lists; the cover chooses statements in which
every combination is a listed subject. Where none are sent, a statement lists its subjects one by one under a single key.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement, characters, compact, merged
from function.clouds.aws.trust.cover import Boxes, cover, cover_apart

PINNED_TAGS = {"ServiceAccount": 3, "Namespace": 2, "Cluster": 1, "None": 0}
"""How many of a pod's session tags each pin has to match."""

_TAGS = (
    "aws:RequestTag/eks-cluster-arn",
    "aws:RequestTag/kubernetes-namespace",
    "aws:RequestTag/kubernetes-service-account",
)

PodTags = tuple[str, ...]
"""What a pod's session tags say: cluster ARN, namespace, service account; as many as are pinned."""

Principals = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Who assumes the role with session tags that tell pods apart, and for which pods."""

    principal: Principals
    actions: tuple[str, ...]
    subjects: tuple[PodTags, ...]
    pins: int
    """How many of the tags are pinned; with none there is one statement, whoever the subjects are."""
    condition: Conditions = field(default_factory=dict)
    """What is required beside the tags."""

    def statement(self, box: Iterable[tuple[str, ...]], further: Conditions) -> Statement:
        """The statement that admits every combination of a box's values."""
        tags = dict(zip(_TAGS, box, strict=False))
        condition = merged(({"StringEquals": tags} if tags else {}, self.condition, further))
        return Statement(principal=self.principal, action=self.actions, condition=condition)


@dataclass(frozen=True, slots=True)
class ListStatement:
    """A statement that lists its subjects one by one, as the values of one condition key."""

    principal: Principals
    actions: tuple[str, ...]
    operator: str
    key: str
    values: tuple[str, ...]
    condition: Conditions = field(default_factory=dict)
    """What is required beside them."""

    def statement(self, values: tuple[str, ...], further: Conditions) -> Statement:
        """The statement for some of the subjects."""
        condition = merged(({self.operator: {self.key: values}}, self.condition, further))
        return Statement(principal=self.principal, action=self.actions, condition=condition)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whom a role shall trust, and how that may be written."""

    tagged: Tagged | None = None
    listed: tuple[ListStatement, ...] = ()
    constant: tuple[Statement, ...] = ()
    """Generated statements that are the same for all subjects."""
    conditions: Conditions = field(default_factory=dict)
    """The user's, ANDed into what is generated for tagged and listed subjects."""
    statements: tuple[Statement, ...] = ()
    """The user's, as they are."""
    max_characters: int = 2048

    def generated(self) -> Iterator[tuple[str, str]]:
        """Every (operator, condition key) of the generated statements; merging another value there would replace a pin."""
        for statement in self._shortest(conditions={}):
            for operator, keys in statement.condition.items():
                yield from ((operator, key) for key in keys)

    def shortest(self) -> int:
        """What the shortest statement takes that admits a single subject: no policy can do with less."""
        return min(characters(compact(statement.document())) for statement in self._shortest(self.conditions))

    def _shortest(self, conditions: Conditions) -> Iterator[Statement]:
        if self.tagged:
            pinned = (subject[: self.tagged.pins] for subject in self.tagged.subjects)
            tags = min(pinned, key=lambda subject: sum(map(len, subject)), default=())
            yield self.tagged.statement([(tag,) for tag in tags], conditions)
        for listed in self.listed:
            yield listed.statement((min(listed.values, key=len),), conditions)

    def document(self, boxes: Boxes) -> PolicyDocument:
        """The policy with these boxes of tagged subjects."""
        boxed = [self.tagged.statement(box, self.conditions) for box in boxes] if self.tagged else []
        listed = (each.statement(each.values, self.conditions) for each in self.listed)
        return PolicyDocument((*boxed, *listed, *self.constant, *self.statements))

    @property
    def fixed(self) -> int:
        """The characters that no pod is admitted by: the user's statements, and what every policy has."""
        return PolicyDocument(self.statements).length

    @property
    def divisible(self) -> bool:
        """Whether fewer subjects would make it shorter."""
        return bool(self.listed) or (self.tagged is not None and self.tagged.pins > 0)


def trust_policy(admitted: Admitted) -> PolicyDocument:
    """The policy that admits exactly these, in as few statements as were found.

    Where that is too long, more statements without overlap are tried, and the shorter policy is taken.
    """
    tagged = admitted.tagged
    pinned = [tags[: tagged.pins] for tags in tagged.subjects] if tagged else []
    document = admitted.document(cover(pinned))
    if document.length <= admitted.max_characters or len(set(pinned)) == 1:
        return document
    return min(document, admitted.document(cover_apart(pinned)), key=lambda each: each.length) if pinned else document
