"""What the system does not accept, in sentences for the operator."""


class Refused(Exception):
    """The system does not accept what was entered; nothing was saved."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
