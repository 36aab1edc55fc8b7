"""`spec.aws`: what users write."""

from typing import Annotated, Any, Literal

from pydantic import Field

from function.clouds.aws.names import (
    AssociationId,
    Description,
    HostedZoneArn,
    IAMPath,
    PolicyArn,
    PolicyName,
    RoleArn,
    RoleName,
    SecretArn,
    Time,
)
from function.spec.management import ProviderConfigRef
from function.spec.model import AtMost, Distinct, Exclusive, Exclusively, ListMap, Maybe, NotEmpty, Rule, Strict
from function.spec.patterns import AccountId, DNSLabel, Namespace, ServiceAccountName

_ALLOWS = "a statement here always allows, and has no more than its fields: what denies goes into the policy's document"
_IRSA = "how pods get credentials is said by spec.aws.credentials: write credentials: [IRSA]"
_POD_IDENTITY = (
    "how pods get credentials is said by spec.aws.credentials: write credentials: [PodIdentity], or leave it out on EKS"
)
_CREDENTIALS = {"irsa": _IRSA, "podidentity": _POD_IDENTITY}


Conditions = Annotated[dict[str, Any], AtMost(256)]
"""A Condition block of IAM. It is read by iam/condition_reader."""


class PolicyStatement(Strict):
    """One statement that allows something."""

    HINTS = dict.fromkeys(("effect", "sid", "principal", "notaction", "notactions", "notresource", "notresources"), _ALLOWS)

    actions: Annotated[list[str], Field(max_length=2048), NotEmpty]
    """The actions, wildcards as IAM has them. Example: `["s3:GetObject"]`."""
    resources: Annotated[list[str], Field(max_length=2048), NotEmpty]
    """The ARNs that they may be done to. Example: `["arn:aws:s3:::reports/*"]`."""
    conditions: Conditions = Field(default_factory=dict)
    """Operator, then condition key, then one value or a list. Default: none. Example:
    `{StringEquals: {"aws:PrincipalTag/kubernetes-namespace": data}}`."""


class _Policy(Exclusively):
    """What a policy says; exactly one of statements, document and documentJSON."""

    RULES = (Exclusive(("statements", "document", "document_json"), needed=True),)

    name: PolicyName
    """The policy's name, unique in the list. Example: `read-bucket`."""
    statements: Maybe[Annotated[list[PolicyStatement], Field(max_length=256), NotEmpty]] = None
    """What it allows, in short form. Default: none. Example:
    `[{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]`."""
    document: Maybe[Annotated[dict[str, Any], AtMost(64)]] = None
    """The policy document as an object. Default: none. Example:
    `{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*"}]}`."""
    document_json: Maybe[str] = Field(default=None, alias="documentJSON")
    """The policy document as JSON text. Default: none. Example:
    `'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}'`."""


class InlinePolicy(_Policy):
    """A policy that lives in the role; exactly one of statements, document and documentJSON."""


class ManagedPolicy(_Policy):
    """A customer managed policy, made for the role and attached to it; exactly one of statements, document and documentJSON."""

    name: PolicyName
    """The policy's name in IAM, unique in the account. A policy of that name that exists already is taken over: it becomes what
    is written here. Example: `reports-read`."""
    path: Maybe[IAMPath] = None
    """The policy's path. It cannot be changed while the name stays. Default: `/`. Example: `/data/`."""
    description: Maybe[Description] = None
    """The policy's description. It cannot be changed while the name stays. Default: none. Example: `Reads the report
    bucket`."""


