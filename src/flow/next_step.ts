import type { AuthorizationServer } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { type AcceptedConsent, takeConsent } from './accepted_consent.ts';
import { takeLogin } from './accepted_login.ts';
import { askConsent } from './consent.ts';
import { askLogin } from './login.ts';
import { settleSession } from './session.ts';

/** What an authorization needs next: the browser somewhere else, or nothing more. */
export type Step = { readonly redirect: Reply } | { readonly consent: AcceptedConsent };

/** The browser comes three times; what it brings tells which time it is. */
export async function nextStep(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
): Promise<Step> {
  const login_verifier = authorization.parameters.get('login_verifier').trim();
  const consent_verifier = authorization.parameters.get('consent_verifier').trim();
  if (login_verifier !== '') {
    const login = await takeLogin(server, request, authorization, login_verifier);
    const cookies = await settleSession(server, request, authorization, login);
    return { redirect: await askConsent(server, request, authorization, login, cookies) };
  }
  if (consent_verifier !== '') {
    return { consent: await takeConsent(server, request, authorization, consent_verifier) };
  }
  const query = request.method === 'POST' ? authorization.parameters.toString() : request.query;
  return { redirect: await askLogin(server, request, authorization, { query }) };
}
