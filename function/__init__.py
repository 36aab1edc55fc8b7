"""Compose a PodIdentity into the cloud resources that give its service accounts an identity."""
