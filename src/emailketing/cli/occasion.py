"""`emailketing occasion …`: greetings on somebody's day, or on everybody's."""

from datetime import date, timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.ways import in_words, plan_of
from emailketing.cli.days import read_date, today_in
from emailketing.cli.occasion_parts import (
    occasion_of,
    person_of,
    put_words,
    recipient_said,
    refuse_invalid,
    said_of_listing,
)
from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.company.models import Company
from emailketing.company.windows import hours_in_words
from emailketing.triggers.occasions.definition.pack import (
    NoReadyOccasion,
    offered_occasions,
    take_ready,
)
from emailketing.triggers.occasions.definition.save import (
    USUAL_HOURS,
    answer_doubt,
    delete_occasion,
    pause_occasion,
    resume_occasion,
    save_occasion,
    skip,
    unskip,
)
from emailketing.triggers.occasions.definition.written import written_day
from emailketing.triggers.occasions.models import DoubtfulDay, Occasion, Skip
from emailketing.triggers.occasions.running.coming import (
    coming_days,
    cost_of,
    next_due,
    past_days,
    people_of,
    ways_in_words,
)
from emailketing.triggers.occasions.running.due import label_of
from emailketing.triggers.occasions.running.listed import problem_rows, read_of
from emailketing.triggers.occasions.running.read_dates import read_dates
from emailketing.triggers.occasions.running.send_one import CannotSendOne, send_one

app = typer.Typer(no_args_is_help=True)
Words = Annotated[
    list[str] | None,
    typer.Argument(
        help=str(
            gettext_lazy(
                "word=value: day=birth-3, from=09:00, to=18:00, delivery=both, source=SLUG,"
                " trait.tipo=persona,empresa, way=email:template, late=next, leap_day=mar1;"
                " of a listing: day=listing:NAME:COLUMN-7, party= party_by= of= yearly= value.X="
            )
        )
    ),
]
Day = Annotated[str, typer.Argument(help=str(gettext_lazy("2026-12-24")))]
Contact = Annotated[int, typer.Option(help=str(gettext_lazy("Number of the contact, else all")))]
Of = Annotated[str, typer.Option("--of", help=str(gettext_lazy("Of a company: whose day it is")))]


def _today() -> date:
    return today_in(Company.get().time_zone)


@app.command("list")
def list_occasions() -> None:
    """List all occasions: which day, at which hours, and whether they are at work."""
    table(
        (_("No."), _("Name"), _("Day"), _("Hours"), _("Active")),
        [
            (
                one.pk,
                one.name,
                label_of(one),
                hours_in_words(one.window),
                "✓" if one.is_active else one.paused_in_words,
            )
            for one in Occasion.objects.select_related("source")
        ],
    )


@app.command()
def add(
    name: str,
    words: Words = None,
    ready: Annotated[
        str, typer.Option("--from", help=str(gettext_lazy("A ready one: “occasion pack”")))
    ] = "",
) -> None:
    """Make an occasion, at rest: “occasion resume” lets it greet."""
    said = words or []
    if ready:

        def change(occasion: Occasion) -> None:
            occasion.name = name
            put_words(occasion, said)

        with refuse_invalid(NoReadyOccasion):
            made = take_ready(ready, by=who(), now=clock(), change=change)
    else:
        made = Occasion(name=name, window=dict(USUAL_HOURS))
        put_words(made, said)
        with refuse_invalid():
            save_occasion(made, by=who(), now=clock())
    typer.echo(_("Occasion %(number)s saved: it rests.") % {"number": made.pk})


@app.command("set")
def change(number: int, words: Words) -> None:
    """Change what an occasion says; what is not named stays."""
    occasion = occasion_of(number)
    put_words(occasion, words or [])
    with refuse_invalid():
        save_occasion(occasion, by=who(), now=clock())
    typer.echo(_("Occasion %(number)s saved.") % {"number": occasion.pk})


