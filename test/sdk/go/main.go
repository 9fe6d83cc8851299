// Every operation that hydra-client-go offers, called at a running server: what it is for, and an error of its user.
//
//	walk PUBLIC_ORIGIN ADMIN_ORIGIN
//
// The first line on standard output is a JSON object whose `offers` are the operations that the package has; then
// follows one line for each call: `operation`, `status`, and the `error` where the server named one. What an answer
// holds is checked here; which answers there must be, the test checks that runs this.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	ory "github.com/ory/hydra-client-go/v2"
)

const (
	redirectURI = "https://app.example.com/cb"
	scope       = "openid offline_access read"
)

var (
	publicOrigin = os.Args[1]
	front        = clientAt(publicOrigin)
	admin        = clientAt(os.Args[2])
	anybody      = context.Background()
)

func clientAt(origin string) *ory.APIClient {
	configuration := ory.NewConfiguration()
	configuration.Servers = ory.ServerConfigurations{{URL: origin}}
	// Redirects are answers too.
	configuration.HTTPClient = &http.Client{CheckRedirect: stay}
	return ory.NewAPIClient(configuration)
}

func bearer(token string) context.Context {
	return context.WithValue(anybody, ory.ContextAccessToken, token)
}

func app(id string, name string) ory.OAuth2Client {
	return ory.OAuth2Client{
		ClientId:                ory.PtrString(id),
		ClientName:              ory.PtrString(name),
		ClientSecret:            ory.PtrString("app-secret"),
		RedirectUris:            []string{redirectURI},
		PostLogoutRedirectUris:  []string{"https://app.example.com/bye"},
		GrantTypes:              []string{"authorization_code", "refresh_token"},
		ResponseTypes:           []string{"code"},
		Scope:                   ory.PtrString(scope),
		TokenEndpointAuthMethod: ory.PtrString("client_secret_post"),
	}
}

func publicApp() ory.OAuth2Client {
	client := app("public", "Public")
	client.ClientSecret = nil
	client.SetTokenEndpointAuthMethod("none")
	return client
}

func loginChallenge(visitor *browser, clientID string) string {
	query := url.Values{
		"client_id": {clientID}, "response_type": {"code"}, "scope": {scope}, "state": {"state-0123456789"},
		"redirect_uri": {redirectURI},
	}
	return parameter(visitor.get(publicOrigin+"/oauth2/auth?"+query.Encode()), "login_challenge")
}

func consentChallenge(visitor *browser, clientID string) string {
	login := ory.NewAcceptOAuth2LoginRequest("ada")
	login.SetRemember(true)
	login.SetAcr("gold")
	login.SetContext(map[string]any{"tenant": 1})
	request := admin.OAuth2API.AcceptOAuth2LoginRequest(anybody).LoginChallenge(loginChallenge(visitor, clientID))
	accepted := call(request.AcceptOAuth2LoginRequest(*login).Execute)
	return parameter(visitor.get(accepted.RedirectTo), "consent_challenge")
}

func codeFor(visitor *browser, clientID string) string {
	consent := ory.AcceptOAuth2ConsentRequest{
		GrantScope: strings.Fields(scope),
		Remember:   ory.PtrBool(true),
		Session:    &ory.AcceptOAuth2ConsentRequestSession{AccessToken: map[string]any{"plan": "gold"}},
	}
	request := admin.OAuth2API.AcceptOAuth2ConsentRequest(anybody).ConsentChallenge(consentChallenge(visitor, clientID))
	accepted := call(request.AcceptOAuth2ConsentRequest(consent).Execute)
	return parameter(visitor.get(accepted.RedirectTo), "code")
}

type tokens struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

// tokensFor exchanges by itself: the package has no parameter for a client's secret.
func tokensFor(visitor *browser) tokens {
	response, err := http.PostForm(publicOrigin+"/oauth2/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {codeFor(visitor, "app")}, "redirect_uri": {redirectURI},
		"client_id": {"app"}, "client_secret": {"app-secret"},
	})
	check(err == nil && response.StatusCode == 200, "%v", err)
	defer response.Body.Close()
	var issued tokens
	check(json.NewDecoder(response.Body).Decode(&issued) == nil, "no JSON")
	return issued
}

