"""Everything that would be refused later is refused now: the exact text, the exact path, in both flavours, through gRPC."""

from typing import Any

import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.errors import FieldError, InvalidSpec, Path
from tests.spec import bad_input_gcp, bad_input_large, bad_input_roles, bad_input_words
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, everything_provided, spec

LABEL = "lower case letters, digits and '-', beginning and ending with a letter or digit"
DNS_LABEL = f"{LABEL}; associations are exact: no wildcards"
DNS_SUBDOMAIN = (
    "lower case letters, digits, '-' and '.', each part beginning and ending with a letter or digit; "
    "associations are exact: no wildcards"
)
ROLE_NAME = "must match [A-Za-z0-9_+=,.@-]{1,64}; give a name, not an ARN"
EKS_NAME = "must match ^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$"
IAM_PATH = 'must begin and end with "/" and hold no spaces and none of *?$, such as /team/'
TAG_TEXT = "may hold letters, digits, spaces and _.:/=+-@ only"
ROLE: Path = ("aws", "role")
TRUST: Path = ("aws", "trust")
CONDITIONS: Path = (*TRUST, "conditions")
INLINE: Path = ("aws", "permissions", "inlinePolicies")
MANAGED: Path = ("aws", "permissions", "managedPolicyArns")
EXISTING: Path = ("aws", "association", "existing")
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/x"
GOOD_JSON = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"}}'
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def inline(statement: Any) -> list[dict[str, Any]]:
    return [{"name": "p", "document": {"Version": "2012-10-17", "Statement": [statement]}}]


def association(**fields: Any) -> dict[str, Any]:
    known = {"cluster": "prod", "namespace": "data", "serviceAccount": "api", "id": "a-0123456789abcdef0"}
    return {**known, **fields}


