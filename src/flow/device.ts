import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Client } from '../client/client.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { queryOf, type Request } from '../http/request.ts';
import { orderedHex } from '../lib/ordered_id.ts';
import { OAuthError } from '../oauth/error.ts';
import { Parameters, spaceList, withQuery } from '../oauth/parameters.ts';
import { checkCsrf } from './accepted_login.ts';
import { openState, sealState } from './challenge.ts';
import { csrfCookies, csrfValue } from './cookies.ts';
import { checkAge, type DeviceLink, type DeviceRequest, type DeviceVerifier } from './flow.ts';
import { addressKey } from './user_code_guesses.ts';

/** RFC 8628 section 3.3, first visit: which device is it? The device app answers. */
export async function askUserCode(server: AuthorizationServer, request: Request): Promise<Reply> {
  const parameters = queryOf(request);
  const csrf = csrfValue(server, request, 'device_csrf', undefined);
  const flow: DeviceRequest = {
    flow_id: orderedHex(),
    query: withoutUserCode(parameters).toString(),
    requested_at: seconds(server),
    csrf,
    ...addressKey(server, request),
  };
  const device_challenge = await sealState(server, 'device_challenge', flow);
  const user_code = parameters.get('user_code');
  const query = { device_challenge, ...(user_code === '' ? {} : { user_code }) };
  return redirect(302, withQuery(server.config.urls.device.verification, query), {
    'set-cookie': csrfCookies(server, 'device_csrf', undefined, csrf),
  });
}

/** Hydra: the code is as good as a password until it is used, so the address that apps see does not show it. */
function withoutUserCode(parameters: Parameters): Parameters {
  const masked = new Parameters();
  for (const [name, value] of parameters) masked.append(name, name.toLowerCase() === 'user_code' ? '****' : value);
  return masked;
}

/** Second visit: the browser brings what the device app said. */
export async function takeUserCode(
  server: AuthorizationServer,
  request: Request,
  verifier: string,
): Promise<DeviceVerifier> {
  const flow = await openState(server, 'device_verifier', verifier);
  if (!flow) throw new OAuthError('access_denied', 'The device verifier is not valid.');
  checkAge(server, flow);
  checkCsrf(server, request, 'device_csrf', undefined, flow);
  return flow;
}

/** What the device asked for, in the shape in which browsers ask. */
export function deviceAuthorization(client: Client, device?: DeviceLink): AuthorizationRequest {
  const parameters = Parameters.of({ client_id: client.client_id });
  return {
    client,
    sent: parameters,
    parameters,
    redirect_uri: '',
    response_type: [],
    requested_mode: undefined,
    response_mode: 'query',
    scope: spaceList(device?.scope ?? ''),
    audience: device?.audience ?? [],
    prompt: [],
    isDevice: true,
  };
}
