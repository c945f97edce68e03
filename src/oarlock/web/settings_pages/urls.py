"""The addresses of this area."""

from django.urls import path

from oarlock.web.settings_pages import me, members, status, tokens, trail

urlpatterns = [
    path("", me.me, name="settings"),
    path("name/", me.rename, name="rename"),
    path("sessions/end/", me.end_sessions, name="end-sessions"),
    path("members/", members.members, name="members"),
    path("members/new/", members.invite, name="invite"),
    path("members/<str:member_id>/", members.member, name="member"),
    path("members/<str:member_id>/link/", members.link, name="member-link"),
    path("members/<str:member_id>/deactivate/", members.deactivate, name="member-deactivate"),
    path("members/<str:member_id>/reactivate/", members.reactivate, name="member-reactivate"),
    path("members/<str:member_id>/sessions/end/", members.end_sessions, name="member-end-sessions"),
    path("members/<str:member_id>/factors/remove/", members.remove_factors, name="member-remove-factors"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<str:token_id>/revoke/", tokens.revoke, name="token-revoke"),
    path("trail/", trail.trail, name="trail"),
    path("trail.csv", trail.trail_csv, name="trail-csv"),
    path("status/", status.status, name="status"),
]
