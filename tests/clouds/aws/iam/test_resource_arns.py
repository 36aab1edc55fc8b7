"""Which resources IAM takes. Each row says which; what is refused has IAM's own answer or the guide beside it."""

import pytest

from function.clouds.aws.iam.resource_arns import wrong_resource

A = "111122223333"

# After the account, in IAM's message: "IAM resource path must either be "*" or start with user/, federated-user/, role/, group/,
# instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."
_IN_IAMS_MESSAGE = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)

TAKEN = (
    "*",
    *(f"arn:aws:iam::{A}:{path}{rest}" for path in _IN_IAMS_MESSAGE for rest in ("x", "*", "${aws:username}")),
    f"arn:aws:iam::{A}:*",
    f"arn:aws:iam::{A}:root",
    "arn:aws:iam::*:role/x",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:contextProvider/IdentityCenter",
    # IAM completes an ARN of fewer than six fields by wildcards.
    "arn:aws:sqs:*",
    "arn:aws:rds:*",
    "arn:aws:waf-regional:*",
    "arn:aws:sqs",
    "arn:aws:sqs:eu-central-1:*",
    # Buckets and objects have neither region nor account.
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*",
    "arn:aws:s3:*:*:*",
    "arn:aws:s3:*:*:accesspoint/*",
    f"arn:aws:s3:eu-central-1:{A}:accesspoint/reports",
    f"arn:aws:s3:eu-central-1:{A}:accesspoint/reports/object/a/*",
    f"arn:aws:s3::{A}:accesspoint/reports.mrap",
    f"arn:aws:s3:eu-central-1:{A}:access-grants/default",
    f"arn:aws:s3:us-west-2:{A}:async-request/mrap/create/x",
    f"arn:aws:s3:eu-central-1:{A}:job/*",
    f"arn:aws:s3:eu-central-1:{A}:storage-lens/reports",
    f"arn:aws:s3:eu-central-1:{A}:storage-lens-group/reports",
    f"arn:aws:s3:eu-central-1:{A}:*",
    f"arn:aws:s3:eu-central-1:{A}:a*",  # may go on as accesspoint/
    f"arn:aws:s3-object-lambda:eu-central-1:{A}:accesspoint/reports",
    f"arn:aws:s3express:eu-central-1:{A}:bucket/reports--euc1-az1--x-s3",
    f"arn:aws:s3-outposts:eu-central-1:{A}:outpost/op-1/bucket/reports",
    f"arn:aws:s3tables:eu-central-1:{A}:bucket/reports",
    f"arn:aws:kms:eu-central-1:{A}:key/*",
    "arn:aws:dynamodb:eu-central-1:${aws:PrincipalAccount}:table/x",
    f"arn:aws:secretsmanager:eu-central-1:{A}:secret:rds!db-0a1b-??????",
    f"arn:aws:logs:eu-central-1:{A}:log-group:/aws/eks/*:log-stream:*",
)

_NO_REGION = "buckets and objects of S3 have no region"
_NO_PATH = 'IAM takes "*", root or what begins with'
REFUSED = (
    ("", 'must be an ARN or "*"'),
    ("reports", 'must be an ARN or "*"'),
    ("arn:aws", 'must be an ARN or "*"'),
    ("s3://reports/*", 'must be an ARN or "*"'),
    ("arn:aws:s3:::", "nothing follows the account"),
    ("arn:aws:s3::", "the resource is missing, as in arn:aws:s3:::*"),
    ("arn:aws:*:::x", "the service in an ARN must be written out"),
    ("arn:aws:S3:::reports", "the service in an ARN must be written out"),
    ("arn:aws-eu:s3:::reports", 'there is no partition "aws-eu"'),
    ("arn:aws-cn:s3:::reports", "partition mismatch: the role is in aws"),
    ("arn:${AWS::Partition}:s3:::reports", "no policy variable but a placeholder"),
    ("arn:aws:s3:::${AWS::AccountId}-reports", "no policy variable but a placeholder"),
    ("arn:aws:s3:::${Bucket}/*", "no policy variable but a placeholder"),
    ("arn:aws:eks:eu-central-1:111122223333:cluster/${var.cluster}", "no policy variable but a placeholder"),
    ("arn:aws:s3:::{{ .Values.bucket }}", "a placeholder of a template"),
    ("arn:aws:s3:::reports ", "blanks around it"),
    ("arn:aws:s3:reports", "write arn:aws:s3:::reports"),
    ("arn:aws:s3::::reports", "a bucket follows three colons"),
    ("arn:aws:iam::*", "the resource is missing, as in arn:aws:iam::*:*"),
    ("arn:aws:sqs:us-gov-west-1:111122223333:q", "region us-gov-west-1 is in partition aws-us-gov, not in aws"),
    ("arn:aws:sqs:eu-central-1:ACCOUNT_ID:q", '"ACCOUNT_ID" is not an account id, which has 12 digits'),
    ("arn:aws:sqs:eu-central-1:1111-2222-3333:q", '"1111-2222-3333" is not an account id, which has 12 digits'),
    ("arn:aws:s3:::${aws:username", "a variable is not closed"),
    ("arn:aws:s3:::reports/*\n", "a line break"),
    ("arn:aws:ssm:us-east-2:1234567889911:parameter/dev-*", "an account id has 12 digits, 1234567889911 has 13"),
    # "Resource ... can not contain region information."
    (f"arn:aws:s3:us-west-2:{A}:reports/athena/*", _NO_REGION),
    ("arn:aws:s3:us-west-2::reports", _NO_REGION),
    ("arn:aws:s3:*:*:reports/*", _NO_REGION),  # https://github.com/JetBrains/kotless/issues/2
    ("arn:aws:s3:*::reports", _NO_REGION),
    (f"arn:aws:s3:us-west-2:{A}:reports*", _NO_REGION),
    (f"arn:aws:s3:us-west-2:{A}:jobs/x", _NO_REGION),
    # "IAM resource path must either be ..."
    (f"arn:aws:iam::{A}:account-alias/*", _NO_PATH),
    (f"arn:aws:iam::{A}:*/cdk-hnb659fds-*", _NO_PATH),
    (f"arn:aws:iam::{A}:role", _NO_PATH),
    (f"arn:aws:iam::{A}:Role/x", _NO_PATH),
    (f"arn:aws:iam::{A}:r*", _NO_PATH),
    (f"arn:aws:iam:eu-central-1:{A}:role/x", "IAM's ARNs have no region"),
)


@pytest.mark.parametrize("value", TAKEN)
def test_taken(value: str) -> None:
    assert wrong_resource(value, "aws") is None


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_refused(value: str, message: str) -> None:
    said = wrong_resource(value, "aws")
    assert said is not None
    assert message in said


@pytest.mark.parametrize(
    "partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"]
)
def test_a_partition_is_that_of_the_role(partition: str) -> None:
    for where in (partition, None):
        assert wrong_resource(f"arn:{partition}:s3:::reports", where) is None
        assert wrong_resource("arn:*:s3:::reports", where) is None
