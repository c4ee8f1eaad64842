"""Three months of an invented past: the same `value` and day give the same rows."""

from datetime import date

from emailketing.demo.database import Database
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.buying import buy
from emailketing.demo.seed.carried import carry_over
from emailketing.demo.seed.catalogue import open_accounts, stock_shelves
from emailketing.demo.seed.expenses import spend
from emailketing.demo.seed.house import found
from emailketing.demo.seed.ledger import post_before
from emailketing.demo.seed.offers import offer
from emailketing.demo.seed.people import enter_by_mistake, invite
from emailketing.demo.seed.selling import sell
from emailketing.demo.seed.shelves import count_shelves
from emailketing.demo.seed.tanks import fill_tanks

DAYS = 91
VALUE = 595
STEPS = (
    found,
    open_accounts,
    invite,
    stock_shelves,
    buy,
    offer,
    carry_over,
    sell,
    enter_by_mistake,
    fill_tanks,
    count_shelves,
    spend,
    post_before,
)


def invent(*, today: date, value: int = VALUE, days: int = DAYS) -> SeedBook:
    """Invent the company's records up to yesterday."""
    book = SeedBook(today=today, value=value, days=days)
    for step in STEPS:
        step(book)
    return book


def seed(database: Database, *, today: date, value: int = VALUE, days: int = DAYS) -> None:
    """Make the company's tables anew and fill them."""
    database.drop()
    database.create()
    invent(today=today, value=value, days=days).save(database)
