"""The whole configuration as one readable file: written out, compared, taken over at once.

Company, brands, senders and sources without their secrets, roles with their people, templates in
all languages, rules. For copying from a test installation to the real one. What stands only here
stays; secrets, and where servers and databases are, stay as they are here.
"""

from emailketing.configuration.apply import Applied, apply
from emailketing.configuration.compare import (
    Difference,
    FieldChange,
    diff,
    switches,
)
from emailketing.configuration.kind import ConfigurationInvalid
from emailketing.configuration.registry import export_configuration, hand_out

__all__ = [
    "Applied",
    "ConfigurationInvalid",
    "Difference",
    "FieldChange",
    "apply",
    "diff",
    "export_configuration",
    "hand_out",
    "switches",
]
