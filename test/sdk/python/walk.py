"""Every operation that ory-hydra-client offers, called at a running server: what it is for, and an error of its user.

    python walk.py PUBLIC_ORIGIN ADMIN_ORIGIN

The first line on standard output is a JSON object whose `offers` are the operations that the package has; then follows
one line for each call: `operation`, `status`, and the `error` where the server named one. What an answer holds is
checked here; which answers there must be, the test checks that runs this.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlencode, urlsplit

import ory_hydra_client as sdk
import urllib3

PUBLIC, ADMIN = sys.argv[1:]
REDIRECT_URI = "https://app.example.com/cb"
SCOPE = "openid offline_access read"
APP = {
    "client_id": "app",
    "client_secret": "app-secret",
    "client_name": "App",
    "redirect_uris": [REDIRECT_URI],
    "post_logout_redirect_uris": ["https://app.example.com/bye"],
    "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    "response_types": ["code"],
    "scope": SCOPE,
    "token_endpoint_auth_method": "client_secret_post",
}
PUBLIC_APP = {**APP, "client_id": "public", "client_secret": "", "token_endpoint_auth_method": "none"}
APIS = [sdk.OAuth2Api, sdk.OidcApi, sdk.JwkApi, sdk.MetadataApi, sdk.WellknownApi]
WITH_STATUS = "_with_http_info"


def say(line):
    print(json.dumps(line), flush=True)


class Noted:
    """An API whose calls are written down. A call answers with the data, or with None where it was refused."""

    def __init__(self, api, origin, access_token=None):
        configuration = sdk.Configuration(host=origin, access_token=access_token)
        # Redirects are answers too.
        configuration.retries = False
        self.api = api(sdk.ApiClient(configuration))

    def __getattr__(self, operation):
        method = getattr(self.api, operation + WITH_STATUS)

        def call(*arguments, **named):
            try:
                answer = method(*arguments, **named)
            except sdk.ApiException as error:
                say({"operation": operation, "status": error.status, "error": error_of(error.body)})
                return None
            say({"operation": operation, "status": answer.status_code, "error": ""})
            return answer.data

        return call


def error_of(body):
    try:
        error = json.loads(body or "")["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return error if isinstance(error, str) else ""


class Browser:
    """Keeps cookies, and follows nothing by itself."""

    def __init__(self):
        self.pool = urllib3.PoolManager()
        self.cookies = {}

    def get(self, url):
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.pool.request("GET", url, headers={"cookie": cookie} if cookie else {}, redirect=False)
        for line in answer.headers.getlist("set-cookie"):
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.headers.get("location", "")


def post(path, **form):
    """For what the package has no parameters for."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = urllib3.request("POST", PUBLIC + path, body=urlencode(form), headers=headers)
    assert answer.status == 200, answer.data
    return answer.json()


def parameter(location, name):
    values = parse_qs(urlsplit(location).query).get(name)
    assert values, f"no {name} in {location}"
    return values[0]


admin = Noted(sdk.OAuth2Api, ADMIN)
front = Noted(sdk.OAuth2Api, PUBLIC)
oidc = Noted(sdk.OidcApi, PUBLIC)
jwk = Noted(sdk.JwkApi, ADMIN)


def login_challenge(browser, client_id="app"):
    query = {"client_id": client_id, "response_type": "code", "scope": SCOPE, "state": "state-0123456789"}
    location = browser.get(f"{PUBLIC}/oauth2/auth?{urlencode({**query, 'redirect_uri': REDIRECT_URI})}")
    return parameter(location, "login_challenge")


def consent_challenge(browser, client_id="app"):
    accepted = admin.accept_o_auth2_login_request(
        login_challenge(browser, client_id),
        sdk.AcceptOAuth2LoginRequest(subject="ada", remember=True, acr="gold", amr=["pwd"], context={"tenant": 1}),
    )
    return parameter(browser.get(accepted.redirect_to), "consent_challenge")


