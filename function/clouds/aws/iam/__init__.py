"""IAM in its own terms: policies as values, reading what users wrote, judging requests.

Nothing of EKS may enter, and nothing of what a PodIdentity is.
"""
