"""Ready-made permissions of widespread controllers, for resources that users name.

An action that AWS cannot limit to a resource is allowed on all: those that list. Source: the controllers' own documentation
(external-dns, tutorials/aws; cert-manager, configuration/acme/dns01/route53; external-secrets, provider/aws-secrets-manager),
and the Service Authorization Reference for what can be limited.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from function.clouds.aws.iam.policy import PolicyDocument, Statement


def _external_dns(zones: Sequence[str], partition: str) -> tuple[Statement, ...]:
    # It reads every zone that it lists, and stops at the first that it may not read. Releases before 0.16 ask for tags singly.
    reads = ("route53:ListResourceRecordSets", "route53:ListTagsForResource", "route53:ListTagsForResources")
    return (
        Statement(action=("route53:ChangeResourceRecordSets",), resource=tuple(zones)),
        Statement(action=reads, resource=(f"arn:{partition}:route53:::hostedzone/*",)),
        Statement(action=("route53:ListHostedZones",), resource=("*",)),
    )


def _cert_manager(zones: Sequence[str], partition: str) -> tuple[Statement, ...]:
    only_txt = {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ("TXT",)}}
    return (
        Statement(action=("route53:GetChange",), resource=(f"arn:{partition}:route53:::change/*",)),
        # Without a record type among the values the condition would hold for a call that names none.
        Statement(
            action=("route53:ChangeResourceRecordSets",),
            resource=tuple(zones),
            condition=only_txt | {"Null": {"route53:ChangeResourceRecordSetsRecordTypes": ("false",)}},
        ),
        Statement(action=("route53:ListResourceRecordSets",), resource=tuple(zones)),
        Statement(action=("route53:ListHostedZonesByName",), resource=("*",)),
    )


def _external_secrets(secrets: Sequence[str], _: str) -> tuple[Statement, ...]:
    reads = ("DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds")
    return (
        Statement(action=tuple(f"secretsmanager:{action}" for action in reads), resource=tuple(secrets)),
        # dataFrom.find. A batch has only those secrets that GetSecretValue is allowed for.
        Statement(action=("secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"), resource=("*",)),
    )


class Preset(NamedTuple):
    """One row of the table."""

    policy: str
    """The name of its inline policy."""
    resources: str
    """The field that names its resources."""
    statements: Callable[[Sequence[str], str], tuple[Statement, ...]]
    """Makes its statements of these resources and the role's partition."""

    def document(self, resources: Sequence[str], partition: str) -> PolicyDocument:
        """Its policy."""
        return PolicyDocument(self.statements(resources, partition))


PRESETS = {
    "ExternalDNS": Preset("preset-external-dns", "hostedZoneArns", _external_dns),
    "CertManager": Preset("preset-cert-manager", "hostedZoneArns", _cert_manager),
    "ExternalSecrets": Preset("preset-external-secrets", "secretArns", _external_secrets),
}