def code_for(browser, client_id="app"):
    session = sdk.AcceptOAuth2ConsentRequestSession(id_token={"name": "Ada"}, access_token={"plan": "gold"})
    accepted = admin.accept_o_auth2_consent_request(
        consent_challenge(browser, client_id),
        sdk.AcceptOAuth2ConsentRequest(grant_scope=SCOPE.split(), remember=True, session=session),
    )
    return parameter(browser.get(accepted.redirect_to), "code")


def tokens_for(browser):
    credentials = {"client_id": "app", "client_secret": "app-secret"}
    form = {"grant_type": "authorization_code", "code": code_for(browser), "redirect_uri": REDIRECT_URI}
    return post("/oauth2/token", **credentials, **form)


def clients():
    app = sdk.OAuth2Client(**APP)
    assert admin.create_o_auth2_client(app).client_secret == "app-secret"
    assert admin.create_o_auth2_client(app) is None
    admin.create_o_auth2_client(sdk.OAuth2Client(**PUBLIC_APP))
    assert admin.get_o_auth2_client("app").client_name == "App"
    assert admin.get_o_auth2_client("nobody") is None
    listed = admin.list_o_auth2_clients(page_size=10, client_name="App")
    assert [client.client_id for client in listed] == ["app", "public"]
    assert admin.list_o_auth2_clients(page_token="nothing") is None
    renamed = admin.set_o_auth2_client("app", sdk.OAuth2Client(**{**APP, "client_name": "Renamed"}))
    assert renamed.client_name == "Renamed"
    assert admin.set_o_auth2_client("nobody", app) is None
    patch = sdk.JsonPatch(op="replace", path="/client_name", value="App")
    assert admin.patch_o_auth2_client("app", [patch]).client_name == "App"
    assert admin.patch_o_auth2_client("app", [sdk.JsonPatch(op="replace", path="/no/such/member", value=1)]) is None
    lifespans = sdk.OAuth2ClientTokenLifespans(client_credentials_grant_access_token_lifespan="30m0s")
    limited = admin.set_o_auth2_client_lifespans("app", o_auth2_client_token_lifespans=lifespans)
    assert limited.client_credentials_grant_access_token_lifespan == "30m0s"
    assert admin.set_o_auth2_client_lifespans("nobody", o_auth2_client_token_lifespans=lifespans) is None
    admin.create_o_auth2_client(sdk.OAuth2Client(client_id="short-lived"))
    admin.delete_o_auth2_client("short-lived")
    admin.delete_o_auth2_client("short-lived")


def login_and_consent():
    browser = Browser()
    login = admin.get_o_auth2_login_request(login_challenge(browser))
    assert (login.skip, login.client.client_id, login.requested_scope) == (False, "app", SCOPE.split())
    consent = admin.get_o_auth2_consent_request(consent_challenge(Browser()))
    assert (consent.subject, consent.acr, consent.context) == ("ada", "gold", {"tenant": 1})
    denied = sdk.RejectOAuth2Request(error="access_denied", error_description="Not today.", status_code=403)
    for reject, challenge in (
        (admin.reject_o_auth2_login_request, login_challenge),
        (admin.reject_o_auth2_consent_request, consent_challenge),
    ):
        browser = Browser()
        rejected = reject(challenge(browser), reject_o_auth2_request=denied)
        assert parameter(browser.get(rejected.redirect_to), "error") == "access_denied"
        assert reject("x", reject_o_auth2_request=denied) is None
    assert admin.get_o_auth2_login_request("x") is None
    assert admin.get_o_auth2_consent_request("x") is None
    assert admin.accept_o_auth2_login_request("x", sdk.AcceptOAuth2LoginRequest(subject="ada")) is None
    assert admin.accept_o_auth2_consent_request("x", sdk.AcceptOAuth2ConsentRequest()) is None
    front.o_auth2_authorize()


