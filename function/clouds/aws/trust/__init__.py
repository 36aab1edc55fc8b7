"""Whom a role's trust policy admits: from `spec.aws.trust` to the policy document, and whether a policy admits a pod.

`reader.py` collects who is admitted; `policy.py` has the pinned tags and builds the document; one file for each caller:
`pod_identity.py`, `irsa.py`, `target_role.py`; `cover.py`, on `set_cover.py`, packs the pinned values into few statements;
`condition_keys.py` knows which keys a condition can use; `requests.py` and `observed.py` judge a policy that exists. What a
role may do is not here: permissions/.
"""
