"""A real control plane on this machine, without Docker: etcd, Kubernetes' API server and controllers, a registry, Crossplane."""
