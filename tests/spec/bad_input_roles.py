"""Bad input of IRSA, target roles, managed policies, existing roles and service accounts, with every error that has to be named."""

from typing import Any

from function.errors import Path
from tests.support.xrs import ACCOUNT

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
OTHER = "https://oidc.example.com/stage"
ISSUER_RULE = "give the issuer URL (https://...), without query, fragment or any port but 443"
EXISTS = "which names an existing role that is not changed"
CUSTOMER = "340605141517"
HOST = f"arn:aws:iam::{ACCOUNT}:role/host"
NOT_WITH_SOURCE = "cannot be set with sourceRoleArn, whose owner associates it: what is composed here is its target role alone"
ALONE = "is required: spec.aws.credentials has IRSA alone"
NEVER_FOR_PODS = "never present when a pod assumes the role with a web identity token (IRSA)"

EKS: Path = ("clusters", 0, "eks")
CREDENTIALS: Path = ("aws", "credentials")
TARGET: Path = ("aws", "targetRole")
SOURCE: Path = ("aws", "sourceRoleArn")
TRUST: Path = ("aws", "trust")
ROLE: Path = ("aws", "role")
ASSOCIATION: Path = ("aws", "association")
POLICIES: Path = ("aws", "permissions", "managedPolicies")

Changes = list[tuple[Path, Any]]
TOKENS: Changes = [((*EKS, "oidcIssuer"), ISSUER), (("clusters", 1, "eks", "oidcIssuer"), OTHER)]
K3S: Changes = [(("clusters",), [{"name": "prod", "kubernetes": {"oidcIssuer": OTHER}}])]


