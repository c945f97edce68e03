"""A passkey is added and signs in, under the strict content policy, by an authenticator of the browser's own."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from .running import Opened

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def _password(page: Page, opened: Opened) -> None:
    page.fill("input[name=password]", opened.password)
    page.press("input[name=password]", "Enter")


def test_a_passkey_is_added_and_signs_in_without_a_password(browser: Browser, opened: Opened) -> None:
    named = opened.address
    assert "localhost" in named, "a passkey belongs to a name, not to a number"
    with browser.new_context(base_url=named) as window:
        page = window.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        devtools = window.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page.goto("/me/login/")
        page.fill("input[name=login]", "hana@brightwater.example")
        _password(page, opened)
        page.wait_for_url(named)
        page.goto("/me/2fa/webauthn/add/")
        expect(page).to_have_url(f"{named}me/reauthenticate/?next=%2Fme%2F2fa%2Fwebauthn%2Fadd%2F")
        _password(page, opened)
        page.wait_for_url(f"{named}me/2fa/webauthn/add/")
        page.check("input[name=passwordless]")
        page.click("#mfa_webauthn_add")
        page.wait_for_url(f"{named}me/2fa/recovery-codes/")
        page.on("dialog", lambda dialog: dialog.accept())  # the page asks whether the codes are saved
        page.check("#codes_saved")
        window.clear_cookies()
        page.goto("/me/login/")
        page.click("#passkey_login")
        page.wait_for_url(named)
        assert wrong == []


def test_a_passkey_that_does_not_work_is_said_in_words(browser: Browser, opened: Opened) -> None:
    """At an address that is a number no passkey can: the page says so instead of staying silent."""
    with browser.new_context(base_url=opened.address.replace("localhost", "127.0.0.1")) as window:
        page = window.new_page()
        page.goto("/me/login/")
        page.click("#passkey_login")
        expect(page.locator("#passkey-problem")).to_be_visible()
