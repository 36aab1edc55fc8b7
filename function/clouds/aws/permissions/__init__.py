"""What a role may do: from `spec.aws.permissions` to policy documents. Whom it admits stays out: trust/."""
