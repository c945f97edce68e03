"""Signing in, passwords, second factors, single sign-on: the pages of allauth that we use, under our addresses.

Left out on purpose: signing up, adding addresses, connecting accounts. An administrator decides who is a member.
"""

from allauth.account import views as account
from allauth.socialaccount.providers.openid_connect.views import callback as sign_on_answered
from django.urls import include, path

from oarlock.web.accounts import views
from oarlock.web.accounts.letters import can_post

MAIL = {"can_post": can_post}
"""A page that would send mail asks, each time it is shown, whether there is a mail server."""

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", views.closed, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.PasswordResetView.as_view(extra_context=MAIL), name="account_reset_password"),
    path(
        "password/reset/done/",
        account.PasswordResetDoneView.as_view(extra_context=MAIL),
        name="account_reset_password_done",
    ),
    path("begin/<str:member_id>/<str:token>/", views.begin, name="begin"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/login/cancelled/", views.cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/signup/", views.closed, name="socialaccount_signup"),
    path("oidc/<str:provider_id>/login/", views.sign_on, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", sign_on_answered, name="openid_connect_callback"),
]
