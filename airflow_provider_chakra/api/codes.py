"""
What each of WhatsApp's error codes means, and what a person should do about it.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, completed by codes
that were seen in the field. The code decides, never the HTTP status, where there is a code:
throttles come as HTTP 400.
"""

from __future__ import annotations

from typing import NamedTuple

from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraNotFoundError,
    ChakraPlanError,
    ChakraRecipientError,
    ChakraRequestError,
    ChakraResponseError,
    ChakraServerError,
    ChakraThrottledError,
)


class Wait(NamedTuple):
    """How long to wait before each further try, where the answer does not say."""

    #: Seconds before the first of them.
    first: float
    #: What each later wait is multiplied by.
    factor: float
    #: The most seconds of one wait.
    longest: float
    #: Whether to wait a random part of it, so that many tasks do not come back together.
    jitter: bool = True

    def seconds(self, number: int) -> float:
        """
        Tell a wait, before any jitter.

        :param number: 0 for the wait before the first further try.
        :return: seconds.
        """
        return min(self.first * self.factor**number, self.longest)


# How long things last, by Meta's documentation on throughput and by what was seen in the field.
SECONDS = Wait(1, 2, 60)
MINUTES = Wait(60, 2, 600)
HOUR = Wait(60, 2, 3600)
#: Documented for the limit of messages to one recipient: 1, 4, 16, 64, 256 seconds.
PAIR = Wait(1, 4, 256, jitter=False)


class Meaning(NamedTuple):
    """What an error code or a status means."""

    #: The class of the error.
    error: type[ChakraResponseError]
    #: What a person should do.
    advice: str
    #: How to wait before the same request is tried again; ``None`` where that does not help.
    wait: Wait | None = None


_CREDENTIAL = "Make a new access token in ChakraHQ (Admin > API Keys) and put it into the connection."
_ROLE = "Give the API key in ChakraHQ (Admin > API Keys) a role that may do this."
_RIGHTS = "Give the API key in ChakraHQ (Admin > API Keys) a role that may send on WhatsApp."
_SLOWER = "Send more slowly: a pool with few slots, or retries with exponential back-off."
_LATER = "Try again in some minutes."
_ACCOUNT = "Look at the account in Meta's WhatsApp Manager."
_NUMBER = "Check it; the phone number id in the connection must be one of this plugin's numbers."
_TEMPLATE = "Compare the template in ChakraHQ with the parameters given."
_SUPPORT = "If it stays, ask ChakraHQ's support."

