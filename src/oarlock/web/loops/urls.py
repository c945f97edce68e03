"""The addresses of this area."""

from django.urls import path

from oarlock.web.loops import edits, excusing, fairness, ledger, sent

urlpatterns = [
    path("handoffs/sent/", sent.page, name="sent"),
    path("handoffs/sent/explained/", sent.explained, name="sent_explained"),
    path("handoffs/sent/rows/", sent.listed, name="sent_rows"),
    path("handoffs/sent/rows.csv", sent.listed_csv, name="sent_rows_csv"),
    path("handoffs/sent.csv", sent.exported, name="sent_csv"),
    path("handoffs/sent/edits/<int:number>/propose/", edits.propose, name="propose_edit"),
    path("handoffs/fairness/", fairness.page, name="fairness"),
    path("handoffs/fairness.csv", fairness.exported, name="fairness_csv"),
    path("promises/", ledger.page, name="promises"),
    path("promises/explained/", ledger.explained, name="promise_explained"),
    path("promises/rows/", ledger.listed, name="promise_rows"),
    path("promises/rows.csv", ledger.listed_csv, name="promise_rows_csv"),
    path("promises.csv", ledger.exported, name="promises_csv"),
    path("promises/progress/<str:kind>/", ledger.progress, name="loops_progress"),
    path("promises/excuses/", excusing.declare, name="declare_excuse"),
    path("promises/excuses/<str:excuse_id>/", excusing.answer, name="answer_excuse"),
]
