"""The demo's birthday: somebody has it today, is greeted by mail with a card and by SMS, once.

Then she writes what the mail's own “unsubscribe” button writes, the product reads it in its
mailbox, and no greeting leaves to her any more, while her own papers do.

Whose day it is, is asked of the company's own tables: nothing here asks how the product finds it.
"""

import email
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.message import Message as Mail
from email.utils import format_datetime, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from tools.demo_expect import e164
from tools.demo_post import USER, PostOffice
from tools.demo_report import AFTER, Row
from tools.demo_setup import run

from emailketing.channels.models import InboxMessage, Mailbox, Sender
from emailketing.company.models import Company
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Suppression
from emailketing.outbox.afterwards.resolve import resend
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.test_mail import send_test
from emailketing.sources.dialects.connect import open_engine
from emailketing.triggers.occasions.models import Occasion

GREETING = "Saludo"
NAME, MAIL, PHONE = "Rosa Duarte", "rosa.duarte@ykuasati.example", "0981 600 123"
ANSWER = f"{NAME}: pidió por correo no recibir más saludos"
COMMANDS = """
# El buzón del remitente: lo que la gente escribe a esa dirección se lee
emailketing mailbox set Avisos --protocol pop3 --host 127.0.0.1 --port $PORT
    --security plain --username $USER --every 5
"""
BIRTHDAY = """
# Una fecha especial: hoy cumple años Rosa; el saludo sale por correo, con tarjeta, y por SMS
emailketing contact add "$NAME" --address $MAIL --address "$PHONE" --date birth=$TODAY
emailketing occasion add Cumpleaños --from birthday delivery=both from=00:00 to=00:00
"""
BORN_TODAY = """
SELECT k.valor FROM cliente c JOIN cliente_contacto k ON k.cliente_id = c.id
WHERE (c.tipo = 'persona' AND strftime('%m-%d', c.fecha_nacimiento) = :day)
   OR strftime('%m-%d', k.fecha_nacimiento) = :day"""
BY = "demo"
FOREIGN_AND_OURS = 2  # what lies in her post office: both stay there


def rows_of_greeting(company: Path, post: PostOffice, *, seconds: float) -> list[Row]:
    """Let the birthday be greeted and answered; return what came of it, or time is up."""
    deadline = time.monotonic() + seconds
    os.environ["EMAILKETING_MAILBOX_PASSWORD"] = post.password
    run(COMMANDS.replace("$PORT", str(post.port)).replace("$USER", USER), str(company))
    _until(deadline, lambda: Mailbox.objects.exclude(read_at=None).exists())
    today = datetime.now(ZoneInfo(Company.get().time_zone)).date()
    said = {"$NAME": NAME, "$MAIL": MAIL, "$PHONE": PHONE, "$TODAY": f"{today:%d/%m}"}
    commands = BIRTHDAY
    for word, value in said.items():
        commands = commands.replace(word, value)
    run(commands, str(company))
    occasion = Occasion.objects.latest("pk")
    run(f"emailketing occasion resume {occasion.pk}", str(company))
    engine = open_engine("sqlite", database=str(company))
    with engine.connect() as connection:
        born = _born(connection, f"{today:%m-%d}")
    engine.dispose()
    rows = _rows(occasion, born, deadline)
    if any(row.problem for row in rows):
        return rows
    return [*rows, *_answered(occasion, post, deadline)]


def _born(company: Connection, day: str) -> set[str]:
    """Return every address of whose birthday it is."""
    values = [str(value) for value in company.execute(text(BORN_TODAY), {"day": day}).scalars()]
    return {value if "@" in value else e164(value) for value in values}


def _rows(occasion: Occasion, born: set[str], deadline: float) -> list[Row]:
    expected = {("sms", e164(PHONE)), ("email", MAIL)}
    while True:
        found = list(Message.objects.filter(dispatch__trigger=occasion.trigger).order_by("pk"))
        rows = [_row(message, expected, born) for message in found]
        times = Counter((message.channel, message.address) for message in found)
        for channel, address in sorted(expected):
            if times[channel, address] != 1:
                problem = f"{times[channel, address]} veces"
                rows.append(Row(NAME, True, GREETING, channel, address=address, problem=problem))
        if not any(row.problem for row in rows) or time.monotonic() > deadline:
            return rows
        time.sleep(0.2)