func clients() {
	api := admin.OAuth2API
	create := func(client ory.OAuth2Client) *ory.OAuth2Client {
		return call(api.CreateOAuth2Client(anybody).OAuth2Client(client).Execute)
	}
	check(create(app("app", "App")).GetClientSecret() == "app-secret", "another secret")
	create(app("app", "App"))
	create(publicApp())
	check(call(api.GetOAuth2Client(anybody, "app").Execute).GetClientName() == "App", "another name")
	call(api.GetOAuth2Client(anybody, "nobody").Execute)
	listed := call(api.ListOAuth2Clients(anybody).PageSize(10).ClientName("App").Execute)
	check(len(listed) == 1 && listed[0].GetClientId() == "app", "%d clients", len(listed))
	call(api.ListOAuth2Clients(anybody).PageToken("nothing").Execute)
	replaced := call(api.SetOAuth2Client(anybody, "app").OAuth2Client(app("app", "Renamed")).Execute)
	check(replaced.GetClientName() == "Renamed", "not renamed")
	call(api.SetOAuth2Client(anybody, "nobody").OAuth2Client(app("nobody", "Nobody")).Execute)
	patch := func(path string) *ory.OAuth2Client {
		return call(api.PatchOAuth2Client(anybody, "app").JsonPatch([]ory.JsonPatch{{Op: "replace", Path: path, Value: "App"}}).Execute)
	}
	check(patch("/client_name").GetClientName() == "App", "not patched")
	patch("/no/such/member")
	lifespans := ory.OAuth2ClientTokenLifespans{ClientCredentialsGrantAccessTokenLifespan: ory.PtrString("30m0s")}
	limited := call(api.SetOAuth2ClientLifespans(anybody, "app").OAuth2ClientTokenLifespans(lifespans).Execute)
	check(limited.GetClientCredentialsGrantAccessTokenLifespan() == "30m0s", "another lifespan")
	call(api.SetOAuth2ClientLifespans(anybody, "nobody").OAuth2ClientTokenLifespans(lifespans).Execute)
	create(app("short-lived", "Short-lived"))
	callEmpty(api.DeleteOAuth2Client(anybody, "short-lived").Execute)
	callEmpty(api.DeleteOAuth2Client(anybody, "short-lived").Execute)
}

func loginAndConsent() {
	api := admin.OAuth2API
	login := call(api.GetOAuth2LoginRequest(anybody).LoginChallenge(loginChallenge(newBrowser(), "app")).Execute)
	check(!login.Skip && login.Client.GetClientId() == "app" && len(login.RequestedScope) == 3, "another login request")
	consent := call(api.GetOAuth2ConsentRequest(anybody).ConsentChallenge(consentChallenge(newBrowser(), "app")).Execute)
	check(consent.GetSubject() == "ada" && consent.GetAcr() == "gold", "another consent request")

	denied := ory.RejectOAuth2Request{Error: ory.PtrString("access_denied"), StatusCode: ory.PtrInt64(403)}
	rejectLogin := api.RejectOAuth2LoginRequest(anybody).RejectOAuth2Request(denied)
	rejectConsent := api.RejectOAuth2ConsentRequest(anybody).RejectOAuth2Request(denied)
	visitor := newBrowser()
	rejected := call(rejectLogin.LoginChallenge(loginChallenge(visitor, "app")).Execute)
	check(parameter(visitor.get(rejected.RedirectTo), "error") == "access_denied", "another error")
	rejected = call(rejectConsent.ConsentChallenge(consentChallenge(visitor, "app")).Execute)
	check(parameter(visitor.get(rejected.RedirectTo), "error") == "access_denied", "another error")

	call(rejectLogin.LoginChallenge("x").Execute)
	call(rejectConsent.ConsentChallenge("x").Execute)
	call(api.GetOAuth2LoginRequest(anybody).LoginChallenge("x").Execute)
	call(api.GetOAuth2ConsentRequest(anybody).ConsentChallenge("x").Execute)
	ada := *ory.NewAcceptOAuth2LoginRequest("ada")
	call(api.AcceptOAuth2LoginRequest(anybody).LoginChallenge("x").AcceptOAuth2LoginRequest(ada).Execute)
	call(api.AcceptOAuth2ConsentRequest(anybody).ConsentChallenge("x").Execute)
	call(front.OAuth2API.OAuth2Authorize(anybody).Execute)
}

func sessions() {
	api := admin.OAuth2API
	tokensFor(newBrowser())
	listed := call(api.ListOAuth2ConsentSessions(anybody).Subject("ada").PageSize(5).Execute)
	check(listed[0].ConsentRequest.Client.GetClientId() == "app", "another client")
	call(api.ListOAuth2ConsentSessions(anybody).Subject("").Execute)
	callEmpty(api.RevokeOAuth2ConsentSessions(anybody).Subject("ada").Client("app").Execute)
	callEmpty(api.RevokeOAuth2ConsentSessions(anybody).Subject("ada").Execute)
	check(len(call(api.ListOAuth2ConsentSessions(anybody).Subject("ada").Execute)) == 0, "a consent is left")
	callEmpty(api.RevokeOAuth2LoginSessions(anybody).Subject("ada").Execute)
	callEmpty(api.RevokeOAuth2LoginSessions(anybody).Execute)
}

