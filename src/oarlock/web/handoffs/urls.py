"""The addresses of this area."""

from django.urls import path

from oarlock.web.handoffs import answering, availability, deciding, inbox, one, simulating, waiting

urlpatterns = [
    path("", inbox.page, name="handoffs"),
    path("new/", inbox.news, name="handoff_news"),
    path("queue/", waiting.page, name="handoff_queue"),
    path("queue.csv", waiting.exported, name="handoff_queue_csv"),
    path("decisions/", deciding.listed, name="decisions"),
    path("decisions.csv", deciding.exported, name="decisions_csv"),
    path("decisions/<str:decision_id>/", deciding.one, name="decision"),
    path("routing/", simulating.page, name="routing"),
    path("availability/", availability.page, name="availability"),
    path("availability/away/", availability.away, name="say_away"),
    path("availability/away/<str:away_id>/", availability.back, name="take_back"),
    path("availability/calendar/", availability.calendar, name="keep_calendar"),
    path("<key:handoff_id>/", one.page, name="handoff"),
    path("<key:handoff_id>/story/", one.story, name="handoff_story"),
    path("<key:handoff_id>/answer/", answering.answer, name="answer_handoff"),
    path("<key:handoff_id>/appeal/", answering.appeal, name="appeal_handoff"),
]
