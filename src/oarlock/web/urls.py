"""Every address. Each area brings its own; a new area is one line."""

from django.urls import include, path

from oarlock.web import health
from oarlock.web.accounts.views import first
from oarlock.web.alive import alive
from oarlock.web.made import vega
from oarlock.web.problems import broken, refused

handler400 = handler403 = handler404 = refused
handler500 = broken

urlpatterns = [
    path("alive/", alive, name="alive"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("static/made/vega.js", vega, name="vega"),
    path("", include("oarlock.web.today.urls")),
    path("agreement/", include("oarlock.web.agreement.urls")),
    path("", include("oarlock.web.funnel.urls")),
    path("records/", include("oarlock.web.records.urls")),
    path("api/", include("oarlock.web.api.urls")),
    path("", include("oarlock.web.arrivals.urls")),
    path("", include("oarlock.web.notices.urls")),
    path("settings/", include("oarlock.web.settings_pages.urls")),
    path("me/", include("oarlock.web.accounts.urls")),
    path("first/<str:token>/", first, name="first"),
    path("", include("oarlock.web.loops.urls")),
    path("handoffs/", include("oarlock.web.handoffs.urls")),  # last: any other word under it is an id
]
