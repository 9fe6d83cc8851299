import { type ConsentDetails, sealDetails } from '../flow/consent_details.ts';
import { OAuthError } from '../oauth/error.ts';
import { Parameters } from '../oauth/parameters.ts';
import type { ConsentRow } from '../store/consents.ts';
import type { HydraRow } from '../store/hydra/database.ts';
import { identityOf, listPresent } from '../store/imports.ts';
import { login_sessions } from './login_sessions.ts';
import { attempt, checkClient, type Import, type Step } from './step.ts';
import { flag, integer, json, moment, object, required, requiredMoment, text, texts, Unfit } from './values.ts';

/**
 * Completed flows that still matter: consents that are remembered, those that tokens are revoked by, and those that tell
 * which clients a login session has to be ended at.
 */
export const consents: Step = {
  from: {
    table: 'hydra_oauth2_flow',
    key: ['login_challenge'],
    columns: [
      'requested_scope',
      'requested_at_audience',
      'amr',
      'granted_scope',
      'granted_at_audience',
      'subject',
      'client_id',
      'request_url',
      'login_session_id',
      'requested_at',
      'acr',
      'context',
      'consent_challenge_id',
      'consent_skip',
      'consent_remember',
      'consent_remember_for',
      'consent_handled_at',
      'consent_error',
      'session_id_token',
      'session_access_token',
      'state',
    ],
  },
  into: { table: 'consents', key: ['flow_id'] },
  nameOf: (row) => text(row, 'consent_challenge_id') || text(row, 'login_challenge'),
  async prepare(run, rows) {
    const live = await findLive(run, rows);
    const sessions = await carriedSessions(run, rows);
    return rows.map((row) =>
      attempt(() => {
        checkCompleted(row);
        const consent = consentRow(run, row);
        if (!isRemembered(run, consent) && !live.isLive(row)) throw new Unfit('is neither remembered nor in use');
        const login_session_id = sessions.has(text(row, 'login_session_id')) ? text(row, 'login_session_id') : null;
        return { ...consent, login_session_id };
      }),
    );
  },
};

/** Hydra: rows of before version 26 stand for flows in every state; 6 is the last one. */
function checkCompleted(row: HydraRow): void {
  const isCompleted =
    ['', '6'].includes(text(row, 'state')) &&
    text(row, 'consent_challenge_id') !== '' &&
    moment(row, 'consent_handled_at') !== null;
  if (!isCompleted) throw new Unfit('was not completed');
  if (Object.keys(object(row, 'consent_error')).length > 0) throw new Unfit('was rejected');
}

const isRemembered = ({ now }: Import, { skip, remember, remembered_until }: Omit<ConsentRow, 'login_session_id'>) =>
  skip === 0 && remember === 1 && (remembered_until === null || remembered_until > now);

/** What tokens, and logins that are remembered, are left of these flows. */
async function findLive({ source }: Import, rows: readonly HydraRow[]) {
  const idsOf = (column: string) => rows.map((row) => text(row, column)).filter((id) => id !== '');
  const requests = idsOf('consent_challenge_id');
  const [access, refresh, sessions] = await Promise.all([
    source.listKnown('hydra_oauth2_access', 'request_id', requests),
    source.listKnown('hydra_oauth2_refresh', 'request_id', requests),
    source.listKnown('hydra_oauth2_authentication_session', 'id', idsOf('login_session_id'), 'remember'),
  ]);
  return {
    isLive(row: HydraRow): boolean {
      const request_id = text(row, 'consent_challenge_id');
      return access.has(request_id) || refresh.has(request_id) || sessions.has(text(row, 'login_session_id'));
    },
  };
}

/** The login sessions that came before. */
async function carriedSessions({ target }: Import, rows: readonly HydraRow[]): Promise<ReadonlySet<string>> {
  const { into } = login_sessions;
  const named = rows.map((row) => ({ sid: text(row, 'login_session_id') })).filter(({ sid }) => sid !== '');
  const present = await listPresent(target.db.queries, into, named);
  return new Set(named.filter((row) => present.has(identityOf(into.key, row))).map(({ sid }) => sid));
}

function consentRow(run: Import, row: HydraRow): Omit<ConsentRow, 'login_session_id'> {
  const requested_at = requiredMoment(row, 'requested_at');
  const remember_for = integer(row, 'consent_remember_for');
  const remembered_until = remember_for > 0 ? requested_at + remember_for : null;
  const skip = flag(row, 'consent_skip');
  return {
    flow_id: text(row, 'login_challenge'),
    consent_request_id: required(row, 'consent_challenge_id'),
    client_id: checkClient(run, required(row, 'client_id')),
    subject: required(row, 'subject'),
    granted_scope: (texts(row, 'granted_scope') ?? []).join(' '),
    granted_audience: JSON.stringify(texts(row, 'granted_at_audience') ?? []),
    requested_at,
    handled_at: requiredMoment(row, 'consent_handled_at'),
    skip: skip ? 1 : 0,
    remember: flag(row, 'consent_remember') ? 1 : 0,
    remember_for,
    remembered_until,
    // One that was skipped is listed nowhere, and stays as long as its tokens.
    expires_at: skip ? requested_at : remembered_until,
    details: sealDetails(run.target, detailsOf(row)),
  };
}

const detailsOf = (row: HydraRow): ConsentDetails => ({
  ...requestOf(row),
  acr: text(row, 'acr'),
  amr: texts(row, 'amr') ?? [],
  context: json(row, 'context'),
  session: { access_token: object(row, 'session_access_token'), id_token: object(row, 'session_id_token') },
});

/** The query of the first visit. What came in a request object, or from a device, stands in columns alone. */
function requestOf(row: HydraRow): Pick<ConsentDetails, 'query' | 'merged'> {
  const query = /\?([^#]*)/.exec(text(row, 'request_url'))?.[1] ?? '';
  const scope = (texts(row, 'requested_scope') ?? []).join(' ');
  const sent = parametersOf(query);
  if (sent?.get('scope') === scope) return { query };
  const merged = sent ?? new Parameters();
  merged.merge(Parameters.of({ client_id: text(row, 'client_id'), scope }));
  for (const audience of texts(row, 'requested_at_audience') ?? []) merged.append('audience', audience);
  return { query: sent ? query : '', merged: merged.toString() };
}

function parametersOf(query: string): Parameters | undefined {
  try {
    return Parameters.parse(query);
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}
