import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { clientOf } from '../../client/client.ts';
import { presentClient } from '../../client/present.ts';
import { openDetails } from '../../flow/consent_details.ts';
import { requestUrl } from '../../flow/flow.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { INTEGER, RAW_JSON, TEXTS, TIME } from '../../lib/schema.ts';
import { OAuthError } from '../../oauth/error.ts';
import { type Parameters, spaceList } from '../../oauth/parameters.ts';
import { type ConsentChoice, deleteConsents, listConsents } from '../../store/consents.ts';
import { write } from '../../store/write.ts';
import { linkHeader, PAGING, readPage } from './paging.ts';
import { CONSENT_REQUEST, CONSENT_SESSION_CLAIMS, questionOf } from './requests.ts';

/** What a person has granted, and to whom. Hydra: what was granted because an earlier consent covered it is not listed. */
export async function listOAuth2ConsentSessions(server: AuthorizationServer, request: Request): Promise<Reply> {
  const parameters = queryOf(request);
  const subject = parameters.get('subject');
  if (subject === '') throw new OAuthError('invalid_request', "The query parameter 'subject' is missing.");
  const page = readPage(server, request, 'consents', 'invalid_request');
  const filter = { subject, login_session_id: parameters.get('login_session_id') };
  const rows = await listConsents(server.db.queries, filter, seconds(server), page.after, page.size + 1);
  const shown = rows.slice(0, page.size);
  const next = rows.length > page.size ? shown.at(-1)?.flow_id : undefined;
  const sessions = shown.map((row) => present(server, row));
  // Hydra: an empty page leads nowhere.
  const headers = shown.length === 0 ? {} : { link: linkHeader(server, request, 'consents', page, next) };
  return json(200, sessions, headers);
}

function present(server: AuthorizationServer, row: Awaited<ReturnType<typeof listConsents>>[number]) {
  const { acr, amr, context, session, ...asked } = openDetails(server, row.details);
  const flow = { flow_id: row.flow_id, ...asked, requested_at: row.requested_at };
  return {
    consent_request_id: row.consent_request_id,
    grant_scope: spaceList(row.granted_scope),
    grant_access_token_audience: JSON.parse(row.granted_audience) as string[],
    session,
    remember: row.remember === 1,
    remember_for: row.remember_for,
    handled_at: new Date(row.handled_at * 1000).toISOString().replace('.000Z', 'Z'),
    context,
    consent_request: {
      challenge: '',
      consent_request_id: row.consent_request_id,
      ...questionOf(flow),
      skip: row.skip === 1,
      subject: row.subject,
      client: presentClient(clientOf(row)),
      request_url: requestUrl(server, flow),
      login_challenge: row.flow_id,
      login_session_id: row.login_session_id ?? '',
      acr,
      amr,
      context,
    },
  };
}

/** Ends consents with everything that was issued because of them. Nothing to end is no error. */
export async function revokeOAuth2ConsentSessions(server: AuthorizationServer, request: Request): Promise<Reply> {
  const choice = choiceOf(queryOf(request));
  await write(server, (tx) => deleteConsents(tx, choice));
  return noContent();
}

/** Hydra: exactly one way to say which, and `all` counts only as `true`. */
function choiceOf(parameters: Parameters): ConsentChoice {
  const [consent_request_id, subject, client_id] = ['consent_request_id', 'subject', 'client'].map((name) =>
    parameters.get(name),
  ) as [string, string, string];
  const isAll = parameters.get('all') === 'true';
  if (consent_request_id !== '' && subject === '' && client_id === '') return { consent_request_id };
  if (consent_request_id === '' && subject !== '' && client_id !== '' && !isAll) return { subject, client_id };
  if (consent_request_id === '' && subject !== '' && client_id === '' && isAll) return { subject };
  throw new OAuthError(
    'invalid_request',
    "Say 'consent_request_id', 'subject' and 'client', or 'subject' and 'all=true'.",
  );
}

const CONSENT_SESSION = Type.Object(
  {
    consent_request_id: Type.String(),
    consent_request: CONSENT_REQUEST,
    grant_scope: TEXTS,
    grant_access_token_audience: TEXTS,
    session: CONSENT_SESSION_CLAIMS,
    remember: Type.Boolean(),
    remember_for: INTEGER,
    handled_at: TIME,
    context: RAW_JSON,
  },
  { $id: 'oAuth2ConsentSession' },
);

export const schemas = {
  listOAuth2ConsentSessions: {
    summary: 'List what a person granted to which clients.',
    query: Type.Object({ ...PAGING, subject: Type.String(), login_session_id: Type.Optional(Type.String()) }),
    responses: { 200: Type.Array(CONSENT_SESSION, { $id: 'oAuth2ConsentSessions' }) },
  },
  revokeOAuth2ConsentSessions: {
    summary: 'Take consents back, with everything that was issued because of them.',
    query: Type.Object({
      subject: Type.Optional(Type.String()),
      client: Type.Optional(Type.String()),
      consent_request_id: Type.Optional(Type.String()),
      all: Type.Optional(Type.Boolean()),
    }),
    responses: { 204: null },
  },
} satisfies Record<string, RouteSchema>;
