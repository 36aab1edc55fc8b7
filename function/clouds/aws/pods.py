"""How EKS Pod Identity assumes a role for a pod: who calls, what is called, and the session tags that tell the pods apart.

Source: the Amazon EKS User Guide, "Configure a Kubernetes service account to assume an IAM role with EKS Pod Identity" and
"Grant Pods access to AWS resources based on tags".
"""

SERVICE = "pods.eks.amazonaws.com"
"""The service that assumes roles for pods, under this name in every partition that has it."""

ACTIONS = ("sts:AssumeRole", "sts:TagSession")
"""EKS refuses an association with a role whose trust policy lacks either, also where session tags are disabled."""

SESSION_TAGS = (
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
)
"""The session tags that EKS sends; no others can be added."""
