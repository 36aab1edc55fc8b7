"""Slips whose message has to say by itself what to write: what is in the wrong place, of the wrong shape, or nearly right."""

from typing import Any

from function.errors import Path
from tests.support.xrs import ACCOUNT

AWS: Path = ("aws",)
ROLE: Path = ("aws", "role")
TRUST: Path = ("aws", "trust")
STATEMENT: Path = (*TRUST, "statements", 0)
INLINE: Path = ("aws", "permissions", "inlinePolicies")
ELEMENT: Path = (*INLINE, 0, "document", "Statement")
REGION: Path = ("clusters", 0, "eks", "region")
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/x"
IRSA = "how pods get credentials is said by spec.aws.credentials: write credentials: [IRSA]"
ALLOWS = "a statement here always allows, and has no more than its fields: what denies goes into the policy's document"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/"
GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9"
WEB = "sts:AssumeRoleWithWebIdentity"
SHARED = "IAM refuses to trust {} without, since everybody can get its tokens"
OWN = "without one, whoever has a token of {} could assume the role"
SYNC = "look at sync.toHost.serviceAccounts.enabled in its vcluster.yaml: it has to be true there, and then write true"


def inline(**statement: Any) -> list[dict[str, Any]]:
    return [{"name": "p", "document": {"Version": "2012-10-17", "Statement": statement}}]


