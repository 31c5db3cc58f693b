"""The second factor: a code of an authenticator (RFC 6238) asked for after the password. It proves nothing else.

A code is taken once, at most one step of 30 seconds early or late. Ten recovery codes stand in for a lost phone, each once;
only their keyed digests are kept. `SHIBAIQIAN_SECOND_FACTOR` says whether everybody must have one.
"""

import datetime as dt
import hmac
import secrets
import unicodedata
from enum import StrEnum

import pyotp
from django.conf import settings
from django.db import transaction

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.models import SecondFactor, User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock, crypto

STEP = 30
DRIFT = 1
RECOVERY_CODES = 10
# Without characters that are mistaken for each other: 10 of these are 49 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LONGEST_CODE = 20
ISSUER = "十百千"  # short: it stands in the QR code twice


class Mode(StrEnum):
    """Whether a second factor is wanted: of everybody, of who has set one up, of nobody."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


class Proof(StrEnum):
    """What was typed after the password."""

    CODE = "code"
    RECOVERY = "recovery"


class FactorInThatState(Refused):
    """It is set up already, or not yet."""


class CodeWrong(Refused):
    """The code is wrong, of another time, or was used."""


def mode() -> Mode:
    return Mode(settings.SECOND_FACTOR)


def factor_of(user: User) -> SecondFactor | None:
    """The factor as it stands: confirmed, or being set up."""
    return SecondFactor.objects.filter(user=user).exclude(secret_sealed=b"").first()


def is_asked_of(user: User) -> bool:
    """Whether sign-in asks this user for a code."""
    return mode() is not Mode.OFF and SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    factor = factor_of(user)
    return len(factor.recovery_digests) if factor else 0


def spend(user: User, typed: str) -> Proof | None:
    """Use a code or recovery code up; None when it is wrong, out of its time, or used. Of two at once one is taken."""
    said = _tidy(typed)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if factor is None:
            return None
        step = _step_of(factor, said)
        if step is not None:
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return Proof.CODE
        digest = _digest(user, said)
        if digest in factor.recovery_digests:
            factor.recovery_digests = [kept for kept in factor.recovery_digests if kept != digest]
            factor.save(update_fields=["recovery_digests"])
            return Proof.RECOVERY
    return None


@command(Permission.KEEP_OWN_ACCOUNT)
def start_second_factor(user: User, *, by: Actor) -> SecondFactor:
    """Make a secret for one's own authenticator. It asks for nothing until a code of it was typed (`confirm_second_factor`)."""
    _must_be_own(user, by=by)
    factor = SecondFactor.objects.select_for_update().filter(user=user).first() or SecondFactor(user=user)
    if factor.confirmed_at is not None:
        raise FactorInThatState("动态口令已经启用。换手机请先停用，再重新设置。")
    factor.secret_sealed = crypto.seal(pyotp.random_base32(), row=str(user.pk))
    factor.last_step, factor.recovery_digests = 0, []
    factor.save()
    return factor


@command(Permission.KEEP_OWN_ACCOUNT, redact=("code",))
def confirm_second_factor(user: User, *, code: str, by: Actor) -> tuple[str, ...]:
    """Prove that the authenticator has the secret; from the next sign-in on it is asked. Returns the recovery codes, shown once."""
    _must_be_own(user, by=by)
    factor = _being_set_up(user)
    step = _step_of(factor, _tidy(code))
    if step is None:
        raise CodeWrong("动态口令不正确。请核对手机时间是否准确，输入手机上当前显示的 6 位数字。")
    factor.last_step, factor.confirmed_at = step, clock.wall_now()
    codes = _renew(factor)
    factor.save()
    return codes


@command(Permission.KEEP_OWN_ACCOUNT, redact=("code",))
def renew_recovery_codes(user: User, *, code: str, by: Actor) -> tuple[str, ...]:
    """New recovery codes for one's own account; the old ones no longer work. Asks for a code of now."""
    _must_be_own(user, by=by)
    _must_prove(user, code)
    factor = SecondFactor.objects.select_for_update().get(user=user)
    codes = _renew(factor)
    factor.save(update_fields=["recovery_digests"])
    return codes


@command(Permission.KEEP_OWN_ACCOUNT, redact=("code",))
def drop_second_factor(user: User, *, code: str, by: Actor) -> User:
    """Take one's own second factor away, as for a new phone: with a code or recovery code. Other sessions end."""
    _must_be_own(user, by=by)
    _must_prove(user, code)
    return _drop(user)


@command(Permission.MANAGE_ACCOUNTS)
def reset_second_factor(user: User, *, reason: str, by: Actor) -> User:
    """Take somebody's second factor away because phone and recovery codes are lost; their sessions end, and they set up a new one."""
    if by.user_id == user.pk:
        raise OwnCase("不能重置自己的动态口令。请由另一名系统管理员办理，或使用恢复码登录。")
    if factor_of(user) is None:
        raise FactorInThatState(f"账号“{user.login}”没有设置动态口令，不用重置。")
    return _drop(user)


def uri_of(factor: SecondFactor, user: User) -> str:
    """What the QR code says (otpauth://…), for the page that sets it up."""
    return pyotp.TOTP(secret_of(factor)).provisioning_uri(name=user.login, issuer_name=ISSUER)


def secret_of(factor: SecondFactor) -> str:
    """The secret in base 32, to be typed where no camera is."""
    return crypto.unseal(bytes(factor.secret_sealed), row=str(factor.user_id))


def _must_be_own(user: User, *, by: Actor) -> None:
    if by.user_id != user.pk:
        raise NotVisible("User")


def _must_prove(user: User, code: str) -> None:
    """The page counts a wrong guess as the door does, so that a stolen session gets no free ones."""
    if spend(user, code) is None:
        raise CodeWrong("动态口令或恢复码不正确，没有办理。请输入手机上当前显示的、还没有用过的 6 位数字。")


def _being_set_up(user: User) -> SecondFactor:
    factor = SecondFactor.objects.select_for_update().filter(user=user).exclude(secret_sealed=b"").first()
    if factor is None:
        raise FactorInThatState("还没有开始设置动态口令。请先点“开始设置”。")
    if factor.confirmed_at is not None:
        raise FactorInThatState("动态口令已经启用，不用再确认。")
    return factor


def _drop(user: User) -> User:
    """Emptied, not deleted: the app deletes no rows here."""
    SecondFactor.objects.filter(user=user).update(secret_sealed=b"", confirmed_at=None, recovery_digests=[])
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    return locked


def _renew(factor: SecondFactor) -> tuple[str, ...]:
    codes = tuple("".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES))
    factor.recovery_digests = [_digest(factor.user, code) for code in codes]
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def _step_of(factor: SecondFactor, said: str) -> int | None:
    """The step of time whose code this is, when it is near now and later than the last one taken."""
    totp, now = pyotp.TOTP(secret_of(factor), interval=STEP), _step_at(clock.wall_now())
    near = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(totp.generate_otp(step), said)]
    return next((step for step in reversed(near) if step > factor.last_step), None)


def _step_at(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // STEP


def _digest(user: User, code: str) -> str:
    return crypto.blind(f"recovery/{user.pk}/{code}").hex()


def _tidy(typed: str) -> str:
    """As written down: without spaces and hyphens, half width, small letters."""
    plain = unicodedata.normalize("NFKC", typed[: 2 * LONGEST_CODE])
    return "".join(c for c in plain if c.isascii() and c.isalnum()).lower()