def sessions():
    tokens_for(Browser())
    listed = admin.list_o_auth2_consent_sessions("ada", page_size=5)
    assert listed[0].consent_request.client.client_id == "app"
    assert admin.list_o_auth2_consent_sessions("") is None
    admin.revoke_o_auth2_consent_sessions(subject="ada", client="app")
    admin.revoke_o_auth2_consent_sessions(subject="ada")
    assert admin.list_o_auth2_consent_sessions("ada") == []
    admin.revoke_o_auth2_login_sessions(subject="ada")
    admin.revoke_o_auth2_login_sessions()


def logout():
    def logout_challenge(browser):
        query = urlencode({"id_token_hint": tokens_for(browser)["id_token"]})
        return parameter(browser.get(f"{PUBLIC}/oauth2/sessions/logout?{query}"), "logout_challenge")

    browser = Browser()
    challenge = logout_challenge(browser)
    request = admin.get_o_auth2_logout_request(challenge)
    assert (request.subject, request.rp_initiated) == ("ada", True)
    browser.get(admin.accept_o_auth2_logout_request(challenge).redirect_to)
    admin.reject_o_auth2_logout_request(logout_challenge(Browser()))
    for operation in ("get", "accept", "reject"):
        assert getattr(admin, f"{operation}_o_auth2_logout_request")("nothing") is None
    oidc.revoke_oidc_session()


def tokens():
    issued = tokens_for(Browser())
    access_token = issued["access_token"]
    introspected = admin.introspect_o_auth2_token(access_token, scope="read")
    assert (introspected.active, introspected.sub, introspected.ext) == (True, "ada", {"plan": "gold"})
    assert admin.introspect_o_auth2_token("nothing").active is False
    assert Noted(sdk.OidcApi, PUBLIC, access_token).get_oidc_user_info().sub == "ada"
    assert Noted(sdk.OidcApi, PUBLIC, "nothing").get_oidc_user_info() is None
    code = code_for(Browser(), "public")
    form = {"client_id": "public", "code": code, "redirect_uri": REDIRECT_URI}
    exchanged = front.oauth2_token_exchange("authorization_code", **form)
    assert exchanged.token_type == "bearer" and exchanged.expires_in > 3500
    refreshed = front.oauth2_token_exchange(
        "refresh_token", client_id="public", refresh_token=exchanged.refresh_token
    )
    assert front.oauth2_token_exchange("authorization_code", **form) is None
    assert admin.introspect_o_auth2_token(refreshed.access_token).active is False
    front.revoke_o_auth2_token(access_token, client_id="app", client_secret="wrong")
    assert admin.introspect_o_auth2_token(access_token).active is True
    front.revoke_o_auth2_token(access_token, client_id="app", client_secret="app-secret")
    assert admin.introspect_o_auth2_token(access_token).active is False
    admin.delete_o_auth2_token("app")
    admin.delete_o_auth2_token("")


def devices():
    front.o_auth2_device_flow()
    codes = post("/oauth2/device/auth", client_id="public", scope="openid")
    challenge = parameter(Browser().get(f"{PUBLIC}/oauth2/device/verify"), "device_challenge")

    def accept(user_code):
        request = sdk.AcceptDeviceUserCodeRequest(user_code=user_code)
        return admin.accept_user_code_request(challenge, accept_device_user_code_request=request)

    assert "/oauth2/device/verify?" in accept(codes["user_code"]).redirect_to
    assert accept("XXXXXXXX") is None
    front.perform_o_auth2_device_verification_flow()


