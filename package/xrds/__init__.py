"""Makes the XRDs from the models that read specs, so that what `kubectl explain` says is what the function does."""