func logout() {
	api := admin.OAuth2API
	challengeOf := func(visitor *browser) string {
		query := url.Values{"id_token_hint": {tokensFor(visitor).IDToken}}
		return parameter(visitor.get(publicOrigin+"/oauth2/sessions/logout?"+query.Encode()), "logout_challenge")
	}
	visitor := newBrowser()
	challenge := challengeOf(visitor)
	request := call(api.GetOAuth2LogoutRequest(anybody).LogoutChallenge(challenge).Execute)
	check(request.GetSubject() == "ada" && request.GetRpInitiated(), "another logout request")
	visitor.get(call(api.AcceptOAuth2LogoutRequest(anybody).LogoutChallenge(challenge).Execute).RedirectTo)
	callEmpty(api.RejectOAuth2LogoutRequest(anybody).LogoutChallenge(challengeOf(newBrowser())).Execute)
	call(api.GetOAuth2LogoutRequest(anybody).LogoutChallenge("nothing").Execute)
	call(api.AcceptOAuth2LogoutRequest(anybody).LogoutChallenge("nothing").Execute)
	callEmpty(api.RejectOAuth2LogoutRequest(anybody).LogoutChallenge("nothing").Execute)
	callEmpty(front.OidcAPI.RevokeOidcSession(anybody).Execute)
}

func tokenEndpoints() {
	introspect := func(token string) *ory.IntrospectedOAuth2Token {
		return call(admin.OAuth2API.IntrospectOAuth2Token(anybody).Token(token).Scope("read").Execute)
	}
	accessToken := tokensFor(newBrowser()).AccessToken
	introspected := introspect(accessToken)
	check(introspected.Active && introspected.GetSub() == "ada" && introspected.Ext["plan"] == "gold", "another token")
	check(!introspect("nothing").Active, "active")
	check(call(front.OidcAPI.GetOidcUserInfo(bearer(accessToken)).Execute).GetSub() == "ada", "somebody else")
	call(front.OidcAPI.GetOidcUserInfo(bearer("nothing")).Execute)

	exchange := func(grantType string) ory.OAuth2APIOauth2TokenExchangeRequest {
		return front.OAuth2API.Oauth2TokenExchange(anybody).GrantType(grantType).ClientId("public")
	}
	redeem := exchange("authorization_code").Code(codeFor(newBrowser(), "public")).RedirectUri(redirectURI)
	exchanged := call(redeem.Execute)
	check(exchanged.GetTokenType() == "bearer" && exchanged.GetExpiresIn() > 3500, "another token")
	refreshed := call(exchange("refresh_token").RefreshToken(exchanged.GetRefreshToken()).Execute)
	call(redeem.Execute)
	check(!introspect(refreshed.GetAccessToken()).Active, "a code that came twice left a token active")

	revoke := front.OAuth2API.RevokeOAuth2Token(anybody).Token(accessToken).ClientId("app")
	callEmpty(revoke.ClientSecret("wrong").Execute)
	check(introspect(accessToken).Active, "revoked by a stranger")
	callEmpty(revoke.ClientSecret("app-secret").Execute)
	check(!introspect(accessToken).Active, "not revoked")
	callEmpty(admin.OAuth2API.DeleteOAuth2Token(anybody).ClientId("app").Execute)
	callEmpty(admin.OAuth2API.DeleteOAuth2Token(anybody).ClientId("").Execute)
}

func keys() ory.JsonWebKey {
	api := admin.JwkAPI
	create := func(alg string) *ory.JsonWebKeySet {
		wanted := ory.CreateJsonWebKeySet{Alg: alg, Use: "sig", Kid: "k1"}
		return call(api.CreateJsonWebKeySet(anybody, "mine").CreateJsonWebKeySet(wanted).Execute)
	}
	key := create("ES256").Keys[0]
	create("none")
	bad := key
	bad.Kty = "none"
	check(len(call(api.GetJsonWebKeySet(anybody, "mine").Execute).Keys) == 1, "not one key")
	check(call(api.GetJsonWebKey(anybody, "mine", "k1").Execute).Keys[0].Kid == "k1", "another key")
	check(call(api.SetJsonWebKey(anybody, "mine", "k1").JsonWebKey(key).Execute).Kid == "k1", "another key")
	call(api.SetJsonWebKey(anybody, "mine", "k1").JsonWebKey(bad).Execute)
	setAll := func(one ory.JsonWebKey) *ory.JsonWebKeySet {
		return call(api.SetJsonWebKeySet(anybody, "other").JsonWebKeySet(ory.JsonWebKeySet{Keys: []ory.JsonWebKey{one}}).Execute)
	}
	check(len(setAll(key).Keys) == 1, "not one key")
	setAll(bad)
	callEmpty(api.DeleteJsonWebKey(anybody, "mine", "k1").Execute)
	call(api.GetJsonWebKey(anybody, "mine", "k1").Execute)
	callEmpty(api.DeleteJsonWebKeySet(anybody, "other").Execute)
	call(api.GetJsonWebKeySet(anybody, "other").Execute)
	return key
}

