"""The words of one message: revision + frozen data + recipient, always the same result."""

from typing import Any

from emailketing.content.render import Rendered, render
from emailketing.outbox.models import Message


def data_for(message: Message) -> dict[str, Any]:
    """Return what the template may name: the dispatch's data and the recipient."""
    recipient = {**message.fields, "name": message.name, "language": message.language}
    return {**message.dispatch.data, "recipient": recipient}


def render_message(message: Message) -> Rendered:
    """Render subject, HTML and text.

    Raises:
        RenderFailed: with a sentence for the operator.
    """
    return render(message.revision, data_for(message), language=message.language)
