"""The types of strings that specs of every cloud hold: Kubernetes' names, and the facts of clusters.

Each says in plain words what is wrong with a text. What one cloud alone knows is in that cloud's names.py.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationInfo

from function.errors import nearest, quoted
from function.spec.arn import partition_of
from function.spec.issuer import Issuer
from function.spec.model import Text, passes, refusal

LABEL_MAX = 63
"""How long a DNS label, and with it a namespace, may be."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_RULE = "lower case letters, digits and '-', beginning and ending with a letter or digit"
_SUBDOMAIN_RULE = "lower case letters, digits, '-' and '.', each part beginning and ending with a letter or digit"
_EXACT = "; associations are exact: no wildcards"

_is_label = re.compile(_LABEL).fullmatch


def is_label(text: str) -> bool:
    """Whether a text is a DNS-1123 label: what a namespace can be called."""
    return len(text) <= LABEL_MAX and _is_label(text) is not None


DNSLabel = Annotated[str, Text("a DNS-1123 label", _LABEL, LABEL_MAX, _LABEL_RULE)]

DNSSubdomain = Annotated[str, Text("a DNS-1123 subdomain", _SUBDOMAIN, 253, _SUBDOMAIN_RULE)]

Namespace = Annotated[str, Text("a DNS-1123 label", _LABEL, LABEL_MAX, _LABEL_RULE + _EXACT)]
"""The namespace of a service account."""

ServiceAccountName = Annotated[str, Text("a DNS-1123 subdomain", _SUBDOMAIN, 253, _SUBDOMAIN_RULE + _EXACT)]

NamespacePattern = Annotated[
    str,
    Text(
        "a pattern of namespaces",
        r"[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?",
        63,
        "lower case letters, digits, '-' and '*', which stands for any characters",
    ),
]

AccountId = Annotated[str, Text("an AWS account id", r"[0-9]{12}", 12, "12 digits, in quotes")]

Partition = Literal["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"]

# New regions have new numbers, at times new areas, but no new points of the compass. A test reads all of botocore's by this.
_COMPASS = ("central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west")
_REGION = rf"[a-z]{{2,5}}(-[a-z]+)?-({'|'.join(_COMPASS)})-[0-9]+"
_ZONE = re.compile(rf"({_REGION})([a-z]|-[a-z0-9-]+)")
_LIKE_A_REGION = re.compile(r"([a-z]+(?:-[a-z]+)?)-([a-z]+)-?([0-9]+)([a-z]?)")


def _not_a_region(text: str) -> str:
    """What is meant by a text that is no region: the region of a zone, or one that is written a little otherwise."""
    if zone := _ZONE.fullmatch(text):
        return f"is a zone of a region, not an AWS region: write {zone[1]}"
    like = _LIKE_A_REGION.fullmatch(text.lower().replace("_", "-"))
    meant = f"{like[1]}-{nearest(like[2], _COMPASS)}-{like[3]}" if like else ""
    return f"is not an AWS region; did you mean {meant}?" if partition_of(meant) else ""


Region = Annotated[str, Text("an AWS region", _REGION, 32, "such as eu-central-1", because=_not_a_region)]

EKSClusterName = Annotated[
    str, Text("an EKS cluster name", r"[0-9A-Za-z][A-Za-z0-9_-]*", 100, "must match ^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")
]

AddonVersion = Annotated[str, Text("an add-on's version", r"v[0-9]+(\.[0-9]+)+[A-Za-z0-9.-]*", 64, "such as v1.3.8-eksbuild.2")]

_DOCUMENTS = ("/.well-known/openid-configuration", "/openid/v1/jwks")
_OF_AKS = re.compile(r"[a-z0-9]+\.oic\.[a-z0-9-]*aks\.azure\.(com|us|cn)/.*[^/]")


def _reachable(issuer: Issuer, info: ValidationInfo) -> Issuer:
    """Refuse an issuer that no cloud can read the keys of."""
    if not passes(info, 1):
        if document := next((each for each in _DOCUMENTS if issuer.endswith(each)), None):
            raise refusal(f"{quoted(issuer)} is the issuer's document: leave out {document}")
        if _OF_AKS.fullmatch(issuer.name):
            raise refusal(f"{quoted(issuer)} lacks the / at its end, which issuers of AKS have")
        if not issuer.is_public:
            raise refusal(
                f"{quoted(issuer)} is a name or address within a network, and the cloud has to read its keys: give the API "
                "server a public --service-account-issuer, and write that"
            )
    return issuer


OIDCIssuer = Annotated[
    Issuer,
    Text(
        "an OIDC issuer",
        r"https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:443)?(/[A-Za-z0-9._~%+=@:/-]*)?",
        255,
        "give the issuer URL (https://...), without query, fragment or any port but 443",
        Issuer,
    ),
    AfterValidator(_reachable),
]

Audience = Annotated[
    str, Text("an audience", r"[A-Za-z0-9._~:/@%+=,&;!#()-]+", 255, "may hold letters, digits and ._~:/@%+=,&;!#()- only")
]

ProjectId = Annotated[
    str,
    Text(
        "a Google Cloud project's id",
        r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]",
        128,
        "6 to 30 lower case letters, digits and '-', beginning with a letter; not its number, not its name",
    ),
]

ProjectNumber = Annotated[
    str, Text("a Google Cloud project's number", r"[1-9][0-9]{0,18}", 19, "digits, in quotes; not its id")
]

Location = Annotated[
    str,
    Text("a Google Cloud location", r"[a-z]+(-[a-z]+)*[0-9]*(-[a-z][a-z0-9]*)?", 63, "such as europe-west1 or europe-west1-b"),
]

GKEClusterName = Annotated[
    str,
    Text(
        "a GKE cluster name", r"[a-z]([-a-z0-9]*[a-z0-9])?", 40, "lower case letters, digits and '-', beginning with a letter"
    ),
]

WorkloadPool = Annotated[
    str,
    Text(
        "a workload identity pool of GKE",
        r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9](\.[a-z][a-z0-9-]*)?\.(svc|hub)\.id\.goog"
        r"|[a-z][a-z0-9-]{2,30}[a-z0-9]\.global\.[1-9][0-9]{0,18}\.workload\.id\.goog",
        128,
        "must look like PROJECT_ID.svc.id.goog or, where a fleet has a pool of its own, "
        "POOL_ID.global.PROJECT_NUMBER.workload.id.goog",
    ),
]