def keys():
    request = sdk.CreateJsonWebKeySet(alg="ES256", use="sig", kid="k1")
    key = jwk.create_json_web_key_set("mine", request).keys[0]
    bad_key = key.model_copy(update={"kty": "none"})
    assert jwk.create_json_web_key_set("mine", sdk.CreateJsonWebKeySet(alg="none", use="sig", kid="k2")) is None
    assert len(jwk.get_json_web_key_set("mine").keys) == 1
    assert jwk.get_json_web_key("mine", "k1").keys[0].kid == "k1"
    assert jwk.set_json_web_key("mine", "k1", json_web_key=key).kid == "k1"
    assert jwk.set_json_web_key("mine", "k1", json_web_key=bad_key) is None
    assert len(jwk.set_json_web_key_set("other", json_web_key_set=sdk.JsonWebKeySet(keys=[key])).keys) == 1
    assert jwk.set_json_web_key_set("other", json_web_key_set=sdk.JsonWebKeySet(keys=[bad_key])) is None
    jwk.delete_json_web_key("mine", "k1")
    assert jwk.get_json_web_key("mine", "k1") is None
    jwk.delete_json_web_key_set("other")
    assert jwk.get_json_web_key_set("other") is None
    return key


def trusted_issuers(key):
    public = sdk.JsonWebKey.from_dict({name: value for name, value in key.to_dict().items() if name != "d"})
    expires_at = datetime.now(timezone.utc) + timedelta(hours=1)
    trust = {"issuer": "https://sts.example.com", "scope": ["read"], "expires_at": expires_at, "jwk": public}
    added = admin.trust_o_auth2_jwt_grant_issuer(sdk.TrustOAuth2JwtGrantIssuer(subject="robot", **trust))
    assert admin.trust_o_auth2_jwt_grant_issuer(sdk.TrustOAuth2JwtGrantIssuer(**trust)) is None
    read = admin.get_trusted_o_auth2_jwt_grant_issuer(added.id)
    assert (read.public_key.set, read.public_key.kid) == ("https://sts.example.com", "k1")
    assert [one.id for one in admin.list_trusted_o_auth2_jwt_grant_issuers(issuer="https://sts.example.com")] == [added.id]
    assert admin.list_trusted_o_auth2_jwt_grant_issuers(page_token="nothing") is None
    admin.delete_trusted_o_auth2_jwt_grant_issuer(added.id)
    admin.delete_trusted_o_auth2_jwt_grant_issuer(added.id)
    assert admin.get_trusted_o_auth2_jwt_grant_issuer(added.id) is None


def registration():
    wanted = {"client_name": "Self made", "redirect_uris": [REDIRECT_URI], "scope": "openid"}
    made = oidc.create_oidc_dynamic_client(sdk.OAuth2Client(**wanted))
    assert made.registration_client_uri.endswith(f"/oauth2/register/{made.client_id}")
    assert oidc.create_oidc_dynamic_client(sdk.OAuth2Client(redirect_uris=["/#"])) is None
    myself = Noted(sdk.OidcApi, PUBLIC, made.registration_access_token)
    stranger = Noted(sdk.OidcApi, PUBLIC, "nothing")
    assert myself.get_oidc_dynamic_client(made.client_id).client_name == "Self made"
    assert stranger.get_oidc_dynamic_client(made.client_id) is None
    renamed = sdk.OAuth2Client(**{**wanted, "client_name": "Renamed"})
    assert stranger.set_oidc_dynamic_client(made.client_id, renamed) is None
    changed = myself.set_oidc_dynamic_client(made.client_id, renamed)
    assert changed.client_name == "Renamed"
    stranger.delete_oidc_dynamic_client(made.client_id)
    Noted(sdk.OidcApi, PUBLIC, changed.registration_access_token).delete_oidc_dynamic_client(made.client_id)


def what_the_server_tells():
    assert oidc.discover_oidc_configuration().issuer == PUBLIC
    assert Noted(sdk.WellknownApi, PUBLIC).discover_json_web_keys().keys
    metadata = Noted(sdk.MetadataApi, ADMIN)
    assert metadata.is_alive().status == "ok"
    assert metadata.is_ready().status == "ok"
    assert metadata.get_version().version.startswith("v")
    oidc.create_verifiable_credential()


say({"offers": [name.removesuffix(WITH_STATUS) for api in APIS for name in dir(api) if name.endswith(WITH_STATUS)]})
clients()
login_and_consent()
sessions()
logout()
tokens()
devices()
trusted_issuers(keys())
registration()
what_the_server_tells()
