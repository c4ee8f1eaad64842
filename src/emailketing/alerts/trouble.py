"""One thing that stands still, in a sentence with what to do."""

from dataclasses import dataclass

from emailketing.alerts.models import Alert

Kind = Alert.Kind


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that does not work, in a sentence."""

    kind: Alert.Kind
    about: str
    name: str
    sentence: str
