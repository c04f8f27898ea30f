"""Django's settings. Everything that differs between installations comes from the environment (docs/architecture.md)."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from kizuna.base.hosting import connections as hosted_connections
from kizuna.base.hosting.allowed import AllowedHosts
from kizuna.base.hosting.secret import secret_key
from kizuna.config.consumers import CONSUMERS
from kizuna.config.declarations import DECLARATIONS
from kizuna.config.jobs import JOBS
from kizuna.config.schedule import SCHEDULE

hosted_connections.install()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
KIZUNA_HOME = Path(os.environ.get("KIZUNA_HOME", "var")).absolute()
KIZUNA_BASE_URL = os.environ.get("KIZUNA_BASE_URL", "").rstrip("/")
KIZUNA_MAIL_URL = os.environ.get("KIZUNA_MAIL_URL", "")
EMAIL_BACKEND = "kizuna.core.notifications.delivery.backend.LedgerBackend"
IS_HTTPS = urlsplit(KIZUNA_BASE_URL).scheme == "https"
# How many proxies of the operator's own stand in front; X-Forwarded-For is believed only that far.
KIZUNA_TRUSTED_PROXIES = int(os.environ.get("KIZUNA_TRUSTED_PROXIES", "0"))

SECRET_KEY = os.environ.get("KIZUNA_SECRET_KEY") or secret_key(KIZUNA_HOME)
# Earlier secrets, separated by spaces: what was sealed or signed under them is still read.
SECRET_KEY_FALLBACKS = os.environ.get("KIZUNA_SECRET_KEY_FALLBACKS", "").split()
# Inner machines that may be asked (identity providers), as "host:port" separated by spaces, and who answers for names.
KIZUNA_OUTBOUND_ALLOWED = frozenset(os.environ.get("KIZUNA_OUTBOUND_ALLOWED", "").lower().split())
KIZUNA_DNS_SERVER = os.environ.get("KIZUNA_DNS_SERVER", "")
DEBUG = False
ALLOWED_HOSTS = AllowedHosts()

KIZUNA_DECLARATIONS = DECLARATIONS
KIZUNA_CONSUMERS = CONSUMERS
KIZUNA_SCHEDULE = SCHEDULE
KIZUNA_JOBS = JOBS
TASKS = {"default": {"BACKEND": "kizuna.base.jobs.tasks.LedgerBackend", "QUEUES": ["default", "outside"]}}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "kizuna.base.web",
    "kizuna.base.components",
    "kizuna.base.jobs",
    "kizuna.base.tables",
    "kizuna.core.activity",
    "kizuna.core.audit",
    "kizuna.core.community",
    "kizuna.core.members",
    "kizuna.core.identities",
    "kizuna.core.files",
    "kizuna.core.search",
    "kizuna.core.notifications",
    "kizuna.core.inbound",
    "kizuna.core.privacy",
    "kizuna.core.home",
    "kizuna.engagement.discussions",
    "kizuna.engagement.knowledge",
    "kizuna.engagement.referrals",
    "kizuna.engagement.testimonials",
    "kizuna.engagement.surveys",
    "kizuna.success.customers",
    "kizuna.success.imports",
    "kizuna.success.encounters",
    "kizuna.success.inbox",
    "kizuna.success.mailbox",
    "kizuna.success.calls",
    "kizuna.success.answering",
    "kizuna.success.service",
    "kizuna.success.usage",
    "kizuna.success.tasks",
    "kizuna.success.effort",
    "kizuna.success.origins",
    "kizuna.interfaces.api",
    "kizuna.interfaces.integrations",
    "kizuna.interfaces.webhooks",
    "kizuna.interfaces.chat",
    "kizuna.interfaces.hooks",
    "kizuna.interfaces.widget",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kizuna.base.components.middleware.SecurityHeadersMiddleware",
    "kizuna.base.web.middleware.HeadMiddleware",
    "kizuna.base.web.middleware.CleanTextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kizuna.core.members.flow.FlowSessionMiddleware",
    "kizuna.core.community.middleware.GenerationsMiddleware",
    "kizuna.core.members.middleware.ViewerMiddleware",
    "kizuna.base.components.middleware.WrongMethodMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
MESSAGE_STORAGE = "kizuna.base.components.messages.QuietCookieStorage"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

ROOT_URLCONF = "kizuna.config.urls"
WSGI_APPLICATION = "kizuna.config.wsgi.application"

# The real database of each community is found by base.hosting; outside a community there is none.
DATABASES = {"default": {"ENGINE": "kizuna.base.hosting.nowhere"}}
DATABASE_ROUTERS = ["kizuna.base.hosting.connections.CommunityRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "members.Member"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "kizuna.core.home.chrome.chrome_context",
            ]
        },
    }
]
KIZUNA_CHROME = "kizuna.core.home.chrome.chrome_for"  # what base draws around its patterns
FORM_RENDERER = "kizuna.base.components.renderer.KizunaRenderer"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
FORMAT_MODULE_PATH = ["kizuna.base.web.formats"]

STATIC_URL = "/static/"
# Gathered and compressed by bin/setup. Addresses carry the content's hash (`?v=`), so browsers may keep them for good.
STATIC_ROOT = BASE_DIR / "build" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
WHITENOISE_MAX_AGE = 31_536_000

FILE_UPLOAD_HANDLERS = [
    "kizuna.core.files.uploads.Guard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-flow" if IS_HTTPS else "flow"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_FAILURE_VIEW = "kizuna.base.web.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
# Sessions belong to flows under way (signing in, joining); nobody is kept signed in by one (members.signin).
SESSION_COOKIE_AGE = 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "UserAttributeSimilarityValidator", "CommonPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"user_attributes": ("handle", "name", "email", "company")}  # type: ignore[assignment]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# allauth runs the steps of signing in; addresses are proven by our own joining, limits are counted by members.actions.
ACCOUNT_ADAPTER = "kizuna.core.members.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "kizuna.core.members.adapters.MFAAdapter"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys without TLS on loopback only, which is the only place where plain http is served.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