@app.command()
def show(number: int) -> None:
    """Show what an occasion says, what it asks, and what became of its last days."""
    occasion = occasion_of(number)
    lines = [
        (_("Day"), f"{label_of(occasion)} ({written_day(occasion.day)})"),
        (_("Source"), occasion.source.slug if occasion.source else _("all people")),
        (_("Only who is"), "; ".join(f"{n}: {', '.join(v)}" for n, v in occasion.traits.items())),
        (_("Hours"), hours_in_words(occasion.window)),
        (_("When missed"), occasion.get_late_display()),
        (_("29 February in other years"), occasion.get_leap_day_display()),
        (_("Texts"), in_words(occasion)),
        (_("Active"), "✓" if occasion.is_active else occasion.paused_in_words or "—"),
    ]
    table(("", occasion.name), [*lines, *said_of_listing(occasion)])
    for doubt in occasion.doubts.all():
        words = {"day": f"{doubt.day}/{doubt.month}", "people": doubt.people, "of": doubt.of}
        answer = doubt.get_answer_display()
        typer.echo(_("%(people)s of %(of)s have the day %(day)s") % words + f": {answer}")
    for row in past_days(_today() + timedelta(days=1)):
        if row.occasion_id == occasion.pk:
            typer.echo(f"{row.day} {row.zone} {row.get_state_display()}: {row.written}")


@app.command()
def calendar(
    days: Annotated[int, typer.Option(min=1, max=366)] = 60,
    number: Annotated[int, typer.Option(help=str(gettext_lazy("Only of this occasion")))] = 0,
) -> None:
    """Show the days to come: who gets what, by which way; who does not, and why."""
    found = coming_days(_today(), days=days, occasion=occasion_of(number) if number else None)
    table(
        (_("Day"), _("Occasion"), _("Person"), _("By"), _("Why not")),
        [
            (
                day.on,
                day.occasion.name if day.occasion.is_active else f"{day.occasion.name} (–)",
                verdict.shown,
                ways_in_words(verdict),
                verdict.why_not,
            )
            for day in found
            for verdict in day.verdicts
        ],
    )
    for day in found:
        if day.more:
            words = {"day": day.on, "name": day.occasion.name, "count": day.more}
            typer.echo(_("%(day)s %(name)s: and %(count)s more") % words)


@app.command()
def people(number: int, day: Day, most: Annotated[int, typer.Option(min=1)] = 200) -> None:
    """Show everybody whose day it is, what becomes of each, and what the phones cost."""
    occasion = occasion_of(number)
    found = people_of(occasion, read_date(day), most=most)
    table(
        (_("Contact"), _("Person"), _("Language"), _("By"), _("Why not")),
        [
            (
                verdict.due.contact.pk,
                verdict.shown,
                verdict.due.contact.language,
                ways_in_words(verdict),
                verdict.why_not,
            )
            for verdict in found
        ],
    )
    if cost := cost_of(plan_of(occasion), found):
        words = {"amount": cost, "currency": Company.get().currency}
        typer.echo(_("At least %(amount)s %(currency)s for the phones.") % words)


@app.command("skip")
def leave_out(number: int, day: Day, contact: Contact = 0, of: Of = "") -> None:
    """Leave out one person's greeting of a day, or the whole day."""
    occasion = occasion_of(number)
    whom = (person_of(contact), of) if contact else None
    skip(occasion, read_date(day), whom, by=who(), now=clock())
    typer.echo(_("Left out."))


@app.command("unskip")
def take_in(number: int, day: Day, contact: Contact = 0, of: Of = "") -> None:
    """Greet all the same."""
    wanted = Skip.objects.filter(occasion=occasion_of(number), day=read_date(day), name=of)
    found = wanted.filter(contact=contact or None).first()
    if found is None:
        refuse(_("That was not left out."))
    unskip(found, by=who(), now=clock())
    typer.echo(_("It is said all the same."))


