"""The addresses of this area."""

from django.urls import path

from oarlock.web.notices import channels, choices, jobs, sent

urlpatterns = [
    path("me/notices/", choices.mine, name="my-notices"),
    path("settings/notices/", sent.notices, name="notices"),
    path("settings/notices/retry/", sent.retry, name="notices-retry"),
    path("settings/notices/<str:notice_id>/retry/", sent.retry, name="notice-retry"),
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/<str:name>/test/", channels.test, name="channel-test"),
    path("settings/channels/<str:name>/close/", channels.close, name="channel-close"),
    path("settings/jobs/", jobs.jobs, name="jobs"),
    path("settings/jobs/<str:order_id>/retry/", jobs.retry, name="job-retry"),
]
