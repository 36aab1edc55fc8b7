"""The names and ARNs that users write, and what is wrong with one."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from function.errors import quoted
from function.spec.arn import Arn
from function.spec.model import Text, passes, refusal

_ROLE_NAME_MAX = 64
_ROLE_NAME = r"[A-Za-z0-9_+=,.@-]+"
_ASSOCIATION_ID = r"a-[0-9a-z]{17}"

_is_role_name = re.compile(_ROLE_NAME).fullmatch
_is_association_id = re.compile(_ASSOCIATION_ID).fullmatch


def is_role_name(text: str) -> bool:
    """Whether IAM can have a role of this name."""
    return len(text) <= _ROLE_NAME_MAX and _is_role_name(text) is not None


def is_association_id(text: str) -> bool:
    """Whether EKS can have an association of this id."""
    return _is_association_id(text) is not None


RoleName = Annotated[
    str,
    Text("an IAM role name", _ROLE_NAME, _ROLE_NAME_MAX, "must match [A-Za-z0-9_+=,.@-]{1,64}; give a name, not an ARN"),
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

_NOT_LATIN_1 = re.compile(r"[^\t\n\r -~¡-ÿ]")


def _beyond_latin_1(text: str) -> str:
    """The first character that IAM takes in no description."""
    odd = _NOT_LATIN_1.search(text)
    where = f"its character {odd.start() + 1}, {quoted(odd[0])} (U+{ord(odd[0]):04X})," if odd else ""
    return f"is not an IAM description: {where} is none of Latin-1, U+0020 to U+007E and U+00A1 to U+00FF" if odd else ""


Description = Annotated[
    str,
    Text(
        "an IAM description",
        r"[\t\n\r -~¡-ÿ]*",
        1000,
        "may hold Latin-1 characters only (U+0020 to U+007E, U+00A1 to U+00FF)",
        because=_beyond_latin_1,
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
        r"arn:[a-z-]+:iam::([0-9]{12}|aws):policy/([!-#%-)+->@-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}",
        2048,
        "must look like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        Arn,
    ),
]

AssociationId = Annotated[
    str,
    Text(
        "an association id",
        _ASSOCIATION_ID,
        19,
        'must be "a-" and 17 lower case letters or digits: what follows the last / of its ARN',
    ),
]


def _there_is(time: str, info: ValidationInfo) -> str:
    try:
        datetime.fromisoformat(time)
    except ValueError:
        if not passes(info, 1):
            raise refusal(f"{quoted(time)} is a day that there is not") from None
    return time


Time = Annotated[
    str,
    Text(
        "a time",
        r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
        20,
        "must look like 2026-11-27T03:00:00Z, in UTC",
    ),
    AfterValidator(_there_is),
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
        r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+(-[A-Za-z0-9?]{6}|\*)",
        2048,
        "must look like arn:aws:secretsmanager:eu-central-1:678801588313:secret:reports-AbCdEf, which ends in - and six "
        "characters; -?????? can stand for them, or * for all that follows",
        Arn,
    ),
]
