"""The addresses of this area."""

from django.urls import path

from oarlock.web.agreement import proposal_views, proposing, views

urlpatterns = [
    path("", views.agreement, name="agreement"),
    path("versions/", views.versions, name="versions"),
    path("versions/<int:number>/", views.version, name="version"),
    path("versions/<int:number>/agreement.yaml", views.text, name="version_text"),
    path("versions/<int:number>/envelope.json", views.envelope, name="version_envelope"),
    path("examples/<str:key>/", views.examples, name="term_examples"),
    path("terms/<path:word>/", views.term, name="term"),
    path("propose/", proposing.propose, name="propose"),
    path("check/", proposing.check, name="check"),
    path("comments/<str:comment_id>/settle/", proposal_views.settle, name="settle"),
    path("proposals/<str:key>/", proposal_views.proposal, name="proposal"),
    path("proposals/<str:key>/edit/", proposing.edit, name="edit_proposal"),
    path("proposals/<str:key>/up-to-date/", proposing.update, name="update_proposal"),
    path("proposals/<str:key>/backtest/", proposal_views.backtest, name="proposal_backtest"),
    path("proposals/<str:key>/test/", proposal_views.test, name="test_proposal"),
    path("proposals/<str:key>/comment/", proposal_views.comment, name="comment"),
    path("proposals/<str:key>/sign/", proposal_views.sign, name="sign"),
    path("proposals/<str:key>/withdraw/", proposal_views.withdraw, name="withdraw"),
    path("proposals/<str:key>/reject/", proposal_views.reject, name="reject"),
    path("proposals/<str:key>/<int:revision>.yaml", proposal_views.text, name="proposal_text"),
]
