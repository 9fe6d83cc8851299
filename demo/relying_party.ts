import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Explained, explain } from './errors.ts';
import { OpenIdClient, type RelyingPartyOptions } from './openid_client.ts';
import { accountPage, errorPage, homePage, type Page } from './pages.ts';
import { type Session, Sessions } from './sessions.ts';
import { STYLESHEET } from './stylesheet.ts';

export type RelyingParty = { readonly url: string; close(): Promise<void> };

/** A web application that lets people in through OpenID Connect. Rejects where the port is taken. */
export async function startRelyingParty(
  options: RelyingPartyOptions & { readonly host: string; readonly port: number },
): Promise<RelyingParty> {
  const application = new Application(options);
  const server = createServer((request, response) => void application.answer(request, response));
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });

type Answer = Page | { readonly redirect: string };
type Visit = { readonly url: URL; readonly session: Session };

class Application {
  readonly #client: OpenIdClient;
  readonly #sessions = new Sessions();
  /** The one origin that the redirect URI, and with it the cookie, belongs to. */
  readonly #origin: string;
  readonly #routes: Readonly<Record<string, (visit: Visit) => Answer | Promise<Answer>>>;

  constructor(options: RelyingPartyOptions) {
    const callback = new URL(options.redirect_uri);
    this.#origin = callback.origin;
    this.#client = new OpenIdClient(options);
    this.#routes = {
      'GET /': ({ session }) => (session.login ? { redirect: '/account' } : homePage(options.issuer)),
      'GET /login': (visit) => this.#logIn(visit),
      [`GET ${callback.pathname}`]: (visit) => this.#callback(visit),
      'GET /account': ({ session }) => (session.login ? accountPage(session.login, options.issuer) : { redirect: '/' }),
      'POST /refresh': (visit) => this.#refresh(visit),
      'POST /logout': ({ session }) => this.#logOut(session),
      'GET /style.css': () => ({ status: 200, type: 'text/css', body: STYLESHEET }),
    };
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#sessions.find(request.headers.cookie);
    const before = session.id;
    let answer: Answer;
    try {
      answer = await this.#route(request, session);
    } catch (error) {
      answer = errorPage(explain(error));
    }
    // Only a change: an answer that was overtaken must not bring an old cookie back.
    send(response, answer, session.id === before ? {} : { 'set-cookie': this.#sessions.cookie(session) });
  }

  #route({ method, headers, url: target = '/' }: IncomingMessage, session: Session): Answer | Promise<Answer> {
    const url = new URL(`${this.#origin}${target}`);
    // Cookies belong to a host: whoever came by another name goes on under the one of the redirect URI.
    if (method === 'GET' && headers.host !== url.host) return { redirect: url.href };
    if (method === 'POST' && headers.origin !== url.origin) return errorPage(FORGED);
    const route = this.#routes[`${method === 'HEAD' ? 'GET' : method} ${url.pathname}`];
    return route ? route({ url, session }) : errorPage(NOWHERE);
  }

  async #logIn({ url, session }: Visit): Promise<Answer> {
    const { attempt, location } = await this.#client.begin(url.searchParams.get('prompt') ?? '');
    this.#sessions.remember(session, attempt);
    return { redirect: location };
  }

  async #callback({ url, session }: Visit): Promise<Answer> {
    const attempt = this.#sessions.recall(session, url.searchParams.get('state') ?? '');
    if (!attempt) return errorPage(STRANGER);
    const login = await this.#client.finish(url, attempt);
    this.#sessions.logIn(session, login);
    return { redirect: '/account' };
  }

  async #refresh({ session }: Visit): Promise<Answer> {
    if (session.login) session.login = await this.#client.refresh(session.login);
    return { redirect: '/account' };
  }

  #logOut(session: Session): Answer {
    this.#sessions.end(session);
    return { redirect: '/' };
  }
}

const FORGED: Explained = {
  status: 403,
  error: 'forged_request',
  description: 'The form was sent from another site.',
  advice: 'Go back to the start page and use the buttons there.',
};

const NOWHERE: Explained = {
  status: 404,
  error: 'not_found',
  description: 'There is no page at this address.',
  advice: 'Go back to the start page.',
};

const STRANGER: Explained = {
  status: 400,
  error: 'unknown_state',
  description: 'This answer does not belong to a login that this browser began here, or it was used before.',
  advice: 'Begin a new login. Without this check, somebody could log you in to an account of theirs.',
};

/** Nothing from elsewhere, no script, no frame around it. The referrer stays here, but Origin is sent with our forms. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

function send(response: ServerResponse, answer: Answer, cookie: { 'set-cookie'?: string }): void {
  const headers = { ...HEADERS, ...cookie };
  if ('redirect' in answer) response.writeHead(303, { ...headers, location: answer.redirect }).end();
  else
    response.writeHead(answer.status, { ...headers, 'content-type': `${answer.type}; charset=utf-8` }).end(answer.body);
}
