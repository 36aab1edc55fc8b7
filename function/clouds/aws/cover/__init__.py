"""Cover a set of subjects with as few boxes as possible: the statements of a trust policy. Knows nothing of AWS."""
