"""`spec.aws`: what users write."""

from typing import Annotated, Any, Literal

from pydantic import Field

from function.clusters import AccountId
from function.provider_config import ProviderConfigRef
from function.schema import (
    Distinct,
    DNSLabel,
    Exclusive,
    Exclusively,
    ListMap,
    Maybe,
    Namespace,
    NotEmpty,
    Rule,
    ServiceAccountName,
    Strict,
    Text,
)

RoleName = Annotated[
    str,
    Text("an IAM role name", r"[A-Za-z0-9_+=,.@-]+", 64, "must match [A-Za-z0-9_+=,.@-]{1,64}; give a name, not an ARN"),
]

PolicyName = Annotated[str, Text("an IAM policy name", r"[A-Za-z0-9_+=,.@-]+", 128, "must match [A-Za-z0-9_+=,.@-]{1,128}")]

IAMPath = Annotated[
    str,
    Text("an IAM path", r"/|/[!-~]*[!-.0-~]/", 512, 'must begin and end with "/" and hold no spaces, such as /team/'),
]

Description = Annotated[
    str,
    Text(
        "an IAM description",
        r"[\t\n\r -~¡-ÿ]*",
        1000,
        "may hold Latin-1 characters only (U+0020 to U+007E, U+00A1 to U+00FF)",
    ),
]

RoleArn = Annotated[
    str,
    Text(
        "an IAM role's ARN",
        r"arn:[a-z-]+:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}",
        2048,
        "must look like arn:aws:iam::678801588313:role/reports",
    ),
]

