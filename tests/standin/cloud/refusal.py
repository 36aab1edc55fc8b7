"""What all clouds' refusals have in common."""


class CloudError(Exception):
    """A refused call; its text is as the cloud's own client prints it, but for what differs from call to call."""

    def __init__(self, text: str, status: int, message: str) -> None:
        super().__init__(text)
        self.status = status
        self.message = message
