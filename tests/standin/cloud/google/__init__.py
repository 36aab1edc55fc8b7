"""Google Cloud IAM: service accounts, and the IAM policies of all resources. Every resource that is named exists, but for them."""
