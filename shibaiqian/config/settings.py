"""One settings file, driven by the environment; every variable is listed in docs/operations.md."""

import datetime as dt
import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop
from psycopg.conninfo import conninfo_to_dict

from shibaiqian.base import crypto
from shibaiqian.base.embedded_postgres import Cluster
from shibaiqian.config import field_app
from shibaiqian.config.home import Home
from shibaiqian.config.outside import hosts_of, smtp_of

PACKAGE = Path(__file__).resolve().parents[1]
HOME = Home.of_environment()

DEBUG = os.environ.get("SHIBAIQIAN_DEBUG") == "1"

# The embedded server by default; any PostgreSQL >= 15 by DATABASE_URL (the app's login) and DATABASE_OWNER_URL (migrations).
EMBEDDED = not os.environ.get("DATABASE_URL")
DATABASE_ROLE = os.environ.get("SHIBAIQIAN_DATABASE_ROLE", "app")
APP_ROLE = os.environ.get("SHIBAIQIAN_APP_ROLE", "shibaiqian_app")


def _database_url() -> str:
    if EMBEDDED:
        return Cluster(home=HOME.path).url("owner" if DATABASE_ROLE == "owner" else "app")
    if DATABASE_ROLE == "owner":
        return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    return os.environ["DATABASE_URL"]


def _database() -> dict[str, object]:
    parts = conninfo_to_dict(_database_url())
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in parts.items() if key not in named}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{setting: str(parts.get(key) or "") for key, setting in named.items()},
        # No prepared plans: a plan cached for a prefecture and reused for a village is 200 times slower under the wall.
        "OPTIONS": {**options, "prepare_threshold": None},
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The demonstration stands still at its date; elsewhere this is empty and the real clock runs.
_date = os.environ.get("SHIBAIQIAN_BUSINESS_DATE") or (
    HOME.demonstration_mark.read_text().strip() if HOME.demonstration_mark.exists() else ""
)
BUSINESS_DATE: dt.date | None = dt.date.fromisoformat(_date) if _date else None
ROOT_REGION = os.environ.get("SHIBAIQIAN_ROOT_REGION", "6110")
BRAND = os.environ.get("SHIBAIQIAN_BRAND", gettext_noop("商洛市“十百千”工程管理平台"))

MASTER_KEY = crypto.ensure_key(HOME.key_file, data_exists=(HOME.path / "files").exists())
SECRET_KEY = crypto.derive_from(MASTER_KEY, "django").hex()

ALLOWED_HOSTS = os.environ.get("SHIBAIQIAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SHIBAIQIAN_ORIGINS", "").split(",") if origin]
HTTPS = os.environ.get("SHIBAIQIAN_HTTPS") == "1"
BEHIND_PROXY = os.environ.get("SHIBAIQIAN_PROXY") == "1"

INSTALLED_APPS = [
    "shibaiqian.config.apps.ConfigApp",  # first: its `migrate` also grants the app role its rights
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "axes",
    "procrastinate.contrib.django",
    "shibaiqian.base",
    "shibaiqian.audit",
    "shibaiqian.access",
    "shibaiqian.regions",
    "shibaiqian.messages.apps.MessagesApp",
    "shibaiqian.indicators",
    "shibaiqian.organisations",
    "shibaiqian.documents",
    "shibaiqian.policy",
    "shibaiqian.cadres",
    "shibaiqian.households",
    "shibaiqian.party",
    "shibaiqian.postings",
    "shibaiqian.assistance",
    "shibaiqian.fieldwork",
    "shibaiqian.voice",
    "shibaiqian.selection",
    "shibaiqian.reports",
    "shibaiqian.imports",
    "shibaiqian.sync",
    "shibaiqian.console",
    "shibaiqian.demo",
]

MIDDLEWARE = [
    "shibaiqian.config.middleware.ClientAddress",
    "shibaiqian.config.middleware.Utf8",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shibaiqian.config.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shibaiqian.config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shibaiqian.access.middleware.SignedIn",
    "axes.middleware.AxesMiddleware",
    "shibaiqian.access.middleware.Acting",
]

ROOT_URLCONF = "shibaiqian.config.urls"
WSGI_APPLICATION = "shibaiqian.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "shibaiqian.config.context.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "shibaiqian.access.backends.LoginBackend",
    "shibaiqian.access.backends.CodeBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/signin/"

# A code of an authenticator after the password: `required` of everybody, `optional`, or `off` as in a demonstration.
SECOND_FACTOR = os.environ.get("SHIBAIQIAN_SECOND_FACTOR") or ("off" if BUSINESS_DATE else "required")
if SECOND_FACTOR not in ("required", "optional", "off"):
    raise ImproperlyConfigured(f"SHIBAIQIAN_SECOND_FACTOR 只能是 required、optional 或 off，不能是“{SECOND_FACTOR}”。")

# Lock by user and address together: an office shares one address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_CALLABLE = "shibaiqian.access.pages.locked_out"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "sbq"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE = dt.timedelta(minutes=30)
SESSION_LONGEST = dt.timedelta(hours=12)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Ways out of the product for notices. Without a mail server nobody is offered e-mail.
SMTP = smtp_of(os.environ.get("SHIBAIQIAN_SMTP_URL", ""))
MAIL_FROM = os.environ.get("SHIBAIQIAN_MAIL_FROM", "")
if SMTP and not MAIL_FROM:
    raise ImproperlyConfigured("设置了 SHIBAIQIAN_SMTP_URL，还要用 SHIBAIQIAN_MAIL_FROM 写明发件地址。")
ROBOT_HOSTS = hosts_of(os.environ.get("SHIBAIQIAN_ROBOT_HOSTS", "qyapi.weixin.qq.com,oapi.dingtalk.com"))
# Hosts that stand inside the office's network, such as a WeCom of the government's own.
ROBOT_INNER_HOSTS = hosts_of(os.environ.get("SHIBAIQIAN_ROBOT_INNER_HOSTS", ""))
ROBOT_CA = os.environ.get("SHIBAIQIAN_ROBOT_CA", "")  # certificates to trust instead of the system's

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME.path / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ROOT = field_app.root(PACKAGE / "static" / "built")
WHITENOISE_INDEX_FILE = True  # /m/ is its index.html
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/.*\.[0-9a-f]{12}\.\w+$"  # Vite hashes the names of what it builds
WHITENOISE_ADD_HEADERS_FUNCTION = field_app.add_headers

FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a sheet of the thousand has a box for each of its people
UPLOAD_LARGEST = 200 * 2**20

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# A worker says every few seconds that it lives; silent for so many seconds, it is taken for dead and its rosters are begun again.
WORKER_SILENT = 30
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful", "update_heartbeat_interval": 5, "stalled_worker_timeout": WORKER_SILENT}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SHIBAIQIAN_LOG", "WARNING")},
}
