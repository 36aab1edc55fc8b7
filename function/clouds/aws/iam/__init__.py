"""IAM in its own terms: policies as values, reading what users wrote, judging requests.

Nothing of EKS may enter. Of a PodIdentity's fields it knows only the names that its errors point users to.
"""