func trustedIssuers(key ory.JsonWebKey) {
	api := admin.OAuth2API
	key.D = nil
	trust := ory.NewTrustOAuth2JwtGrantIssuer(time.Now().Add(time.Hour), "https://sts.example.com", key, []string{"read"})
	add := func() *ory.TrustedOAuth2JwtGrantIssuer {
		return call(api.TrustOAuth2JwtGrantIssuer(anybody).TrustOAuth2JwtGrantIssuer(*trust).Execute)
	}
	add()
	trust.SetSubject("robot")
	id := add().GetId()
	check(*call(api.GetTrustedOAuth2JwtGrantIssuer(anybody, id).Execute).GetPublicKey().Kid == "k1", "another key")
	listed := call(api.ListTrustedOAuth2JwtGrantIssuers(anybody).Issuer("https://sts.example.com").Execute)
	check(len(listed) == 1 && listed[0].GetId() == id, "%d issuers", len(listed))
	callEmpty(api.DeleteTrustedOAuth2JwtGrantIssuer(anybody, id).Execute)
	callEmpty(api.DeleteTrustedOAuth2JwtGrantIssuer(anybody, id).Execute)
	call(api.GetTrustedOAuth2JwtGrantIssuer(anybody, id).Execute)
}

func registration() {
	api := front.OidcAPI
	wanted := func(name string, uri string) ory.OAuth2Client {
		return ory.OAuth2Client{ClientName: &name, RedirectUris: []string{uri}, Scope: ory.PtrString("openid")}
	}
	made := call(api.CreateOidcDynamicClient(anybody).OAuth2Client(wanted("Self made", redirectURI)).Execute)
	call(api.CreateOidcDynamicClient(anybody).OAuth2Client(wanted("Self made", "/#")).Execute)
	id := made.GetClientId()
	check(strings.HasSuffix(made.GetRegistrationClientUri(), "/oauth2/register/"+id), "another address")
	myself, stranger := bearer(made.GetRegistrationAccessToken()), bearer("nothing")
	check(call(api.GetOidcDynamicClient(myself, id).Execute).GetClientName() == "Self made", "another name")
	call(api.GetOidcDynamicClient(stranger, id).Execute)
	call(api.SetOidcDynamicClient(stranger, id).OAuth2Client(wanted("Renamed", redirectURI)).Execute)
	changed := call(api.SetOidcDynamicClient(myself, id).OAuth2Client(wanted("Renamed", redirectURI)).Execute)
	check(changed.GetClientName() == "Renamed", "not renamed")
	callEmpty(api.DeleteOidcDynamicClient(stranger, id).Execute)
	callEmpty(api.DeleteOidcDynamicClient(bearer(changed.GetRegistrationAccessToken()), id).Execute)
}

func whatTheServerTells() {
	check(call(front.OidcAPI.DiscoverOidcConfiguration(anybody).Execute).Issuer == publicOrigin, "another issuer")
	check(len(call(front.WellknownAPI.DiscoverJsonWebKeys(anybody).Execute).Keys) > 0, "no keys")
	check(call(admin.MetadataAPI.IsAlive(anybody).Execute).GetStatus() == "ok", "not alive")
	check(call(admin.MetadataAPI.IsReady(anybody).Execute).GetStatus() == "ok", "not ready")
	check(strings.HasPrefix(call(admin.MetadataAPI.GetVersion(anybody).Execute).GetVersion(), "v"), "no version")
	call(front.OidcAPI.CreateVerifiableCredential(anybody).Execute)
}

func main() {
	say(map[string]any{"offers": offers(admin)})
	clients()
	loginAndConsent()
	sessions()
	logout()
	tokenEndpoints()
	trustedIssuers(keys())
	registration()
	whatTheServerTells()
}
