"""E-mail by the office's own SMTP server."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

TIMEOUT = 10


class LetterDelayed(Exception):
    """The server could not be reached or asks to try later: worth another attempt."""


class LetterDeclined(Exception):
    """The server does not take letters for this address."""


def can_send() -> bool:
    """Whether a server is set up (`SHIBAIQIAN_SMTP_URL`)."""
    return bool(settings.SMTP)


def send_letter(address: str, *, subject: str, text: str) -> None:
    """Send one plain letter. Raises LetterDelayed, LetterDeclined."""
    backend = EmailBackend(timeout=TIMEOUT, **settings.SMTP)
    letter = EmailMessage(subject, text, from_email=settings.MAIL_FROM, to=[address], connection=backend)
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as why:
        codes = [code for code, _ in why.recipients.values()]
        if all(code >= 500 for code in codes):
            raise LetterDeclined(f"SMTP {codes[0]}") from None
        raise LetterDelayed(f"SMTP {codes[0]}") from None
    except (smtplib.SMTPException, OSError) as why:
        raise LetterDelayed(type(why).__name__) from None
