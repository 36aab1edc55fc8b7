"""Whom a role's trust policy admits: from `spec.aws.trust` to the policy document, and whether a policy admits a pod.

`plan.py` decides the statements, `policy.py` puts them together; one file for each caller: pod_identity, irsa, target_role.
Nothing of what a role may do enters: permissions/.
"""
