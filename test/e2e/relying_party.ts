import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { type Attempt, OpenIdClient } from '../../demo/openid_client.ts';

type Session = { readonly sid: string; readonly id_token: string };
type Answer = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

const page = (id: string, body: string): Answer => ({
  status: 200,
  body: `<!doctype html><html lang="en"><title>RP</title><link rel="icon" href="data:,"><h1 id="${id}">${body}</h1></html>`,
  headers: { 'content-type': 'text/html' },
});
const redirect = (location: string, headers = {}): Answer => ({ status: 303, headers: { location, ...headers } });

/** A web application at an origin of its own. Its sessions end when somebody says so: the person, a frame, or a token. */
export class RelyingParty {
  readonly client_id: string;
  /** Logout tokens that were right, and what was wrong with the others. */
  readonly tokens: JWTPayload[] = [];
  readonly refused: string[] = [];
  readonly #sessions = new Map<string, Session>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #host: string;
  readonly #issuer: string;
  readonly #server = createServer(async (request, response) => {
    const { status, body = '', headers = {} } = await this.#answer(request);
    response.writeHead(status, headers).end(body);
  });
  #client: OpenIdClient | undefined;
  /** Takes tokens and frames without an answer. */
  hangs = false;

  private constructor(client_id: string, host: string, issuer: string) {
    this.client_id = client_id;
    this.#host = host;
    this.#issuer = issuer;
  }

  static async start(client_id: string, host: string, issuer: string): Promise<RelyingParty> {
    const party = new RelyingParty(client_id, host, issuer);
    party.#server.listen(0, host);
    await once(party.#server, 'listening');
    party.#client = new OpenIdClient({
      issuer,
      client_id,
      client_secret: 'app-secret',
      redirect_uri: `${party.url}/callback`,
    });
    return party;
  }

  get url(): string {
    return `http://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', this.url);
    const cookie = new RegExp(`${this.client_id}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
    const session = this.#sessions.get(cookie);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /':
        return session ? page('inside', 'Signed in') : page('outside', 'Signed out');
      case 'GET /login':
        return this.#logIn();
      case 'GET /callback':
        return this.#callback(url);
      case 'GET /logout':
        return this.#logOut(cookie, session);
      case 'GET /bye':
        return page('bye', url.searchParams.get('state') ?? '');
      case 'GET /front':
        return this.#front(url);
      case 'POST /back':
        return this.#back(new URLSearchParams(await text(request)).get('logout_token') ?? '');
      default:
        return { status: 404 };
    }
  }

  async #logIn(): Promise<Answer> {
    if (!this.#client) return { status: 503 };
    const { attempt, location } = await this.#client.begin('');
    this.#attempts.set(attempt.state, attempt);
    return redirect(location);
  }

  async #callback(url: URL): Promise<Answer> {
    const attempt = this.#attempts.get(url.searchParams.get('state') ?? '');
    if (!attempt || !this.#client) return { status: 400 };
    const { id_token, claims } = await this.#client.finish(url, attempt);
    const id = randomUUID();
    this.#sessions.set(id, { sid: String(claims.sid), id_token });
    return redirect('/', { 'set-cookie': `${this.client_id}=${id}; HttpOnly; SameSite=Lax; Path=/` });
  }

  /** OpenID Connect RP-Initiated Logout section 2. */
  #logOut(cookie: string, session: Session | undefined): Answer {
    if (!session) return redirect('/');
    this.#sessions.delete(cookie);
    const post_logout_redirect_uri = `${this.url}/bye`;
    const query = { id_token_hint: session.id_token, post_logout_redirect_uri, state: 'good bye' };
    return redirect(`${this.#issuer}/oauth2/sessions/logout?${new URLSearchParams(query)}`);
  }

  /** OpenID Connect Front-Channel Logout section 3. The frame is a third party's, so it may come without cookies. */
  #front(url: URL): Answer | Promise<Answer> {
    if (this.hangs) return new Promise(() => {});
    if (url.searchParams.get('iss') === this.#issuer) this.#end(url.searchParams.get('sid') ?? '');
    return page('front', '');
  }

  /** OpenID Connect Back-Channel Logout section 2.6. */
  async #back(token: string): Promise<Answer> {
    if (this.hangs) return new Promise(() => {});
    try {
      const keys = createRemoteJWKSet(new URL(`${this.#issuer}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.#issuer,
        audience: this.client_id,
        typ: 'logout+jwt',
        algorithms: ['RS256'],
        maxTokenAge: '2m',
        requiredClaims: ['exp', 'jti', 'sid'],
      });
      const events = payload.events as Record<string, unknown>;
      if (!events['http://schemas.openid.net/event/backchannel-logout'] || 'nonce' in payload) throw new Error('event');
      this.tokens.push(payload);
      this.#end(String(payload.sid));
      return { status: 200 };
    } catch (error) {
      this.refused.push(String(error));
      return { status: 400 };
    }
  }

  #end(sid: string): void {
    for (const [id, session] of this.#sessions) if (session.sid === sid) this.#sessions.delete(id);
  }
}
