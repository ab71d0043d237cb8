"""The reader's own choice: how letters come, and in which language."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from roadmap.models import User


class LettersForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("mail_choice", "language")
        labels = {
            "mail_choice": gettext_lazy("How letters come"),
            "language": gettext_lazy("Language of pages and letters"),
        }
        widgets = {"mail_choice": forms.RadioSelect, "language": forms.RadioSelect}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def letters(request):
    person = User.objects.get(pk=request.user.pk)
    form = LettersForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        person.save(update_fields=["mail_choice", "language"])
        with translation.override(person.language):
            messages.success(request, _("Your choice is saved."))
        return redirect("letters")
    # Whom to ask where no address is known.
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).order_by("pk")[:3]
    context = {"form": form, "address": request.user.email, "administrators": administrators}
    return render(request, "reporting/letters.html", context)