def _row(message: Message, expected: set[tuple[str, str]], born: set[str]) -> Row:
    row = Row(message.name, True, GREETING, message.channel, message.subject, message.address)
    row.message = message.pk
    if message.state not in AFTER or message.accepted_at is None:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
    elif (message.channel, message.address) not in expected and message.address not in born:
        row.problem = "no cumple años"
    else:
        row.problem = _lacks(message) if message.channel == "email" else ""
        row.seconds = (message.accepted_at - message.created_at).total_seconds()
    return row


def _lacks(message: Message) -> str:
    """Return what a greeting by mail must have and has not."""
    mail = _mail(message)
    if mail is None:
        return "no está en la bandeja"
    kinds = {part.get_content_type() for part in mail.walk()}
    if "image/png" not in kinds:
        return "sin tarjeta"
    if not str(mail["List-Unsubscribe"]).startswith(f"<mailto:{USER}?subject=u-"):
        return "sin salida por correo"
    return "promete un clic que nadie atiende" if mail["List-Unsubscribe-Post"] else ""


def _mail(message: Message) -> Mail | None:
    name = message.message_id.strip("<>")
    copy = InboxMessage.objects.filter(message_id__contains=name).first()
    return email.message_from_bytes(bytes(copy.raw)) if copy else None


def _answered(occasion: Occasion, post: PostOffice, deadline: float) -> list[Row]:
    """Let her mail program write what its button writes, and see that it counts, and for what."""
    greeting = Message.objects.get(dispatch__trigger=occasion.trigger, address=MAIL)
    asked_at = time.monotonic()
    post.deliver(_foreign())
    post.deliver(_button(greeting))
    ended = Suppression.objects.filter(value=MAIL, mail_class=MailClass.GREETING, via="mailto")
    row = Row(ANSWER, True, GREETING, "email", "Leído en el buzón; el correo ajeno, intacto", USER)
    if not _until(deadline, ended.exists):
        row.problem = "nadie lo leyó"
        return [row]
    if Mailbox.objects.get().left_alone != 1 or len(post.mails()) != FOREIGN_AND_OURS:
        row.problem = "tocó correo ajeno"
    row.seconds = time.monotonic() - asked_at
    now = datetime.now(UTC)
    again = resend(greeting, by=BY, note="¿Llega otra vez?", now=now)
    own = send_test(Sender.objects.get(name="Avisos"), MAIL, by=BY, now=now)
    return [
        row,
        _ends_as(again, {State.SUPPRESSED}, "Otro saludo: no sale", deadline),
        _ends_as(own, set(AFTER), "Lo suyo sigue llegando", deadline),
    ]


def _ends_as(message: Message, states: set[State], said: str, deadline: float) -> Row:
    row = Row(ANSWER, True, GREETING, "email", said, message.address)
    row.message = message.pk

    def is_over() -> bool:
        message.refresh_from_db()
        return message.state in {*AFTER, State.SUPPRESSED, State.FAILED}

    if not _until(deadline, is_over) or message.state not in states:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
    return row


def _button(greeting: Message) -> bytes:
    """Write what a mail program does with the header List-Unsubscribe of the greeting."""
    mail = _mail(greeting)
    way = str(mail["List-Unsubscribe"]).strip("<>") if mail else ""
    to, _sign, subject = way.removeprefix("mailto:").partition("?subject=")
    return _written(to, subject)


def _foreign() -> bytes:
    return _written(USER, "¿A cuánto está hoy el diésel?")


def _written(to: str, subject: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{NAME} <{MAIL}>", to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid()
    mail.set_content("")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


def _until(deadline: float, is_so: Callable[[], bool]) -> bool:
    while not (found := is_so()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