CODES: dict[int, Meaning] = {
    # Authorisation, account, integrity
    0: Meaning(ChakraAuthError, f"WhatsApp does not accept the account's authorisation. {_CREDENTIAL}"),
    3: Meaning(ChakraAuthError, f"A capability or permission is missing. {_RIGHTS}"),
    10: Meaning(ChakraAuthError, f"A permission was not granted or was removed. {_RIGHTS}"),
    33: Meaning(
        ChakraNotFoundError,
        f"An id is unknown: that of the business's phone number, of a file or of a template. {_NUMBER}",
    ),
    104: Meaning(ChakraAuthError, f"The token is missing or not valid. {_CREDENTIAL}"),
    190: Meaning(ChakraAuthError, f"The account's authorisation has expired. {_CREDENTIAL}"),
    368: Meaning(ChakraAuthError, f"The account is blocked for a time for policy violations. {_ACCOUNT}"),
    130497: Meaning(ChakraRecipientError, "The business may not send messages to people in this country."),
    131005: Meaning(ChakraAuthError, f"Access was denied. {_RIGHTS}"),
    131031: Meaning(ChakraAuthError, f"The account is locked. {_ACCOUNT}"),
    131037: Meaning(ChakraAuthError, f"The number's display name is not approved. {_ACCOUNT}"),
    131042: Meaning(ChakraPlanError, f"There is a problem with the payment method. {_ACCOUNT}"),
    131044: Meaning(ChakraPlanError, f"There is a problem with the payment method. {_ACCOUNT}"),
    131045: Meaning(ChakraAuthError, f"The number is not registered correctly. {_ACCOUNT}"),
    133010: Meaning(ChakraAuthError, f"The number is not registered. {_ACCOUNT}"),
    134011: Meaning(ChakraPlanError, f"The payment terms are not accepted. {_ACCOUNT}"),
    # Throttling
    4: Meaning(ChakraThrottledError, f"The app's call limit is reached. {_SLOWER}", HOUR),
    80007: Meaning(ChakraThrottledError, f"The business account's rate limit is reached. {_SLOWER}", HOUR),
    130429: Meaning(ChakraThrottledError, f"The number's throughput is used up. {_SLOWER}", SECONDS),
    131048: Meaning(
        ChakraThrottledError,
        f"Sending is restricted because of spam reports or low quality; trying on makes it worse. {_ACCOUNT}",
    ),
    131056: Meaning(
        ChakraThrottledError,
        f"Too many messages to this one recipient in a short time; others still get theirs. {_SLOWER}",
        PAIR,
    ),
    131064: Meaning(
        ChakraThrottledError, f"Sending is limited after wrongly classified templates. {_ACCOUNT}"
    ),
    131208: Meaning(ChakraThrottledError, f"The rate limit for groups is reached. {_SLOWER}", SECONDS),
    132069: Meaning(
        ChakraThrottledError,
        "The flow is throttled to 10 messages an hour. Try again in an hour.",
        Wait(3600, 1, 3600),
    ),
    133016: Meaning(ChakraThrottledError, "Too many registrations of this number."),
    # Trouble on the other side
    1: Meaning(
        ChakraServerError,
        f"WhatsApp gave no reason: a fault of its own or of the request. {_SUPPORT}",
        MINUTES,
    ),
    2: Meaning(ChakraServerError, f"WhatsApp is down or overloaded. {_LATER}", MINUTES),
    131000: Meaning(ChakraServerError, f"Something went wrong at WhatsApp. {_LATER} {_SUPPORT}", MINUTES),
    131016: Meaning(ChakraServerError, f"WhatsApp is unavailable for a time. {_LATER}", MINUTES),
    131057: Meaning(
        ChakraServerError, f"The account is in maintenance for about a minute. {_LATER}", Wait(15, 2, 120)
    ),
    133004: Meaning(ChakraServerError, f"WhatsApp's server is unavailable for a time. {_LATER}", MINUTES),
    134101: Meaning(
        ChakraServerError,
        "The template is still being synchronised. Try again in ten minutes.",
        Wait(600, 1, 600),
    ),
    134102: Meaning(ChakraServerError, f"The template cannot be used. {_SUPPORT}"),
    2494100: Meaning(ChakraServerError, f"The number is in maintenance. {_LATER}", MINUTES),
    # The request
    100: Meaning(
        ChakraRequestError,
        "A parameter is unknown, misspelt, missing or not valid. Compare the message with WhatsApp's "
        "documentation, and the phone number id with ChakraHQ's WhatsApp Setup.",
    ),
    131008: Meaning(ChakraRequestError, "A required parameter is missing."),
    131009: Meaning(
        ChakraRequestError,
        "A value is outside its limits, such as a length or a count. Compare the message with "
        "WhatsApp's documentation.",
    ),
    131021: Meaning(ChakraRequestError, "The recipient is the sender's own number."),
    131051: Meaning(ChakraRequestError, "WhatsApp does not support this type of message."),
    131052: Meaning(ChakraRequestError, "The media of an inbound message could not be downloaded."),
    131053: Meaning(
        ChakraRequestError,
        "The media could not be fetched or is of the wrong kind. Open the link without logging in, "
        "and look at its Content-Type.",
    ),
    131055: Meaning(ChakraRequestError, "This method is for marketing templates only."),
    131062: Meaning(
        ChakraRequestError, "This template cannot go to a business-scoped user id: use the phone number."
    ),
    131063: Meaning(
        ChakraRequestError, "The account does not send marketing templates this way (Meta's account setting)."
    ),
    134100: Meaning(ChakraRequestError, "This method is for marketing templates only."),
    135000: Meaning(ChakraRequestError, "WhatsApp does not accept the request's parameters."),
    137000: Meaning(ChakraRequestError, "The recipient's identity changed: verify the recipient anew."),
    131020: Meaning(ChakraRequestError, "The group has a single member."),
    131041: Meaning(ChakraRequestError, "The group is unknown, or the business is not in it."),
    # The recipient, policy
    130403: Meaning(ChakraRecipientError, "The business has blocked this recipient."),
    130472: Meaning(
        ChakraRecipientError, "The recipient is in an experiment of Meta's and gets no marketing messages."
    ),
    131026: Meaning(
        ChakraRecipientError,
        "The recipient is not on WhatsApp, has an old version, or did not accept its terms. "
        "Check the number.",
    ),
    131030: Meaning(ChakraRecipientError, "A test number sends only to the recipients on its list."),
    131043: Meaning(ChakraRecipientError, "The message expired before it could be delivered."),
    131047: Meaning(
        ChakraRecipientError,
        "More than 24 hours have passed since the recipient last wrote: only a template may be sent now.",
    ),
    131049: Meaning(
        ChakraRecipientError,
        "Meta holds back marketing messages to this recipient. Do not try again within 24 hours.",
    ),
    131050: Meaning(ChakraRecipientError, "The recipient stopped marketing messages: never send it again."),
    131060: Meaning(ChakraRecipientError, "The content of an inbound message is not available."),
    # Templates, flows, registration
    132000: Meaning(ChakraRequestError, f"The number of parameters differs from the template's. {_TEMPLATE}"),
    132001: Meaning(
        ChakraNotFoundError, f"The template does not exist in this language, or is not approved. {_TEMPLATE}"
    ),
    132005: Meaning(ChakraRequestError, f"The template's text, filled in, is too long. {_TEMPLATE}"),
    132007: Meaning(
        ChakraRequestError, "The template's content breaks WhatsApp's policy on characters or form."
    ),
    132008: Meaning(ChakraRequestError, f"A parameter's value is not valid. {_TEMPLATE}"),
    132012: Meaning(ChakraRequestError, f"A parameter's form differs from the template's. {_TEMPLATE}"),
    132015: Meaning(ChakraRequestError, "The template is paused for low quality: edit it, or use another."),
    132016: Meaning(ChakraRequestError, "The template is disabled for good: use another."),
    132018: Meaning(ChakraRequestError, f"The template's parameters are not valid. {_TEMPLATE}"),
    132068: Meaning(ChakraRequestError, "The flow is blocked: mend it in Meta's WhatsApp Manager."),
    133000: Meaning(ChakraAuthError, f"An earlier deregistration of the number is not complete. {_ACCOUNT}"),
    133005: Meaning(ChakraAuthError, f"The PIN is wrong. {_ACCOUNT}"),
    133006: Meaning(ChakraAuthError, f"The number must be verified again. {_ACCOUNT}"),
    133008: Meaning(ChakraAuthError, f"Too many wrong PINs were tried. {_ACCOUNT}"),
    133009: Meaning(ChakraAuthError, f"PINs were tried too fast. {_ACCOUNT}"),
    133015: Meaning(ChakraAuthError, "The number was just deleted. Wait five minutes before registering it."),
}
CODES |= dict.fromkeys(
    range(200, 300), Meaning(ChakraAuthError, f"A permission for WhatsApp's API is missing. {_RIGHTS}")
)

