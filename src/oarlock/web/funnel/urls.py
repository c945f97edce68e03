"""The addresses of this area."""

from django.urls import path

from oarlock.web.funnel import drift, funnel, months

urlpatterns = [
    path("funnel/", funnel.funnel, name="funnel"),
    path("funnel/explained/", funnel.explained, name="funnel_explained"),
    path("funnel/rows/", funnel.listed, name="funnel_rows"),
    path("funnel/rows.csv", funnel.listed_csv, name="funnel_rows_csv"),
    path("funnel/closed-loop/", funnel.loop, name="funnel_loop"),
    path("funnel/closed-loop.csv", funnel.loop_csv, name="funnel_loop_csv"),
    path("funnel/progress/<str:kind>/", funnel.progress, name="funnel_progress"),
    path("funnel/charts/<str:key>/<str:name>.json", funnel.chart, name="funnel_chart"),
    path("funnel/months/", months.months, name="months"),
    path("funnel/months/close/", months.close, name="close_month"),
    path("funnel/months/<str:month>/", months.month, name="month"),
    path("funnel/months/<str:month>.json", months.exact, name="month_exact"),
    path("drift/", drift.drift, name="drift"),
    path("drift/rows.csv", drift.rows_csv, name="drift_csv"),
    path("drift/rule/", drift.rule, name="drift_rule"),
]
