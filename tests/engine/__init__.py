"""The real Crossplane, built from its Go modules: its render engine, its command line, and the providers' CRDs."""
