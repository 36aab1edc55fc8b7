"""Documents that are right, for the tests of the linters to pass and to plant a defect in."""

from typing import Any

ROLE = "arn:aws:iam::111122223333:role/app"
CLUSTER = "arn:aws:eks:eu-west-1:111122223333:cluster/blue"

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "PaymentsApi",
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": CLUSTER,
                    "aws:RequestTag/kubernetes-namespace": "payments",
                    "aws:RequestTag/kubernetes-service-account": "api",
                }
            },
        }
    ],
}

IDENTITY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payments/invoices/*"}],
}


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Give the document with changes to its one statement, of which None leaves an element out."""
    [statement] = document["Statement"]
    body = {name: value for name, value in (statement | changes).items() if value is not None}
    return document | {"Statement": [body]}
