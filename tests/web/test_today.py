"""The first page: what is true now, from what there is."""

from __future__ import annotations

from django.test import Client

from oarlock.store.models import Version


def test_a_member_sees_today(as_mara: Client, in_force: tuple[Version, ...]) -> None:
    answer = as_mara.get("/")
    assert answer.status_code == 200
    assert b"Brightwater Robotics" in answer.content


def test_a_stranger_is_asked_to_sign_in(as_stranger: Client) -> None:
    answer = as_stranger.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/me/login/")
