"""Django's settings, made of the environment (`ground.environment`). No business choice is ever here."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from oarlock.ground import environment
from oarlock.store.databases import database
from oarlock.store.keys import keys_folder, session_key
from oarlock.web.accounts.mail import mail_settings
from oarlock.web.hushing import Hush

OARLOCK = environment.read(os.environ)

DEBUG = False
SECRET_KEY = OARLOCK.secret_key or (
    session_key(OARLOCK.home) if keys_folder(OARLOCK.home).is_dir() else token_urlsafe(50)
)
"""A tool that only looks at the settings (types, migrations) makes no workspace and gets a key that lasts as long."""
ALLOWED_HOSTS = list(OARLOCK.hosts)
DATABASES: dict[str, Any] = {"default": database(OARLOCK.home, OARLOCK.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
ROOT_URLCONF = "oarlock.web.urls"
WSGI_APPLICATION = "oarlock.web.wsgi.application"
AUTH_USER_MODEL = "store.Member"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "oarlock.store",
    "oarlock.web",
]

MIDDLEWARE = [
    "oarlock.web.metering.Metering",
    "django.middleware.security.SecurityMiddleware",
    "oarlock.web.policy.policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "oarlock.web.problems.Problems",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(Path(__file__).parent / "web" / "templates")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oarlock.web.shell.shell",
            ],
            "builtins": ["oarlock.web.templatetags.figures"],
        },
    }
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "oarlock.web.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"login": "oarlock.web.accounts.forms.SignInForm"}
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3
if OARLOCK.behind_proxy:
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Oarlock"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = OARLOCK.address is None or OARLOCK.address.startswith("http://")

SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = True
"""By a link, for a form may not lead to another host (content policy); state and PKCE hold the answer to the asker."""
SOCIALACCOUNT_ADAPTER = "oarlock.web.accounts.adapter.SignOn"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OARLOCK.sign_on is not None:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OARLOCK.sign_on.name,
                "client_id": OARLOCK.sign_on.client_id,
                "secret": OARLOCK.sign_on.client_secret,
                "settings": {"server_url": OARLOCK.sign_on.issuer},
            }
        ],
    }

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
_HTTPS = OARLOCK.address is not None and OARLOCK.address.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "__Host-oarlock" if _HTTPS else "oarlock"
CSRF_COOKIE_NAME = "__Host-oarlock-form" if _HTTPS else "oarlock-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "oarlock.web.problems.forged"
CSRF_TRUSTED_ORIGINS = [OARLOCK.address] if OARLOCK.address else []
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if OARLOCK.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [("web", str(Path(__file__).parent / "charts" / "sheet"))]
"""The one stylesheet lies with the charts: a report in a file and a page of the application wear the same."""
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
globals().update(mail_settings(OARLOCK.mail_url))
DEFAULT_FROM_EMAIL = OARLOCK.mail_from
SERVER_EMAIL = OARLOCK.mail_from

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"hush": {"()": Hush}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hush"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
