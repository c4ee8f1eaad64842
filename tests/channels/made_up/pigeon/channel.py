"""Carrier pigeons: what they can do, and the loft that sends them."""

from datetime import timedelta

from emailketing.channels.declared import ChannelOf, KindOf, Option

LOFT = KindOf(
    kind="loft",
    label="pigeon loft",
    title="Pigeons: a loft of your own",
    hint="As many messages as there are pigeons.",
    icon="raven",
    fields=("from_address",),
    module="loft",
    options=(Option("breed", "Breed", "As the breeder wrote it.", required=True),),
    names={"price": "Price of one pigeon"},
    password="",
    hook_help="Tie this address to the leg.",
    wire_title="The loft",
)
CHANNEL = ChannelOf(
    name="pigeon",
    label="Pigeon",
    icon="raven",
    folder=__package__,
    kinds=(LOFT,),
    place=9,
    turn=0,
    formats={"short": "What fits on the leg"},
    answers_within=timedelta(hours=2),
    outside_answers=lambda: "The pigeon has flown off.",
    carries_files=False,
    text_label="text for pigeons",
    no_text="None: no pigeon",
)
