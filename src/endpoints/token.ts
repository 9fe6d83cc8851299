import Type from 'typebox';
import type { AuthorizationServer } from '../authorization_server.ts';
import { authenticateClient } from '../client_auth/authenticate.ts';
import * as grants from '../grants/index.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import { TOKEN_RESPONSE } from '../token/authorization.ts';
import type { Grant } from '../token/grant.ts';
import { consultHooks } from '../token/hook.ts';
import { issue } from '../token/issue.ts';
import { oauthError, oauthJson } from './oauth_reply.ts';
import { postedForm } from './posted_form.ts';

/** RFC 6749 section 3.2. */
export async function oauth2TokenExchange(server: AuthorizationServer, request: Request): Promise<Reply> {
  try {
    const parameters = postedForm(request);
    const grant = findGrant(parameters);
    const client = await authenticateClient(server, request, parameters);
    const authorization = await grant(server, { client, parameters });
    return oauthJson(200, await issue(server, await consultHooks(server, authorization, parameters)));
  } catch (error) {
    return oauthError(server, error);
  }
}

const GRANTS: ReadonlyMap<string, Grant> = new Map(Object.entries(grants));

/** Hydra: a grant type that we do not know is an `invalid_request`, also for a client that cannot authenticate. */
function findGrant(parameters: Parameters): Grant {
  const grant_type = parameters.get('grant_type');
  const grant = GRANTS.get(grant_type);
  if (grant) return grant;
  const hint = grant_type === '' ? "The parameter 'grant_type' is missing." : 'The grant type is not supported.';
  throw new OAuthError('invalid_request', hint);
}

export const schemas = {
  oauth2TokenExchange: {
    summary: 'Exchange a grant for tokens.',
    security: ['basic', 'oauth2'],
    // Each grant has parameters of its own; these are the usual ones.
    form: Type.Object({
      grant_type: Type.String(),
      client_id: Type.Optional(Type.String()),
      client_secret: Type.Optional(Type.String()),
      code: Type.Optional(Type.String()),
      code_verifier: Type.Optional(Type.String()),
      redirect_uri: Type.Optional(Type.String()),
      refresh_token: Type.Optional(Type.String()),
      device_code: Type.Optional(Type.String()),
      assertion: Type.Optional(Type.String()),
      scope: Type.Optional(Type.String()),
      audience: Type.Optional(Type.String()),
    }),
    responses: { 200: TOKEN_RESPONSE },
  },
} satisfies Record<string, RouteSchema>;
