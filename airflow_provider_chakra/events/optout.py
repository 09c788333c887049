"""
How customers say that they want no more messages.

Carriers and senders of SMS agreed on words that say so when they are all that is written, and customers know
them: https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html and
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out. WhatsApp asks businesses to honour such
requests (https://business.whatsapp.com/policy), and sets no words. "Stop promotions" stands on the button
that Meta's tool for templates offers for it. Of words other than English ones only ARRET is in such a list:
the rest is an assumption, and the ``stop_words`` of a trigger take others.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from airflow_provider_chakra.events.words import words

#: What says in whole that no more is wanted.
STOP_WORDS: Final = (
    *("stop", "stop all", "stopall", "unsubscribe", "cancel", "quit", "end", "revoke", "remove"),
    *("opt out", "optout", "stop promotions"),
    *("arret", "arrêt", "arrêter", "désabonner"),
    *("stopp", "abmelden", "abbestellen"),
    *("baja", "alto", "parar", "cancelar", "sair", "descadastrar"),
    *("रोकें", "रोको", "बंद करो", "बंद करें"),
    *("إيقاف", "توقف", "berhenti", "стоп", "отписаться"),
)


def is_stop(text: str | None, stop_words: Collection[str] = STOP_WORDS) -> bool:
    """
    Tell whether a customer wants no more messages.

    :param text: what was written. It must be such words as a whole: "Stop at my house" is none.
    :param stop_words: what says so, in any case.
    """
    said = words(text or "")
    return bool(said) and said in map(words, stop_words)
