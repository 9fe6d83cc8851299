import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, clientOf } from '../client/client.ts';
import { readSessionCookie, sessionCookie } from '../flow/cookies.ts';
import { endSession } from '../flow/end_session.ts';
import { frontChannelPage } from '../flow/front_channel.ts';
import { askLogout, type StoredLogout, takeLogout } from '../flow/logout.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { verifyOwnJwt } from '../keys/jwt.ts';
import { OAuthError } from '../oauth/error.ts';
import { type Parameters, withQuery } from '../oauth/parameters.ts';
import { findClient } from '../store/clients.ts';
import { insertEndedLogin } from '../store/ended_logins.ts';
import { deleteSession, findEndableSession, findRememberedSession } from '../store/login_sessions.ts';
import { write } from '../store/write.ts';
import { errorPage } from './error_page.ts';

/** OpenID Connect RP-Initiated Logout section 2. Nothing that goes wrong is told to a client. */
export async function revokeOidcSession(server: AuthorizationServer, request: Request): Promise<Reply> {
  try {
    const verifier = queryOf(request).get('logout_verifier');
    return await (verifier === '' ? startLogout(server, request) : finishLogout(server, request, verifier));
  } catch (error) {
    return errorPage(server, error);
  }
}

async function startLogout(server: AuthorizationServer, request: Request): Promise<Reply> {
  const parameters = queryOf(request).merge(formOf(request));
  const wish =
    parameters.get('id_token_hint') === '' ? ownWish(server, request, parameters) : clientsWish(server, parameters);
  const { session, client_id, redirect_to } = await wish;
  // Nobody to log out: there is nothing to ask either.
  if (!session) return redirect(302, redirect_to);
  const logout_challenge = await askLogout(server, {
    subject: session.subject,
    sid: session.sid,
    ...(client_id === undefined ? {} : { client_id }),
    request_url: `${request.path}?${request.query}`,
    redirect_to,
    requested_at: seconds(server),
  });
  return redirect(302, withQuery(server.config.urls.logout, { logout_challenge }));
}

type Wish = {
  readonly session: { readonly subject: string; readonly sid: string } | undefined;
  readonly client_id?: string;
  readonly redirect_to: string;
};

/** The person came by themselves: the cookie says who it is. */
async function ownWish(server: AuthorizationServer, request: Request, parameters: Parameters): Promise<Wish> {
  if (parameters.get('post_logout_redirect_uri') !== '') {
    throw new OAuthError('invalid_request', "The parameter 'post_logout_redirect_uri' needs an 'id_token_hint'.");
  }
  const sid = readSessionCookie(server, request);
  const session = sid ? await findRememberedSession(server.db.queries, sid, seconds(server)) : undefined;
  return { session, redirect_to: server.config.urls.post_logout_redirect };
}

/** A client sent the person, with an ID token: that says which session. */
async function clientsWish(server: AuthorizationServer, parameters: Parameters): Promise<Wish> {
  const { sid, audience } = await readHint(server, parameters.get('id_token_hint'));
  const client = await findAudience(server, audience);
  return {
    session: await findEndableSession(server.db.queries, sid),
    client_id: client.client_id,
    redirect_to: redirectOf(server, client, parameters),
  };
}

/** RP-Initiated Logout section 4: an ID token of ours, expired or not. Throws `invalid_request`. */
async function readHint(server: AuthorizationServer, hint: string): Promise<{ sid: string; audience: unknown }> {
  const { iss, iat, sid, sub, aud } = (await verifyOwnJwt(server.keys.signing, hint)) ?? {};
  const isSound =
    iss === server.config.urls.self.issuer &&
    typeof iat === 'number' &&
    iat <= seconds(server) &&
    typeof sid === 'string' &&
    sid !== '' &&
    typeof sub === 'string' &&
    sub !== '';
  if (!isSound)
    throw new OAuthError('invalid_request', "The parameter 'id_token_hint' is not an ID token of this server.");
  return { sid, audience: aud };
}

/** Hydra: every entry must be a client that exists, and there is no better name for one that is not. */
async function findAudience(server: AuthorizationServer, audience: unknown): Promise<Client> {
  const clients: Client[] = [];
  for (const client_id of [audience].flat()) {
    const row = typeof client_id === 'string' ? await findClient(server.db.queries, client_id) : undefined;
    if (!row) throw new OAuthError('unclassified');
    clients.push(clientOf(row));
  }
  const [first] = clients;
  if (!first) throw new OAuthError('unclassified');
  return first;
}

/** RP-Initiated Logout section 3: one of the registered ones, with the state; else the server's own page. */
function redirectOf(server: AuthorizationServer, client: Client, parameters: Parameters): string {
  const uri = parameters.get('post_logout_redirect_uri');
  const state = parameters.get('state');
  if (uri === '') return server.config.urls.post_logout_redirect;
  if (!client.post_logout_redirect_uris.includes(uri)) {
    throw new OAuthError(
      'invalid_request',
      "The parameter 'post_logout_redirect_uri' is not registered for the client.",
    );
  }
  return state === '' ? uri : withQuery(uri, { state });
}

/** The browser comes back from the logout app. Without a session that this may end, it just goes on. */
async function finishLogout(server: AuthorizationServer, request: Request, verifier: string): Promise<Reply> {
  const logout = await takeLogout(server, verifier);
  const cookie = readSessionCookie(server, request);
  if (logout.client_id === undefined && cookie !== logout.sid) return redirect(302, logout.redirect_to);
  const clients = (await endSession(server, logout, logout.hash)) ?? [];
  // Whatever the browser remembers ends too, though it be another session.
  if (cookie !== undefined && cookie !== logout.sid) {
    await write(server, async (tx) => {
      await deleteSession(tx, cookie);
      await insertEndedLogin(tx, { sid: cookie }, seconds(server));
    });
  }
  const headers = { 'set-cookie': sessionCookie(server, '', 0) };
  return goOn(server, logout, clients, headers);
}

function goOn(
  server: AuthorizationServer,
  { sid, redirect_to }: StoredLogout,
  clients: readonly Client[],
  headers: Reply['headers'],
): Reply {
  const page = frontChannelPage(server, clients, sid, redirect_to);
  return page ? { ...page, headers: { ...page.headers, ...headers } } : redirect(302, redirect_to, headers);
}

export const schemas = {
  revokeOidcSession: {
    summary: 'Log a person out, in the browser.',
    responses: { 200: { 'text/html': Type.String() }, 302: null },
  },
} satisfies Record<string, RouteSchema>;