# (what is set, where) -> (where the error is named, in which words). A path that is the changed one is written None.
ONE_FAULT: list[tuple[str, Path, Any, Path | None, str]] = [
    # names
    ("65 characters", (*ROLE, "name"), "r" * 65, None, f'"{"r" * 65}" is 65 characters; an IAM role name has at most 64'),
    ("role name with a slash", (*ROLE, "name"), "a/b", None, f'"a/b" is not an IAM role name: {ROLE_NAME}'),
    ("role name with a space", (*ROLE, "name"), "a b", None, f'"a b" is not an IAM role name: {ROLE_NAME}'),
    ("an ARN for a name", (*ROLE, "name"), ROLE_ARN, None, f'"{ROLE_ARN}" is not an IAM role name: {ROLE_NAME}'),
    ("trailing newline", (*ROLE, "name"), "abc\n", None, f'"abc\\n" is not an IAM role name: {ROLE_NAME}'),
    ("digits of another script", (*ROLE, "name"), "role٣", None, f'"role٣" is not an IAM role name: {ROLE_NAME}'),
    ("empty role name", (*ROLE, "name"), "", None, f'"" is not an IAM role name: {ROLE_NAME}'),
    (
        "service-linked role",
        (*ROLE, "name"),
        "AWSServiceRoleForX",
        None,
        "names a service-linked role, which only AWS can make",
    ),
    ("path without slashes", (*ROLE, "path"), "team", None, f'"team" is not an IAM path: {IAM_PATH}'),
    ("path without an end", (*ROLE, "path"), "/team", None, f'"/team" is not an IAM path: {IAM_PATH}'),
    ("path with a space", (*ROLE, "path"), "/a b/", None, f'"/a b/" is not an IAM path: {IAM_PATH}'),
    (
        "service-linked path",
        (*ROLE, "path"),
        "/aws-service-role/x/",
        None,
        "is the path of service-linked roles, which only AWS can make",
    ),
    (
        "description in Cyrillic",
        (*ROLE, "description"),
        "опис",
        None,
        '"опис" is not an IAM description: its character 1, "\u043e" (U+043E), is none of Latin-1, U+0020 to U+007E and U+00A1 to U+00FF',
    ),
    (
        "description too long",
        (*ROLE, "description"),
        "d" * 1001,
        None,
        f'"{"d" * 75}..." is 1001 characters; an IAM description has at most 1000',
    ),
    ("session too short", (*ROLE, "maxSessionDuration"), 3599, None, "3599 is out of range; must be at least 3600"),
    ("session too long", (*ROLE, "maxSessionDuration"), 43201, None, "43201 is out of range; must be at most 43200"),
    ("session not whole", (*ROLE, "maxSessionDuration"), 3600.5, None, "must be a whole number, not 3600.5"),
    (
        "session as text",
        (*ROLE, "maxSessionDuration"),
        "3600",
        None,
        'must be a whole number, not "3600": write 3600 without quotes',
    ),
    (
        "boundary in another partition",
        (*ROLE, "permissionsBoundaryArn"),
        f"arn:aws-cn:iam::{ACCOUNT}:policy/b",
        None,
        f'partition mismatch: "arn:aws-cn:iam::{ACCOUNT}:policy/b" is in aws-cn, the clusters are in aws',
    ),
    (
        "boundary in another account",
        (*ROLE, "permissionsBoundaryArn"),
        "arn:aws:iam::999999999999:policy/b",
        None,
        f'"arn:aws:iam::999999999999:policy/b" is in account 999999999999, the role in {ACCOUNT}',
    ),
    # clusters
    ("handle", ("clusters", 0, "name"), "Prod", None, f'"Prod" is not a DNS-1123 label: {LABEL}'),
    (
        "handle twice",
        ("clusters", 1),
        {"name": "prod", "eks": {"clusterName": "other", "region": "eu-central-1", "accountId": ACCOUNT}},
        ("clusters", 1, "name"),
        '"prod" is the name of an earlier entry',
    ),
    ("EKS name", ("clusters", 0, "eks", "clusterName"), "-bad", None, f'"-bad" is not an EKS cluster name: {EKS_NAME}'),
    (
        "EKS name too long",
        ("clusters", 0, "eks", "clusterName"),
        "c" * 101,
        None,
        f'"{"c" * 75}..." is 101 characters; an EKS cluster name has at most 100',
    ),
    (
        "the same cluster twice",
        ("clusters", 1, "eks", "clusterName"),
        "prod",
        ("clusters", 1, "eks"),
        f"an earlier entry is the same cluster, arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/prod",
    ),
    (
        "region of no partition",
        ("clusters", 0, "eks", "region"),
        "xx-central-1",
        None,
        '"xx-central-1" is not a region of any partition of AWS; those begin with af, ap, ca, cn, eu, eusc, il, me, mx, sa or us',
    ),
    (
        "region as a zone",
        ("clusters", 0, "eks", "region"),
        "eu-central-1a",
        None,
        '"eu-central-1a" is a zone of a region, not an AWS region: write eu-central-1',
    ),
    ("region missing", ("clusters", 0, "eks", "region"), ..., None, "is required"),
    ("account missing", ("clusters", 0, "eks", "accountId"), ..., None, "is required"),
    (
        "account as a number",
        ("clusters", 0, "eks", "accountId"),
        111122223333,
        None,
        "must be a string, not 111122223333: put it in quotes",
    ),
    (
        "account too short",
        ("clusters", 0, "eks", "accountId"),
        "1234",
        None,
        '"1234" is not an AWS account id: 12 digits, in quotes',
    ),
    (
        "clusters of two accounts",
        ("clusters", 1, "eks", "accountId"),
        "999999999999",
        None,
        f"is 999999999999, an earlier cluster's is {ACCOUNT}: association role must be in the cluster's account; "
        "write one PodIdentity per account",
    ),
    (
        "clusters of two partitions",
        ("clusters", 1, "eks", "region"),
        "cn-north-1",
        None,
        "is in partition aws-cn, an earlier cluster in aws",
    ),
    (
        "role in another account",
        ("aws", "accountId"),
        "999999999999",
        None,
        f"is 999999999999, the clusters' account is {ACCOUNT}: association role must be in the cluster's account; "
        "use targetRole for another account",
    ),
    ("no clusters", ("clusters",), [], None, "has 0 items; needs at least 1"),
    ("no service accounts", ("serviceAccounts",), [], None, "has 0 items; needs at least 1"),
    (
        "65 service accounts",
        ("serviceAccounts",),
        [{"name": f"a{i}"} for i in range(65)],
        None,
        "has 65 items; at most 64 are allowed",
    ),
    # service accounts
    (
        "namespace",
        ("serviceAccounts", 0, "namespace"),
        "Payments_NS",
        None,
        f'"Payments_NS" is not a DNS-1123 label: {DNS_LABEL}',
    ),
    ("service account", ("serviceAccounts", 0, "name"), "My_SA", None, f'"My_SA" is not a DNS-1123 subdomain: {DNS_SUBDOMAIN}'),
    (
        "service account too long",
        ("serviceAccounts", 0, "name"),
        "s" * 254,
        None,
        f'"{"s" * 75}..." is 254 characters; a DNS-1123 subdomain has at most 253',
    ),
    (
        "wildcard service account",
        ("serviceAccounts", 0, "name"),
        "*",
        None,
        f'"*" is not a DNS-1123 subdomain: {DNS_SUBDOMAIN}',
    ),
    ("wildcard namespace", ("serviceAccounts", 0, "namespace"), "*", None, f'"*" is not a DNS-1123 label: {DNS_LABEL}'),
    ("null namespace list", ("serviceAccounts", 0, "namespaces"), [], None, "has 0 items; needs at least 1"),
    ("empty cluster list", ("serviceAccounts", 0, "clusters"), [], None, "has 0 items; needs at least 1"),
    (
        "unknown cluster",
        ("serviceAccounts", 0, "clusters"),
        ["prod", "nope"],
        ("serviceAccounts", 0, "clusters", 1),
        '"nope" is not the name of an item of spec.clusters',
    ),
    (
        "namespace twice",
        ("serviceAccounts", 0, "namespaces"),
        ["a", "b", "a"],
        None,
        'lists "a" twice',
    ),
    (
        "both ways",
        ("serviceAccounts", 0),
        {"name": "api", "namespace": "a", "namespaces": ["b"]},
        None,
        "has namespace and namespaces; write one of them",
    ),
    (
        "the same twice",
        ("serviceAccounts", 1),
        {"name": "api", "namespace": "data", "clusters": ["stage"]},
        None,
        "an earlier entry lists api in namespace data of cluster stage: duplicate association; "
        "EKS would return ResourceInUseException",
    ),
    # the spec around
    ("unknown field", ("serviceAccount",), "x", None, "unknown field; did you mean serviceAccounts?"),
    (
        "unknown and unlike",
        ("zzz",),
        "x",
        None,
        "unknown field; known here: aws, clusters, deletionOrder, gcp, managementPolicies, serviceAccountManagement, serviceAccounts, tags",
    ),
    (
        "unknown policy",
        ("managementPolicies",),
        ["Orphan"],
        ("managementPolicies", 0),
        "\"Orphan\" is not one of '*', 'Observe', 'Create', 'Update', 'Delete' or 'LateInitialize'",
    ),
    (
        "combination",
        ("managementPolicies",),
        ["Create"],
        None,
        "Create is not a combination that providers support; see managementPolicies in Crossplane's docs",
    ),
    ("no cloud", ("aws",), ..., (), "needs exactly one cloud, spec.aws or spec.gcp; has none"),
    (
        "unknown credentials",
        ("aws", "credentials"),
        ["Keys"],
        ("aws", "credentials", 0),
        "\"Keys\" is not one of 'PodIdentity' or 'IRSA'",
    ),
    ("no credentials", ("aws", "credentials"), [], None, "has 0 items; needs at least 1"),
    # tags
    ("aws: tag", ("tags",), {"AWS:x": "y"}, ("tags", "AWS:x"), "keys that begin with aws: are reserved by AWS"),
    ("aws: value", ("tags",), {"x": "aws:y"}, ("tags", "x"), "values that begin with aws: are reserved by AWS"),
    (
        "a session tag",
        ("tags",),
        {"Kubernetes-Namespace": "kube-system"},
        ("tags", "Kubernetes-Namespace"),
        "is a session tag of EKS; on a role it would count as aws:PrincipalTag and could pass for another pod",
    ),
    (
        "tags alike",
        ("tags",),
        {"Team": "a", "team": "b"},
        ("tags", "team"),
        'differs from "Team" in case alone; IAM takes both for one key',
    ),
    ("empty key", ("tags",), {"": "a"}, ("tags", ""), "the key is 0 characters; AWS allows 1 to 128"),
    ("long key", ("tags",), {"k" * 129: "a"}, ("tags", "k" * 129), "the key is 129 characters; AWS allows 1 to 128"),
    ("key characters", ("tags",), {"a,b": "a"}, ("tags", "a,b"), f"the key {TAG_TEXT}"),
    ("long value", ("tags",), {"a": "v" * 257}, ("tags", "a"), "the value is 257 characters; AWS allows 256"),
    ("value characters", ("tags",), {"a": "<x>"}, ("tags", "a"), f'the value "<x>" {TAG_TEXT}'),
    ("value not text", ("tags",), {"a": True}, ("tags", "a"), "must be a string, not true: put it in quotes"),
    (
        "the provider's tag",
        ("tags",),
        {"crossplane-name": "x"},
        ("tags", "crossplane-name"),
        "the provider itself writes this tag",
    ),
    (
        "too many tags",
        ("tags",),
        {f"k{i}": "v" for i in range(48)},
        None,
        "48 tags after merging; AWS allows 50 and the provider adds 3 of its own (crossplane-kind, crossplane-name and "
        "crossplane-providerconfig), which leaves 47",
    ),
    # permissions
    (
        "policy ARN",
        (*MANAGED, 0),
        "AmazonS3ReadOnlyAccess",
        None,
        '"AmazonS3ReadOnlyAccess" is not an IAM policy\'s ARN: must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    ),
    (
        "a role's ARN",
        (*MANAGED, 0),
        ROLE_ARN,
        None,
        f'"{ROLE_ARN}" is not an IAM policy\'s ARN: must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    ),
    (
        "policy of another partition",
        (*MANAGED, 0),
        "arn:aws-cn:iam::aws:policy/X",
        None,
        'partition mismatch: "arn:aws-cn:iam::aws:policy/X" is in aws-cn, the clusters are in aws',
    ),
    (
        "26 policies",
        MANAGED,
        [f"arn:aws:iam::aws:policy/P{i}" for i in range(26)],
        None,
        "has 26 items; at most 25 are allowed",
    ),
    ("policy twice", MANAGED, ["arn:aws:iam::aws:policy/X"] * 2, None, 'lists "arn:aws:iam::aws:policy/X" twice'),
    (
        "ownership",
        ("aws", "permissions", "ownership"),
        "Shared",
        None,
        "\"Shared\" is not one of 'Exclusive' or 'Additive'",
    ),
    ("no form", (*INLINE, 0), {"name": "p"}, None, "needs exactly one of statements, document, documentJSON; has none"),
    (
        "two forms",
        (*INLINE, 0),
        {"name": "p", "statements": [{"actions": ["a:b"], "resources": ["*"]}], "documentJSON": GOOD_JSON},
        None,
        "needs exactly one of statements, document, documentJSON; has statements, documentJSON",
    ),
    (
        "policy name",
        (*INLINE, 0),
        {"name": "a b", "documentJSON": GOOD_JSON},
        (*INLINE, 0, "name"),
        '"a b" is not an IAM policy name: must match [A-Za-z0-9_+=,.@-]{1,128}',
    ),
    (
        "no actions",
        (*INLINE, 0),
        {"name": "p", "statements": [{"actions": [], "resources": ["*"]}]},
        (*INLINE, 0, "statements", 0, "actions"),
        "has 0 items; needs at least 1",
    ),
    (
        "no resources",
        (*INLINE, 0),
        {"name": "p", "statements": [{"actions": ["s3:GetObject"]}]},
        (*INLINE, 0, "statements", 0, "resources"),
        "is required",
    ),
    (
        "not JSON",
        (*INLINE, 0),
        {"name": "p", "documentJSON": "{"},
        (*INLINE, 0, "documentJSON"),
        "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    (
        "a key twice",
        (*INLINE, 0),
        {"name": "p", "documentJSON": '{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": []}'},
        (*INLINE, 0, "documentJSON"),
        'is not JSON: duplicate key "Version"; the second would silently win',
    ),
    (
        "Sid with spaces",
        INLINE,
        inline({**ALLOW, "Sid": "Allow EKS Auth service"}),
        (*INLINE, 0, "document", "Statement", 0, "Sid"),
        '"Allow EKS Auth service": statement id must match [0-9A-Za-z]*',
    ),
    (
        "Principal in a permissions policy",
        INLINE,
        inline({**ALLOW, "Principal": "*"}),
        (*INLINE, 0, "document", "Statement", 0, "Principal"),
        "a permissions policy has no principal: it is the role's own; whom the role admits is written in spec.aws.trust",
    ),
    (
        "Effect",
        INLINE,
        inline({**ALLOW, "Effect": "allow"}),
        (*INLINE, 0, "document", "Statement", 0, "Effect"),
        'must be Allow or Deny, not "allow"',
    ),
    (
        "Action and NotAction",
        INLINE,
        inline({**ALLOW, "NotAction": "s3:PutObject"}),
        (*INLINE, 0, "document", "Statement", 0),
        "needs exactly one of Action and NotAction; has both",
    ),
    (
        "no Resource",
        INLINE,
        inline({"Effect": "Allow", "Action": "s3:GetObject"}),
        (*INLINE, 0, "document", "Statement", 0),
        "needs exactly one of Resource and NotResource; has neither",
    ),
    (
        "an action without service",
        INLINE,
        inline({**ALLOW, "Action": "GetObject"}),
        (*INLINE, 0, "document", "Statement", 0, "Action"),
        '"GetObject" is not an action: must look like s3:GetObject',
    ),
    (
        "a resource that is none",
        INLINE,
        inline({**ALLOW, "Resource": "bucket"}),
        (*INLINE, 0, "document", "Statement", 0, "Resource"),
        '"bucket" is not a resource: must be an ARN or "*"; write "arn:aws:s3:::bucket"',
    ),
    (
        "a resource of another partition",
        INLINE,
        inline({**ALLOW, "Resource": "arn:aws-us-gov:s3:::b"}),
        (*INLINE, 0, "document", "Statement", 0, "Resource"),
        '"arn:aws-us-gov:s3:::b": partition mismatch: the role is in aws',
    ),
    (
        "a misspelt element",
        INLINE,
        inline({**ALLOW, "Resources": "*"}),
        (*INLINE, 0, "document", "Statement", 0, "Resources"),
        "is not an element of a statement; did you mean Resource?",
    ),
    (
        "no Version",
        INLINE,
        [{"name": "p", "document": {"Statement": [ALLOW]}}],
        (*INLINE, 0, "document", "Version"),
        'is required; write "2012-10-17"',
    ),
    (
        "no statements",
        INLINE,
        [{"name": "p", "document": {"Version": "2012-10-17", "Statement": []}}],
        (*INLINE, 0, "document", "Statement"),
        "must be a statement or a list of at least one statement",
    ),
    (
        "an operator",
        INLINE,
        inline({**ALLOW, "Condition": {"StringEqual": {"aws:PrincipalTag/a": "b"}}}),
        (*INLINE, 0, "document", "Statement", 0, "Condition", "StringEqual"),
        "is not a condition operator of IAM; did you mean StringEquals?",
    ),
    (
        "two policies of one name",
        INLINE,
        [{"name": "p", "document": {"Version": "2012-10-17", "Statement": ALLOW}}] * 2,
        (*INLINE, 1, "name"),
        '"p" is the name of an earlier policy',
    ),
    (
        "policies too long",
        INLINE,
        [{"name": "p", "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::" + "b" * 10_200]}]}],
        None,
        "the policies have 10,308 characters in all, white space not counted; a role holds 10,240: shorten them, "
        "or make some of them managedPolicies",
    ),
    # trust
    ("pin", (*TRUST, "pin"), "Pod", None, "\"Pod\" is not one of 'ServiceAccount', 'Namespace', 'Cluster' or 'None'"),
    ("too few characters", (*TRUST, "maxCharacters"), 100, None, "100 is out of range; must be at least 2048"),
    ("too many characters", (*TRUST, "maxCharacters"), 8193, None, "8193 is out of range; must be at most 8192"),
    (
        "session tags off",
        ("aws", "disableSessionTags"),
        True,
        None,
        "no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None",
    ),
    (
        "an operator in trust",
        CONDITIONS,
        {"StringEqual": {"aws:SourceAccount": ACCOUNT}},
        (*CONDITIONS, "StringEqual"),
        "is not a condition operator of IAM; did you mean StringEquals?",
    ),
    (
        "a generated condition",
        CONDITIONS,
        {"StringEquals": {"aws:requesttag/KUBERNETES-namespace": "other"}},
        (*CONDITIONS, "StringEquals", "aws:requesttag/KUBERNETES-namespace"),
        "is generated by trust.pin or another field of trust; a value here would replace it",
    ),
    (
        "a key of EKS's own API",
        CONDITIONS,
        {"StringEquals": {"eks:SourceNamespace": "data"}},
        (*CONDITIONS, "StringEquals", "eks:SourceNamespace"),
        "eks:SourceNamespace is not a condition key of this call; use aws:RequestTag/kubernetes-namespace and its like",
    ),
    (
        "the caller's tags",
        CONDITIONS,
        {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "data"}},
        (*CONDITIONS, "StringEquals", "aws:PrincipalTag/kubernetes-namespace"),
        "never present when pods.eks.amazonaws.com assumes the role",
    ),
    (
        "the caller's ARN",
        CONDITIONS,
        {"ArnEquals": {"aws:PrincipalARN": ROLE_ARN}},
        (*CONDITIONS, "ArnEquals", "aws:PrincipalARN"),
        "never present when pods.eks.amazonaws.com assumes the role",
    ),
    (
        "an external id",
        CONDITIONS,
        {"StringEquals": {"sts:ExternalId": "x"}},
        (*CONDITIONS, "StringEquals", "sts:ExternalId"),
        "never present when pods.eks.amazonaws.com assumes the role",
    ),
    (
        "an association's ARN",
        CONDITIONS,
        {"ArnLike": {"aws:SourceArn": f"arn:aws:eks:eu-central-1:{ACCOUNT}:podidentityassociation/prod/*"}},
        (*CONDITIONS, "ArnLike", "aws:SourceArn"),
        "aws:SourceArn for pods.eks.amazonaws.com is the cluster ARN, not the association's",
    ),
    (
        "a session tag of one's own",
        CONDITIONS,
        {"StringEquals": {"aws:RequestTag/team": "data"}},
        (*CONDITIONS, "StringEquals", "aws:RequestTag/team"),
        "EKS sends no such session tag; it sends eks-cluster-arn, eks-cluster-name, kubernetes-namespace, "
        "kubernetes-service-account, kubernetes-pod-name and kubernetes-pod-uid",
    ),
    (
        "no values",
        CONDITIONS,
        {"StringEquals": {"aws:SourceOrgId": []}},
        (*CONDITIONS, "StringEquals", "aws:SourceOrgId"),
        "has no values; such a condition never holds",
    ),
    (
        "everyone",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "Principal"),
        'the principal "*" is everyone; name who is meant',
    ),
    (
        "everyone in AWS",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "Principal", "AWS"),
        'the principal "*" is everyone; name who is meant',
    ),
    (
        "a Deny of everyone",
        (*TRUST, "statements", 0),
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0),
        "would keep out api in prod/data by EKS Pod Identity, api in stage/data by EKS Pod Identity and worker in prod/data by "
        'EKS Pod Identity: it denies sts:AssumeRole to pods.eks.amazonaws.com; AWS services are left out of it by Bool aws:PrincipalIsAWSService: "false"',
    ),
    (
        "everyone but one",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "NotPrincipal"),
        "would admit everyone but those named; name who may assume the role in Principal",
    ),
    (
        "a resource in a trust policy",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Resource": "*"},
        (*TRUST, "statements", 0, "Resource"),
        "a trust policy has no resource: it is the role itself",
    ),
    (
        "another service's action",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject"},
        (*TRUST, "statements", 0, "Action"),
        '"s3:GetObject" is not an action of a trust policy; those of sts are AssumeRole, AssumeRoleWithSAML, '
        "AssumeRoleWithWebIdentity, SetContext, SetSourceIdentity and TagSession",
    ),
    (
        "a role by wildcard",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "Principal", "AWS"),
        f'"arn:aws:iam::{ACCOUNT}:role/*" is not an AWS principal: must be an account id or the ARN of an account\'s root, '
        "a role, a user or a session, no wildcards",
    ),
    (
        "a never-sent key in a statement for EKS",
        (*TRUST, "statements", 0),
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"eks:SourceNamespace": "a"}},
        },
        (*TRUST, "statements", 0, "Condition", "StringEquals", "eks:SourceNamespace"),
        "eks:SourceNamespace is not a condition key of this call; use aws:RequestTag/kubernetes-namespace and its like",
    ),
    # what review and random input brought up
    ("null for a list", ("serviceAccounts", 0, "clusters"), None, None, "is null; write a value, or leave the field out"),
    ("null for a section", ("aws",), None, None, "is null; must be an object: write its fields, or {} for the defaults"),
    (
        "role in another case",
        (*ROLE, "name"),
        "awsserviceroleforx",
        None,
        "names a service-linked role, which only AWS can make",
    ),
    (
        "a group for a principal",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:group/x"}, "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "Principal", "AWS"),
        f'"arn:aws:iam::{ACCOUNT}:group/x" is not an AWS principal: must be an account id or the ARN of an account\'s root, '
        "a role, a user or a session, no wildcards",
    ),
    (
        "a bucket for an identity provider",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"Federated": "arn:aws:s3:::oidc-provider/x"}, "Action": "sts:AssumeRole"},
        (*TRUST, "statements", 0, "Principal", "Federated"),
        '"arn:aws:s3:::oidc-provider/x" is not an identity provider\'s domain, or the ARN of an OIDC or SAML provider',
    ),
    (
        "an action of sts that assumes nothing",
        (*TRUST, "statements", 0),
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:GetSessionToken"},
        (*TRUST, "statements", 0, "Action"),
        '"sts:GetSessionToken" is not an action of a trust policy; those of sts are AssumeRole, AssumeRoleWithSAML, '
        "AssumeRoleWithWebIdentity, SetContext, SetSourceIdentity and TagSession",
    ),
    (
        "a key that nobody sends",
        CONDITIONS,
        {"StringEquals": {"aws:EksClusterArn": "x"}},
        (*CONDITIONS, "StringEquals", "aws:EksClusterArn"),
        "never present when pods.eks.amazonaws.com assumes the role",
    ),
    (
        "a session tag that must be absent",
        CONDITIONS,
        {"Null": {"aws:RequestTag/kubernetes-pod-name": True}},
        (*CONDITIONS, "Null", "aws:RequestTag/kubernetes-pod-name"),
        "EKS always sends it, so this would deny every pod",
    ),
    (
        "a list of tags under a plain operator",
        CONDITIONS,
        {"StringEquals": {"aws:TagKeys": "eks-cluster-arn"}},
        (*CONDITIONS, "StringEquals", "aws:TagKeys"),
        "holds several values: write ForAllValues: or ForAnyValue: before the operator",
    ),
    (
        "a value that is no truth",
        CONDITIONS,
        {"Null": {"aws:SourceOrgId": "maybe"}},
        (*CONDITIONS, "Null", "aws:SourceOrgId"),
        '"maybe" is not true or false',
    ),
    (
        "an address that is none",
        INLINE,
        inline({**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0"}}}),
        (*INLINE, 0, "document", "Statement", 0, "Condition", "IpAddress", "aws:SourceIp"),
        '"10.0.0" is not an address or a range such as 10.0.0.0/8',
    ),
    (
        "a key in two cases",
        INLINE,
        inline({**ALLOW, "Condition": {"StringEquals": {"aws:Username": "a", "aws:username": "b"}}}),
        (*INLINE, 0, "document", "Statement", 0, "Condition", "StringEquals", "aws:username"),
        "duplicate key: IAM ignores the case of condition keys",
    ),
    (
        "a partition that is none",
        INLINE,
        inline({**ALLOW, "Resource": "arn:foo:s3:::b"}),
        (*INLINE, 0, "document", "Statement", 0, "Resource"),
        '"arn:foo:s3:::b" is not a resource: there is no partition "foo"; an ARN begins with arn:aws: or another\'s name',
    ),
    (
        "a variable that is not closed",
        INLINE,
        inline({**ALLOW, "Resource": "arn:aws:s3:::b/${"}),
        (*INLINE, 0, "document", "Statement", 0, "Resource"),
        '"arn:aws:s3:::b/${" is not a resource: a variable is not closed',
    ),
    (
        "a number that JSON does not have",
        (*INLINE, 0),
        {"name": "p", "documentJSON": '{"Version": NaN}'},
        (*INLINE, 0, "documentJSON"),
        "is not JSON: NaN is not a number in JSON",
    ),
    # associations
    (
        "id",
        EXISTING,
        [association(id="a-1")],
        (*EXISTING, 0, "id"),
        '"a-1" is not an association id: must be "a-" and 17 lower case letters or digits: what follows the last / of its ARN',
    ),
    (
        "an account not listed",
        EXISTING,
        [association(serviceAccount="nobody")],
        (*EXISTING, 0),
        "no such service account is listed: cluster, namespace and serviceAccount must be those of spec.serviceAccounts",
    ),
    (
        "an account twice",
        EXISTING,
        [association(), association(id="a-0123456789abcdef1")],
        (*EXISTING, 1),
        "an earlier entry is for the same service account",
    ),
    (
        "an id twice",
        EXISTING,
        [association(), association(serviceAccount="worker")],
        (*EXISTING, 1, "id"),
        '"a-0123456789abcdef0" is the id of an earlier entry of this cluster',
    ),
]

EXISTING_ROLE = "cannot be set with role.arn, which names an existing role that is not changed"

# Specs with several changes, and every error that has to be named.
MORE: list[tuple[str, list[tuple[Path, Any]], list[tuple[Path, str]]]] = [
    (
        "an existing role with fields of its own",
        [((*ROLE, "arn"), ROLE_ARN), ((*ROLE, "name"), "x"), ((*ROLE, "path"), "/x/"), ((*TRUST, "pin"), "None"),
         (("aws", "permissions"), {})],
        [((*ROLE, "name"), EXISTING_ROLE), ((*ROLE, "path"), EXISTING_ROLE),
         (TRUST, "cannot be set with role.arn: an existing role keeps its own"),
         (("aws", "permissions"), "cannot be set with role.arn: an existing role keeps its own")],
    ),
    (
        "an existing role of another account",
        [((*ROLE, "arn"), "arn:aws:iam::999999999999:role/x")],
        [((*ROLE, "arn"), f"is in account 999999999999, the clusters in {ACCOUNT}: association role must be in the cluster's account; use targetRole for another account")],
    ),
    (
        "an existing role of another partition",
        [((*ROLE, "arn"), f"arn:aws-cn:iam::{ACCOUNT}:role/x")],
        [((*ROLE, "arn"), f'partition mismatch: "arn:aws-cn:iam::{ACCOUNT}:role/x" is in aws-cn, the clusters are in aws')],
    ),
    (
        "nothing to compose",
        [((*ROLE, "arn"), ROLE_ARN), (("aws", "association", "create"), False)],
        [(("aws", "association", "create"), "is false and role.arn names an existing role: nothing is left to compose")],
    ),
    (
        "session tags off with a namespace pin and a tag condition",
        [(("aws", "disableSessionTags"), True), ((*TRUST, "pin"), "Namespace"),
         (CONDITIONS, {"StringEquals": {"aws:RequestTag/kubernetes-pod-name": "x"}})],
        [(("aws", "disableSessionTags"), "no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None"),
         ((*CONDITIONS, "StringEquals", "aws:RequestTag/kubernetes-pod-name"),
          "no session tag arrives with disableSessionTags, so this would deny every pod")],
    ),
    (
        "existing associations that are not created",
        [(EXISTING, [association()]), (("aws", "association", "create"), False)],
        [(EXISTING, "cannot be set with association.create: false")],
    ),
    (
        "errors behind errors: fields, models, references, policies, all at once",
        [(("clusters", 0, "eks", "region"), 7), (("clusters", 1, "name"), "b b"), (("serviceAccounts", 0, "name"), None),
         (("serviceAccounts", 1, "namespaces"), ["x", "y"]), (("serviceAccounts", 1, "namespace"), "z"),
         ((*INLINE, 0), {"name": "p", "statements": [{"actions": ["x"], "resources": ["*"]}]}), (("tags",), {"aws:a": "b"})],
        [(("clusters", 0, "eks", "region"), "must be a string, not 7: put it in quotes"),
         (("clusters", 1, "name"), f'"b b" is not a DNS-1123 label: {LABEL}'),
         (("serviceAccounts", 0, "name"), "is null; must be a string"),
         (("serviceAccounts", 1), "has namespace and namespaces; write one of them"),
         ((*INLINE, 0, "statements", 0, "actions", 0), '"x" is not an action: must look like s3:GetObject'),
         (("tags", "aws:a"), "keys that begin with aws: are reserved by AWS")],
    ),
    (
        "a list that lost an item keeps counting",
        [(("serviceAccounts",), [{"name": "B"}, {"name": "api"}, {"name": "api"}])],
        [(("serviceAccounts", 0, "name"), f'"B" is not a DNS-1123 subdomain: {DNS_SUBDOMAIN}'),
         (("serviceAccounts", 2), "an earlier entry lists api in namespace data of cluster prod (and 1 more of this entry): duplicate "
          "association; EKS would return ResourceInUseException")],
    ),
    (
        "errors that hide behind one another",
        [(("serviceAccounts", 0), {"name": "Bad_", "namespaces": ["A_", "b", "b"], "namespace": "c"}), ((*INLINE, 0), {"name": "a b"}),
         (("managementPolicies",), ["observe", "Create"])],
        [(("serviceAccounts", 0, "name"), f'"Bad_" is not a DNS-1123 subdomain: {DNS_SUBDOMAIN}'),
         (("serviceAccounts", 0, "namespaces", 0), f'"A_" is not a DNS-1123 label: {DNS_LABEL}'),
         (("serviceAccounts", 0, "namespaces"), 'lists "b" twice'),
         (("serviceAccounts", 0), "has namespace and namespaces; write one of them"),
         ((*INLINE, 0, "name"), '"a b" is not an IAM policy name: must match [A-Za-z0-9_+=,.@-]{1,128}'),
         ((*INLINE, 0), "needs exactly one of statements, document, documentJSON; has none"),
         (("managementPolicies", 0), "\"observe\" is not one of '*', 'Observe', 'Create', 'Update', 'Delete' or 'LateInitialize'; did you mean Observe?")],
    ),
    (
        "text of users that would break out of a message",
        [(CONDITIONS, {"StringEquals": {"eks:\n\x1b[31mfoo": "x"}})],
        [((*CONDITIONS, "StringEquals", "eks:\n\x1b[31mfoo"), "is not a condition key: must look like aws:SourceAccount"),
         ((*CONDITIONS, "StringEquals", "eks:\n\x1b[31mfoo"), "eks:\\n\\u001b[31mfoo is not a condition key of this call; use "
          "aws:RequestTag/kubernetes-namespace and its like")],
    ),
    (
        "no echoes of a wrong pin, a wrong ARN or a wrong account",
        [((*TRUST, "pin"), "cluster"), (CONDITIONS, {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "x"}}),
         (("clusters", 0, "eks", "accountId"), "1")],
        [((*TRUST, "pin"), "\"cluster\" is not one of 'ServiceAccount', 'Namespace', 'Cluster' or 'None'; did you mean Cluster?"),
         (("clusters", 0, "eks", "accountId"), '"1" is not an AWS account id: 12 digits, in quotes')],
    ),
    (
        "no echo of an ARN that cannot be read",
        [((*ROLE, "arn"), "arn:bad"), (("serviceAccounts",), [{"name": f"a{i}", "namespace": f"n{i}"} for i in range(30)])],
        [((*ROLE, "arn"), "\"arn:bad\" is not an IAM role's ARN: must look like arn:aws:iam::678801588313:role/reports")],
    ),
]  # fmt: skip

