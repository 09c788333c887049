"""How a customer stands to WhatsApp, and to the business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reach = Literal["online", "offline", "not_on_whatsapp"]


@dataclass(frozen=True)
class ContactState:
    """
    What becomes of messages to a contact.

    :param reach: ``offline``, and they stay SENT until the contact is back; ``not_on_whatsapp``, and they are
        taken and fail a moment later.
    :param blocks: whether the contact blocks the business: what is sent meanwhile stays SENT for good.
    :param window_closed: whether the window of 24 hours counts as closed until the contact writes again.
    """

    reach: Reach = "online"
    blocks: bool = False
    window_closed: bool = False

    @property
    def gets_messages(self) -> bool:
        """Whether messages reach the contact's phone."""
        return self.reach == "online" and not self.blocks
