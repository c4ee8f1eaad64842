"""The account that SQL of people is run with: one that can only read, and no secret (S28)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.errors import AccountMissing, AccountUnfit
from emailketing.listings.models import ReadingAccount
from emailketing.listings.reading.limits import Limits
from emailketing.listings.reading.read import Read
from emailketing.sources.capture.errors import Unsupported
from emailketing.sources.dialects.base import Login
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source

WRITE_SQL = "listings.write_sql"
SECONDS = Limits(seconds=30)
Place = tuple[str, str]


def may_write_sql(by: Who | str) -> bool:
    """Say who may: at the server's keyboard anybody, of the users those with the right (S33)."""
    user = by.user if isinstance(by, Who) else None
    return user is None or user.has_perm(WRITE_SQL)


def login_for_sql(source: Source) -> Login:
    """Return the login.

    Raises:
        AccountMissing: nobody has named an account.
        AccountUnfit: that kind of database has none.
    """
    _refuse_without_accounts(source)
    account = ReadingAccount.objects.filter(source=source).first()
    if account is None:
        raise AccountMissing(source=source.name)
    return Login(source.database, source.host, source.port, account.username, account.password)


def refuse_unfit(read: Read, source: Source) -> None:
    """Make sure the account can only read: grants may have changed since it was named.

    Raises:
        AccountUnfit: it can do more, or see a secret.
    """
    secrets = secrets_of(Schema(read.connection, in_use(source)))
    for why in read.dialect.reading_account_problems(read.connection, secrets):
        raise AccountUnfit(why=why)


def secrets_of(schema: Schema) -> dict[Place, tuple[str, ...]]:
    """Return (schema, table) → patterns of its secret columns."""
    usual = schema.dialect.usual_schema
    found: dict[Place, tuple[str, ...]] = {}
    for name, described in schema.audit.tables.items():
        if described.secret:
            place = schema.connector.place(name, schema.dialect.name)
            found[place[0] or usual, place[1]] = described.secret
    return found


def set_account(
    source: Source, username: str, password: str, *, by: Who | str, now: datetime
) -> None:
    """Try the account, keep it encrypted (S22), and note who named it.

    Raises:
        AccountUnfit: it can do more than read, sees a secret, or is the source's own.
        CaptureError: it cannot log in.
    """
    _refuse_without_accounts(source)
    if username == source.username:
        raise AccountUnfit(why=_("it is the account that the source itself uses."))
    login = Login(source.database, source.host, source.port, username, password)
    with Read(source, SECONDS, login) as read:
        refuse_unfit(read, source)
    with transaction.atomic():
        account = ReadingAccount.objects.filter(source=source).first() or ReadingAccount(
            source=source
        )
        account.username, account.password = username, password
        account.save()
        note("account_set", by=by, now=now, about=source, changes={"username": ["", username]})


def _refuse_without_accounts(source: Source) -> None:
    kind = source.kind_of_database
    if kind is None:
        raise Unsupported(detail=source.dialect)
    if not kind.has_accounts:
        raise AccountUnfit(why=_("this kind of database has no accounts of its own."))


def forget_account(source: Source, *, by: Who | str, now: datetime) -> None:
    with transaction.atomic():
        ReadingAccount.objects.filter(source=source).delete()
        note("account_forgotten", by=by, now=now, about=source)


def grants_for(source: Source, username: str) -> str:
    """Return what the database's administrator runs to make such an account.

    Raises:
        AccountUnfit: there are no accounts in that kind of database.
        CaptureError, ConnectorError: the database cannot be looked at now.
    """
    _refuse_without_accounts(source)
    with Read(source, SECONDS) as read:
        schema = Schema(read.connection, in_use(source))
        tables = [schema.table(name) for name in schema.names()]
        readable = {
            (table.schema or schema.dialect.usual_schema, table.name): _columns(
                (each.name for each in table.shown()), len(table.columns)
            )
            for table in tables
        }
        statements = read.dialect.reading_account_grants(username, readable, source.database)
    return ";\n".join(statements) + ";" if statements else ""


def _columns(shown: Iterable[str], count: int) -> tuple[str, ...]:
    """Return the columns to be granted; none: the whole table."""
    names = tuple(shown)
    return () if len(names) == count else names
