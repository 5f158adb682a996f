"""All settings, read from the environment. With nothing set the portal runs embedded: one machine, SQLite, no services.

PORTAL_ENV       embedded (default) or production: production demands HTTPS, PostgreSQL, Redis and a SECRET_KEY
VAR_DIR          where everything that is kept lies: database, media, static files, schedules, key (default: var/)
DATABASE_URL     postgresql://user:password@host:5432/name (default: SQLite in VAR_DIR)
DATABASE_POOL    connections to PostgreSQL that one process may hold (PORTAL_THREADS + 2)
REDIS_URL        redis://host:6379/0: Celery workers and one beat instead of the embedded beats
SECRET_KEY       at least 50 random characters (default: made once in VAR_DIR)
ALLOWED_HOSTS    names people reach the portal by, with commas (default: this machine only)
PORTAL_PORT      port on the loopback (8000); the stand-in Odoo takes the one 69 above
PORTAL_PROCESSES PORTAL_THREADS   processes, and threads in each, that answer (1, 8)
ODOO_URL ODOO_DB ODOO_USER ODOO_PASSWORD   all four or none; ODOO_TIMEOUT seconds (30)
ODOO_PUBLIC_URL  address of Odoo in the links that people follow (default: ODOO_URL)
ODOO_PROTOCOL    jsonrpc, or json2 for Odoo 19 and later with an API key in ODOO_PASSWORD (jsonrpc)
EMAIL_URL        smtp+tls://user:password@host:587 (default: no mail); EMAIL_FROM the sender
APPROVE_CONFIRM_FROM  from this amount on (base currency, default 5000) the password is asked once more to agree
RECENT_CHANGE_DAYS    who changed a rule, role, price or supplier by hand does not decide what it affects for so long (30)
PORTAL_URL       https://requests.hospital.example: a mail leads to its page there (default: no links in mail)
CLAMD_URL        tcp://host:3310 or unix:/run/clamd.sock: files wait until it finds them clean (default: no scanner)
MRN_SHAPES       how record numbers of patients look, '#' a digit, with commas: SB#######,N######; a text with one warns
LOG_LEVEL        DEBUG INFO WARNING ERROR (INFO)
DEBUG            1 shows tracebacks in the browser (0); never in production
DEMO             empty: the first start of serve --demo plays no past requests (full)
PORTAL_DEMO      1 lets a visitor pick whom to be and opens the tour (0; serve --demo sets it); never in production
SEED_PASSWORD    password of the accounts that the seed makes (portal-demo)
"""

import os
from pathlib import Path

import fontpkg_atkinson_hyperlegible
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_ENV = env.one_of("PORTAL_ENV", "embedded", ("embedded", "production"))
PRODUCTION = PORTAL_ENV == "production"
TESTING = env.flag("PORTAL_TESTING", "PYTEST_VERSION" in os.environ)  # pytest sets PYTEST_VERSION for its run
DEBUG = env.flag("DEBUG", False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured(
        "DEBUG=1 would show data to anybody. Leave DEBUG out where PORTAL_ENV=production."
    )

DEMO = env.flag("PORTAL_DEMO", False)
DEMO_PLAYED = env.one_of("DEMO", "full", ("full", "empty")) == "full"
if DEMO and PRODUCTION:
    raise ImproperlyConfigured(
        "PORTAL_DEMO=1 would let anybody be anybody. Leave PORTAL_DEMO out where PORTAL_ENV=production."
    )
SEED_PASSWORD = env.text("SEED_PASSWORD", "portal-demo")  # printed on purpose: for demonstration only

VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).absolute()
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as refused:
    raise env.refuse(
        "VAR_DIR", str(VAR_DIR), f"Name a folder that can be written to ({refused.strerror})."
    ) from refused

if PRODUCTION and not env.text("SECRET_KEY"):
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. PORTAL_ENV=production needs one of at least 50 random characters."
    )
SECRET_KEY = env.text("SECRET_KEY") or ("only-for-tests" if TESTING else env.key_kept_in(VAR_DIR))
if PRODUCTION and not env.text("ALLOWED_HOSTS"):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set. PORTAL_ENV=production needs the names people reach the portal by."
    )
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
PORTAL_PORT = env.number("PORTAL_PORT", 8000, low=1, high=65_466)
PORTAL_PROCESSES = env.number("PORTAL_PROCESSES", 1, low=1, high=64)
PORTAL_THREADS = env.number("PORTAL_THREADS", 8, low=1, high=64)

