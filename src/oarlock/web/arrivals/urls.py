"""The addresses of the pages about arrivals, and of the doors themselves."""

from django.urls import include, path

from oarlock.web.arrivals import entrances, letters
from oarlock.web.arrivals.views import arrived

pages = [
    path("", entrances.arrivals, name="arrivals"),
    path("entrances/<str:entrance_id>/", entrances.entrance, name="entrance"),
    path("entrances/<str:entrance_id>/close/", entrances.close, name="entrance-close"),
    path("entrances/<str:entrance_id>/secrets/", entrances.add_secret, name="entrance-secret"),
    path("entrances/<str:entrance_id>/secrets/<int:number>/drop/", entrances.drop_secret, name="entrance-secret-drop"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<str:letter_id>/", letters.letter, name="letter"),
    path("letters/<str:letter_id>/drop/", letters.drop, name="letter-drop"),
]
urlpatterns = [
    path("settings/arrivals/", include(pages)),
    path("v1/<path:rest>", arrived, name="events-door"),
    path("in/form/<str:rest>", arrived, name="form-door"),
    path("in/hook/<str:rest>", arrived, name="hook-door"),
]
