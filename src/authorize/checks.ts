import type { AuthorizationServer } from '../authorization_server.ts';
import { grantTypesOf, isPublic, responseTypesOf, scopesOf } from '../client/client.ts';
import { checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { checkNonce } from '../oauth/nonce.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkCodeChallenge } from '../oauth/pkce.ts';
import { isSecureRedirect } from '../oauth/redirect_uri.ts';
import { checkScope } from '../oauth/scope.ts';
import { findResponseType } from './answer.ts';
import { type AuthorizationRequest, isCodeOnly } from './request.ts';

/**
 * When a check acts. `parameters` and `state`: on each of the three visits. `issue`: on the last one.
 * Hydra: some mistakes show only when the person has logged in and consented.
 */
export type Stage = 'parameters' | 'state' | 'issue';

type Check = {
  readonly stage: Stage;
  readonly section: string;
  /** `granted`: the scope that the person agreed to, known at `issue`. */
  readonly check: (server: AuthorizationServer, request: AuthorizationRequest, granted: readonly string[]) => void;
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
    section: 'OpenID Connect Core 3.2.2.1',
    check(_server, { response_type }, granted) {
      const { carries } = findResponseType(response_type);
      // Hydra: in the hybrid flow, where something is left to answer with, there is no ID token.
      if (carries.includes('id_token') && !carries.includes('code') && !granted.includes('openid')) {
        throw new OAuthError(
          'unsupported_response_type',
          "An ID token needs the scope 'openid', which was not granted.",
        );
      }
    },
  },
  {
    stage: 'issue',
    section: 'RFC 7591 2.1',
    check(_server, { response_type, client }) {
      const { grant_types } = findResponseType(response_type);
      const missing = grant_types.find((grant_type) => !grantTypesOf(client).includes(grant_type));
      // Hydra: the token endpoint says unauthorized_client.
      if (missing !== undefined) {
        throw new OAuthError('invalid_grant', `The client is not registered for the grant type '${missing}'.`);
      }
    },
  },
  {
    stage: 'issue',
    section: 'OpenID Connect Core 3.2.2.1, 3.3.2.1',
    check(_server, { response_type, parameters }) {
      if (findResponseType(response_type).nonce !== undefined && parameters.get('redirect_uri') === '') {
        throw new OAuthError('invalid_request', "The parameter 'redirect_uri' is required with this response type.");
      }
    },
  },
  {
    stage: 'issue',
    section: 'OpenID Connect Core 3.2.2.1, 3.3.2.11',
    check(_server, { response_type, parameters }) {
      const { nonce } = findResponseType(response_type);
      if (nonce === 'required' && parameters.get('nonce') === '') {
        throw new OAuthError('invalid_request', "The parameter 'nonce' is required with this response type.");
      }
    },
  },
  {
    stage: 'issue',
    section: 'OpenID Connect Core 15.5.2',
    check(_server, { response_type, parameters }) {
      const nonce = parameters.get('nonce');
      if (findResponseType(response_type).nonce !== undefined && nonce !== '') checkNonce(nonce);
    },
  },
  {
    stage: 'issue',
    section: 'RFC 7636 4.4.1',
    check({ config }, { response_type, parameters, client }) {
      if (!findResponseType(response_type).carries.includes('code')) return;
      const { enforced, enforced_for_public_clients } = config.oauth2.pkce;
      const isEnforced = enforced || (enforced_for_public_clients && isPublic(client));
      checkCodeChallenge(parameters.get('code_challenge'), parameters.get('code_challenge_method'), isEnforced);
    },
  },
  {
    stage: 'issue',
    section: 'RFC 6749 3.1.2.1',
    check({ config }, { redirect_uri }) {
      if (!config.dev && !isSecureRedirect(redirect_uri)) {
        throw new OAuthError(
          'invalid_request',
          "The redirect URI must use https, or http on 'localhost' or a loopback address.",
        );
      }
    },
  },
  {
    stage: 'issue',
    section: 'OAuth 2.0 Multiple Response Types 3',
    check(_server, { response_type, response_mode }) {
      if (response_mode === 'query' && !isCodeOnly(response_type)) {
        throw new OAuthError('unsupported_response_mode', 'Tokens do not go through the query of an address.');
      }
    },
  },
];

const SHORTEST_STATE = 8;

export function checkAuthorizationRequest(
  server: AuthorizationServer,
  request: AuthorizationRequest,
  stage: Stage,
  granted: readonly string[] = [],
): void {
  for (const row of CHECKS) if (row.stage === stage) row.check(server, request, granted);
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
