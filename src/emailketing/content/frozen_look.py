"""The brand as it was when a revision was saved, logo included: the same mail comes out for ever.

`Revision.brand` holds `freeze_look(look)`; the picture itself is kept once in the attachment store.
"""

import hashlib
import logging
from contextlib import suppress
from typing import Any

from emailketing.content.logo import Logo, mime_type_of
from emailketing.content.look import BrandLook
from emailketing.content.models import Brand, Revision
from emailketing.content.store import StoreFull, StoreMissing, get, put

logger = logging.getLogger(__name__)
MISSING = "The logo of revision %s is gone from the store; restore it or save the brand again."


def freeze_look(look: BrandLook) -> dict[str, Any]:
    """Return what a revision keeps of its brand.

    Raises:
        StoreFull: the logo cannot be kept.
    """
    return {**look.plain(), "logo_sha256": put(look.logo) if look.logo else ""}


def logo_of(revision: Revision) -> Logo | None:
    """Return the picture that this revision shows as `cid:logo`, None where there is none.

    A logo that is gone never stops a mail: it shows the company's name (the text that stands for
    the picture). This asks the store only: it may be called where no database can be asked.
    """
    sha256 = revision.brand.get("logo_sha256") or ""
    if not sha256 or "cid:logo" not in revision.html:
        return None
    try:
        content = get(sha256)
    except StoreMissing:
        logger.warning(MISSING, revision.pk, extra={"action": "logo_missing"})
        return None
    return Logo(content, mime_type_of(content))


def frozen_look(revision: Revision) -> BrandLook:
    """Return the look as it was when this revision was saved; a logo that is gone is left out."""
    known = {name: value for name, value in revision.brand.items() if name in BrandLook.__slots__}
    try:
        logo = get(revision.brand.get("logo_sha256") or "") if known else b""
    except StoreMissing:
        logo = b""
    return BrandLook(**known, logo=logo)


def restore_logo(revision: Revision) -> None:
    """Put a logo that is gone from the store back, if a brand still has the same picture."""
    sha256 = revision.brand.get("logo_sha256") or ""
    if not sha256 or _is_good(sha256):
        return
    for picture in Brand.objects.values_list("logo", flat=True):
        content = bytes(picture or b"")
        if hashlib.sha256(content).hexdigest() == sha256:
            with suppress(StoreFull):
                put(content)


def _is_good(sha256: str) -> bool:
    try:
        get(sha256)
    except StoreMissing:
        return False
    return True
