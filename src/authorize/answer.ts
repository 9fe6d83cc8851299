import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import type { Authorization } from '../token/authorization.ts';
import type { Approval, ResponseType } from './approval.ts';
import type { AuthorizationRequest } from './request.ts';
import * as response_types from './response_types/index.ts';

/** OAuth 2.0 Multiple Response Types section 3: the order of the words means nothing. */
const sorted = (response_type: readonly string[]): string => response_type.toSorted().join(' ');

const RESPONSE_TYPE: ReadonlyMap<string, ResponseType> = new Map(
  Object.entries(response_types).map(([name, type]) => [sorted(spaceList(name)), type]),
);

/** `response_types_supported` of RFC 8414 section 2. */
export const RESPONSE_TYPES: readonly string[] = Object.keys(response_types);

/** The grant types that clients are registered for to use them. */
export const RESPONSE_TYPE_GRANTS: readonly string[] = Object.values(response_types).flatMap(
  ({ grant_types }) => grant_types,
);

/** Throws `unsupported_response_type`. */
export function findResponseType(response_type: readonly string[]): ResponseType {
  const type = RESPONSE_TYPE.get(sorted(response_type));
  if (!type) throw new OAuthError('unsupported_response_type', `'${response_type.join(' ')}' is not supported.`);
  return type;
}

/** OAuth 2.0 Multiple Response Types section 3: what the browser takes to the client, for the issuer to mint. */
export function authorizationOf(
  { response_type, parameters }: AuthorizationRequest,
  approval: Approval,
): Authorization {
  const { carries } = findResponseType(response_type);
  const redirect_uri = parameters.get('redirect_uri');
  const code_challenge = parameters.get('code_challenge');
  return {
    ...approval,
    // Of a code's own tokens the token endpoint decides.
    grant_type: 'implicit',
    mayIdentify: carries.includes('id_token'),
    // RFC 6749 section 4.2.2.
    mayRefresh: false,
    front_channel: {
      access_token: carries.includes('access_token'),
      ...(carries.includes('code') && {
        code: {
          ...(redirect_uri === '' ? {} : { redirect_uri }),
          ...(code_challenge === '' ? {} : { code_challenge }),
        },
      }),
    },
  };
}