PolicyArn = Annotated[
    str,
    Text(
        "an IAM policy's ARN",
        r"arn:[a-z-]+:iam::([0-9]{12}|aws):policy/([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}",
        2048,
        "must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
]

AssociationId = Annotated[
    str, Text("an association id", r"a-[0-9a-z]{17}", 19, 'must be "a-" and 17 lower case letters or digits')
]


class Role(Strict):
    """The IAM role that the pods get."""

    RULES = (
        Rule(
            "!has(self.arn) || !(has(self.name) || has(self.path) || has(self.description) || has(self.maxSessionDuration) "
            "|| has(self.permissionsBoundaryArn))",
            "arn names an existing role, which is not changed: leave out the other fields",
        ),
    )

    name: Maybe[RoleName] = None
    """The role's name in IAM. Default: derived from namespace and name, the same for ever. A role of that name that exists
    already is taken over: its trust policy and permissions become what is written here. Example: `reports`."""
    arn: Maybe[RoleArn] = None
    """An existing role, which is only associated, never changed: its owner writes trust and permissions. Excludes every other
    field of role, and permissions and trust. Default: none, the role is composed. Example:
    `arn:aws:iam::678801588313:role/reports`."""
    path: Maybe[IAMPath] = None
    """The role's path. It cannot be changed while the name stays. Default: `/`. Example: `/data/`."""
    description: Maybe[Description] = None
    """The role's description. Default: none. Example: `Reads the report bucket`."""
    max_session_duration: Maybe[Annotated[int, Field(ge=3600, le=43200)]] = None
    """The longest session in seconds for people and tools that assume the role; it does not limit EKS. Default: `3600`, IAM's
    own. Example: `7200`."""
    permissions_boundary_arn: Maybe[PolicyArn] = None
    """The managed policy that bounds what the role may do. Default: none. Example:
    `arn:aws:iam::678801588313:policy/tenant`."""


class PolicyStatement(Strict):
    """One statement that allows something."""

    actions: Annotated[list[str], NotEmpty]
    """The actions, wildcards as IAM has them. Example: `["s3:GetObject"]`."""
    resources: Annotated[list[str], NotEmpty]
    """The ARNs that they may be done to. Example: `["arn:aws:s3:::reports/*"]`."""
    conditions: dict[str, Any] = Field(default_factory=dict)
    """Operator, then condition key, then one value or a list. Default: none. Example:
    `{StringEquals: {"aws:PrincipalTag/kubernetes-namespace": data}}`."""


class InlinePolicy(Exclusively):
    """A policy that lives in the role; exactly one of statements, document and documentJSON."""

    RULES = (Exclusive(("statements", "document", "document_json"), needed=True),)

    name: PolicyName
    """The policy's name, unique in the list. Example: `read-bucket`."""
    statements: Maybe[Annotated[list[PolicyStatement], NotEmpty]] = None
    """What it allows, in short form. Default: none. Example:
    `[{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]`."""
    document: Maybe[dict[str, Any]] = None
    """The policy document as an object. Default: none. Example:
    `{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*"}]}`."""
    document_json: Maybe[str] = Field(default=None, alias="documentJSON")
    """The policy document as JSON text. Default: none. Example:
    `'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}'`."""


class Permissions(Strict):
    """What the role may do."""

    managed_policy_arns: Annotated[list[PolicyArn], Field(max_length=25), Distinct] = Field(default_factory=list)
    """Managed policies that are attached to it, of AWS or of the role's account. IAM's default quota is 10 a role, 25 where it
    was raised. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]`."""
    inline_policies: Annotated[list[InlinePolicy], Field(max_length=128), ListMap(("name",))] = Field(default_factory=list)
    """Policies that live in the role, 10,240 characters in all. Default: none. Example:
    `[{name: read, statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]}]`."""
    ownership: Literal["Exclusive"] = "Exclusive"
    """Who owns the role's permissions. `Exclusive`: what is not listed here is taken away. Default: `Exclusive`. Example:
    `Exclusive`."""


class Trust(Strict):
    """Whom the role's trust policy admits."""

    pin: Literal["ServiceAccount", "Namespace", "Cluster", "None"] = "ServiceAccount"
    """What a pod must match: `ServiceAccount` (cluster, namespace and service account), `Namespace` (cluster and namespace),
    `Cluster`, or `None` (every pod with an association to this role). Default: `ServiceAccount`. Example: `Namespace`."""
    source_account: bool = False
    """Also require aws:SourceAccount, the account of the clusters. Default: `false`. Example: `true`."""
    source_organization: bool = False
    """Also require that the cluster's organization is the role's (aws:SourceOrgId); it denies where the account is in none.
    Default: `false`. Example: `true`."""
    conditions: dict[str, Any] = Field(default_factory=dict)
    """Further conditions on every generated statement: operator, then condition key, then one value or a list. Default: none.
    Example: `{StringLike: {"aws:RequestTag/kubernetes-pod-name": "reports-*"}}`."""
    statements: Annotated[list[dict[str, Any]], Field(max_length=128)] = Field(default_factory=list)
    """Further trust statements, as they are. Default: none. Example:
    `[{Effect: Allow, Principal: {AWS: "arn:aws:iam::678801588313:role/ops"}, Action: "sts:AssumeRole"}]`."""
    max_characters: Annotated[int, Field(ge=2048, le=8192)] = 2048
    """How long the trust policy may be, white space not counted: IAM's quota, which an account can have raised to 8192.
    Default: `2048`. Example: `4096`."""


class ExistingAssociation(Strict):
    """An association that EKS has already, to be taken over."""

    cluster: DNSLabel
    """The `name` of the entry of spec.clusters. Example: `prod`."""
    namespace: Namespace
    """The service account's namespace. Example: `default`."""
    service_account: ServiceAccountName
    """The service account's name. Example: `demo-sa`."""
    id: AssociationId
    """The association's id in EKS. Example: `a-0a1b2c3d4e5f67890`."""


class Association(Strict):
    """The EKS pod identity associations."""

    RULES = (
        Rule(
            "!has(self.create) || self.create || !has(self.existing) || size(self.existing) == 0",
            "existing cannot be set with create: false",
        ),
    )

    create: bool = True
    """`false` composes the role alone: an add-on or another tool makes the associations. Default: `true`.
    Example: `false`."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Further tags on the associations. Default: none. Example: `{cost-center: "42"}`."""
    existing: Annotated[list[ExistingAssociation], Field(max_length=1024)] = Field(default_factory=list)
    """Associations to take over by their id instead of creating them. Default: none. Example:
    `[{cluster: prod, namespace: default, serviceAccount: demo-sa, id: a-0a1b2c3d4e5f67890}]`."""


class AWS(Strict):
    """An identity in AWS: an IAM role, and associations that give it to the pods. Example: `{role: {name: reports}}`."""

    RULES = (
        Rule(
            "!has(self.role) || !has(self.role.arn) || !(has(self.permissions) || has(self.trust))",
            "permissions and trust cannot be set with role.arn: an existing role keeps its own",
        ),
        Rule(
            "!has(self.disableSessionTags) || !self.disableSessionTags || (has(self.role) && has(self.role.arn)) "
            "|| (has(self.trust) && has(self.trust.pin) && self.trust.pin in ['Cluster', 'None'])",
            "disableSessionTags: no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None",
        ),
    )

    account_id: Maybe[AccountId] = None
    """The role's account, which is the EKS clusters' account. Default: the clusters'. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider configuration that the managed resources use. Default: `{kind: ClusterProviderConfig, name: default}`, in a
    claim `{name: default}`.
    Example: `{name: prod}`."""
    credentials: Annotated[list[Literal["PodIdentity"]], NotEmpty, Distinct] = ["PodIdentity"]
    """How the pods get their credentials. `PodIdentity`: EKS Pod Identity. Default: `[PodIdentity]`. Example:
    `[PodIdentity]`."""
    role: Role = Field(default_factory=Role)
    """The IAM role. Default: one of a derived name. Example: `{name: reports, path: /data/}`."""
    permissions: Maybe[Permissions] = None
    """What the role may do. Default: nothing. Example:
    `{managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}`."""
    trust: Maybe[Trust] = None
    """Whom the role admits. Default: exactly the listed service accounts in the listed clusters. Example:
    `{sourceOrganization: true}`."""
    disable_session_tags: bool = False
    """Send no session tags. No single pod can be told from another then: it needs `trust.pin: Cluster` or `None`. Default:
    `false`. Example: `true`."""
    association: Association = Field(default_factory=Association)
    """The associations. Default: one per cluster, namespace and service account. Example: `{tags: {cost-center: "42"}}`."""
