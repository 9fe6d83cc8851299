import type { AuthorizationServer } from '../authorization_server.ts';
import { isPublic, responseTypesOf, scopesOf } from '../client/client.ts';
import { checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkCodeChallenge } from '../oauth/pkce.ts';
import { isSecureRedirect } from '../oauth/redirect_uri.ts';
import { checkScope } from '../oauth/scope.ts';
import type { ResponseType } from './approval.ts';
import { type AuthorizationRequest, isCodeOnly } from './request.ts';
import * as response_types from './response_types/index.ts';

/**
 * When a check acts. `parameters` and `state`: on each of the three visits. `issue`: on the last one.
 * Hydra: some mistakes show only when the person has logged in and consented.
 */
export type Stage = 'parameters' | 'state' | 'issue';

type Check = {
  readonly stage: Stage;
  readonly section: string;
  readonly check: (server: AuthorizationServer, request: AuthorizationRequest) => void;
};

/** What is checked once the client is known, in order. The errors go to the client. */
export const CHECKS: readonly Check[] = [
  {
    stage: 'parameters',
    section: 'RFC 6749 3.3',
    check: ({ config }, { scope, client }) => checkScope(config.strategies.scope, scope, scopesOf(client)),
  },
  {
    stage: 'parameters',
    section: 'Hydra',
    check: (_server, { audience, client }) => checkAudience(audience, client.audience),
  },
  {
    stage: 'parameters',
    section: 'OpenID Connect Core 7.2.1',
    check(_server, { parameters }) {
      if (parameters.get('registration') !== '') throw new OAuthError('registration_not_supported');
    },
  },
  { stage: 'parameters', section: 'RFC 6749 3.1.1', check: checkResponseType },
  {
    stage: 'state',
    section: 'RFC 6749 10.12',
    check(_server, { parameters }) {
      if (Buffer.byteLength(parameters.get('state')) < SHORTEST_STATE) {
        throw new OAuthError('invalid_state', `It needs at least ${SHORTEST_STATE} characters.`);
      }
    },
  },
  {
    stage: 'issue',
    section: 'RFC 6749 3.1.1',
    check: (_server, { response_type }) => void findResponseType(response_type),
  },
  {
    stage: 'issue',
    section: 'RFC 7636 4.4.1',
    check({ config }, { parameters, client }) {
      const { enforced, enforced_for_public_clients } = config.oauth2.pkce;
      const isEnforced = enforced || (enforced_for_public_clients && isPublic(client));
      checkCodeChallenge(parameters.get('code_challenge'), parameters.get('code_challenge_method'), isEnforced);
    },
  },
  {
    stage: 'issue',
    section: 'RFC 6749 3.1.2.1',
    check({ config }, { redirect_uri, response_type }) {
      if (!config.dev && isCodeOnly(response_type) && !isSecureRedirect(redirect_uri)) {
        throw new OAuthError(
          'invalid_request',
          "The redirect URI must use https, or http on 'localhost' or a loopback address.",
        );
      }
    },
  },
];

const SHORTEST_STATE = 8;

export function checkAuthorizationRequest(
  server: AuthorizationServer,
  request: AuthorizationRequest,
  stage: Stage,
): void {
  for (const row of CHECKS) if (row.stage === stage) row.check(server, request);
}

/** Hydra: one of the registered combinations, in any order. */
function checkResponseType(_server: AuthorizationServer, { response_type, client }: AuthorizationRequest): void {
  if (response_type.length === 0) {
    throw new OAuthError('unsupported_response_type', "The parameter 'response_type' is missing.");
  }
  const requested = canonical(response_type);
  if (!responseTypesOf(client).some((registered) => canonical(spaceList(registered)) === requested)) {
    throw new OAuthError('unsupported_response_type', `The client is not registered for '${response_type.join(' ')}'.`);
  }
}

const canonical = (response_type: readonly string[]): string =>
  response_type
    .map((entry) => entry.toLowerCase())
    .sort()
    .join(' ');

const RESPONSE_TYPE: ReadonlyMap<string, ResponseType> = new Map(
  Object.entries(response_types).map(([name, type]) => [canonical(spaceList(name)), type]),
);

/** `response_types_supported` of RFC 8414 section 2. */
export const RESPONSE_TYPES: readonly string[] = Object.keys(response_types);

export function findResponseType(response_type: readonly string[]): ResponseType {
  const type = RESPONSE_TYPE.get(canonical(response_type));
  if (!type) throw new OAuthError('unsupported_response_type', `'${response_type.join(' ')}' is not supported.`);
  return type;
}