@app.command()
def test(
    number: int,
    to: Annotated[str, typer.Option(help=str(gettext_lazy("E-mail address or phone")))],
    contact: Contact = 0,
) -> None:
    """Send the greeting of one person to yourself; nobody is greeted by it."""
    occasion = occasion_of(number)
    due = next_due(occasion, _today(), contact=contact or None)
    if due is None:
        refuse(_("Nobody has that day within a year."))
    with refuse_invalid(CannotSendOne):
        send_one(occasion, due, to=recipient_said(to), by=who(), now=clock())
    typer.echo(_("Sent: the greeting of %(name)s.") % {"name": due.shown})


@app.command("doubt")
def doubts(
    number: int,
    day: Annotated[str, typer.Argument(help=str(gettext_lazy("Day and month: 1/1")))] = "",
    answer: Annotated[
        DoubtfulDay.Answer | None,
        typer.Option(help=str(gettext_lazy("real: they are; leave: leave them out"))),
    ] = None,
) -> None:
    """Show the days that too many people have, or say whether one is real."""
    found = list(occasion_of(number).doubts.all())
    if day and answer:
        asked = next((one for one in found if f"{one.day}/{one.month}" == day), None)
        if asked is None:
            refuse(_("Nobody asked about %(day)s.") % {"day": day})
        answer_doubt(asked, answer, by=who(), now=clock())
        typer.echo(_("Noted."))
        return
    table(
        (_("Day"), _("People"), _("Of"), _("Answer"), _("Asked at")),
        [
            (
                f"{one.day}/{one.month}",
                one.people,
                one.of,
                one.get_answer_display(),
                local(one.asked_at),
            )
            for one in found
        ],
    )


@app.command()
def pack() -> None:
    """Show the ready occasions: “occasion add NAME --from WORD” takes one."""
    taken = {str(written_day(one.day)) for one in Occasion.objects.all()}
    table(
        (_("Word"), _("Occasion"), _("Day"), _("There is one")),
        [
            (ready.name, ready.label, written_day(day), "✓" if written_day(day) in taken else "")
            for ready, day in offered_occasions()
        ],
    )


@app.command("read")
def read_now(number: int) -> None:
    """Read the listing that the dates come from now; it is read once a day by itself."""
    occasion = occasion_of(number)
    if not occasion.listing:
        refuse(_("Its dates come from no listing."))
    if not read_dates(occasion, now=clock()):
        refuse(_("A worker is reading it now."))
    read = read_of(occasion)
    if read is None or read.problem:
        refuse(read.problem_in_words if read else _("not read yet"))
    table(("", occasion.name), said_of_listing(occasion))


@app.command()
def unread(number: int) -> None:
    """Show the rows of its listing that greet nobody: of nobody, or without a day."""
    rows = problem_rows(occasion_of(number))
    table(
        (_("Belongs to"), _("Of"), _("As written"), _("Why not")),
        [(row.party, row.name, row.written, row.problem_in_words) for row in rows],
    )


@app.command()
def pause(number: int) -> None:
    """Let an occasion rest."""
    pause_occasion(occasion_of(number), by=who(), now=clock())
    typer.echo(_("The occasion rests."))


@app.command()
def resume(number: int) -> None:
    """Let an occasion greet from today on."""
    occasion = occasion_of(number)
    with refuse_invalid():
        resume_occasion(occasion, by=who(), now=clock())
    typer.echo(_("The occasion greets from today on."))


@app.command()
def delete(
    number: int,
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
) -> None:
    """Delete an occasion; messages already sent stay. “pause” stops it for a while."""
    occasion = occasion_of(number)
    question = _("Delete the occasion “%(name)s”?") % {"name": occasion.name}
    if not yes and not typer.confirm(question):
        refuse(_("Nothing changed."))
    delete_occasion(occasion, by=who(), now=clock())
    typer.echo(_("The occasion was deleted."))
