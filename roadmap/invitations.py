"""Invitations: a link by which a person who has no password yet sets one, by mail or by hand."""

import smtplib

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _


def is_due(user):
    """May the person be invited: able to sign in, and without a password?"""
    return user.is_active and not user.has_usable_password()


def link_for(user, request):
    """Return the address, at the request's host, where the person sets a password; it works once and for some days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("invitation", args=[uid, default_token_generator.make_token(user)])
    return request.build_absolute_uri(path)


def send(users, request):
    """Write to those who are due, each in their own language; call it after the commit.

    Return (who was written to, who has no e-mail address, whom the mail server did not take).
    """
    due = [user for user in users if is_due(user)]
    without = [user for user in due if not user.email]
    left = [user for user in due if user.email]
    sent, failed = [], []
    try:
        with get_connection() as connection:
            while left:
                is_taken = _deliver(_letter(left[0], request), connection)
                (sent if is_taken else failed).append(left.pop(0))
    except OSError:  # the server is not there, or has gone
        failed += left
    return sent, without, failed


def _deliver(letter, connection):
    letter.connection = connection
    try:
        return letter.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):  # this letter; the next may go
        return 0


def _letter(user, request):
    with translation.override(user.language):
        context = {
            "person": user,
            "link": link_for(user, request),
            "host": request.get_host(),
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
            "language": user.language,
        }
        letter = EmailMultiAlternatives(
            subject=_("Your access to roadmap reporting"),
            body=render_to_string("mail/invitation.txt", context),
            to=[user.email],
            headers={"Content-Language": user.language},
        )
        letter.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    return letter


class InvitationView(PasswordResetConfirmView):
    """The page behind the link, in the language of the person unless the reader chose another."""

    template_name = "registration/invitation.html"
    success_url = reverse_lazy("start")
    post_reset_login = True

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and is_due(user) else None

    def dispatch(self, request, *args, **kwargs):
        user = super().get_user(kwargs["uidb64"])
        has_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
        language = user.language if user and not has_chosen else translation.get_language()
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            response.headers["Content-Language"] = language
            return response.render() if hasattr(response, "render") else response
