"""Changing records by hand: editing fields, and merging two records of one person, with a look before and an undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member
from oarlock.store.reads import accounts, deals, people
from oarlock.store.writes import merging, records
from oarlock.store.writes.audit import Acting
from oarlock.web.records.lists import every_owner, stages_of, tabs, terms_now
from oarlock.web.rights import acting_member, needs

PAGES = {"person": "person", "account": "account", "opportunity": "opportunity"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form, with what was typed and what is wrong with it."""

    name: str
    words: str
    value: str
    error: str = ""


def _by(member: Member) -> str:
    """Who a fact says it is by: the person of the agreement or the CRM, else the member."""
    return member.person or member.id


def _values(kind: str, record_id: str) -> tuple[str, dict[str, str | None]]:
    """What a record is called, and its fields that may be set by hand."""
    if kind == "person":
        head = people.person(record_id)
        if head is not None and not head.merged_into:
            return head.row.name, dict(head.values)
    if kind == "account" and (account := accounts.account(record_id)) is not None:
        line = account.line
        plain = {"name": line.name, "domain": line.domain, "industry": line.industry, "country": line.country,
                 "owner_id": line.owner_id, "parent_id": line.parent_id}  # fmt: skip
        return line.name, plain | dict(account.properties)
    if kind == "opportunity" and (deal := deals.deal(record_id)) is not None:
        d = deal.deal
        plain = {"name": d.name, "kind": d.kind, "product": d.product, "stage": d.stage, "owner_id": d.owner_id,
                 "lost_reason": d.lost_reason}  # fmt: skip
        return d.name, plain | dict(deal.properties)
    raise Http404


@needs("edit-records")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, kind: str, record_id: str) -> HttpResponseBase:
    """The fields of one record in a form; each changed one becomes a fact."""
    name, values = _values(kind, record_id)
    if request.method == "GET":
        return _form(request, kind, record_id, name, values, {})
    typed = {field: request.POST[field] for field in values if field in request.POST}
    member = acting_member(request)
    try:
        changed = records.edit(
            kind, record_id, typed, acting=Acting.member(member.id), by=_by(member), now=now()
        )  # fmt: skip
    except UserProblem as problem:
        return _form(request, kind, record_id, name, values | typed, {"": problem.what})
    messages.info(request, f"Saved: {', '.join(changed)}." if changed else "Nothing was changed.")
    return redirect(PAGES[kind], record_id)


def _form(
    request: HttpRequest, kind: str, record_id: str, name: str, values: Mapping[str, str | None], errors: dict[str, str]
) -> HttpResponse:
    fields = [Field(f, f.replace("_", " ").capitalize(), v or "", errors.get(f, "")) for f, v in values.items()]
    context = {
        "kind": kind, "id": record_id, "name": name, "fields": fields, "errors": errors, "owners": every_owner(),
        "tabs": tabs({"person": "people", "account": "accounts", "opportunity": "opportunities"}[kind]),
        "page": PAGES[kind],
    }  # fmt: skip
    return render(request, "web/records/edit.html", context, status=400 if errors else 200)


@needs("look")
@require_GET
def doubles(request: HttpRequest, person_id: str) -> HttpResponse:
    """Who may be the same person: by e-mail address, or by name and company."""
    head = people.person(person_id)
    if head is None:
        raise Http404
    context = {"head": head, "doubles": people.doubles_of(person_id), "stages": stages_of(terms_now())}
    fragment = request.headers.get("HX-Request") == "true"
    template = "web/records/doubles_list.html" if fragment else "web/records/doubles.html"
    return render(request, template, context | {"tabs": tabs("people")})


@needs("merge")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, person_id: str, kept_id: str) -> HttpResponseBase:
    """Two people side by side, and the button that makes them one."""
    member = acting_member(request)
    if request.method == "POST":
        take = set(request.POST.getlist("take"))
        merging.merge(person_id, kept_id, take, acting=Acting.member(member.id), by=_by(member), now=now())
        messages.info(request, "They are one from now on. It can be undone on this page.")
        return redirect("person", kept_id)
    compared = merging.compare(person_id, kept_id)
    return render(request, "web/records/merge.html", {"compared": compared, "tabs": tabs("people")})


@needs("merge")
@require_POST
def part(request: HttpRequest, person_id: str) -> HttpResponseBase:
    """Undo a merge."""
    member = acting_member(request)
    merging.part(person_id, acting=Acting.member(member.id), by=_by(member), now=now())
    messages.info(request, "They stand apart again. Values that were taken over stayed.")
    return redirect("person", person_id)