def trusting(principal: dict[str, Any], action: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


# What is set and where, where the error is named (None: there), and in which words.
FIELDS: list[tuple[str, Path, Any, Path | None, str]] = [
    # in the wrong place
    ("region beside a name", ("clusters", 0, "region"), "eu-west-1", None, "unknown field; belongs in spec.clusters[].eks: write eks: {accountId: ..., region: ...}"),
    ("location beside a name", ("clusters", 0, "location"), "europe-west1", None, "unknown field; belongs in spec.clusters[].gke: write gke: {projectId: ..., location: ...}"),
    ("an issuer beside a name", ("clusters", 0, "oidcIssuer"), "https://x.example.com", None, "unknown field; belongs in spec.clusters[].eks or spec.clusters[].kubernetes"),
    ("a role's ARN beside it", ("aws", "roleArn"), ROLE_ARN, None, "unknown field; belongs in spec.aws.role: write role: {arn: ...}"),
    ("a role's ARN under spec", ("roleArn",), ROLE_ARN, None, "unknown field; belongs in spec.aws.role: write aws: {role: {arn: ...}}"),
    ("a target role's ARN beside it", ("aws", "targetRoleArn"), ROLE_ARN, None, "unknown field; belongs in spec.aws.targetRole: write targetRole: {arn: ...}"),
    ("credentials under spec", ("credentials",), ["IRSA"], None, "unknown field; belongs in spec.aws: write aws: {credentials: ...}"),
    ("a policy in the singular under spec", ("permission",), {}, None, "unknown field; belongs in spec.aws: write aws: {permissions: ...}"),
    ("permissions under role", (*ROLE, "permissions"), {}, None, "unknown field; belongs in spec.aws"),
    ("policies of spec under aws", ("aws", "managementPolicies"), ["*"], None, "unknown field; belongs in spec"),
    ("statements beside policies", ("aws", "permissions", "statements"), [], None, "unknown field; belongs in spec.aws.permissions.managedPolicies[] or spec.aws.permissions.inlinePolicies[]"),
    ("a namespace under spec", ("namespace",), "data", None, "unknown field; belongs in spec.serviceAccounts[]: write serviceAccounts: [{name: ..., namespace: ...}]"),
    ("an effect in short form", (*INLINE, 0), {"name": "p", "statements": [{"effect": "Deny", "actions": ["s3:*"], "resources": ["*"]}]}, (*INLINE, 0, "statements", 0, "effect"), f"unknown field; {ALLOWS}"),
    ("IRSA for trust", TRUST, "irsa", None, f'must be an object, not "irsa"; {IRSA}'),
    ("IRSA among methods", (*TRUST, "methods"), ["IRSA"], None, f"unknown field; {IRSA}"),
    ("IRSA as a field of trust", (*TRUST, "irsa"), True, None, f"unknown field; {IRSA}"),
    ("IRSA as a method", ("aws", "method"), "IRSA", None, f"unknown field; {IRSA}"),
    ("IRSA switched on", ("aws", "irsa"), True, None, f"must be an object, not true; {IRSA}"),
    # of the wrong shape
    ("an ARN for a role", ROLE, ROLE_ARN, None, f'must be an object, not "{ROLE_ARN}": write {{arn: "{ROLE_ARN}"}}'),
    ("an account for a target role", ("aws", "targetRole"), "340605141517", None, 'must be an object, not "340605141517": write {accountId: "340605141517"}'),
    ("a name for a target role", ("aws", "targetRole"), "reports", None, 'must be an object, not "reports": write {name: "reports"}, and add arn or accountId'),
    ("a region for a cluster", ("clusters", 0, "eks"), "eu-west-1", None, 'must be an object, not "eu-west-1": write {region: "eu-west-1"}, and add accountId'),
    ("a policy for permissions", ("aws", "permissions"), "arn:aws:iam::aws:policy/X", None, 'must be an object, not "arn:aws:iam::aws:policy/X": write {managedPolicyArns: ["arn:aws:iam::aws:policy/X"]}'),
    ("a name for clusters", ("clusters",), "prod", None, 'must be a list, not "prod": write [{name: "prod"}]'),
    ("clusters by their names", ("clusters",), {"prod": {}}, None, 'must be a list, not {"prod": {}}: write [{name: "prod", ...}]'),
    ("policies by their names", INLINE, {"read": {"statements": []}}, None, 'must be a list, not {"read": {"statements": []}}: write [{name: "read", ...}]'),
    ("a policy without its list", INLINE, {"name": "read"}, None, 'must be a list, not {"name": "read"}: write [{name: ...}]'),
    ("actions for statements", (*INLINE, 0), {"name": "p", "statements": "s3:GetObject"}, (*INLINE, 0, "statements"), 'must be a list, not "s3:GetObject": write [{actions: ..., resources: ...}]'),
    ("credentials in another case", ("aws", "credentials"), "irsa", None, 'must be a list, not "irsa": write ["IRSA"]'),
    ("a preset's name", ("aws", "permissions", "presets"), ["ExternalDNS"], ("aws", "permissions", "presets", 0), 'must be an object, not "ExternalDNS"; write name: ExternalDNS, and hostedZoneArns'),
    ("a list for a role", ROLE, [{"name": "x"}], None, 'must be an object, not [{"name": "x"}]: write it without the list'),
    ("a list for a name", (*ROLE, "name"), ["x"], None, 'must be a string, not ["x"]: write "x"'),
    ("tags as a list", ("tags",), [{"key": "a", "value": "b"}], None, 'must be an object, not [{"key": "a", "value": "b"}]: write {NAME: VALUE}'),
    ("a flag in quotes", ("aws", "disableSessionTags"), "true", None, 'must be true or false, not "true": write true without quotes'),
    ("null for clusters", ("clusters",), None, None, "is null; must be a list: write [{name: ...}]"),
    # nearly right
    ("a region misspelt", REGION, "eu-wst-1", None, '"eu-wst-1" is not an AWS region; did you mean eu-west-1?'),
    ("a region with a letter too many", REGION, "eu-centrall-1", None, '"eu-centrall-1" is not an AWS region; did you mean eu-central-1?'),
    ("a region in capitals", REGION, "EU_CENTRAL_1", None, '"EU_CENTRAL_1" is not an AWS region; did you mean eu-central-1?'),
    ("a local zone", REGION, "us-west-2-lax-1a", None, '"us-west-2-lax-1a" is a zone of a region, not an AWS region: write us-west-2'),
    ("a region of Google Cloud", REGION, "europe-west1", None, '"europe-west1" is not an AWS region: such as eu-central-1'),
    ("a dash in a description", (*ROLE, "description"), "Rôle für Berichte \u2013 prod", None, '"Rôle für Berichte \u2013 prod" is not an IAM description: its character 19, "\u2013" (U+2013), is none of Latin-1, U+0020 to U+007E and U+00A1 to U+00FF'),
    ("elements of a statement in the plural", INLINE, inline(Effect="Allow", Actions="s3:GetObject", Resource="*"), (*ELEMENT, "Actions"), "is not an element of a statement; did you mean Action?"),
    ("elements of a statement in small letters", INLINE, inline(effect="Allow", Action="s3:GetObject", Resource="*"), (*ELEMENT, "effect"), "is not an element of a statement; did you mean Effect?"),
    ("a statement without effect", INLINE, inline(Action="s3:GetObject", Resource="*"), (*ELEMENT, "Effect"), "is required: Allow or Deny"),
    ("statements of a document", INLINE, [{"name": "p", "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"}, "Statements": []}}], (*INLINE, 0, "document", "Statements"), "is not an element of a policy document; did you mean Statement?"),
    # resources
    *(
        (name, INLINE, inline(Effect="Allow", Action=action, Resource=resource), (*ELEMENT, "Resource"), f'"{resource}" is not a resource: {why}')
        for name, action, resource, why in (
            ("an ARN without its account", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:table/x", "it has 5 parts and an ARN has 6: the account is missing, as in arn:aws:dynamodb:eu-west-1:ACCOUNT_ID:table/x"),
            ("an ARN without account and region", "dynamodb:GetItem", "arn:aws:dynamodb:table/x", "it has 4 parts and an ARN has 6: the region and the account are missing, as in arn:aws:dynamodb:REGION:ACCOUNT_ID:table/x"),
            ("an ARN without its region", "iam:GetRole", f"arn:aws:iam:{ACCOUNT}:role/x", f"it has 5 parts and an ARN has 6: the region is missing, as in arn:aws:iam::{ACCOUNT}:role/x"),
            ("an ARN of many parts without its account", "logs:PutLogEvents", "arn:aws:logs:eu-west-1:log-group:/aws/x:*", "the account is missing, as in arn:aws:logs:eu-west-1:ACCOUNT_ID:log-group:/aws/x:*"),
            ("an ARN with a colon too few", "s3:GetObject", "arn:aws:s3::bucket/x", "it has 5 parts and an ARN has 6: the account is missing, as in arn:aws:s3:::bucket/x"),
            ("an ARN without its partition", "s3:GetObject", "arn:s3:::bucket", 'there is no partition "s3"; an ARN begins with arn:aws: or another\'s name'),
            ("a bucket without its ARN", ["s3:GetObject", "s3:PutObject"], "shop-exports/*", 'must be an ARN or "*"; write "arn:aws:s3:::shop-exports/*"'),
            ("a bucket's URL", "s3:GetObject", "s3://shop-exports/*", 'must be an ARN or "*"; write "arn:aws:s3:::shop-exports/*"'),
            ("a table without its ARN", "dynamodb:GetItem", "table/x", 'must be an ARN or "*"'),
        )
    ),
    # tags
    *(
        (f"a session tag in disguise: {key!a}", ("tags",), {key: "kube-system"}, ("tags", key), "is a session tag of EKS; on a role it would count as aws:PrincipalTag and could pass for another pod")
        for key in ("kubernete\u017f-namespace", "kubernetes-serv\u0131ce-account", "KUBERNETES-SERV\u0130CE-ACCOUNT", "\u212aubernetes-pod-name", "e\uff4bs-cluster-name", "EK\u017f-cluster-arn")
    ),
    # principals
    ("a provider that assumes", STATEMENT, trusting({"Federated": f"{PROVIDER}x.example.com"}, "sts:AssumeRole"), (*STATEMENT, "Principal", "Federated"), f'"{PROVIDER}x.example.com" can only do sts:AssumeRoleWithWebIdentity, and sts:AssumeRole is for others: it would never be admitted'),
    ("a service with a token", STATEMENT, trusting({"Service": "lambda.amazonaws.com"}, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]), (*STATEMENT, "Principal", "Service"), '"lambda.amazonaws.com" can only do sts:AssumeRole, and sts:AssumeRoleWithWebIdentity is for others: it would never be admitted'),
    ("GitHub for everybody", STATEMENT, trusting({"Federated": f"{PROVIDER}{GITHUB}"}, "sts:AssumeRoleWithWebIdentity", Condition={"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}), (*STATEMENT, "Condition"), f"needs a condition on {GITHUB}:sub, which says who it is: IAM refuses to trust {GITHUB} without, since everybody can get its tokens"),
    *(
        (f"web identity for everybody: {name}", STATEMENT, trusting({"Federated": provider}, action, **({"Condition": block} if block else {})), (*STATEMENT, "Condition"), f"needs a condition on {claim}, which says who it is: {why}")
        for name, provider, action, block, claim, why in (
            ("GitHub without a condition", f"{PROVIDER}{GITHUB}", WEB, None, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub with any subject", f"{PROVIDER}{GITHUB}", WEB, {"StringLike": {f"{GITHUB}:sub": "*"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub with one subject or any", f"{PROVIDER}{GITHUB}", WEB, {"StringLike": {f"{GITHUB}:sub": ["repo:a/b:*", "?*"]}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub but for one subject", f"{PROVIDER}{GITHUB}", WEB, {"StringNotLike": {f"{GITHUB}:sub": "repo:a/b:*"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub with all of no subjects", f"{PROVIDER}{GITHUB}", WEB, {"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:*"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub with a subject that is there", f"{PROVIDER}{GITHUB}", WEB, {"Null": {f"{GITHUB}:sub": "false"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub by a pattern", f"{PROVIDER}{GITHUB}", "sts:*", None, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("Cognito", "cognito-identity.amazonaws.com", WEB, {"StringLike": {"cognito-identity.amazonaws.com:sub": "x"}}, "cognito-identity.amazonaws.com:aud", SHARED.format("cognito-identity.amazonaws.com")),
            ("GitHub with its own subject", f"{PROVIDER}{GITHUB}", WEB, {"StringLike": {f"{GITHUB}:sub": f"${{{GITHUB}:sub}}"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("GitHub by an end", f"{PROVIDER}{GITHUB}", WEB, {"StringLike": {f"{GITHUB}:sub": "*:ref:refs/heads/main"}}, f"{GITHUB}:sub", SHARED.format(GITHUB)),
            ("a provider", f"{PROVIDER}{EKS}", WEB, {"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}}, f"{EKS}:sub", OWN.format(EKS)),
            ("a provider and an address", f"{PROVIDER}x.example.com", [WEB, "sts:TagSession"], {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "x.example.com:sub", OWN.format("x.example.com")),
            ("Amazon by a claim that it has not", "www.amazon.com", WEB, {"StringEqualsIfExists": {"www.amazon.com:sub": "x"}}, "www.amazon.com:app_id", OWN.format("www.amazon.com")),
            ("Google", "accounts.google.com", WEB, None, "accounts.google.com:aud", OWN.format("accounts.google.com")),
        )
    ),
    *(
        (f"wildcards in a principal: {arn}", STATEMENT, trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:{arn}"}, "sts:AssumeRole"), (*STATEMENT, "Principal", "AWS"), f'"arn:aws:iam::{ACCOUNT}:{arn}" is not an AWS principal: must be an account id or the ARN of an account\'s root, a role, a user or a session, no wildcards')
        for arn in ("role/*/x", "role/a?/x", "user/${aws:x}/x", "role/x*")
    ),
    *(
        (f"wildcards in a boundary: {path}", (*AWS, "role", "permissionsBoundaryArn"), f"arn:aws:iam::{ACCOUNT}:policy/{path}/x", None, f'"arn:aws:iam::{ACCOUNT}:policy/{path}/x" is not an IAM policy\'s ARN: must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess')
        for path in ("*", "a?", "$a")
    ),
]  # fmt: skip

CASES: list[tuple[str, list[tuple[Path, Any]], list[tuple[Path, str]]]] = [
    *((name, [(path, value)], [(path if at is None else at, message)]) for name, path, value, at, message in FIELDS),
    (
        "permissions under spec",
        [(AWS, ...), (("permissions",), {})],
        [
            ((), "needs exactly one cloud, spec.aws or spec.gcp; has none; permissions belongs in spec.aws"),
            (("permissions",), "unknown field; belongs in spec.aws: write aws: {permissions: ...}"),
        ],
    ),
    (
        "a vcluster's name alone",
        [(("clusters", 0, "vcluster"), {"name": "dev"})],
        [(("clusters", 0, "vcluster", "serviceAccountSync"), f"is required; {SYNC}")],
    ),
    (
        "a region of GKE",
        [(("clusters", 0), {"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1", "region": "x"}})],
        [
            (
                ("clusters", 0, "gke"),
                "spec.aws cannot use a GKE cluster: EKS Pod Identity needs an EKS cluster; for IRSA write the cluster as "
                "kubernetes with its oidcIssuer instead",
            ),
            (
                ("clusters", 0, "gke", "region"),
                "unknown field; write location, its region or its zone, such as europe-west1",
            ),
        ],
    ),
    (
        "a list in the singular",
        [(("serviceAccounts",), ...), (("serviceAccount",), [{"name": "api"}])],
        [(("serviceAccount",), "unknown field; did you mean serviceAccounts?")],
    ),
    (
        "a vcluster's devspace",
        [
            (("clusters", 0, "vcluster"), {"name": "dev", "devspace": "x", "project": "x", "serviceAccountSync": True}),
            (("serviceAccounts",), [{"name": "api", "namespace": "data"}]),
        ],
        [
            (
                ("clusters", 0, "vcluster", "devspace"),
                "unknown field; write project: the project of vCluster Platform, as in its host namespace loft-PROJECT-v-NAME",
            )
        ],
    ),
]
