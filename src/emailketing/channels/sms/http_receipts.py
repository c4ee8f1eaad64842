"""Receipts of a described gateway: where they stand in a call, and whether it is really theirs."""

import hashlib
import hmac
import json
from typing import Any

from emailketing.channels.hooks import Call, is_same
from emailketing.channels.models import Sender

MOST_ROWS = 1_000  # in one call


def signed(sender: Sender, call: Call) -> bool:
    """Check what was agreed on: nothing but the address, a secret, or a signature of the body.

    `signature_header` names the header; `signature` is "secret" (the header is the secret) or
    "sha256" (HMAC-SHA256 of the body in hexadecimal, maybe after `sha256=`).
    """
    way = str(sender.options.get("signature") or "")
    if not way:
        return True
    secret = sender.hook_secret
    given = call.headers.get(str(sender.options.get("signature_header") or "").lower(), "")
    if way == "secret":
        return is_same(given, secret)
    if not secret:
        return False
    wanted = hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    return is_same(given.removeprefix("sha256=").lower(), wanted)


def rows_of(call: Call, path: str) -> list[Any]:
    """Return the receipts in a call: its fields, or JSON, or the list in it that `path` names."""
    try:
        value = json.loads(call.body) if call.body[:1] in (b"{", b"[") else None
    except (ValueError, RecursionError):
        value = None
    if value is None:
        return [call.values]
    for part in filter(None, path.split(".")):
        value = value.get(part) if isinstance(value, dict) else None
    found = value if isinstance(value, list) else [value]
    return [{**call.query, **row} for row in found[:MOST_ROWS] if isinstance(row, dict)]
