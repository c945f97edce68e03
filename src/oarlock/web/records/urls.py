"""The addresses of this area."""

from django.urls import path, register_converter

from oarlock.web.records import accounts, changing, finding, imports, keeping, opportunities, people, privacy
from oarlock.web.records.keys import Key

register_converter(Key, "key")

urlpatterns = [
    path("", people.listed, name="people"),
    path("people.csv", people.exported, name="people_csv"),
    path("people/<key:person_id>/", people.story, name="person"),
    path("people/<key:person_id>/doubles/", changing.doubles, name="doubles"),
    path("people/<key:person_id>/into/<key:kept_id>/", changing.merge, name="merge"),
    path("people/<key:person_id>/apart/", changing.part, name="part"),
    path("people/<key:record_id>/edit/", changing.edit, {"kind": "person"}, name="edit_person"),
    path("people/<key:person_id>/held/", privacy.held, name="held"),
    path("people/<key:person_id>/held/<str:order_id>.zip", privacy.held_file, name="held_file"),
    path("people/<key:person_id>/erase/", privacy.erase, name="erase"),
    path("accounts/", accounts.listed, name="accounts"),
    path("accounts.csv", accounts.exported, name="accounts_csv"),
    path("accounts/<key:account_id>/", accounts.whole, name="account"),
    path("accounts/<key:record_id>/edit/", changing.edit, {"kind": "account"}, name="edit_account"),
    path("opportunities/", opportunities.listed, name="opportunities"),
    path("opportunities.csv", opportunities.exported, name="opportunities_csv"),
    path("opportunities/<key:opportunity_id>/", opportunities.whole, name="opportunity"),
    path("opportunities/<key:record_id>/edit/", changing.edit, {"kind": "opportunity"}, name="edit_opportunity"),
    path("imports/", imports.imports, name="imports"),
    path("imports/upload/", imports.upload, name="upload_files"),
    path("imports/<str:upload_id>/", imports.one, name="upload"),
    path("imports/<str:import_id>/aside/<key:file>/", imports.aside, name="aside"),
    path("find/", finding.find, name="find"),
    path("filters/", keeping.save, name="save_filter"),
    path("filters/<str:filter_id>/remove/", keeping.remove, name="remove_filter"),
]
