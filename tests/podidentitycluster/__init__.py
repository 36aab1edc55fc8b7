"""The kind PodIdentityCluster itself."""