CASES = [(name, [(path, value)], [(path if at is None else at, message)]) for name, path, value, at, message in ONE_FAULT] + [
    *MORE,
    *bad_input_roles.CASES,
    *bad_input_gcp.CASES,
    *bad_input_words.CASES,
    *bad_input_large.CASES,
]


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(("changes", "errors"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_refused_with_exactly_these_errors(kind: str, changes: list[tuple[Path, Any]], errors: list[tuple[Path, str]]) -> None:
    answer = answered(changed(*changes), kind)
    wanted = str(InvalidSpec(FieldError(("spec", *path), message) for path, message in errors))
    assert [(result.severity, result.message) for result in answer.results] == [(fnv1.SEVERITY_FATAL, wanted)]
    assert _condition(answer, "SpecValid") == (fnv1.STATUS_CONDITION_FALSE, "Invalid", wanted)


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("spec", [None, [], "x", 7, True])
def test_a_spec_that_is_no_object(kind: str, spec: Any) -> None:
    answer = answered(spec, kind)
    assert answer.results[0].severity == fnv1.SEVERITY_FATAL
    assert answer.results[0].message.startswith("spec: must be an object, not ")


def test_a_claim_cannot_choose_the_kind_of_its_provider_config() -> None:
    bad = changed((("aws", "providerConfigRef"), {"kind": "ProviderConfig", "name": "x"}))
    assert answered(bad, "XPodIdentity").results[0].message == (
        "spec.aws.providerConfigRef.kind: cannot be chosen in a claim: its resources are cluster-scoped and take a ProviderConfig; "
        "write name alone"
    )
    assert not answered(bad).results


def test_an_xr_without_a_claim_has_to_name_namespaces() -> None:
    request_spec = spec()
    answer = _answer_unclaimed(request_spec)
    assert answer.results[0].message == (
        "spec.serviceAccounts[0].namespace: is required: an XPodIdentity without a claim has no namespace; "
        "spec.serviceAccounts[1].namespace: is required: an XPodIdentity without a claim has no namespace"
    )


def _answer_unclaimed(spec: Any) -> fnv1.RunFunctionResponse:
    from crossplane.function import resource

    from function.fn import run

    request = fnv1.RunFunctionRequest()
    composite = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "XPodIdentity", "metadata": {"name": "x"}, "spec": spec}
    resource.update(request.observed.composite, composite)
    return run(request)


def test_more_associations_than_one_reconcile_can_carry() -> None:
    bad = changed((("serviceAccounts",), [{"name": f"a{i}", "namespaces": [f"n{j}" for j in range(64)]} for i in range(9)]))
    assert answered(bad).results[0].message == (
        "spec.serviceAccounts: more than 1024 combinations of cluster, namespace and name; split them over several PodIdentities"
    )


def test_a_trust_policy_that_is_too_long_says_by_how_much_and_how_to_split() -> None:
    accounts = [{"name": f"account-{i}", "namespace": f"namespace-{i}"} for i in range(12)]
    bad = changed((("serviceAccounts",), accounts))
    assert answered(bad).results[0].message == (
        "spec.serviceAccounts: the trust policy has 4,770 characters, 2,722 more than the 2,048 of trust.maxCharacters, in 12 statements "
        "as short as was found: split the service accounts over 3 or more PodIdentities, keeping those with the same namespaces and "
        "clusters together (or raise trust.maxCharacters, if the account's quota was raised, up to 8192)"
    )


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_role_cannot_move_to_another_path(kind: str) -> None:
    """Compared with the role as observed: IAM names are unique across paths, so the new one would collide with the old."""
    before = changed(((*ROLE, "name"), "x"), ((*ROLE, "path"), "/old/"))
    there = everything_provided(before, kind)
    answer = answered(changed(((*ROLE, "path"), "/new/"), base=before), kind, there)
    assert answer.results[0].message == (
        'spec.aws.role.path: the path of role x is "/old/" and cannot become "/new/": keep it, or give the role another name'
    )
    moved = changed(((*ROLE, "path"), "/new/"), ((*ROLE, "name"), "y"), base=before)
    assert not answered(moved, kind, there).results


def test_statements_of_ones_own_that_leave_no_room_are_named_themselves() -> None:
    principals = [f"arn:aws:iam::{ACCOUNT}:role/{'r' * 60}{i}" for i in range(24)]
    own = [{"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole"}]
    message = answered(changed(((*TRUST, "statements"), own))).results[0].message
    assert message.startswith("spec.aws.trust.statements: the trust policy has ")
    assert "which not even a single service account would fit" in message


def test_one_statement_that_is_too_long_can_be_split_too() -> None:
    many = [{"name": f"a-service-account-of-some-length-{i}"} for i in range(64)]
    message = answered(changed((("serviceAccounts",), many))).results[0].message
    assert message.startswith("spec.serviceAccounts: the trust policy has ")
    assert "in 1 statements as short as was found: split the service accounts over 2 or more PodIdentities" in message


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_composed_role_cannot_become_an_existing_one_and_be_deleted(kind: str) -> None:
    before = changed(((*ROLE, "name"), "x"))
    handed = changed(((*ROLE,), {"arn": f"arn:aws:iam::{ACCOUNT}:role/x"}))
    assert answered(handed, kind, everything_provided(before, kind)).results[0].message == (
        "spec.aws.role.arn: is the role that is composed here, which would be deleted; to hand it over, take Delete out of "
        "spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its ARN"
    )
    kept = changed((("managementPolicies",), ["Observe", "Create", "Update", "LateInitialize"]), base=before)
    assert not answered(handed, kind, everything_provided(kept, kind)).results


def test_a_name_cannot_change_in_case_alone() -> None:
    there = everything_provided(changed(((*ROLE, "name"), "Reports")))
    assert answered(changed(((*ROLE, "name"), "reports")), observed=there).results[0].message == (
        'spec.aws.role.name: "reports" differs from "Reports" in case alone, which IAM takes for the same role: keep "Reports"'
    )


def test_a_role_that_was_never_created_can_have_another_path() -> None:
    there = everything_provided(changed(((*ROLE, "path"), "/a/")))
    for manifest in there.values():
        del manifest["status"]
    assert not answered(changed(((*ROLE, "path"), "/b/")), observed=there).results


def test_another_accounts_role_is_no_error_of_the_path() -> None:
    """It is the provider config's, and RoleReady says so."""
    there = everything_provided(spec())
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"]["atProvider"]["arn"] = "arn:aws:iam::999999999999:role/other/path/x"
    assert not answered(spec(), observed=there).results


def test_one_error_of_enormous_length_is_still_named() -> None:
    message = answered(changed((CONDITIONS, {"StringEquals": {"eks:" + "x" * 40_000: "x"}}))).results[0].message
    assert message.startswith("spec.aws.trust.conditions.StringEquals[")
    assert len(message) < 32_768


def test_errors_come_in_one_order_whatever_the_order_of_the_input() -> None:
    tags = dict.fromkeys(("Team", "team", "TEAM", "tEAM"), "v")
    messages = {
        answered(changed((("tags",), dict(sorted(tags.items(), reverse=turned))))).results[0].message
        for turned in (True, False)
    }
    assert len(messages) == 1


def test_more_errors_than_a_condition_can_hold_are_counted() -> None:
    bad = changed(
        (("tags",), {f"aws:{i:03}{'k' * 110}": f"aws:{'v' * 60}ä" for i in range(120)}),
        (CONDITIONS, {f"x{'y' * i}": 1 for i in range(60, 120)}),
    )
    message = answered(bad).results[0].message
    assert len(message) < 32_768
    assert message.endswith(" more")


def _condition(answer: fnv1.RunFunctionResponse, kind: str) -> tuple[int, str, str]:
    (condition,) = (c for c in answer.conditions if c.type == kind)
    assert condition.target == fnv1.TARGET_COMPOSITE_AND_CLAIM
    return condition.status, condition.reason, condition.message
