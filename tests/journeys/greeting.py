"""A company that greets: its mail server, its SMS gateway, its people, and what reached them."""

import contextlib
import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from tests.channels.http_sink import HttpSink, Says
from tests.far_side import FarSide, far_side
from tests.journeys.chaos_operator import Operator
from tests.journeys.quick import ask, connection, messages, run_several
from tests.journeys.stage import Stage, free_port, wait_until
from tests.journeys.test_signed_page import URL, make_known
from tests.triggers.occasions.where import Where, zone

ADMIN = "admin@ykuasati.example"
ANA, ANAS_PHONE, BETO, CARLA = "ana@cliente.test", "+595981555001", "beto@c.test", "carla@c.test"


@dataclass(frozen=True)
class Outside:
    """What is beyond our wire: a real SMTP server, and the gateway of the SMS."""

    mail: FarSide
    phone: HttpSink

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [
            email.message_from_bytes(one.content, policy=email.policy.default)
            for one in self.mail.received
            if one.rcpt_to == address
        ]

    def subjects_to(self, address: str) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails_to(address)]

    def texts_to(self, phone: str) -> list[str]:
        return [text for one in self.phone.asked if phone in (text := one.body.decode())]


@contextlib.contextmanager
def outside() -> Iterator[Outside]:
    with far_side() as mail, HttpSink(Says(200, "0: Accepted")) as phone:
        yield Outside(mail, phone)


def attach(stage: Stage, out: Outside) -> Where:
    """Set up what is there before anybody thinks of a birthday."""
    where = Where.now()
    run_several(
        stage,
        [
            *company(stage, out),
            *_person("1", "Ana Báez", where.nine, ANA, ANAS_PHONE),
            *_person("2", "Beto Ríos", where.closed, BETO),
            *_person("3", "Carla Ñu", where.nine, CARLA),
            *source(stage),
            (
                *("rule", "add", "--source", "estacion", "--active", "--process", "purchase_order"),
                *("--template", "purchase-order", "--to", ANA, "Órdenes"),
            ),
            ("live", "--yes", "--untried"),
        ],
    )
    return where


def company(stage: Stage, out: Outside) -> Iterator[Sequence[str]]:
    """Who we are, an administrator, the ways out by mail and phone, and an address others reach."""
    stage.public_port = free_port()
    make_known(stage)
    gateway = f"url={out.phone.url}/cgi-bin/sendsms"
    yield ("setup", "--name", "Estación Ykua Sati S.A.", "--quiet", "never")
    yield ("brand", "set", "--name", "Ykua Sati", "--address", "Ruta 2, km 30, Caacupé")
    yield ("user", "add", "admin", "--role", "administrator", "--email", ADMIN)
    mail = ("--host", "127.0.0.1", "--port", str(out.mail.port), "--security", "plain")
    yield ("sender", "add", "Avisos", "--from-address", "avisos@ykuasati.example", *mail)
    phone = ("--kind", "http", "--price", "90", "--option", gateway)
    yield ("sender", "add", "SMS", "--from-address", "+595981000111", *phone)
    yield ("public-address", "set", URL)


def source(stage: Stage) -> Iterator[Sequence[str]]:
    yield ("source", "add", "estacion", "--connector", "estacion", *connection(stage))
    yield ("source", "install", "estacion", "--yes")


def _person(number: str, name: str, hours: int, *places: str) -> Iterator[Sequence[str]]:
    words = [word for place in places for word in ("--address", place)]
    yield ("contact", "add", name, *words)
    yield ("contact", "wishes", number, "--time-zone", zone(hours))


def at_once(stage: Stage) -> None:
    """Let the minute between two looks at the calendar be over: nobody of ours is alive now."""
    ask(stage.database, "UPDATE company_stepstate SET next_at = NULL")


def wait_for_greeting(out: Outside) -> EmailMessage:
    """Return the mail Ana has got, when she has mail and SMS."""
    wait_until(lambda: out.mails_to(ANA) and out.texts_to(ANAS_PHONE))
    return out.mails_to(ANA)[0]


def greeted_once(stage: Stage, out: Outside) -> None:
    """Ana by mail and phone; where it is not nine yet, or over, nobody."""
    assert (len(out.mails_to(ANA)), len(out.texts_to(ANAS_PHONE))) == (1, 1)
    assert not out.mails_to(BETO)
    told = ask(stage.database, "SELECT channel FROM occasions_greetingtold ORDER BY channel")
    assert [one["channel"] for one in told] == ["email", "sms"]


def has_card_and_way_out(mail: EmailMessage) -> str:
    """Look at the mail as a program does; return the link that ends the greetings."""
    (link,) = re.findall(rf"<({URL}/u/[\w-]+)>", str(mail["List-Unsubscribe"]))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    pictures = {
        str(part["Content-ID"]).strip("<>"): part.get_content()
        for part in mail.walk()
        if part.get_content_type() == "image/png"
    }
    shown = mail.get_body(("html",))
    said = mail.get_body(("plain",))
    assert shown is not None
    assert said is not None
    cards = re.findall(r'src="cid:([^"]+)"[^>]*alt="([^"]*Ana[^"]*)"', shown.get_content())
    cards += [
        (cid, alt)
        for alt, cid in re.findall(
            r'alt="([^"]*Ana[^"]*)"[^>]*src="cid:([^"]+)"', shown.get_content()
        )
    ]
    assert cards, "the card says in words what it shows"
    assert all(0 < len(pictures[cid]) <= 60 * 1024 for cid, _alt in cards)
    assert "Ana" in said.get_content()
    assert link in said.get_content()
    return str(link)


def an_order_is_confirmed(stage: Stage) -> None:
    """Something of Ana's own business happens, of which a rule tells her."""
    operator = Operator(stage.company, 1, 7)
    with operator.saving():
        key = operator.header()
        operator.lines(key)
        operator.confirm(key)
    operator.connection.close()


def only_her_own_business_leaves(stage: Stage, out: Outside) -> None:
    """Carla is greeted by the other one, Ana by none; of her own order she is told (B5)."""
    wait_until(lambda: out.mails_to(CARLA) and len(out.mails_to(ANA)) == 2)
    (greeting, order) = out.subjects_to(ANA)
    assert greeting != order
    rows = [one for one in messages(stage) if one["address"] == ANA]
    assert [one["mail_class"] for one in rows] == ["greeting", "document"]