def policy(**fields: Any) -> dict[str, Any]:
    """A managed policy that is valid but for these fields."""
    return {"name": "p", "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}], **fields}


CASES: list[tuple[str, Changes, list[tuple[Path, str]]]] = [
    # clusters and credentials
    (
        "a cluster of both kinds",
        [(("clusters", 0, "kubernetes"), {"oidcIssuer": OTHER})],
        [(("clusters", 0), "has eks and kubernetes; write one of them")],
    ),
    (
        "an issuer without TLS",
        [((*EKS, "oidcIssuer"), "http://oidc.example.com")],
        [((*EKS, "oidcIssuer"), f'"http://oidc.example.com" is not an OIDC issuer: {ISSUER_RULE}')],
    ),
    (
        "an issuer with a query",
        [((*EKS, "oidcIssuer"), f"{OTHER}?a=b")],
        [((*EKS, "oidcIssuer"), f'"{OTHER}?a=b" is not an OIDC issuer: {ISSUER_RULE}')],
    ),
    (
        "an issuer at another port",
        [((*EKS, "oidcIssuer"), "https://oidc.example.com:8443/x")],
        [((*EKS, "oidcIssuer"), f'"https://oidc.example.com:8443/x" is not an OIDC issuer: {ISSUER_RULE}')],
    ),
    (
        "an issuer's provider",
        [((*EKS, "oidcIssuer"), f"arn:aws:iam::{ACCOUNT}:oidc-provider/x")],
        [((*EKS, "oidcIssuer"), f'"arn:aws:iam::{ACCOUNT}:oidc-provider/x" is not an OIDC issuer: {ISSUER_RULE}')],
    ),
    (
        "an issuer without its scheme",
        [((*EKS, "oidcIssuer"), "oidc.example.com/x")],
        [((*EKS, "oidcIssuer"), f'"oidc.example.com/x" is not an OIDC issuer: {ISSUER_RULE}')],
    ),
    (
        "an audience with a variable",
        [*K3S, (("clusters", 0, "kubernetes", "audience"), "${aws:x}"), (("aws", "accountId"), ACCOUNT)],
        [
            (
                ("clusters", 0, "kubernetes", "audience"),
                '"${aws:x}" is not an audience: may hold letters, digits and ._~:/@%+=,&;!#()- only',
            )
        ],
    ),
    (
        "one issuer twice",
        [*TOKENS, (("clusters", 1, "eks", "oidcIssuer"), f"{ISSUER.replace('.com/', '.com:443/')}")],
        [
            (
                ("clusters", 1, "eks", "oidcIssuer"),
                "an earlier entry has the same issuer, oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF: each cluster has its own",
            )
        ],
    ),
    (
        "IRSA without an issuer",
        [(CREDENTIALS, ["IRSA"])],
        [(("clusters", index, "eks", "oidcIssuer"), ALONE) for index in (0, 1)],
    ),
    (
        "IRSA that no cluster can use",
        [(CREDENTIALS, ["PodIdentity", "IRSA"])],
        [((*CREDENTIALS, 1), "no cluster can use IRSA: none has an oidcIssuer")],
    ),
    (
        "Pod Identity outside EKS",
        [*K3S, (CREDENTIALS, ["PodIdentity"]), (("aws", "accountId"), ACCOUNT), (("serviceAccounts", 1), {"name": "b"})],
        [(("clusters", 0, "kubernetes"), "EKS Pod Identity needs an EKS cluster; add IRSA to spec.aws.credentials")],
    ),
    (
        "Pod Identity that no cluster can use",
        [*K3S, (CREDENTIALS, ["IRSA", "PodIdentity"]), (("aws", "accountId"), ACCOUNT)],
        [((*CREDENTIALS, 1), "no cluster can use PodIdentity: it needs an EKS cluster")],
    ),
    (
        "no account",
        [*K3S],
        [(("aws", "accountId"), "is required: no EKS cluster says which account the role is in")],
    ),
    (
        "two accounts",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), (("clusters", 1, "eks", "accountId"), "999999999999")],
        [
            (
                ("aws", "accountId"),
                f"is required: the clusters are in accounts {ACCOUNT} and 999999999999, and the role can be in one",
            )
        ],
    ),
    (
        "irsa without IRSA",
        [(("aws", "irsa"), {"tokenExpirationSeconds": 3600})],
        [(("aws", "irsa"), "is for IRSA, which no cluster uses: add it to credentials, or leave this out")],
    ),
    (
        "tokens too short",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), (("aws", "irsa"), {"tokenExpirationSeconds": 599})],
        [(("aws", "irsa", "tokenExpirationSeconds"), "599 is out of range; must be at least 600")],
    ),
    (
        "a pin that tokens cannot keep",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), ((*TRUST, "pin"), "Cluster")],
        [
            (
                (*TRUST, "pin"),
                '"Cluster" cannot be used with IRSA (prod and stage), whose tokens can be pinned by service account or namespace only',
            )
        ],
    ),
    (
        "a source that tokens do not have",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), ((*TRUST, "sourceAccount"), True)],
        [((*TRUST, "sourceAccount"), "is sent by EKS Pod Identity alone, which no cluster uses: it would say nothing")],
    ),
    (
        "an organization that tokens do not have",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), ((*TRUST, "sourceOrganization"), True)],
        [((*TRUST, "sourceOrganization"), "is sent by EKS Pod Identity alone, which no cluster uses: it would say nothing")],
    ),
    (
        "a condition that tokens never meet",
        [*TOKENS, (CREDENTIALS, ["IRSA", "PodIdentity"]), ((*TRUST, "conditions"), {"StringLike": {"aws:RequestTag/kubernetes-pod-name": "a*"}})],
        [((*TRUST, "conditions", "StringLike", "aws:RequestTag/kubernetes-pod-name"), NEVER_FOR_PODS)],
    ),
    (
        "a condition on what is pinned",
        [*TOKENS[:1], (("clusters", 1), ...), (("serviceAccounts",), [{"name": "api"}]), (CREDENTIALS, ["IRSA"]),
         ((*TRUST, "conditions"), {"StringEquals": {f"{ISSUER[8:]}:AUD": "x"}})],
        [((*TRUST, "conditions", "StringEquals", f"{ISSUER[8:]}:AUD"), "is generated by trust.pin or another field of trust; a value here would replace it")],
    ),
    (
        "an id for a cluster without associations",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), ((*ASSOCIATION, "existing"), [{"cluster": "prod", "namespace": "data", "serviceAccount": "api", "id": "a-0123456789abcdef0"}])],
        [((*ASSOCIATION, "existing", 0, "cluster"), "the pods of prod use IRSA alone, which has no associations")],
    ),
    # target roles
    ("a target role that is nothing", [(TARGET, {})], [(TARGET, "needs exactly one of arn, accountId; has none")]),
    (
        "a target role that is both",
        [(TARGET, {"arn": HOST, "accountId": CUSTOMER, "providerConfigRef": {"name": "x"}})],
        [
            (TARGET, "needs exactly one of arn, accountId; has arn, accountId"),
            ((*TARGET, "providerConfigRef"), f"cannot be set with targetRole.arn, {EXISTS}"),
        ],
    ),
    (
        "an existing target role with fields of its own",
        [(TARGET, {"arn": HOST, "name": "x", "path": "/x/", "permissions": {}})],
        [((*TARGET, name), f"cannot be set with targetRole.arn, {EXISTS}") for name in ("name", "path", "permissions")],
    ),
    (
        "a target role in another account without its credentials",
        [(TARGET, {"accountId": CUSTOMER})],
        [
            (
                (*TARGET, "providerConfigRef"),
                f"is required: the target role is in account {CUSTOMER}, the first role in {ACCOUNT}",
            )
        ],
    ),
    (
        "a target role in another partition",
        [(TARGET, {"arn": f"arn:aws-cn:iam::{CUSTOMER}:role/x"})],
        [((*TARGET, "arn"), f'partition mismatch: "arn:aws-cn:iam::{CUSTOMER}:role/x" is in aws-cn, the clusters are in aws')],
    ),
    (
        "a role chained to itself",
        [((*ROLE, "name"), "x"), (TARGET, {"arn": f"arn:aws:iam::{ACCOUNT}:role/team/X"})],
        [((*TARGET, "arn"), f"is arn:aws:iam::{ACCOUNT}:role/team/X, the very role that is to assume it: a role cannot be chained to itself")],
    ),
    (
        "a composed role chained to itself",
        [((*ROLE, "name"), "x"), (TARGET, {"accountId": ACCOUNT, "name": "x"})],
        [((*TARGET, "name"), f"is arn:aws:iam::{ACCOUNT}:role/x, the very role that is to assume it: a role cannot be chained to itself")],
    ),
    (
        "a target role with tokens",
        [*TOKENS, (CREDENTIALS, ["IRSA"]), (TARGET, {"arn": f"arn:aws:iam::{CUSTOMER}:role/x"})],
        [(TARGET, "EKS chains roles for pod identity associations alone, and prod and stage would get credentials by IRSA")],
    ),
    (
        "a target role without associations",
        [((*ASSOCIATION, "create"), False), (TARGET, {"arn": f"arn:aws:iam::{CUSTOMER}:role/x"})],
        [((*ASSOCIATION, "create"), "is false, but EKS assumes targetRole only through an association")],
    ),
    (
        "a policy of the generated name",
        [(TARGET, {"arn": f"arn:aws:iam::{CUSTOMER}:role/x"}), (("aws", "permissions", "inlinePolicies"), [policy(name="assume-target-role")])],
        [(("aws", "permissions", "inlinePolicies", 0, "name"), '"assume-target-role" is the name of a policy that is generated beside these')],
    ),
    (
        "a target role's policy in the first role's account",
        [(TARGET, {"accountId": CUSTOMER, "providerConfigRef": {"name": "c"}, "permissions": {"managedPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/x"]}})],
        [((*TARGET, "permissions", "managedPolicyArns", 0), f'"arn:aws:iam::{ACCOUNT}:policy/x" is in account {ACCOUNT}, the role in {CUSTOMER}')],
    ),
    *(
        (f"a pattern in the path of a role: {pattern}", [(SOURCE, f"arn:aws:iam::{ACCOUNT}:role/{pattern}/host")], [(SOURCE, f'"arn:aws:iam::{ACCOUNT}:role/{pattern}/host" is not an IAM role\'s ARN: must look like arn:aws:iam::678801588313:role/reports')])
        for pattern in ("*", "te?m", "${aws:username}")
    ),
    ("a path that is a pattern", [((*ROLE, "path"), "/te*m/")], [((*ROLE, "path"), '"/te*m/" is not an IAM path: must begin and end with "/" and hold no spaces and none of *?$, such as /team/')]),
    # source roles
    (
        "a source role with what it excludes",
        [(SOURCE, HOST), (CREDENTIALS, ["PodIdentity"]), (TARGET, {"arn": f"arn:aws:iam::{CUSTOMER}:role/x"}), (ASSOCIATION, {}), ((*ROLE, "arn"), f"arn:aws:iam::{ACCOUNT}:role/y")],
        [(path, NOT_WITH_SOURCE) for path in (CREDENTIALS, TARGET, ASSOCIATION, (*ROLE, "arn"))],
    ),
    (
        "a source role in another account than the clusters",
        [(SOURCE, f"arn:aws:iam::{CUSTOMER}:role/host")],
        [
            (("clusters", index, "eks", "accountId"), f"is {ACCOUNT}, the source role's is {CUSTOMER}: association role must be in the cluster's account; write one PodIdentity per account")
            for index in (0, 1)
        ],
    ),
    (
        "a source role outside EKS",
        [*K3S, (SOURCE, HOST), (("aws", "accountId"), ACCOUNT)],
        [(("clusters", 0, "kubernetes"), "needs an EKS cluster: only EKS assumes sourceRoleArn for pods")],
    ),
    (
        "a source role with what EKS alone sends",
        [(SOURCE, HOST), (TRUST, {"sourceAccount": True, "sourceOrganization": True, "conditions": {"Bool": {"aws:SecureTransport": True}}})],
        [
            ((*TRUST, "sourceAccount"), "is not sent when sourceRoleArn assumes the role: it would deny every pod"),
            ((*TRUST, "sourceOrganization"), "is not sent when sourceRoleArn assumes the role: it would deny every pod"),
            ((*TRUST, "conditions"), "are for the role that pods are given; with sourceRoleArn the role composed here is a target role"),
        ],
    ),
    (
        "a source role that is composed here",
        [(SOURCE, HOST), ((*ROLE, "name"), "host")],
        [(SOURCE, f"is {HOST}, the very role that is composed here: a role cannot be chained to itself")],
    ),
    # permissions
    (
        "a policy name twice",
        [(POLICIES, [policy(), policy(name="P")])],
        [((*POLICIES, 1, "name"), '"P" differs from "p" in case alone, which IAM takes for the same policy')],
    ),
    (
        "a policy without its content",
        [(POLICIES, [{"name": "p"}])],
        [((*POLICIES, 0), "needs exactly one of statements, document, documentJSON; has none")],
    ),
    (
        "a policy that is too long",
        [(POLICIES, [policy(statements=[{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::" + "b" * 6_144]}])])],
        [((*POLICIES, 0), "has 6,252 characters, white space not counted; a managed policy holds 6,144: make it several")],
    ),
    (
        "a policy that is attached twice",
        [(POLICIES, [policy(path="/x/")]), (("aws", "permissions", "managedPolicyArns"), [f"arn:aws:iam::{ACCOUNT}:policy/x/p"])],
        [(("aws", "permissions", "managedPolicyArns", 0), "is managedPolicies[0], which is attached anyway")],
    ),
    (
        "more policies than a role holds",
        [(POLICIES, [policy(name=f"p{i}") for i in range(13)]), (("aws", "permissions", "managedPolicyArns"), [f"arn:aws:iam::aws:policy/{i}" for i in range(13)])],
        [(POLICIES, "13 managedPolicyArns and 13 managedPolicies are more than the 25 that a role holds")],
    ),
    (
        "a principal in a policy",
        [(POLICIES, [{"name": "p", "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "NotPrincipal": {"AWS": HOST}}}}])],
        [((*POLICIES, 0, "document", "Statement", "NotPrincipal"), "a permissions policy has no principal: it is the role's own; whom the role admits is written in spec.aws.trust")],
    ),
    (
        "a preset without its resources",
        [(("aws", "permissions", "presets"), [{"name": "ExternalDNS"}])],
        [(("aws", "permissions", "presets", 0, "hostedZoneArns"), "is required for ExternalDNS")],
    ),
    (
        "a preset with another's resources",
        [(("aws", "permissions", "presets"), [{"name": "ExternalSecrets", "hostedZoneArns": ["arn:aws:route53:::hostedzone/Z1"], "secretArns": ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:x-*"]}])],
        [(("aws", "permissions", "presets", 0, "hostedZoneArns"), "is not for ExternalSecrets, which needs secretArns")],
    ),
    (
        "a preset twice",
        [(("aws", "permissions", "presets"), [{"name": "CertManager", "hostedZoneArns": ["arn:aws:route53:::hostedzone/Z1"]}] * 2)],
        [(("aws", "permissions", "presets", 1, "name"), '"CertManager" is the name of an earlier preset')],
    ),
    (
        "a zone that is every zone",
        [(("aws", "permissions", "presets"), [{"name": "CertManager", "hostedZoneArns": ["arn:aws:route53:::hostedzone/*"]}])],
        [(("aws", "permissions", "presets", 0, "hostedZoneArns", 0), "\"arn:aws:route53:::hostedzone/*\" is not a hosted zone's ARN: must look like arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ")],
    ),
    (
        "a zone of another partition",
        [(("aws", "permissions", "presets"), [{"name": "CertManager", "hostedZoneArns": ["arn:aws-cn:route53:::hostedzone/Z1"]}])],
        [(("aws", "permissions", "presets", 0, "hostedZoneArns", 0), 'partition mismatch: "arn:aws-cn:route53:::hostedzone/Z1" is in aws-cn, the clusters are in aws')],
    ),
    # existing roles
    (
        "nothing to observe",
        [((*ROLE, "observe"), True)],
        [((*ROLE, "observe"), "looks at an existing role: it needs role.arn")],
    ),
    (
        "more than a pin of an observed role",
        [(ROLE, {"arn": HOST, "observe": True}), (TRUST, {"pin": "Cluster", "sourceAccount": True})],
        [(TRUST, "can have pin and maxCharacters alone with role.arn: an existing role keeps its own trust")],
    ),
    # service accounts
    (
        "service accounts that cannot be reached",
        [(("serviceAccountManagement",), "Own")],
        [(("clusters", index, "kubernetesProviderConfigRef"), "is required: serviceAccountManagement Own writes to this cluster") for index in (0, 1)],
    ),
    (
        "two clusters reached one way",
        [(("serviceAccountManagement",), "Own"), *[(("clusters", index, "kubernetesProviderConfigRef"), {"name": "x"}) for index in (0, 1)]],
        [(("clusters", 1, "kubernetesProviderConfigRef"), '"x" leads to an earlier cluster, and can lead to one only')],
    ),
    (
        "a provider config without a name",
        [(("clusters", 0, "kubernetesProviderConfigRef"), {})],
        [(("clusters", 0, "kubernetesProviderConfigRef", "name"), "is required")],
    ),
    (
        "service accounts managed otherwise",
        [(("serviceAccountManagement",), "Create")],
        [(("serviceAccountManagement",), "\"Create\" is not one of 'None', 'Annotate' or 'Own'")],
    ),
]  # fmt: skip
