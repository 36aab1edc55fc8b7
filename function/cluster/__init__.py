"""PodIdentityCluster: the platform's catalogue, an entry for each cluster."""
