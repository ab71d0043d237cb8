from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from . import views
from .invitations import InvitationView

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", auth.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("accounts/password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("accounts/invitation/<uidb64>/<token>/", InvitationView.as_view(), name="invitation"),
    path("language/", views.choose_language, name="language"),
    path("", include("reporting.urls")),
]

handler400 = "roadmap.views.bad_request"
handler500 = "roadmap.views.server_error"