class Preset(Strict):
    """Ready-made permissions of a widespread controller, for the resources that are named."""

    RULES = (
        Rule(
            "self.name == 'ExternalSecrets' ? (has(self.secretArns) && !has(self.hostedZoneArns)) "
            ": (has(self.hostedZoneArns) && !has(self.secretArns))",
            "ExternalDNS and CertManager need hostedZoneArns, ExternalSecrets needs secretArns, and none takes the other",
        ),
    )

    HINTS = {
        "externaldns": "write name: ExternalDNS, and hostedZoneArns",
        "certmanager": "write name: CertManager, and hostedZoneArns",
        "externalsecrets": "write name: ExternalSecrets, and secretArns",
    }

    name: Literal["ExternalDNS", "CertManager", "ExternalSecrets"]
    """The controller. ExternalDNS may also read all hosted zones, which it does, and CertManager may list them. ExternalSecrets
    may list all secrets; it may neither write any (PushSecret), nor read Parameter Store, nor decrypt what a customer managed
    key encrypts: grant these beside it. Example: `ExternalDNS`."""
    hosted_zone_arns: Maybe[Annotated[list[HostedZoneArn], Field(max_length=64), NotEmpty, Distinct]] = None
    """The hosted zones that ExternalDNS and CertManager may change. Default: none. Example:
    `["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]`."""
    secret_arns: Maybe[Annotated[list[SecretArn], Field(max_length=64), NotEmpty, Distinct]] = None
    """The secrets that ExternalSecrets may read; a trailing `*` or `??????` as IAM has it. Default: none. Example:
    `["arn:aws:secretsmanager:eu-central-1:678801588313:secret:reports-*"]`."""


class Permissions(Strict):
    """What the role may do."""

    managed_policy_arns: Annotated[list[PolicyArn], Field(max_length=25), Distinct] = Field(default_factory=list)
    """Managed policies that are attached to it, of AWS or of the role's account. IAM's default quota is 10 a role, 25 where it
    was raised. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]`."""
    managed_policies: Annotated[list[ManagedPolicy], Field(max_length=25), ListMap(("name",))] = Field(default_factory=list)
    """Customer managed policies that are made in the role's account and attached to it, 6,144 characters each. Default: none.
    Example: `[{name: reports-read, statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]}]`."""
    inline_policies: Annotated[list[InlinePolicy], Field(max_length=128), ListMap(("name",))] = Field(default_factory=list)
    """Policies that live in the role, 10,240 characters in all. Default: none. Example:
    `[{name: read, statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]}]`."""
    presets: Annotated[list[Preset], Field(max_length=3), ListMap(("name",))] = Field(default_factory=list)
    """Ready-made permissions of widespread controllers, as inline policies. Default: none. Example:
    `[{name: ExternalDNS, hostedZoneArns: ["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]}]`."""
    ownership: Literal["Exclusive", "Additive"] = "Exclusive"
    """Who owns the role's permissions. `Exclusive`: what is not listed here is taken away, also a policy by which somebody
    revoked sessions: write `role.revokeSessionsBefore` instead. `Additive`: what is listed here is attached one by one, and
    what others attach stays. Default: `Exclusive`. Example: `Additive`."""


_OF_COMPOSED = " || ".join(
    f"has(self.{field})" for field in ("name", "path", "description", "maxSessionDuration", "revokeSessionsBefore")
)


class _Composed(Strict):
    """What a role that is composed can be given."""

    name: Maybe[RoleName] = None
    """The role's name in IAM. Default: derived from namespace and name, the same for ever. A role of that name that exists
    already is taken over: its trust policy and permissions become what is written here. Example: `reports`."""
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
    revoke_sessions_before: Maybe[Time] = None
    """Deny everything to sessions of the role that began before this time, by the inline policy AWSRevokeOlderSessions that
    AWS' console writes, too. Pods get new credentials by themselves. Default: none. Example: `"2026-11-27T03:00:00Z"`."""


class Role(_Composed):
    """The IAM role that the pods get."""

    HINTS = _CREDENTIALS

    RULES = (
        Rule(
            f"!has(self.arn) || !({_OF_COMPOSED} || has(self.permissionsBoundaryArn))",
            "arn names an existing role, which is not changed: leave out the other fields",
        ),
        Rule("!has(self.observe) || !self.observe || has(self.arn)", "observe looks at an existing role: it needs arn"),
    )

    arn: Maybe[RoleArn] = None
    """An existing role, which is only associated, never changed: its owner writes trust and permissions. With it, `role` can
    hold only `observe`, and `permissions` must be left out. `trust` can hold only pin and maxCharacters, and only with
    `observe` or a composed `targetRole`. Default: none, the role is composed. Example:
    `arn:aws:iam::678801588313:role/reports`."""
    observe: bool = False
    """Look at the existing role: RoleReady says which of the service accounts its trust policy leaves out. Default: `false`.
    Example: `true`."""


