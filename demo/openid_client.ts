import * as openid from 'openid-client';

export type RelyingPartyOptions = {
  readonly issuer: string;
  readonly client_id: string;
  /** Without one the client is public. */
  readonly client_secret?: string | undefined;
  readonly redirect_uri: string;
};

/** What has to be the same again when the browser comes back. */
export type Attempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** What a finished login left us with. */
export type Login = {
  readonly id_token: string;
  readonly claims: openid.IDToken;
  readonly userinfo: openid.UserInfoResponse;
  readonly access_token: string;
  readonly refresh_token: string | undefined;
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
  readonly refreshes: number;
};

type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

const SCOPE = 'openid offline_access profile email';

/** The protocol, in the hands of a certified library: RFC 6749, RFC 7636, OpenID Connect Core section 3.1. */
export class OpenIdClient {
  readonly #options: RelyingPartyOptions;
  #configuration: Promise<openid.Configuration> | undefined;

  constructor(options: RelyingPartyOptions) {
    this.#options = options;
  }

  async begin(prompt: string): Promise<{ attempt: Attempt; location: string }> {
    const configuration = await this.#discover();
    const attempt = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const location = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#options.redirect_uri,
      scope: SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      ...(prompt === '' ? {} : { prompt }),
    });
    return { attempt, location: location.href };
  }

  /** `answer` is the URL that the browser came back to. Throws what the library says of a failure. */
  async finish(answer: URL, { state, nonce, verifier }: Attempt): Promise<Login> {
    const configuration = await this.#discover();
    const tokens = await openid.authorizationCodeGrant(configuration, answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
    });
    return this.#loginOf(tokens);
  }

  async refresh(login: Login): Promise<Login> {
    const configuration = await this.#discover();
    const tokens = await openid.refreshTokenGrant(configuration, login.refresh_token ?? '');
    return this.#loginOf(tokens, login);
  }

  /** A refresh may leave out what did not change. */
  async #loginOf(tokens: Tokens, before?: Login): Promise<Login> {
    const claims = tokens.claims() ?? before?.claims;
    const id_token = tokens.id_token ?? before?.id_token;
    if (!claims || !id_token) throw new Error('The server sent no ID token.');
    return {
      id_token,
      claims,
      userinfo: await openid.fetchUserInfo(await this.#discover(), tokens.access_token, claims.sub),
      access_token: tokens.access_token,
      refresh_token: tokens.refresh_token ?? before?.refresh_token,
      scope: tokens.scope ?? before?.scope ?? SCOPE,
      expires_at: Date.now() + (tokens.expiresIn() ?? 0) * 1000,
      refreshes: before ? before.refreshes + 1 : 0,
    };
  }

  /** Once it succeeded, it holds; until then every login tries anew. */
  async #discover(): Promise<openid.Configuration> {
    this.#configuration ??= discover(this.#options);
    try {
      return await this.#configuration;
    } catch (error) {
      this.#configuration = undefined;
      throw error;
    }
  }
}

/** Signatures are checked even of what came straight from the issuer: on http nothing else vouches for it. */
function discover({ issuer, client_id, client_secret }: RelyingPartyOptions): Promise<openid.Configuration> {
  const url = new URL(issuer);
  const secret = client_secret === undefined ? openid.None() : openid.ClientSecretBasic(client_secret);
  const execute = [openid.enableNonRepudiationChecks];
  if (url.protocol === 'http:') execute.push(openid.allowInsecureRequests);
  return openid.discovery(url, client_id, undefined, secret, { execute });
}
