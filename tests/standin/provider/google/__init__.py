"""provider-gcp's kinds."""
