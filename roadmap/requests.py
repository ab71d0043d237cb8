"""Each request has a name: in the answer, in every line of the log, on the page of an error, with its Celery tasks."""

import logging
import re
import uuid
from time import monotonic

from django.conf import settings

from . import logs

logger = logging.getLogger(__name__)
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def name_middleware(get_response):
    """Take the name that a proxy gave, where it is a sane one, or make one; log a line where the answer refuses."""

    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex
        begun = monotonic()
        with logs.of_request(request.request_id):
            response = get_response(request)
            response.headers["X-Request-ID"] = request.request_id
            _log(request, response, round((monotonic() - begun) * 1000))
        return response

    return middleware


def _log(request, response, milliseconds):
    """What broke has its line, with the cause, from Django."""
    status = response.status_code
    if 400 <= status < 500:
        level = logging.WARNING
    elif settings.LOG_REQUESTS:
        level = logging.INFO
    else:
        return
    match, path = request.resolver_match, logs.safe_path(request)
    values = {"method": request.method, "path": path, "status": status, "milliseconds": milliseconds}
    extra = {**values, "view": match.view_name if match else ""}
    logger.log(level, "%(method)s %(path)s %(status)s in %(milliseconds)s ms", values, extra=extra)
