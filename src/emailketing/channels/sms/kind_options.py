"""What a sender can be told besides its own fields; the long list is of described gateways."""

from django.utils.translation import gettext_lazy as _

from emailketing.channels.declared import ANSWER, RECEIPTS, REQUEST, Option

PLAIN = Option(
    "plain",
    _("Write without accents when that saves messages"),
    _("ñ becomes n, á becomes a: an SMS holds 160 characters then instead of 70."),
    way="switch",
)
WORDS_HELP = _("Its words, separated by commas.")

HTTP = (
    Option(
        "url", _("Address"), _("https://…, without user or password"), required=True, part=REQUEST
    ),
    Option(
        "method",
        _("Method"),
        way="choice",
        choices=(("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")),
        default="POST",
        part=REQUEST,
    ),
    Option(
        "format",
        _("Format"),
        way="choice",
        choices=(
            ("json", "JSON"),
            ("form", _("fields: name = value on each line")),
            ("xml", "XML"),
            ("text", _("plain text")),
        ),
        default="json",
        part=REQUEST,
    ),
    Option(
        "headers",
        _("Headers"),
        _("One on each line, such as Authorization: Bearer {{ password }}"),
        way="lines",
        part=REQUEST,
    ),
    Option(
        "body",
        _("Content"),
        _(
            "With {{ to }} (+595…), {{ digits }} (595…), {{ national }} (09…), {{ text }},"
            " {{ sender }}, {{ reference }}, {{ user }}, {{ password }}, {{ hook }}."
        ),
        way="lines",
        required=True,
        default='{\n  "to": "{{ to }}",\n  "text": "{{ text }}",\n  "id": "{{ reference }}"\n}',
        part=REQUEST,
    ),
    PLAIN,
    Option(
        "success_status",
        _("Status codes of a success"),
        default="200-299",
        part=ANSWER,
    ),
    Option(
        "success_path",
        _("Where the answer says so (JSON)"),
        _("For example status or messages.0.status"),
        part=ANSWER,
    ),
    Option("success_value", _("What it says then"), WORDS_HELP, part=ANSWER),
    Option(
        "success_if",
        _("Or: a pattern in the answer's text"),
        _("A regular expression, such as ^OK"),
        part=ANSWER,
    ),
    Option("id_path", _("Where its number of the message stands (JSON)"), part=ANSWER),
    Option("id_if", _("Or: a pattern with the number in brackets"), "OK (\\w+)", part=ANSWER),
    Option("later_if", _("Pattern for: not taken, try again"), part=ANSWER),
    Option("account_if", _("Pattern for: no credit, wrong password"), part=ANSWER),
    Option("address_if", _("Pattern for: this number does not exist"), part=ANSWER),
    Option("receipt_id", _("Field with the number of the message"), part=RECEIPTS),
    Option("receipt_status", _("Field with the status"), part=RECEIPTS),
    Option("receipt_delivered", _("Delivered is called"), WORDS_HELP, part=RECEIPTS),
    Option("receipt_failed", _("Not delivered is called"), WORDS_HELP, part=RECEIPTS),
    Option("receipt_accepted", _("Taken by the operator is called"), WORDS_HELP, part=RECEIPTS),
    Option("receipt_read", _("Read is called"), WORDS_HELP, part=RECEIPTS),
    Option("receipt_error", _("Field with the error"), part=RECEIPTS),
    Option("receipt_at", _("Field with the time"), part=RECEIPTS),
    Option("receipt_list", _("List that holds several (JSON)"), part=RECEIPTS),
    Option("receipt_answer", _("What we must answer"), _("Empty: ok"), part=RECEIPTS),
    Option(
        "signature",
        _("How they are signed"),
        way="choice",
        choices=(
            ("", _("not at all: the address is the secret")),
            ("secret", _("a header holds the secret")),
            ("sha256", _("a header holds the HMAC-SHA256 of the content")),
        ),
        part=RECEIPTS,
    ),
    Option("signature_header", _("That header"), part=RECEIPTS),
    Option("inbound_from", _("Field with the number of somebody who answers"), part=RECEIPTS),
    Option("inbound_text", _("Field with what that person wrote"), part=RECEIPTS),
    Option("inbound_id", _("Field with the number of that message"), part=RECEIPTS),
)
