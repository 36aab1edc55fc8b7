"""`spec.aws.permissions`, and a target role's: what users write."""

from typing import Annotated, Any, Literal

from pydantic import Field

from function.clouds.aws.names import Description, HostedZoneArn, IAMPath, PolicyArn, PolicyName, SecretArn
from function.spec.model import Distinct, Exclusive, Exclusively, ListMap, Maybe, NotEmpty, Rule, Strict


class PolicyStatement(Strict):
    """One statement that allows something."""

    actions: Annotated[list[str], NotEmpty]
    """The actions, wildcards as IAM has them. Example: `["s3:GetObject"]`."""
    resources: Annotated[list[str], NotEmpty]
    """The ARNs that they may be done to. Example: `["arn:aws:s3:::reports/*"]`."""
    conditions: dict[str, Any] = Field(default_factory=dict)
    """Operator, then condition key, then one value or a list. Default: none. Example:
    `{StringEquals: {"aws:PrincipalTag/kubernetes-namespace": data}}`."""


class _Policy(Exclusively):
    """What a policy says; exactly one of statements, document and documentJSON."""

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


class Preset(Exclusively):
    """Ready-made permissions of a widespread controller, for the resources that are named."""

    RULES = (
        Rule(
            "self.name == 'ExternalSecrets' ? (has(self.secretArns) && !has(self.hostedZoneArns)) "
            ": (has(self.hostedZoneArns) && !has(self.secretArns))",
            "ExternalDNS and CertManager need hostedZoneArns, ExternalSecrets needs secretArns, and none takes the other",
        ),
    )

    name: Literal["ExternalDNS", "CertManager", "ExternalSecrets"]
    """Whose permissions. Beside the resources that are named they may list hosted zones, which AWS cannot limit. Example:
    `ExternalDNS`."""
    hosted_zone_arns: Maybe[Annotated[list[HostedZoneArn], NotEmpty, Field(max_length=64), Distinct]] = None
    """The hosted zones that ExternalDNS and CertManager may change. Default: none. Example:
    `["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]`."""
    secret_arns: Maybe[Annotated[list[SecretArn], NotEmpty, Field(max_length=64), Distinct]] = None
    """The secrets that ExternalSecrets may read; a trailing `*` as IAM has it. Default: none. Example:
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
    """Who owns the role's permissions. `Exclusive`: what is not listed here is taken away. `Additive`: what is listed here is
    attached one by one, and what others attach stays. Default: `Exclusive`. Example: `Additive`."""
