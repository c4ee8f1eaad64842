"""Who sees which listing: asked when it is looked at, reported, and at each run (P12)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.roles import ROLES, ensure_roles
from emailketing.accounts.who import Who
from emailketing.configuration.kind import Take
from emailketing.configuration.kinds.listings import read_rights, take_right
from emailketing.listings.ask import ask
from emailketing.listings.errors import NotForYou
from emailketing.listings.known import find_listing
from emailketing.listings.look import kept_look, take_look
from emailketing.listings.models import Listing, ListingRight
from emailketing.listings.right import (
    RightInvalid,
    choose_right,
    listings_for,
    may_see,
    open_to_everybody,
    who_sees,
)
from emailketing.listings.save import ListingInUse, ListingInvalid, delete_listing, save_listing
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.save import ReportInvalid, save_report
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.preview import preview_report
from tests.cli.test_sender_message import run
from tests.triggers.reports.cast import NOW, ReportCast

pytestmark = pytest.mark.django_db
SALES = "shop.sales"


@pytest.fixture
def cast(tmp_path: Path, in_english: None, settings: Settings) -> ReportCast:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    cast = ReportCast(tmp_path)
    cast.sell(("Central", "ana", 100))
    return cast


def user(name: str, role: str) -> User:
    ensure_roles()
    made = User.objects.create_user(name, is_staff=True)
    made.groups.add(Group.objects.get(name=role))
    return made


def only(*users: User, roles: tuple[str, ...] = ()) -> None:
    choose_right(SALES, roles=roles, users=users, by="admin", now=NOW)


def looked(by: Who | str) -> int:
    with ask(find_listing(SALES).listing, {}, now=NOW, by=by) as answer:
        return len(list(answer.rows))


def test_without_a_choice_everybody_sees_it(cast: ReportCast) -> None:
    assert all(may_see(user(role[:4], role), SALES) for role in ROLES)
    assert who_sees(SALES) == "everybody who may look at listings"


def test_who_is_not_chosen_is_refused_with_one_sentence(cast: ReportCast) -> None:
    ana, luis, eva = user("ana", "operator"), user("luis", "reader"), user("eva", "operator")
    only(ana, roles=("reader",))
    assert [may_see(one, SALES) for one in (ana, luis, eva)] == [True, True, False]
    assert may_see(user("root", "administrator"), SALES)
    assert looked(Who("ana", ana)) == looked(Who("keyboard")) == 1
    with pytest.raises(NotForYou, match=r"“shop\.sales” is not for you"):
        looked(Who("eva", eva))
    assert SALES not in {known.name for known in listings_for(eva)}
    assert SALES in {known.name for known in listings_for(ana)}
    assert who_sees(SALES) == "administrator, reader, ana"


def test_rows_taken_before_are_shown_no_more(cast: ReportCast) -> None:
    eva = Who("eva", user("eva", "operator"))
    look = take_look(find_listing(SALES), {}, by=eva, now=NOW)
    only()
    with pytest.raises(NotForYou):
        kept_look(look.token, find_listing(SALES), by=eva)


def test_p12_nobody_reports_what_he_may_not_see(cast: ReportCast, tmp_path: Path) -> None:
    eva = user("eva", "operator")
    report = cast.report(by=Who("eva", eva))
    assert report.owner == eva
    only()
    report.name = "Otherwise"
    with pytest.raises(ReportInvalid, match="not for you"):
        save_report(report, by=Who("eva", eva), now=NOW)
    with pytest.raises(ReportInvalid, match="eva may not see the listing"):
        save_report(report, by=Who("keyboard"), now=NOW)
    with pytest.raises(RunEnded, match="not for you"):
        preview_report(report, now=NOW, language="en", folder=tmp_path / "p", by=Who("eva", eva))


def test_p12_the_owner_is_asked_again_at_each_run(cast: ReportCast) -> None:
    report = cast.report(by=Who("eva", user("eva", "operator")))
    assert cast.run(report).state == Run.State.SENT
    only()
    done = cast.run(report, NOW + timedelta(days=1))
    report.refresh_from_db()
    assert done.state == Run.State.FAILED
    assert not report.is_active
    assert "eva may not see the listing “shop.sales”" in report.paused_in_words
    open_to_everybody(SALES, by="admin", now=NOW)
    assert may_see(report.owner or "", SALES)


def test_a_listing_made_here_is_not_changed_or_deleted_by_others(cast: ReportCast) -> None:
    ana, eva = Who("ana", user("ana", "operator")), Who("eva", user("eva", "operator"))
    definition = {"table": "sale", "columns": [{"name": "branch", "field": "branch"}]}
    listing = Listing(name="Mine", source=cast.source, definition=definition)
    save_listing(listing, by=ana, now=NOW)
    assert ana.user is not None
    choose_right("mine", roles=(), users=[ana.user], by="admin", now=NOW)
    with pytest.raises(ListingInvalid, match="not for you"):
        save_listing(Listing.objects.get(), by=eva, now=NOW)
    with pytest.raises(ListingInUse, match="not for you"):
        delete_listing(listing, by=eva, now=NOW)
    listing.slug = "ours"
    save_listing(listing, by=ana, now=NOW)
    assert ListingRight.objects.get().listing == "ours"
    delete_listing(listing, by=ana, now=NOW)
    assert not ListingRight.objects.exists()


def test_only_administrators_choose_and_it_is_noted(cast: ReportCast) -> None:
    eva = user("eva", "operator")
    with pytest.raises(RightInvalid, match="Only administrators"):
        choose_right(SALES, roles=(), users=[eva], by=Who("eva", eva), now=NOW)
    with pytest.raises(RightInvalid, match="pilot"):
        choose_right(SALES, roles=("pilot",), users=[], by="t", now=NOW)
    with pytest.raises(RightInvalid, match="nothing"):
        choose_right("nothing", roles=(), users=[], by="t", now=NOW)
    only(eva)
    noted = AuditEntry.objects.filter(object_type="listings.listingright")
    assert [entry.action for entry in noted] == ["created"]


def test_the_same_by_command(cast: ReportCast) -> None:
    user("ana", "operator")
    said = run("listing", "right", "sales", "--role", "reader", "--user", "ana").output
    assert "administrator, reader, ana" in said
    assert "ana" in run("listing", "list").output
    assert "nadie" in run("listing", "right", SALES, "--user", "nadie", code=1).output
    assert "pilot" in run("listing", "right", SALES, "--role", "pilot", code=1).output
    run("listing", "right", SALES, "--everybody")
    assert not ListingRight.objects.exists()


def test_the_console_shows_it_only_to_who_is_chosen(cast: ReportCast, client: Client) -> None:
    only(user("ana", "reader"))
    for name, role, status in (("ana", "reader", 200), ("eva", "operator", 403)):
        client.force_login(User.objects.filter(username=name).first() or user(name, role))
        page = client.get(reverse("console:listings")).content.decode()
        assert (SALES in page) is (status == 200)
        assert client.get(reverse("console:listing", args=[SALES])).status_code == status


def test_a_file_brings_it_and_says_who_is_no_user_here(cast: ReportCast) -> None:
    ana = user("ana", "operator")
    only(ana, roles=("reader",))
    [entry] = read_rights()
    assert entry == {"listing": SALES, "roles": ["reader"], "people": ["ana"]}
    take = Take("t", NOW)
    take_right({**entry, "people": ["ana", "rosa"]}, take, False)
    assert take.notices == ["shop.sales: there is no user “rosa” here."]
    assert list(ListingRight.objects.get().users.all()) == [ana]
