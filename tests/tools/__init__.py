"""Programs that nobody here wrote, built from their Go modules: Crossplane and Kubernetes; and the providers' CRDs."""
