import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Approval } from '../authorize/approval.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { insertConsent, type NewConsent } from '../store/consents.ts';
import type { Queries } from '../store/tables.ts';
import { write } from '../store/write.ts';
import type { ApprovedRequest, Authorization, Session } from '../token/authorization.ts';
import { hasHook } from '../token/hook.ts';
import { checkCsrf, checkOrigin } from './accepted_login.ts';
import { openState } from './challenge.ts';
import { sealDetails } from './consent_details.ts';
import {
  type ConsentAnswer,
  type ConsentVerifier,
  checkAge,
  type DeviceLink,
  expiryOf,
  parametersOf,
  rejection,
  timeAfter,
} from './flow.ts';

/** A consent that the app vouches for and this browser asked for; `row` is what completes the flow. */
export type AcceptedConsent = {
  readonly approval: Approval;
  readonly row: NewConsent;
  readonly device: DeviceLink | undefined;
};

/** OpenID Connect Core section 3.1.2.4, third visit: the browser brings what the consent app said. */
export async function takeConsent(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
  verifier: string,
): Promise<AcceptedConsent> {
  const flow = await openState(server, 'consent_verifier', verifier);
  if (!flow) throw new OAuthError('access_denied', 'The consent verifier is not valid.');
  checkAge(server, flow);
  checkOrigin(flow, authorization);
  if (flow.rejected) throw rejection(flow.rejected);
  checkCsrf(server, request, 'consent_csrf', authorization.client, flow);
  const answer = flow.accepted;
  return {
    approval: {
      client: authorization.client,
      subject: flow.subject,
      scope: answer.grant_scope,
      audience: answer.grant_access_token_audience,
      request_id: flow.consent_request_id,
      session: sessionOf(server, flow, answer),
    },
    row: consentRow(server, authorization, flow, answer),
    device: flow.device,
  };
}

/** What completes a flow, once: the consent row is the conditional write. */
export const completion = (row: NewConsent): Required<Pick<Authorization, 'spend' | 'lost'>> => ({
  spend: (tx) => insertConsent(tx, row),
  lost: () => Promise.reject(usedBefore()),
});

/** Completes the flow where nothing is issued yet; `grant` stores in the same write what was granted. */
export async function completeFlow(
  server: AuthorizationServer,
  row: NewConsent,
  grant: (tx: Queries) => Promise<boolean>,
): Promise<void> {
  const isFirst = await write(server, async (tx) => (await insertConsent(tx, row)) && grant(tx));
  if (!isFirst) throw usedBefore();
}

const usedBefore = (): OAuthError => new OAuthError('access_denied', 'The consent verifier was used before.');

function sessionOf(server: AuthorizationServer, flow: ConsentVerifier, { session }: ConsentAnswer): Session {
  const parameters = parametersOf(flow);
  // Hydra: who asks for acr_values and gets no answer reads "0".
  const acr = flow.acr || (parameters.get('acr_values') === '' ? '' : '0');
  const nonce = parameters.get('nonce');
  return {
    ...(flow.mapped_subject === '' ? {} : { mapped_subject: flow.mapped_subject }),
    auth_time: flow.auth_time,
    ...(acr === '' ? {} : { acr }),
    ...(flow.amr.length === 0 ? {} : { amr: flow.amr }),
    sid: flow.sid,
    ...(nonce === '' ? {} : { nonce }),
    ...(Object.keys(session.id_token).length === 0 ? {} : { id_token: session.id_token }),
    ...(Object.keys(session.access_token).length === 0 ? {} : { access_token: session.access_token }),
    ...(hasHook(server.config) ? { approved_request: approvedRequest(server, flow) } : {}),
  };
}

function approvedRequest(server: AuthorizationServer, flow: ConsentVerifier): ApprovedRequest {
  const approved_at = seconds(server);
  return {
    scope: spaceList(parametersOf(flow).get('scope')),
    requested_at: flow.requested_at,
    approved_at,
    ...(flow.device ? {} : { code_expires_at: Math.ceil(approved_at + server.config.ttl.auth_code) }),
  };
}

function consentRow(
  server: AuthorizationServer,
  { client }: AuthorizationRequest,
  flow: ConsentVerifier,
  answer: ConsentAnswer,
): NewConsent {
  const { query, merged, acr, amr, context } = flow;
  const remembered_until = answer.remember_for > 0 ? timeAfter(flow.requested_at, answer.remember_for) : null;
  return {
    flow_id: flow.flow_id,
    consent_request_id: flow.consent_request_id,
    client_id: client.client_id,
    subject: flow.subject,
    login_session_id: flow.sid,
    granted_scope: answer.grant_scope.join(' '),
    granted_audience: JSON.stringify(answer.grant_access_token_audience),
    requested_at: flow.requested_at,
    handled_at: answer.handled_at,
    skip: flow.skip ? 1 : 0,
    remember: answer.remember ? 1 : 0,
    remember_for: answer.remember_for,
    remembered_until,
    expires_at: consentExpiry(server, flow, remembered_until),
    details: sealDetails(server, {
      query,
      ...(merged === undefined ? {} : { merged }),
      acr,
      amr,
      context: answer.context ?? context ?? null,
      session: answer.session,
    }),
  };
}

/** Seconds: `ttl.login_consent_request` may be raised while flows are under way. */
const LEAST_KEEP = 24 * 3600;

/**
 * From when on no list shows the consent and no flow can be completed by it a second time: null for what a person was
 * asked and granted without an end, which is listed for ever.
 */
function consentExpiry(
  server: AuthorizationServer,
  flow: ConsentVerifier,
  remembered_until: number | null,
): number | null {
  if (!flow.skip && remembered_until === null) return null;
  const isOver = Math.max(expiryOf(server, flow), flow.requested_at + LEAST_KEEP);
  return Math.ceil(flow.skip ? isOver : Math.max(isOver, remembered_until ?? 0));
}
