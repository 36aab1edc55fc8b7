"""What is published, one folder a package, and how their XRDs are made."""
