"""What keeps a trigger from working: one sentence, and where in it that is put right."""


def place_of(channel: str, part: str) -> str:
    """Return where the words (`template`) or the `sender` of a channel are chosen."""
    return f"{channel}_{part}"


class Problem(str):
    """A sentence for people that knows its place.

    `place`: a field of the trigger, for a list with the number of its row: “name”,
    “recipients.0”; "" for it as a whole.
    """

    __slots__ = ("place",)
    place: str

    def __new__(cls, sentence: str, place: str = "") -> "Problem":
        made = super().__new__(cls, sentence)
        made.place = place
        return made
