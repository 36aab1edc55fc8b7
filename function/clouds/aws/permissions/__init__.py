"""What a role may do: inline policies, managed policies, and their attachments."""
