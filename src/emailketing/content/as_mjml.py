"""A simple text as MJML to go on with: the brand's frame around it, blocks still as [[blocks]]."""

import re

from emailketing.content.compile import framed
from emailketing.content.look import BrandLook
from emailketing.content.simple import BLOCK, Chunk, chunks, sections

# what only our own frame may hold
OURS = re.compile(r"\s*<mj-raw><meta.*?</mj-raw>|\s*<mj-style>.*?</mj-style>", re.DOTALL)


def as_mjml(body: str, *, preheader: str, brand: BrandLook) -> str:
    """Return the body as MJML that says the same.

    Raises:
        CompileFailed: a block that does not exist or is written wrongly.
    """
    content = "\n        ".join(_mjml(chunk, brand) for chunk in chunks(body))
    return OURS.sub("", framed(content, preheader, brand)).strip() + "\n"


def _mjml(chunk: Chunk, brand: BrandLook) -> str:
    if chunk.stands_alone and BLOCK.match(chunk.text):
        return chunk.text
    return "\n".join(section.mjml for section in sections(chunk.text, brand))
