from django.contrib import admin


class ScopedAdmin(admin.ModelAdmin):
    """Lists, pages and choices within what the person may see."""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, " ".join(search_term.split()[:10]))

    def get_queryset(self, request):
        return super().get_queryset(request).for_user(request.user)

    def get_field_queryset(self, db, db_field, request):
        related = db_field.remote_field.model
        found = super().get_field_queryset(db, db_field, request)
        if hasattr(related.objects, "for_user"):
            found = (found if found is not None else related.objects.all()).for_user(request.user)
        return found
