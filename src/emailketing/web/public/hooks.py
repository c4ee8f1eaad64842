"""/hooks/<token>/: where gateways tell what became of a message, and what people answered.

Open to the world: the token in the address cannot be guessed, signatures are checked before
anything is read (S20), the size is limited, and whoever keeps failing to sign is not listened to.
"""

import logging
import re
from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from emailketing.channels.hooks import BadSignature, Call, CallUnreadable, Heard, hear
from emailketing.channels.http.adapter import hook_urls_of
from emailketing.channels.models import Sender
from emailketing.outbox.afterwards.inbound import note_inbound
from emailketing.outbox.afterwards.receipts import note_receipt
from emailketing.web.unlogged import unlogged

logger = logging.getLogger(__name__)
MOST_BYTES = 512_000  # of one call
MOST_FAILURES, FORGOTTEN_AFTER = (
    60,
    60,
)  # badly signed calls of one address to one token, in seconds
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")
TEXT = "text/plain; charset=utf-8"


@never_cache
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """200: understood, also a repetition or news of a message nobody knows (R31)."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length[:12]) > MOST_BYTES:
        return _say("too large", 413)
    sender = Sender.objects.filter(hook_token=token).first() if TOKEN.fullmatch(token) else None
    if sender is None:  # not counted: a stranger's guesses must not silence a provider
        return _say("no such address", 404)
    failures = f"hook-failures:{sender.pk}:{request.META.get('REMOTE_ADDR', '')}"
    if int(cache.get(failures, 0)) >= MOST_FAILURES:
        return _say("too many wrong calls", 429)
    try:
        heard = hear(sender, _call(request, sender))
    except BadSignature:
        logger.warning("A call to the receipts of sender %s was not signed as it must", sender.pk)
        _count(failures)
        return _say("bad signature", 403)
    except CallUnreadable:
        logger.warning("A call to the receipts of sender %s was not understood", sender.pk)
        return _say("nothing understood", 400)
    _keep(sender, heard)
    return _say(heard.answer or "ok", 200)


def _keep(sender: Sender, heard: Heard) -> None:
    now = timezone.now()
    for receipt in heard.receipts:
        note_receipt(sender, receipt, now=now)
    for said in heard.inbound:
        note_inbound(sender, said, now=now)


def _call(request: HttpRequest, sender: Sender) -> Call:
    body = request.body  # first of all: the signature is of the bytes
    path = request.get_full_path()
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return Call(
        method=request.method or "",
        urls=(
            *(f"{ours}{query}" for ours in hook_urls_of(sender)),
            request.build_absolute_uri(path),
        ),
        query=request.GET.dict(),
        form=request.POST.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def _count(failures: str) -> None:
    cache.add(failures, 0, FORGOTTEN_AFTER)
    with suppress(ValueError):  # it was forgotten in between
        cache.incr(failures)


def _say(text: str, status: int) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type=TEXT, status=status)
    # the answer is the message: Django would log a warning for each
    return unlogged(response)
