"""The cloud provider: one pass over a managed resource, with the cloud it acts on and the clock passed in."""
