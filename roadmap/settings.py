"""Settings. The environment is read strictly (`roadmap/environment.py`); defaults are safe only for a local try."""

import os
from pathlib import Path

import environ
from celery.schedules import crontab

from . import logs
from .environment import address, choice, day, flag, refuse, required, secret, whole_number

# openpyxl writes with lxml where that is there; the bytes of a workbook must not hang on it.
os.environ.setdefault("OPENPYXL_LXML", "False")

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(required("ROADMAP_VAR", debug=True, default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = flag("DEBUG", True)
SECRET_KEY = required("SECRET_KEY", debug=DEBUG, default="only-for-a-local-try-" + "x" * 40)
ALLOWED_HOSTS = [
    host.strip()
    for host in required("ALLOWED_HOSTS", debug=DEBUG, default="localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]
if not ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS", "names no host")
ROADMAP_TODAY = day("ROADMAP_TODAY", debug=DEBUG)

INSTALLED_APPS = [
    "roadmap",
    "reporting",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "django_prometheus",
]
MIDDLEWARE = [
    "roadmap.requests.name_middleware",
    "roadmap.probes.machines_middleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "roadmap.delivery.PageCompression",
    "roadmap.delivery.policy_middleware",
    "roadmap.views.no_null_bytes_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "roadmap.language.ReaderLanguageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "roadmap.views.not_found_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "roadmap.metrics.RequestFigures",
]
ROOT_URLCONF = "roadmap.urls"
WSGI_APPLICATION = "roadmap.wsgi.application"
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
                "roadmap.context.reader",
            ],
        },
    },
]

# Database: persistent connections; on SQLite every transaction takes the write lock at once and waits for it.
DATABASE_URL = address(
    "DATABASE_URL",
    debug=DEBUG,
    default=f"sqlite:///{VAR_DIR / 'roadmap.sqlite3'}",
    schemes=("postgres", "postgresql", "sqlite"),
)
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if not DATABASES["default"]["NAME"]:
    refuse("DATABASE_URL", "names no database")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # In seconds to connect, in milliseconds for a server that has gone: no page waits for a quarter of an hour.
    waits = {"connect_timeout": 5, "tcp_user_timeout": 30_000}
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": waits | DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis is the broker and the cache; without it, under DEBUG, Celery's messages are files.
REDIS_URL = address("REDIS_URL", debug=DEBUG, default="", schemes=("redis", "rediss"))
QUEUE_DIR = VAR_DIR / "queue"
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 5,
        "socket_timeout": 5,
    }  # seconds; a page does not wait longer
else:
    # Files, so that several processes of a local run share what was uploaded for an import.
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
    }
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
    }
    for folder in ("messages", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
CELERY_TIMEZONE = "Asia/Almaty"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "roadmap.beat.Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # First, so that the windows are opened for who answers from this day on.
    "apply-acts": {"task": "reporting.tasks.apply_acts", "schedule": crontab(hour=0, minute=0)},
    "open-executor-windows": {"task": "reporting.tasks.open_executor_windows", "schedule": crontab(hour=0, minute=1)},
    "open-ministry-windows": {"task": "reporting.tasks.open_ministry_windows", "schedule": crontab(hour=0, minute=2)},
    "send-mail": {"task": "reporting.tasks.send_mail", "schedule": crontab(minute="*/10")},
    "make-summary-files": {"task": "reporting.tasks.make_summary_files", "schedule": crontab(minute="*")},
}

EMAIL_CONFIG = environ.Env.email_url_config(
    address(
        "EMAIL_URL",
        debug=DEBUG,
        default="consolemail://",
        schemes=("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail"),
    )
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20  # seconds
_HOST = ALLOWED_HOSTS[0].lstrip("*.") or "localhost"
SITE_URL = address(  # what links in letters begin with
    "SITE_URL",
    debug=True,
    default="http://127.0.0.1:8000" if DEBUG else f"https://{_HOST}",
    schemes=("http", "https"),
).rstrip("/")
DEFAULT_FROM_EMAIL = required("MAIL_FROM", debug=True, default=f"roadmap@{_HOST}")

# People
AUTH_USER_MODEL = "roadmap.User"
AUTHENTICATION_BACKENDS = ["roadmap.access.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "roadmap.views.csrf_failure"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"

# Language and time: Kazakh first; one zone.
LANGUAGE_CODE = "kk"
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
# Our own words, then what Django's Kazakh lacks; both win over the packages' own.
LOCALE_PATHS = [BASE_DIR / "roadmap" / "locale", BASE_DIR / "roadmap" / "locale_django"]
FORMAT_MODULE_PATH = ["roadmap.formats"]
TIME_ZONE = "Asia/Almaty"
USE_TZ = True

# The style sheets and scripts: under names of their content, compressed, and served by the application itself.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else STATIC_STORAGE,
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Files: evidence lies outside any public folder and is served by `/evidence/<pk>/` alone.
EVIDENCE_ROOT = VAR_DIR / "evidence"
EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # an act's page has two for each of its bodies

# django-import-export lets everybody in, and writes formulas, unless it is told not to.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG

# Logs, health and figures
LOGGING = logs.configuration(choice("LOG_FORMAT", "text", "json"))
LOG_REQUESTS = flag("LOG_REQUESTS", False)  # those that were answered well, too
LEAST_FREE_MB = whole_number("LEAST_FREE_MB", 200)  # below it `/readyz` says that there is little room
METRICS_TOKEN = secret("METRICS_TOKEN", least=16)  # without it there is no `/metrics`
PROMETHEUS_EXPORT_MIGRATIONS = False
