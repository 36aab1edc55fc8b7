"""IAM in its own terms: ARNs, policies as values, reading what users wrote, judging requests. Knows neither EKS nor our API."""
