import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import { isPublic } from '../client/client.ts';
import { type Reply, redirect } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { orderedHex } from '../lib/ordered_id.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList, withQuery } from '../oauth/parameters.ts';
import { isLocalHost } from '../oauth/redirect_uri.ts';
import { coversScope } from '../oauth/scope.ts';
import { findRememberedConsent } from '../store/consents.ts';
import type { AcceptedLogin } from './accepted_login.ts';
import { sealState } from './challenge.ts';
import { csrfCookies, csrfValue } from './cookies.ts';
import type { ConsentRequest } from './flow.ts';

/** OpenID Connect Core section 3.1.2.4: what may the client have? The consent app answers, also where it may skip. */
export async function askConsent(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
  login: AcceptedLogin,
  sessionCookies: readonly string[],
): Promise<Reply> {
  const { client, prompt } = authorization;
  const skip = await maySkip(server, authorization, login.answer.subject);
  if (!skip && prompt.includes('none')) {
    throw new OAuthError(
      'consent_required',
      "The prompt is 'none', but no consent is remembered that covers the request.",
    );
  }
  const csrf = csrfValue(server, request, 'consent_csrf', client);
  const consent_challenge = await sealState(server, 'consent_challenge', question(login, csrf, skip));
  return redirect(302, withQuery(server.config.urls.consent, { consent_challenge }), {
    'set-cookie': [...csrfCookies(server, 'consent_csrf', client, csrf), ...sessionCookies],
  });
}

function question({ flow, answer, mapped_subject }: AcceptedLogin, csrf: string, skip: boolean): ConsentRequest {
  return {
    flow_id: flow.flow_id,
    query: flow.query,
    ...(flow.merged === undefined ? {} : { merged: flow.merged }),
    requested_at: flow.requested_at,
    ...(flow.device ? { device: flow.device } : {}),
    csrf,
    consent_request_id: orderedHex(),
    sid: flow.sid,
    subject: answer.subject,
    mapped_subject: mapped_subject === answer.subject ? '' : mapped_subject,
    auth_time: answer.auth_time,
    acr: answer.acr,
    amr: answer.amr,
    ...(answer.context === undefined ? {} : { context: answer.context }),
    skip,
  };
}

/** Whether an earlier consent covers all that is asked for. Hydra: the newest one counts, alone, and the audience does not. */
async function maySkip(
  server: AuthorizationServer,
  { client, prompt, redirect_uri, scope }: AuthorizationRequest,
  subject: string,
): Promise<boolean> {
  if (prompt.includes('consent') || (isPublic(client) && !isTrustworthy(redirect_uri))) return false;
  const consent = await findRememberedConsent(server.db.queries, subject, client.client_id, seconds(server));
  if (!consent) return false;
  const granted = spaceList(consent.granted_scope);
  return scope.every((value) => coversScope(server.config.strategies.scope, granted, value));
}

/** RFC 6749 section 10.2 and RFC 8252 section 8.6: where nobody else can pose as a public client. */
function isTrustworthy(redirect_uri: string): boolean {
  const url = URL.parse(redirect_uri);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocalHost(url.hostname));
}
