"""For anybody, signed in or not: is this the document that was approved?"""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reporting import verification
from reporting.contents import MAX_BYTES
from reporting.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """Answer a printed code, `?code=`, where the QR leads, or an uploaded file; nothing is kept."""
    upload, code = request.FILES.get("document"), request.GET.get("code", "").strip()[:100]
    shown = {"code": code, "name": upload.name if upload else "", "limit": MAX_BYTES // 1024**2}
    try:
        if request.method == "POST":
            shown["answer"] = _by_file(upload)
        elif code:
            shown["answer"] = verification.by_code(code)
    except Refused as error:
        shown["code_refusal" if code and not upload else "refusal"] = str(error)
    return render(request, "reporting/verify.html", shown)


def _by_file(upload):
    if not upload:
        raise Refused(_("Choose the file first."))
    return verification.by_file(upload.read(MAX_BYTES + 1))
