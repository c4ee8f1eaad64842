"""The brand as it was when a revision was saved, logo included: the same mail comes out for ever.

`Revision.brand` holds `freeze_look(look)`; the picture itself is kept once in the attachment store.
"""

from typing import Any

from emailketing.content.logo import Logo
from emailketing.content.look import BrandLook
from emailketing.content.models import Revision
from emailketing.content.store import get, put


def freeze_look(look: BrandLook) -> dict[str, Any]:
    """Return what a revision keeps of its brand.

    Raises:
        StoreFull: the logo cannot be kept.
    """
    return {**look.plain(), "logo_sha256": put(look.logo) if look.logo else ""}


def logo_of(revision: Revision) -> Logo | None:
    """Return the picture that this revision shows as `cid:logo`.

    Raises:
        StoreMissing: it was kept and is gone.
    """
    sha256 = revision.brand.get("logo_sha256") or ""
    if not sha256 or "cid:logo" not in revision.html:
        return None
    return Logo(get(sha256), str(revision.brand.get("logo_type") or "image/png"))
