import type { AuthorizationServer } from '../authorization_server.ts';
import { type Client, clientOf } from '../client/client.ts';
import { type AcceptedConsent, completeFlow, takeConsent } from '../flow/accepted_consent.ts';
import { takeLogin } from '../flow/accepted_login.ts';
import { openState } from '../flow/challenge.ts';
import { askConsent } from '../flow/consent.ts';
import { askUserCode, deviceAuthorization, takeUserCode } from '../flow/device.ts';
import type { ConsentVerifier, LoginVerifier } from '../flow/flow.ts';
import { askLogin } from '../flow/login.ts';
import { settleSession } from '../flow/session.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { queryOf, type Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { OAuthError } from '../oauth/error.ts';
import { Parameters, withQuery } from '../oauth/parameters.ts';
import { findClient } from '../store/clients.ts';
import { approveDeviceCode, denyDeviceCode } from '../store/device_codes.ts';
import { write } from '../store/write.ts';
import { sealSession } from '../token/session.ts';
import { errorPage } from './error_page.ts';

/** RFC 8628 section 3.3. Hydra: errors are JSON. A browser that asks for a page gets the error page. */
export async function performOAuth2DeviceVerificationFlow(
  server: AuthorizationServer,
  request: Request,
): Promise<Reply> {
  try {
    return await visit(server, request);
  } catch (error) {
    if (!/\btext\/html\b/i.test(request.headers.accept ?? '')) throw error;
    return errorPage(server, error);
  }
}

/** The browser comes four times. */
async function visit(server: AuthorizationServer, request: Request): Promise<Reply> {
  const parameters = queryOf(request);
  const [device, login, consent] = ['device_verifier', 'login_verifier', 'consent_verifier'].map((name) =>
    parameters.get(name).trim(),
  ) as [string, string, string];
  if (device !== '') return startLogin(server, request, device);
  if (login !== '') return startConsent(server, request, login);
  if (consent !== '') return finish(server, request, consent);
  return askUserCode(server, request);
}

async function startLogin(server: AuthorizationServer, request: Request, verifier: string): Promise<Reply> {
  const { query, device } = await takeUserCode(server, request, verifier);
  const client = await findRequestClient(server, request);
  const withClient = Parameters.parse(query).merge(Parameters.of({ client_id: client.client_id }));
  const start = { query: withClient.toString(), device };
  return askLogin(server, request, deviceAuthorization(client, device), start);
}

async function startConsent(server: AuthorizationServer, request: Request, verifier: string): Promise<Reply> {
  await tellDenial(server, await readVerifier(server, 'login_verifier', verifier));
  const client = await findRequestClient(server, request);
  const login = await takeLogin(server, request, deviceAuthorization(client), verifier);
  const authorization = deviceAuthorization(client, login.flow.device);
  const cookies = await settleSession(server, request, authorization, login);
  return askConsent(server, request, authorization, login, cookies);
}

async function finish(server: AuthorizationServer, request: Request, verifier: string): Promise<Reply> {
  await tellDenial(server, await readVerifier(server, 'consent_verifier', verifier));
  const client = await findRequestClient(server, request);
  const consent = await takeConsent(server, request, deviceAuthorization(client), verifier);
  await approve(server, consent);
  return redirect(302, withQuery(server.config.urls.device.success, { client_id: client.client_id }));
}

async function approve(server: AuthorizationServer, { approval, row, device }: AcceptedConsent): Promise<void> {
  const granted = {
    scope: approval.scope.join(' '),
    audience: JSON.stringify(approval.audience),
    request_id: approval.request_id,
    subject: approval.subject,
    session: sealSession(server, approval.session),
  };
  const hash = Buffer.from(device?.hash ?? '', 'base64url');
  await completeFlow(server, row, async (tx) => {
    if (await approveDeviceCode(tx, hash, granted)) return true;
    throw new OAuthError('access_denied', 'The device does not wait any more.');
  });
}

/** Hydra: a verifier that cannot be read is told before the client is looked at. */
async function readVerifier(
  server: AuthorizationServer,
  name: 'login_verifier' | 'consent_verifier',
  verifier: string,
): Promise<LoginVerifier | ConsentVerifier> {
  const flow = await openState(server, name, verifier);
  if (!flow) throw new OAuthError('access_denied', 'The verifier is not valid.');
  return flow;
}

/** RFC 8628 section 3.5. Hydra: a device whose person refused is not told, and asks until its code expires. */
async function tellDenial(
  server: AuthorizationServer,
  { rejected, device, flow_id }: LoginVerifier | ConsentVerifier,
): Promise<void> {
  if (!rejected || !device || !server.config.gatehouse.device_authorization.tell_denial) return;
  await write(server, (tx) => denyDeviceCode(tx, Buffer.from(device.hash, 'base64url'), flow_id));
}

async function findRequestClient(server: AuthorizationServer, request: Request): Promise<Client> {
  const client_id = queryOf(request).get('client_id');
  if (client_id === '') throw new OAuthError('invalid_client', "The parameter 'client_id' is missing.");
  const row = await findClient(server.db.queries, client_id);
  if (!row) throw new OAuthError('row_not_found');
  return clientOf(row);
}

export const schemas = {
  performOAuth2DeviceVerificationFlow: {
    summary: 'Let a person approve a device, in the browser.',
    responses: { 302: null },
  },
} satisfies Record<string, RouteSchema>;
