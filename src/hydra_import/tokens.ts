import { tokenHash } from '../keys/opaque_token.ts';
import type { HydraRow } from '../store/hydra/database.ts';
import { type NewToken, USED_KEEP } from '../store/tokens.ts';
import { sealSession } from '../token/session.ts';
import { type HydraSession, readSession } from './session.ts';
import { checkClient, eachRow, type Import, type Step } from './step.ts';
import { flag, integer, moment, piped, required, requiredMoment, text, Unfit } from './values.ts';

const COLUMNS = [
  'request_id',
  'requested_at',
  'client_id',
  'granted_scope',
  'granted_audience',
  'session_data',
  'subject',
  'active',
  'expires_at',
];

const INTO = { table: 'tokens', key: ['hash'] } as const;

export const access_tokens: Step = {
  from: { table: 'hydra_oauth2_access', key: ['signature'], columns: COLUMNS },
  into: INTO,
  nameOf: (row) => `request ${text(row, 'request_id')}`,
  prepare: eachRow((run, row) => {
    if (!flag(row, 'active')) throw new Unfit('was revoked');
    const hydra = sessionOf(run, row);
    const issued_at = requiredMoment(row, 'requested_at');
    const expires_at =
      hydra.expiryOf('access_token') ??
      moment(row, 'expires_at') ??
      Math.ceil(issued_at + run.target.config.ttl.access_token);
    if (expires_at <= run.now) throw new Unfit('has expired');
    return tokenRow(run, row, hydra, { kind: 'access_token', hash: accessHash(text(row, 'signature')), expires_at });
  }),
};

export const refresh_tokens: Step = {
  from: {
    table: 'hydra_oauth2_refresh',
    key: ['signature'],
    columns: [...COLUMNS, 'first_used_at', 'access_token_signature', 'used_times'],
  },
  into: INTO,
  nameOf: (row) => `request ${text(row, 'request_id')}`,
  prepare: eachRow((run, row) => {
    const hydra = sessionOf(run, row);
    const isUsed = !flag(row, 'active');
    // Hydra: the column of a used token says how long the row is kept.
    const expires_at = hydra.expiryOf('refresh_token') ?? (isUsed ? run.now + USED_KEEP : moment(row, 'expires_at'));
    if (expires_at !== null && expires_at <= run.now) throw new Unfit('has expired');
    const partner = text(row, 'access_token_signature');
    return {
      ...tokenRow(run, row, hydra, { kind: 'refresh_token', hash: tokenHash(text(row, 'signature')), expires_at }),
      ...(isUsed ? usesOf(row) : {}),
      partner: partner === '' ? null : accessHash(partner),
    };
  }),
};

/**
 * One that was rotated out is carried over, so that it is known for stolen when it comes again. Without the time of its
 * use there is no grace for it.
 */
const usesOf = (row: HydraRow): Pick<NewToken, 'used_at' | 'uses'> => ({
  used_at: moment(row, 'first_used_at') ?? 0,
  uses: Math.max(1, integer(row, 'used_times')),
});

const SHA384 = /^[0-9a-f]{96}$/;

/** The reference keeps access tokens under the SHA-384 of their signature, as we do, and old ones under the signature. */
const accessHash = (signature: string): Buffer =>
  SHA384.test(signature) ? Buffer.from(signature, 'hex').subarray(0, 32) : tokenHash(signature);

const sessionOf = ({ cipher }: Import, row: HydraRow): HydraSession =>
  readSession(cipher.openJsonOrPlain(required(row, 'session_data')));

function tokenRow(
  run: Import,
  row: HydraRow,
  { session }: HydraSession,
  token: Pick<NewToken, 'kind' | 'hash' | 'expires_at'>,
): NewToken {
  return {
    ...token,
    request_id: required(row, 'request_id'),
    client_id: checkClient(run, required(row, 'client_id')),
    subject: text(row, 'subject'),
    scope: piped(row, 'granted_scope').join(' '),
    audience: JSON.stringify(piped(row, 'granted_audience')),
    issued_at: requiredMoment(row, 'requested_at'),
    used_at: null,
    uses: 0,
    partner: null,
    successor: null,
    session: sealSession(run.target, session),
  };
}
