"""Google Cloud: service accounts, the IAM policies of all resources, and GKE's clusters. Every resource that is named exists, but for these."""
