"""Whom a role's trust policy admits: from `spec.aws.trust` to the policy document, and whether a policy admits a pod.

`plan.py` collects who is admitted; `policy.py` has the pinned tags and builds the document; one file for each caller:
`pod_identity.py`, `irsa.py`, `target_role.py`; `cover.py` packs the pinned values into few statements; `requests.py` and
`observed.py` judge a policy that exists. What a role may do stays out: permissions/.
"""
