"""The ledger notes when this computer's clock was put right."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockJump(models.Model):
    """This computer's clock had been ahead and was put right: what waited for it went on."""

    at = models.DateTimeField(_("when"))
    seconds = models.PositiveIntegerField(_("seconds ahead"))
    moved = models.PositiveIntegerField(_("messages that went on"))

    class Meta:
        verbose_name = _("clock put right")
        verbose_name_plural = _("clocks put right")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="clock_jump_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} -{self.seconds} s"