class IRSA(Strict):
    """IAM roles for service accounts: what differs from the defaults."""

    HINTS = {"true": _IRSA}

    token_expiration_seconds: Maybe[Annotated[int, Field(ge=600, le=86400)]] = None
    """How long the pods' tokens are valid. Default: `86400`, a day. Example: `3600`."""


class TargetRole(_Composed, Exclusively):
    """The role, in this or another account, that EKS assumes with the first one; exactly one of arn and accountId."""

    HINTS = {"trust": "what a target role trusts is generated: the first role, for these pods"}
    RULES = (
        Exclusive(("arn", "account_id"), needed=True),
        Rule(
            f"!has(self.arn) || !({_OF_COMPOSED} || has(self.permissionsBoundaryArn) || has(self.permissions) "
            "|| has(self.providerConfigRef))",
            "arn names an existing role, which is not changed: leave out the other fields",
        ),
    )

    arn: Maybe[RoleArn] = None
    """An existing role, which is never changed: its owner writes trust and permissions. Excludes every other field. Default:
    none. Example: `arn:aws:iam::340605141517:role/reports`."""
    account_id: Maybe[AccountId] = None
    """The account in which the role is composed. Default: none. Example: `"340605141517"`."""
    provider_config_ref: Maybe[ProviderConfigRef] = None
    """The provider config with the credentials of that account. Default: that of `spec.aws`; required where the account
    is another. Example: `{name: customer}`."""
    permissions: Maybe[Permissions] = None
    """What the target role may do; `spec.aws.permissions` is the first role's then. Default: nothing. Example:
    `{managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}`."""


class Trust(Strict):
    """Whom the role's trust policy admits."""

    HINTS = _CREDENTIALS

    pin: Literal["ServiceAccount", "Namespace", "Cluster", "None"] = "ServiceAccount"
    """What a pod must match: `ServiceAccount` (cluster, namespace and service account), `Namespace` (cluster and namespace),
    `Cluster`, or `None` (every pod with an association to this role); the last two are not for IRSA. Default: `ServiceAccount`.
    Example: `Namespace`."""
    source_account: bool = False
    """Also require aws:SourceAccount, the account of the clusters. Default: `false`. Example: `true`."""
    source_organization: bool = False
    """Also require that the cluster's organization is the role's (aws:SourceOrgId); it denies where the account is in none.
    Default: `false`. Example: `true`."""
    conditions: Conditions = Field(default_factory=dict)
    """Further conditions on every generated statement: operator, then condition key, then one value or a list. Default: none.
    Example: `{StringLike: {"aws:RequestTag/kubernetes-pod-name": "reports-*"}}`."""
    statements: Annotated[list[Annotated[dict[str, Any], AtMost(64)]], Field(max_length=128)] = Field(default_factory=list)
    """Further trust statements, as they are. Default: none. Example:
    `[{Effect: Allow, Principal: {AWS: "arn:aws:iam::678801588313:role/ops"}, Action: "sts:AssumeRole"}]`."""
    max_characters: Annotated[int, Field(ge=2048, le=8192)] = 2048
    """How long the trust policy may be, white space not counted: IAM's quota, which an account can have raised to 8192.
    Default: `2048`. Example: `4096`."""


class ExistingAssociation(Strict):
    """An association that EKS has already, to be taken over."""

    cluster: DNSLabel
    """The `name` of the item of spec.clusters. Example: `prod`."""
    namespace: Namespace
    """The service account's namespace. Example: `default`."""
    service_account: ServiceAccountName
    """The service account's name. Example: `demo-sa`."""
    id: AssociationId
    """The association's id in EKS. Example: `a-0a1b2c3d4e5f67890`."""


class Association(Strict):
    """The EKS pod identity associations."""

    HINTS = _CREDENTIALS

    RULES = (
        Rule(
            "!has(self.create) || self.create || !has(self.existing) || size(self.existing) == 0",
            "existing cannot be set with create: false",
        ),
    )

    create: bool = True
    """`false` composes the role alone: an add-on or another tool makes the associations. Default: `true`.
    Example: `false`."""
    tags: Annotated[dict[str, str], AtMost(128)] = Field(default_factory=dict)
    """Further tags on the associations. Default: none. Example: `{cost-center: "42"}`."""
    existing: Annotated[list[ExistingAssociation], Field(max_length=1024)] = Field(default_factory=list)
    """Associations to take over by their id instead of creating them. Default: none. Example:
    `[{cluster: prod, namespace: default, serviceAccount: demo-sa, id: a-0a1b2c3d4e5f67890}]`."""
    on_conflict: Literal["Refuse", "Adopt"] = "Refuse"
    """What to do where EKS has an association of the same service account already. `Refuse`: AssociationsReady says so.
    `Adopt`: it is taken over, unless an add-on owns it, and becomes what is written here, whoever made it. Default: `Refuse`.
    Example: `Adopt`."""


