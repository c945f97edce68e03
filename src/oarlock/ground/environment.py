"""The environment, read once and loudly: every variable Oarlock understands, what it may say, and what it means.

Promises: a value that cannot be meant is refused by name, a variable nobody knows is refused with the nearest one, a
secret may also stand in a file (`X_FILE`), and no secret is ever part of a message. Business choices are never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean

PREFIX = "OARLOCK_"
SECRETS = ("SECRET_KEY", "DATABASE_URL", "MAIL_URL", "OIDC_CLIENT_SECRET")
HOSTS = ("localhost", "127.0.0.1", "[::1]")
MAIL_FROM = "oarlock@localhost"
TESTING = ("HEAVY", "SEED", "SEEDS", "TRIES")
KNOWN = (
    "HOME", "DEBUG", "HOSTS", "INSIDE_HOSTS", "ADDRESS", "BEHIND_PROXY", "MAIL_FROM", "OIDC_NAME", "OIDC_ISSUER",
    "OIDC_CLIENT_ID", *SECRETS, *(f"{name}_FILE" for name in SECRETS), *TESTING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """An OpenID Connect provider: its name on the button, its issuer address, and what it knows us by."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says. `secret_key` None: one is made and kept in the workspace.

    `hosts` are the names this server answers to; `address` is the one people and mails use; `database_url` None means
    SQLite in the workspace; `behind_proxy` trusts `X-Forwarded-Proto` and `X-Forwarded-For` of the nearest proxy;
    `inside_hosts` are private ones that channels and calendars may reach.
    """

    home: Path
    debug: bool = False
    hosts: tuple[str, ...] = HOSTS
    address: str | None = None
    behind_proxy: bool = False
    secret_key: str | None = None
    database_url: str | None = None
    mail_url: str | None = None
    mail_from: str = MAIL_FROM
    inside_hosts: tuple[str, ...] = ()
    sign_on: SingleSignOn | None = None


def read(variables: Mapping[str, str]) -> Environment:
    """The environment in these variables. UserProblem `bad-setting` where one cannot be meant."""
    _refuse_unknown(variables)
    said = {name: variables[PREFIX + name].strip() for name in KNOWN if variables.get(PREFIX + name, "").strip()}
    secrets = {name: _secret(said, name) for name in SECRETS}
    hosts = tuple(host.strip() for host in said["HOSTS"].split(",")) if "HOSTS" in said else HOSTS
    if "*" in hosts:
        raise _bad(
            f"{PREFIX}HOSTS", "It says `*`: then whoever asks says where the links in your letters lead.",
            "Name the hosts people use, with commas between.",
        )  # fmt: skip
    return Environment(
        home=Path(said.get("HOME", "oarlock-home")),
        debug=said.get("DEBUG") == "1",
        hosts=hosts,
        address=said.get("ADDRESS"),
        behind_proxy=_flag(said, "BEHIND_PROXY"),
        secret_key=secrets["SECRET_KEY"],
        database_url=secrets["DATABASE_URL"],
        mail_url=secrets["MAIL_URL"],
        mail_from=said.get("MAIL_FROM", MAIL_FROM),
        inside_hosts=tuple(host for name in said.get("INSIDE_HOSTS", "").split(",") if (host := name.strip().lower())),
        sign_on=_sign_on(said, secrets["OIDC_CLIENT_SECRET"]),
    )


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    for name in variables:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in KNOWN:
            hint = did_you_mean(name, [PREFIX + known for known in KNOWN])
            raise _bad(name, "Oarlock knows no such variable.", hint or "docs/reference/environment.md lists them.")


def _flag(said: Mapping[str, str], name: str) -> bool:
    word = said.get(name, "no").lower()
    if word not in ("yes", "no"):
        raise _bad(PREFIX + name, f"It says `{word[:20]}`.", "Write `yes` or `no`.")
    return word == "yes"


def _secret(said: Mapping[str, str], name: str) -> str | None:
    """The secret itself, or what stands in the file named beside it; never both."""
    file = said.get(f"{name}_FILE")
    if file is None:
        return said.get(name)
    if name in said:
        raise _bad(PREFIX + name, f"{PREFIX}{name}_FILE is set as well.", "Set one of the two.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(f"{PREFIX}{name}_FILE", f"The file cannot be read: {type(error).__name__}.", "") from error


def _sign_on(said: Mapping[str, str], secret: str | None) -> SingleSignOn | None:
    issuer, client = said.get("OIDC_ISSUER"), said.get("OIDC_CLIENT_ID")
    if issuer is None and client is None and secret is None:
        return None
    if issuer is None or client is None or secret is None:
        raise _bad(
            f"{PREFIX}OIDC_ISSUER", "Single sign-on needs an issuer, a client id and a client secret.",
            f"Set {PREFIX}OIDC_ISSUER, {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET, or none of them.",
        )  # fmt: skip
    return SingleSignOn(said.get("OIDC_NAME", "single sign-on"), issuer.rstrip("/"), client, secret)


def _bad(name: str, why: str, next_step: str) -> UserProblem:
    return UserProblem("bad-setting", f"The environment variable {name} cannot be used.", why, next_step)
