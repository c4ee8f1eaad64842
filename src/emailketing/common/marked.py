"""Mark texts for translation where Django's settings do not exist yet."""


def gettext_noop(text: str) -> str:
    """Return the text as it is: `make messages` finds it by this name.

    Django's function of the same name asks for settings, and here settings are being read.
    """
    return text
