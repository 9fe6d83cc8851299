import type { AuthorizationServer } from '../authorization_server.ts';
import { type Client, clientOf } from '../client/client.ts';
import { audienceOf } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { type Parameters, spaceList } from '../oauth/parameters.ts';
import { matchRedirectUri } from '../oauth/redirect_uri.ts';
import { findClient } from '../store/clients.ts';
import { withRequestObject } from './request_object.ts';
import { isResponseMode, type ResponseMode } from './respond.ts';

/** A request whose client and redirect URI are known good: from here on, errors may go to the client. */
export type AuthorizationRequest = {
  readonly client: Client;
  /** As the browser brought them. */
  readonly sent: Parameters;
  /** What is asked for: `sent`, unless a request object says more. */
  readonly parameters: Parameters;
  readonly redirect_uri: string;
  readonly response_type: readonly string[];
  readonly requested_mode: ResponseMode | undefined;
  /** What was asked for, else the default of the response type (OAuth 2.0 Multiple Response Types section 2.1). */
  readonly response_mode: ResponseMode;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly prompt: readonly string[];
  /** RFC 8628: made up for a device, which has no authorization request of its own. */
  readonly isDevice: boolean;
};

/**
 * RFC 6749 section 3.1: the checks whose errors must not be sent to a redirect URI (section 4.1.2.1). `known`: what an
 * earlier visit has made of the request object.
 */
export async function readAuthorizationRequest(
  server: AuthorizationServer,
  sent: Parameters,
  known?: Parameters,
): Promise<AuthorizationRequest> {
  const row = await findClient(server.db.queries, sent.get('client_id'));
  if (!row) throw new OAuthError('invalid_client', 'There is no client with this client_id.');
  const client = clientOf(row);
  const parameters = known ?? (await withRequestObject(server, client, sent));
  const response_type = spaceList(parameters.get('response_type'));
  const requested_mode = readResponseMode(parameters.get('response_mode'));
  const scope = spaceList(parameters.get('scope'));
  // OpenID Connect Core section 3.1.2.1.
  if (scope.includes('openid') && parameters.get('redirect_uri') === '') {
    throw new OAuthError('invalid_request', "The parameter 'redirect_uri' is required with the scope 'openid'.");
  }
  return {
    client,
    sent,
    parameters,
    redirect_uri: matchRedirectUri(parameters.get('redirect_uri'), client.redirect_uris ?? []),
    response_type,
    requested_mode,
    response_mode: requested_mode ?? (isCodeOnly(response_type) ? 'query' : 'fragment'),
    scope,
    audience: audienceOf(parameters),
    prompt: spaceList(parameters.get('prompt')),
    isDevice: false,
  };
}

function readResponseMode(requested: string): ResponseMode | undefined {
  if (requested === '') return undefined;
  if (isResponseMode(requested)) return requested;
  throw new OAuthError('unsupported_response_mode', `The response mode '${requested}' is not supported.`);
}

export const isCodeOnly = (response_type: readonly string[]): boolean =>
  response_type.length === 1 && response_type[0] === 'code';
