import { checkGrantType, isPublic, scopesOf } from '../client/client.ts';
import { orderedUuid } from '../lib/ordered_id.ts';
import { audienceOf, checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkScope } from '../oauth/scope.ts';
import type { Grant } from '../token/grant.ts';

/** RFC 6749 section 4.4. Hydra: the registered grant types are looked at last. */
export const client_credentials: Grant = async (server, { client, parameters }) => {
  const requested = spaceList(parameters.get('scope'));
  const { default_grant_allowed_scope } = server.config.oauth2.client_credentials;
  const scope = requested.length === 0 && default_grant_allowed_scope ? scopesOf(client) : requested;
  const audience = audienceOf(parameters);
  checkScope(server.config.strategies.scope, scope, scopesOf(client));
  checkAudience(audience, client.audience);
  if (isPublic(client)) {
    throw new OAuthError('invalid_grant', "A public client cannot use the grant type 'client_credentials'.");
  }
  checkGrantType(client, 'client_credentials');
  return {
    client,
    grant_type: 'client_credentials',
    subject: client.client_id,
    scope,
    audience,
    request_id: orderedUuid(),
    session: {},
    mayIdentify: false,
    mayRefresh: false,
  };
};