# --- apps -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "lucide",
    "guardian",
    "auditlog",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "csp",
    "portal.accounts",
    "portal.audit",
    "portal.notify",
    "requests_app",
    "approvals",
    "sla",
    "integrations",
    "portal.desk",
    "portal",  # last: its ready() connects the facts of all others
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.NoNul",
    "portal.middleware.ReadersZone",
    "portal.middleware.PressedNotOpened",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.audit.middleware.OriginMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------------
DATABASE = env.database("DATABASE_URL", f"sqlite:///{VAR_DIR}/portal.sqlite3")
if DATABASE["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE and WAL: with Django's defaults, 8 writers lost five transactions of six to "database is locked".
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # a file: threads cannot share one in memory
else:
    size = env.number("DATABASE_POOL", 64 if TESTING else PORTAL_THREADS + 2, low=1, high=64)
    DATABASE["OPTIONS"] = {
        **DATABASE.get("OPTIONS", {}),
        "pool": {"min_size": 0, "max_size": size, "timeout": 20},
    }
    DATABASE["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 50  # more than a request takes: too many is a sentence, not a lost form
FILE_UPLOAD_HANDLERS = ["portal.uploads.Bounded"]

# --- pages ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
FONTS = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", FONTS)]
# Unit tests render without collectstatic; browser tests set STATIC_MANIFEST=1.
STATIC_MANIFEST = env.flag("STATIC_MANIFEST", not (TESTING or DEBUG))
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if not STATIC_MANIFEST:
    _static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_MANIFEST
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"  # stored in UTC; a page activates the zone of its hospital

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",  # Django's ModelBackend, plus allauth's ways in
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 would be half of the run
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# A hospital stands behind one address, so limits by address are wide; the limit by account stays.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": "600/m/ip,5/300s/key"}
SESSION_COOKIE_AGE = 12 * 60 * 60  # a shift; not renewed by use

# --- what a browser may do ------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# gunicorn believes X-Forwarded-Proto from the loopback only, so the proxy in front decides what is HTTPS.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading a whole domain is the hospital's to decide
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.strict_json.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.accounts.authentication.TokenAuthentication",
        "portal.accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "portal.accounts.authentication.WithinScope",
    ],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.drf.refuse",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hospital service portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "PREPROCESSING_HOOKS": ["portal.openapi.of_version_one"],
    "POSTPROCESSING_HOOKS": ["portal.openapi.document_refusals"],
}

# --- the world ------------------------------------------------------------------------------------------------------
ODOO_URL = env.address("ODOO_URL", schemes=("http", "https"))
ODOO_DB = env.text("ODOO_DB")
ODOO_USER = env.text("ODOO_USER")
ODOO_PASSWORD = env.text("ODOO_PASSWORD")
ODOO_PUBLIC_URL = env.address("ODOO_PUBLIC_URL", ODOO_URL, schemes=("http", "https"))
ODOO_TIMEOUT = env.number("ODOO_TIMEOUT", 30, low=1, high=300)
ODOO_PROTOCOL = env.one_of("ODOO_PROTOCOL", "jsonrpc", ("jsonrpc", "json2"))
EMAIL_URL = env.text("EMAIL_URL")
vars().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "portal@localhost")
PORTAL_URL = env.address("PORTAL_URL", schemes=("http", "https")).rstrip("/")

CLAMD_URL = env.socket_address("CLAMD_URL")
# From this amount on, in the base currency, agreeing takes the password once more (approvals/step_up.py).
APPROVE_CONFIRM_FROM = env.number("APPROVE_CONFIRM_FROM", 5_000, low=1, high=1_000_000_000)
# Who changed a rule, a role, a price or a supplier by hand does not decide what it affects (approvals/recent_changes.py).
RECENT_CHANGE_DAYS = env.number("RECENT_CHANGE_DAYS", 30, low=0, high=365)
MRN_SHAPES = env.shapes("MRN_SHAPES")

# --- background -----------------------------------------------------------------------------------------------------
REDIS_URL = env.address("REDIS_URL", schemes=("redis", "rediss"))
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Above the longest task, or Redis hands a task that still runs to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 600, "unacked_restore_throttle": 1} if REDIS_URL else {}
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL and not TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        "gunicorn.http.wsgi": {"level": "ERROR"},  # it warns of every HEAD
        "celery.worker.strategy": {
            "level": "WARNING"
        },  # a line when a task is taken, beside the one when it is done
    },
}
