"""Settings of the server; docs/settings.md lists every environment variable read here."""

from __future__ import annotations

import os
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import dj_database_url

from dcim.vocabulary.data_folder import data_folder, generated_secret
from dcim.vocabulary.errors import InvalidInput

BASE_DIR = Path(__file__).resolve().parent.parent


def env_bool(name: str, *, default: bool) -> bool:
    """The truth of the environment variable `name`: 1, true, yes or on; 0, false, no or off."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise InvalidInput(f"“{value}” is neither true nor false.", field=name, hint="Write 1 or 0.")


def env_list(name: str, default: str) -> list[str]:
    """The comma-separated words of the environment variable `name`."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def log_keys() -> list[str]:
    """The keys of the change log's chain: the first makes new links, older ones prove theirs."""
    keys = env_list("LUMBUNG_LOG_KEY", "") or generated_secret(DATA_DIR / "log_key").split()
    if not keys or min(map(len, keys)) < LEAST_LOG_KEY:
        raise InvalidInput(
            f"A key of the change log has fewer than {LEAST_LOG_KEY} characters.",
            field="LUMBUNG_LOG_KEY",
            hint="Take for example what `openssl rand -hex 32` prints.",
        )
    return keys


def env_hour(name: str, default: str) -> time | None:
    """The hour of the environment variable `name`, HH:MM; None for off."""
    value = os.environ.get(name, "").strip().lower() or default
    try:
        return None if value == "off" else time.fromisoformat(value)
    except ValueError as err:
        raise InvalidInput(
            f"“{value}” is no hour of a day.", field=name, hint="Write for example 02:00, or off."
        ) from err


def env_count(name: str, default: int) -> int:
    """The number of the environment variable `name`, from 1 on."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise InvalidInput(f"“{value}” is no number.", field=name, hint="Write 1 or more.")
    return int(value)


def env_networks(name: str) -> list[str]:
    """The addresses and networks of the environment variable `name`."""
    stated = env_list(name, "")
    for one in stated:
        try:
            ip_network(one)
        except ValueError as err:
            raise InvalidInput(
                f"“{one}” is no network.", field=name, hint="Write for example 10.0.0.0/24."
            ) from err
    return stated


DATA_DIR = data_folder()
LEAST_LOG_KEY = 32  # characters
SECRET_KEY = os.environ.get("LUMBUNG_SECRET_KEY") or generated_secret(DATA_DIR / "secret_key")
LOG_KEYS = log_keys()
LOG_HEADS = Path(os.environ.get("LUMBUNG_LOG_HEADS") or DATA_DIR / "log-heads")
# The emergency book: where it is brought, with which token, how many are kept, and when it is made.
BOOK_TO = os.environ.get("LUMBUNG_BOOK_TO") or ""
BOOK_TOKEN = os.environ.get("LUMBUNG_BOOK_TOKEN") or ""
BOOK_KEEP = env_count("LUMBUNG_BOOK_KEEP", 14)
BOOK_AT = env_hour("LUMBUNG_BOOK_AT", "02:00")
RECLAIM_COPY_DAYS = env_count("LUMBUNG_RECLAIM_COPY_DAYS", 7)
JOB_RETENTION_DAYS = env_count("LUMBUNG_JOB_RETENTION", 90)
DEBUG = env_bool("LUMBUNG_DEBUG", default=False)
ALLOWED_HOSTS = env_list("LUMBUNG_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# Whose word on where a request comes from is taken: addresses or networks of reverse proxies.
TRUSTED_PROXIES = env_networks("LUMBUNG_TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = env_list("LUMBUNG_TRUSTED_ORIGINS", "")
# Cookies travel in clear only where the server itself is reached without TLS, as on a laptop.
BEHIND_TLS = env_bool("LUMBUNG_TLS", default=False)
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "rest_framework",
    "api",
    "drf_spectacular",
    "dcim",  # before the queue, whose command db_worker it widens
    "provisioning.runs",
    "django_tasks_db",
]
# Kinds of jobs of rooms above the record's, by name; see dcim/actions/jobs/kinds.py.
JOB_KINDS = {
    "provisioning.look": "provisioning.runs.queued.LOOK",
    "provisioning.apply": "provisioning.runs.queued.APPLY",
    "drift.scan": "provisioning.runs.drift.job.SCAN",
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MIDDLEWARE = [
    "api.http.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "dcim.urls"
WSGI_APPLICATION = "dcim.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "dcim" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dcim.web.frame.context.frame",
            ],
            "builtins": ["dcim.web.values.tags"],
        },
    },
]


def database_settings() -> dict[str, Any]:
    """The database that DATABASE_URL names, else a SQLite file in the data folder.

    SQLite takes its write lock when a transaction begins (IMMEDIATE) and waits for it, so that
    writers queue instead of failing; WAL lets readers go on meanwhile.
    """
    default = f"sqlite:///{DATA_DIR / 'lumbung.sqlite3'}"
    url = os.environ.get("DATABASE_URL") or default
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    except ValueError as err:
        raise InvalidInput(
            "It is not the address of a database.",
            field="DATABASE_URL",
            hint="Write it as postgres://USER:PASSWORD@HOST:PORT/NAME, or leave it out for SQLite.",
        ) from err
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    return settings


DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "dcim.User"
AUTHENTICATION_BACKENDS = ["dcim.actions.accounts.sign_in.Passwords"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = os.environ.get("LUMBUNG_LANGUAGE") or "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
TIME_ZONE = os.environ.get("LUMBUNG_TIME_ZONE") or "Asia/Makassar"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "dcim" / "web" / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns at every start of a folder that is not there
WHITENOISE_USE_FINDERS = True  # a checkout serves its files as they are, without a collecting step

# Larger bodies are answered with 413, longer lists of rows with 400; both name the limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
API_MAX_ROWS = 10_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.http.auth.TokenAuthentication",
        "api.http.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.http.auth.ModelPermissions"],
    "DEFAULT_RENDERER_CLASSES": ["api.http.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.http.parsing.BodyParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.http.parsing.JsonAlways",
    "DEFAULT_METADATA_CLASS": "api.options.Options",
    "DEFAULT_PAGINATION_CLASS": "api.http.paging.LimitOffset",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.http.errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lumbung",
    "DESCRIPTION": "Inventory and capacity planner for regional data centres.",
    "VERSION": "0.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["api.openapi.compact.tell_refusals", "api.openapi.compact.share"],
    "SCHEMA_PATH_PREFIX": "/api/",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LUMBUNG_LOG_LEVEL") or "WARNING"},
}
