"""The words of the mails: what counts for each occasion and language, edited, looked at, and brought back."""

import logging
from email.utils import make_msgid
from smtplib import SMTPException

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict
from reporting.forms import whole_number
from reporting.mail_samples import Sample
from reporting.mail_supplied import SUPPLIED
from reporting.mail_words import clean, faults, one_line
from reporting.models import MailText
from roadmap import clock
from roadmap.delivery import CONTENT_SECURITY_POLICY
from roadmap.models import Roadmap

from .base import ReadOnlyAdmin, require

# The letter stands in a frame without scripts, forms or an origin; its styles are written into it, as mails need it.
PREVIEW_POLICY = f"{CONTENT_SECURITY_POLICY}; style-src 'self' 'unsafe-inline'"
LANGUAGES = dict(settings.LANGUAGES)

logger = logging.getLogger(__name__)


class WordsForm(forms.ModelForm):
    """`seen`: the number of the state that the reader began from."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = MailText
        fields = ("subject", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "body": gettext_lazy(
                "An empty line begins a new paragraph. Markup is shown as it is typed. A line whose value is not "
                "known is left out. The greeting, the button and the footer are added by themselves."
            ),
        }

    def __init__(self, *args, sample, **kwargs):
        super().__init__(*args, **kwargs)
        self.placeholders = SUPPLIED[sample.occasion].placeholders
        for name in ("subject", "body"):
            self.fields[name].required = True
            self.fields[name].widget.attrs["lang"] = sample.language

    def clean_subject(self):
        return self._checked(one_line(self.cleaned_data["subject"]))

    def clean_body(self):
        return self._checked(clean(self.cleaned_data["body"]))

    def _checked(self, text):
        if not text:
            raise ValidationError(_("Write something that can be read."))
        found = faults(text, self.placeholders)
        if found:
            raise ValidationError(found)
        return text


@admin.register(MailText)
class MailTextAdmin(ReadOnlyAdmin):
    list_select_related = ("roadmap", "written_by")
    fields = ("roadmap", "occasion", "language", "number", "subject", "body", "written_by", "written_at")

    def get_urls(self):
        return [self.view("words", "<slug:slug>/<slug:occasion>/<slug:language>/", self.words), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Every occasion in every language: as supplied, or since when in words of one's own."""
        require(request, "view_mailtext")
        roadmaps = list(Roadmap.objects.for_user(request.user))
        asked = request.GET.get("roadmap")
        roadmap = next((one for one in roadmaps if asked in (None, one.slug)), None)
        if asked and not roadmap:
            raise Http404
        counting = MailText.objects.counting(roadmap)
        rows = [
            (label, [(code, name, counting.get((occasion, code))) for code, name in settings.LANGUAGES], occasion)
            for occasion, label in MailText.Occasion.choices
        ]
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "roadmaps": roadmaps,
            "roadmap": roadmap,
            "rows": rows,
        }
        return self.page(request, "mail_texts.html", context | {"languages": settings.LANGUAGES})

    def words(self, request, slug, occasion, language):
        """One letter's words. A POST looks at what was typed, sends it to the own address, keeps it, or goes back."""
        require(request, "view_mailtext")
        roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
        if occasion not in MailText.Occasion.values or language not in LANGUAGES:
            raise Http404
        sample = Sample(roadmap, occasion, language, request.user, clock.today())
        if request.method != "POST":
            return self._render(request, sample, self._form(sample))
        require(request, "change_mailtext")
        if "supplied" in request.POST:
            return self._bring_back(request, sample)
        form = WordsForm(request.POST.dict(), sample=sample)
        if not form.is_valid():
            return self._render(request, sample, form)
        if "save" in request.POST and self._keep(request, sample, form):
            messages.success(request, _("Saved. Letters from now on say it in these words."))
            return redirect("admin:reporting_mailtext_words", slug, occasion, language)
        if "send" in request.POST:
            self._send(request, sample, form)
        return self._render(request, sample, form, has_preview=True)

    def _form(self, sample):
        counting = MailText.objects.latest_of(sample.roadmap, sample.occasion, sample.language)
        words = counting if counting and counting.is_own else _supplied(sample)
        seen = counting.number if counting else 0
        return WordsForm(initial={"subject": words.subject, "body": words.body, "seen": seen}, sample=sample)

    def _render(self, request, sample, form, *, has_preview=False):
        states = MailText.objects.of(sample.roadmap, sample.occasion, sample.language).select_related("written_by")
        states = list(states[:20])
        preview = sample.letter(form.cleaned_data["subject"], form.cleaned_data["body"]) if has_preview else None
        occasion = MailText.Occasion(sample.occasion)
        context = {
            "title": f"{capfirst(occasion.label)}, {LANGUAGES[sample.language]}",
            "sample": sample,
            "form": form,
            "may_change": request.user.has_perm("reporting.change_mailtext"),
            "states": states,
            "counting": states[0] if states else None,
            "supplied": _supplied(sample),
            "preview": preview,
            "preview_html": preview and preview.alternatives[0][0],
        }
        response = self.page(request, "mail_text.html", context)
        if preview:
            response.headers["Content-Security-Policy"] = PREVIEW_POLICY
        return response

    def _keep(self, request, sample, form):
        values = {name: form.cleaned_data[name] for name in ("subject", "body", "seen")}
        try:
            self._write(request, sample, **values)
        except Conflict as error:
            # Both texts are on the page now: theirs below, and what was typed, which may be saved over it.
            latest = MailText.objects.latest_of(sample.roadmap, sample.occasion, sample.language)
            form.data = form.data | {"seen": latest.number if latest else 0}
            form.add_error(None, str(error))
            return False
        return True

    def _write(self, request, sample, **values):
        key = (sample.roadmap, sample.occasion, sample.language)
        MailText.objects.write(*key, by=request.user, at=clock.now(), **values)

    def _bring_back(self, request, sample):
        here = redirect("admin:reporting_mailtext_words", sample.roadmap.slug, sample.occasion, sample.language)
        counting = MailText.objects.latest_of(sample.roadmap, sample.occasion, sample.language)
        if not (counting and counting.is_own):
            messages.info(request, _("The supplied words count already."))
            return here
        seen = whole_number(request.POST.get("seen", ""))
        try:
            self._write(request, sample, subject="", body="", seen=seen)
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The supplied words count again; yours are kept below."))
        return here

    def _send(self, request, sample, form):
        if not request.user.email:
            messages.error(request, _("No address of yours is known; an administrator enters it."))
            return
        made = sample.letter(form.cleaned_data["subject"], form.cleaned_data["body"], make_msgid(domain="sample"))
        try:
            made.send()
        except (SMTPException, OSError) as error:
            logger.warning("a sample was not taken by the mail server: %s", error)
            messages.error(request, _("The mail server did not take the letter; try again later."))
        else:
            messages.success(request, _("Sent to %(address)s.") % {"address": request.user.email})


def _supplied(sample):
    with translation.override(sample.language):
        words = SUPPLIED[sample.occasion]
        return MailText(subject=str(words.subject), body=str(words.body))