STATUSES: dict[int, Meaning] = {
    401: Meaning(ChakraAuthError, f"ChakraHQ does not accept the token, or its role. {_CREDENTIAL} {_ROLE}"),
    402: Meaning(
        ChakraPlanError, "ChakraHQ's plan does not include this: look at the plan in ChakraHQ's settings."
    ),
    403: Meaning(ChakraAuthError, f"The token may not do this. {_ROLE}"),
    404: Meaning(
        ChakraNotFoundError,
        "Check the ids that were asked for, the host, the plugin id (WhatsApp Setup > three dots > Copy "
        "Plugin Id) and the phone number id.",
    ),
    429: Meaning(ChakraThrottledError, f"ChakraHQ's rate limit is reached. {_SLOWER}", SECONDS),
}

_REDIRECT = Meaning(
    ChakraRequestError,
    "The host answers with a redirect: put the address that it leads to into the connection.",
)
_OTHER_REQUEST = Meaning(ChakraRequestError, "The request is not acceptable as it is.")


def meaning_of(status: int, code: int | None) -> Meaning:
    """
    Tell what an error answer means.

    :param status: its HTTP status.
    :param code: WhatsApp's error code in it, if any.
    :return: the meaning: of the code if it is known, else of the status.
    """
    if code is not None and code in CODES:
        return CODES[code]
    if status in STATUSES:
        return STATUSES[status]
    if 300 <= status < 400:
        return _REDIRECT
    return _OTHER_REQUEST
