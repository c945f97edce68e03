"""The environment is read loudly: what cannot be meant is refused by name, and a secret is never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.ground.environment import HOSTS, SingleSignOn, read
from oarlock.ground.problems import UserProblem

OIDC = {
    "OARLOCK_OIDC_ISSUER": "https://sso.example/", "OARLOCK_OIDC_CLIENT_ID": "oarlock",
    "OARLOCK_OIDC_CLIENT_SECRET": "s3cret-of-ours",
}  # fmt: skip


def refused(variables: dict[str, str]) -> UserProblem:
    with pytest.raises(UserProblem) as raised:
        read(variables)
    assert raised.value.code == "bad-setting"
    return raised.value


def test_an_empty_environment_is_a_small_company_on_one_machine() -> None:
    found = read({})
    assert (found.home, found.hosts, found.database_url, found.sign_on) == (Path("oarlock-home"), HOSTS, None, None)
    assert not found.behind_proxy and not found.debug


def test_what_is_said_is_meant() -> None:
    found = read(
        {"OARLOCK_HOSTS": "oarlock.example, 10.0.0.4", "OARLOCK_BEHIND_PROXY": "yes", "OARLOCK_HOME": "/srv/o"}
    )
    assert found.hosts == ("oarlock.example", "10.0.0.4") and found.behind_proxy and found.home == Path("/srv/o")


def test_a_variable_that_is_empty_says_nothing() -> None:
    assert read({"OARLOCK_DATABASE_URL": "  ", "OARLOCK_HOSTS": ""}).database_url is None


def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant() -> None:
    problem = refused({"OARLOCK_DATABSE_URL": "postgres://u:topsecret@h/d"})
    assert "OARLOCK_DATABSE_URL" in problem.what and "OARLOCK_DATABASE_URL" in problem.next_step
    assert "topsecret" not in str(problem.as_dict())


def test_variables_of_others_are_nobodys_business() -> None:
    assert read({"PATH": "/bin", "OARLOCKS": "2"}).home == Path("oarlock-home")


@pytest.mark.parametrize("word", ["true", "1", "on", "maybe"])
def test_a_flag_is_yes_or_no(word: str) -> None:
    problem = refused({"OARLOCK_BEHIND_PROXY": word})
    assert word in problem.why and "`yes` or `no`" in problem.next_step


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text("long-and-random\n")
    assert read({"OARLOCK_SECRET_KEY_FILE": str(kept)}).secret_key == "long-and-random"


def test_a_secret_stands_in_one_place_only(tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text("long-and-random\n")
    problem = refused({"OARLOCK_SECRET_KEY_FILE": str(kept), "OARLOCK_SECRET_KEY": "another-one"})
    assert "another-one" not in str(problem.as_dict())


def test_a_secrets_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere", binary):
        assert "OARLOCK_MAIL_URL_FILE" in refused({"OARLOCK_MAIL_URL_FILE": str(path)}).what


def test_single_sign_on_is_whole_or_not_there() -> None:
    assert read(OIDC).sign_on == SingleSignOn("single sign-on", "https://sso.example", "oarlock", "s3cret-of-ours")
    for name in OIDC:
        problem = refused({key: value for key, value in OIDC.items() if key != name})
        assert "s3cret-of-ours" not in str(problem.as_dict())
