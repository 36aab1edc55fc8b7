"""The names and ARNs that users write, and what is wrong with one."""

from typing import Annotated

from function.spec.arn import Arn
from function.spec.model import Text

RoleName = Annotated[
    str,
    Text("an IAM role name", r"[A-Za-z0-9_+=,.@-]+", 64, "must match [A-Za-z0-9_+=,.@-]{1,64}; give a name, not an ARN"),
]

PolicyName = Annotated[str, Text("an IAM policy name", r"[A-Za-z0-9_+=,.@-]+", 128, "must match [A-Za-z0-9_+=,.@-]{1,128}")]

IAMPath = Annotated[
    str,
    Text(
        "an IAM path",
        # IAM takes *, ? and $, too; in the policies that name a role, they would be patterns and variables.
        r"/|/[!-#%-)+->@-~]*[!-#%-)+-.0->@-~]/",
        512,
        'must begin and end with "/" and hold no spaces and none of *?$, such as /team/',
    ),
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
    Arn,
    Text(
        "an IAM role's ARN",
        r"arn:[a-z-]+:iam::[0-9]{12}:role/([!-#%-)+->@-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}",
        2048,
        "must look like arn:aws:iam::678801588313:role/reports",
        Arn,
    ),
]

PolicyArn = Annotated[
    Arn,
    Text(
        "an IAM policy's ARN",
        r"arn:[a-z-]+:iam::([0-9]{12}|aws):policy/([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}",
        2048,
        "must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        Arn,
    ),
]

AssociationId = Annotated[
    str, Text("an association id", r"a-[0-9a-z]{17}", 19, 'must be "a-" and 17 lower case letters or digits')
]

HostedZoneArn = Annotated[
    Arn,
    Text(
        "a hosted zone's ARN",
        r"arn:[a-z-]+:route53:::hostedzone/[A-Z0-9]{1,32}",
        128,
        "must look like arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
        Arn,
    ),
]

SecretArn = Annotated[
    Arn,
    Text(
        "a secret's ARN",
        r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+\*?",
        2048,
        "must look like arn:aws:secretsmanager:eu-central-1:678801588313:secret:reports-AbCdEf, with a * at its end at most",
        Arn,
    ),
]
