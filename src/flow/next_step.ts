import type { AuthorizationServer } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import { hasRequestObject } from '../authorize/request_object.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { Parameters } from '../oauth/parameters.ts';
import { type AcceptedConsent, takeConsent } from './accepted_consent.ts';
import { takeLogin } from './accepted_login.ts';
import { openState } from './challenge.ts';
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
  const { sent, parameters } = authorization;
  const { login_verifier, consent_verifier } = verifiersOf(sent);
  if (login_verifier !== '') {
    const login = await takeLogin(server, request, authorization, login_verifier);
    const cookies = await settleSession(server, request, authorization, login);
    return { redirect: await askConsent(server, request, authorization, login, cookies) };
  }
  if (consent_verifier !== '') {
    return { consent: await takeConsent(server, request, authorization, consent_verifier) };
  }
  const query = request.method === 'POST' ? sent.toString() : request.query;
  const merged = parameters === sent ? {} : { merged: parameters.toString() };
  return { redirect: await askLogin(server, request, authorization, { query, ...merged }) };
}

const verifiersOf = (sent: Parameters) => ({
  login_verifier: sent.get('login_verifier').trim(),
  consent_verifier: sent.get('consent_verifier').trim(),
});

/**
 * What the first visit made of its request object, where the browser comes back with that very request. The object is
 * then neither fetched nor judged again: it may have expired, or have changed at its address. Undefined on a first
 * visit, and for a request that is another one.
 */
export async function mergedEarlier(server: AuthorizationServer, sent: Parameters): Promise<Parameters | undefined> {
  if (!hasRequestObject(sent)) return undefined;
  const { login_verifier, consent_verifier } = verifiersOf(sent);
  const flow = login_verifier
    ? await openState(server, 'login_verifier', login_verifier)
    : consent_verifier && (await openState(server, 'consent_verifier', consent_verifier));
  if (!flow || flow.merged === undefined) return undefined;
  return withoutVerifiers(sent) === withoutVerifiers(Parameters.parse(flow.query))
    ? Parameters.parse(flow.merged)
    : undefined;
}

const withoutVerifiers = (sent: Parameters): string =>
  new Parameters()
    .merge(sent)
    .merge(Parameters.of({ login_verifier: '', consent_verifier: '' }))
    .toString();
