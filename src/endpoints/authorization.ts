import Type from 'typebox';
import type { AuthorizationServer } from '../authorization_server.ts';
import { authorizationOf } from '../authorize/answer.ts';
import type { Approval } from '../authorize/approval.ts';
import { checkAuthorizationRequest } from '../authorize/checks.ts';
import { type AuthorizationRequest, isCodeOnly, readAuthorizationRequest } from '../authorize/request.ts';
import { respond } from '../authorize/respond.ts';
import { completion } from '../flow/accepted_consent.ts';
import { mergedEarlier, nextStep } from '../flow/next_step.ts';
import { toOAuthError } from '../http/error.ts';
import type { Reply } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { Parameters } from '../oauth/parameters.ts';
import type { Issued } from '../token/authorization.ts';
import { issue } from '../token/issue.ts';
import { errorPage } from './error_page.ts';

/** RFC 6749 section 3.1 and OpenID Connect Core section 3.1.2. */
export async function oAuth2Authorize(server: AuthorizationServer, request: Request): Promise<Reply> {
  const reply = await authorize(server, request);
  // Hydra: what redirects a POST has no content type.
  if (request.method !== 'POST' || reply.status !== 302) return reply;
  const { 'content-type': _, ...headers } = reply.headers;
  return { ...reply, headers };
}

async function authorize(server: AuthorizationServer, request: Request): Promise<Reply> {
  let authorization: AuthorizationRequest;
  try {
    // Hydra: of a parameter that stands in both, the one in the body counts.
    const sent = queryOf(request).merge(formOf(request));
    authorization = await readAuthorizationRequest(server, sent, await mergedEarlier(server, sent));
  } catch (error) {
    return errorPage(server, error);
  }
  try {
    checkAuthorizationRequest(server, authorization, 'parameters');
  } catch (error) {
    // Hydra: until the response type is known to be good, it has no default response mode.
    return errorResponse(server, { ...authorization, response_mode: authorization.requested_mode ?? 'query' }, error);
  }
  try {
    return await answer(server, request, authorization);
  } catch (error) {
    return errorResponse(server, authorization, error);
  }
}

async function answer(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
): Promise<Reply> {
  checkAuthorizationRequest(server, authorization, 'state');
  const step = await nextStep(server, request, authorization);
  if ('redirect' in step) return step.redirect;
  const { approval, row } = step.consent;
  checkAuthorizationRequest(server, authorization, 'issue', approval.scope);
  const issued = await issue(server, { ...authorizationOf(authorization, approval), ...completion(row) });
  return respond(
    authorization,
    Parameters.of({ ...membersOf(issued, authorization, approval), ...always(server, authorization) }),
  );
}

/** RFC 6749 section 4.2.2. Hydra: the granted scope travels with a code that comes alone. */
function membersOf(issued: Issued, { response_type }: AuthorizationRequest, { scope }: Approval) {
  const members = Object.entries(issued).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(members), ...(isCodeOnly(response_type) && { scope: scope.join(' ') }) };
}

/** RFC 6749 section 4.1.2 and RFC 9207 section 2: in every answer to a client. */
const always = (server: AuthorizationServer, { parameters }: AuthorizationRequest) => ({
  state: parameters.get('state'),
  iss: server.config.urls.self.issuer,
});

/** RFC 6749 section 4.1.2.1: the client learns what went wrong. */
function errorResponse(server: AuthorizationServer, authorization: AuthorizationRequest, caught: unknown): Reply {
  const error = toOAuthError(caught, server.log);
  const error_description = error.description(server.config.oauth2.expose_internal_errors);
  const parameters = Parameters.of({ error: error.error, error_description, ...always(server, authorization) });
  return respond(authorization, withOwn(authorization, parameters), error.headers);
}

/** Hydra: an error does not replace what the redirect URI says under the same name, but comes before it. */
function withOwn({ redirect_uri, response_mode }: AuthorizationRequest, parameters: Parameters): Parameters {
  const [, query = ''] = /\?([^#]*)/.exec(redirect_uri) ?? [];
  if (response_mode !== 'query') return parameters;
  for (const [name, value] of Parameters.parse(query)) if (parameters.has(name)) parameters.append(name, value);
  return parameters;
}

export const schemas = {
  oAuth2Authorize: {
    summary: 'Start, continue or end the authorization of a client, in the browser.',
    responses: { 200: { 'text/html': Type.String() }, 302: null, 303: null },
  },
} satisfies Record<string, RouteSchema>;