class AWS(Strict):
    """An identity in AWS: an IAM role, and what gives it to the pods. Exactly one of aws and gcp is written.

    Default: none. Example: `{role: {name: reports}}`.
    """

    HINTS = _CREDENTIALS
    RULES = (
        Rule(
            "!has(self.role) || !has(self.role.arn) || !has(self.permissions)",
            "permissions cannot be set with role.arn: an existing role keeps its own",
        ),
        Rule(
            "!has(self.role) || !has(self.role.arn) || !has(self.trust) || has(self.role.observe) || has(self.targetRole)",
            "trust cannot be set with role.arn: an existing role keeps its own",
        ),
        Rule(
            "!has(self.disableSessionTags) || !self.disableSessionTags || (has(self.role) && has(self.role.arn)) "
            "|| has(self.sourceRoleArn) || (has(self.trust) && has(self.trust.pin) && self.trust.pin in ['Cluster', 'None'])",
            "disableSessionTags: no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None",
        ),
        Rule(
            "!has(self.sourceRoleArn) || !(has(self.credentials) || has(self.irsa) || has(self.targetRole) "
            "|| has(self.association) || (has(self.role) && has(self.role.arn)))",
            "sourceRoleArn composes a target role alone: it excludes credentials, irsa, role.arn, targetRole and association",
        ),
    )

    account_id: Maybe[AccountId] = None
    """The role's account. With EKS Pod Identity it must be the clusters' account, unless sourceRoleArn is set. Default: the EKS
    clusters'. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider config that the managed resources use. Default: `{kind: ClusterProviderConfig, name: default}`, in a
    claim `{name: default}`.
    Example: `{name: prod}`."""
    credentials: Maybe[Annotated[list[Literal["PodIdentity", "IRSA"]], Field(max_length=2), NotEmpty, Distinct]] = None
    """How the pods get their credentials. `PodIdentity`: EKS Pod Identity. `IRSA`: IAM roles for service accounts, on every
    cluster with an OIDC issuer. Each cluster takes those of the list that it supports. Default: `[PodIdentity]` on EKS,
    `[IRSA]` elsewhere. Example: `[PodIdentity, IRSA]`."""
    irsa: Maybe[IRSA] = None
    """Options for IRSA. Default: none. Example: `{tokenExpirationSeconds: 3600}`."""
    role: Role = Field(default_factory=Role)
    """The IAM role. Default: one of a derived name. Example: `{name: reports, path: /data/}`."""
    permissions: Maybe[Permissions] = None
    """What the role may do. Default: nothing. Example:
    `{managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}`."""
    trust: Maybe[Trust] = None
    """Whom the role admits. Default: exactly the listed service accounts in the listed clusters. Example:
    `{sourceOrganization: true}`."""
    disable_session_tags: bool = False
    """Send no session tags. The role then cannot distinguish pods of one cluster: set `trust.pin: Cluster` or `None`. Default:
    `false`. Example: `true`."""
    association: Maybe[Association] = None
    """The associations. Default: one per cluster, namespace and service account. Example: `{tags: {cost-center: "42"}}`."""
    target_role: Maybe[TargetRole] = None
    """A second role that EKS assumes with the first one, so that the pods act in another account. Default: none. Example:
    `{accountId: "340605141517", providerConfigRef: {name: customer}}`."""
    source_role_arn: Maybe[RoleArn] = None
    """The role that somebody else associates with the service accounts, and that may assume the one composed here. Excludes
    credentials, irsa, role.arn, targetRole and association. Default: none. Example:
    `arn:aws:iam::678801588313:role/host-primary-role`."""

    @property
    def associations(self) -> Association:
        """The associations, with their defaults where nothing is written."""
        return self.association or Association()

    @property
    def pin(self) -> str:
        """What a pod must match."""
        return (self.trust or Trust()).pin
