"""How answers leave: what a page may load and who may frame it, how long it is kept, and how small it travels."""

from django.conf import settings
from django.middleware.gzip import GZipMiddleware

# Everything from this host alone, and nothing written into the page itself: neither scripts nor styles.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def policy_middleware(get_response):
    """Tell the browser what a page may do; what a person sees stays with that person and is asked for anew."""

    def middleware(request):
        response = get_response(request)
        # Under DEBUG Django shows an error on a page with its styles and scripts inside.
        if not (settings.DEBUG and response.status_code == 500):
            response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


class PageCompression(GZipMiddleware):
    """Compress what is text; workbooks and evidence are compressed in themselves, and keep their length and ETag.

    Against guessing secrets from the length: Django adds random bytes, and masks the form's token anew each time.
    """

    def process_response(self, request, response):
        is_text = response.headers.get("Content-Type", "").startswith("text/")
        return super().process_response(request, response) if is_text else response
