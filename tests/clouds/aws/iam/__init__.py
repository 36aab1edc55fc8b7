"""IAM in its own terms."""
