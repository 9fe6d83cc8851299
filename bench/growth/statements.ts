import { randomBytes } from 'node:crypto';
import { OpaqueTokens } from '../../src/keys/opaque_token.ts';
import { orderedHex, orderedUuid } from '../../src/lib/ordered_id.ts';
import { findClient, listClients, listSessionClients } from '../../src/store/clients.ts';
import { findRememberedConsent, insertConsent, listConsents } from '../../src/store/consents.ts';
import type { Database } from '../../src/store/db.ts';
import { findRememberedSession, upsertSession } from '../../src/store/login_sessions.ts';
import { SWEPT, sweepBatch } from '../../src/store/sweep.ts';
import type { Queries } from '../../src/store/tables.ts';
import {
  deleteChain,
  deleteToken,
  findToken,
  findTokenWithClient,
  insertTokens,
  spendToken,
} from '../../src/store/tokens.ts';
import { consentRow, sessionRow, tokenRow } from '../../test/store/rows.ts';
import type { Consent, Token } from './samples.ts';

/** What a statement is told: rows that are there, and that no other one was told of before. */
export type Occasion = { readonly token: Token; readonly consent: Consent; readonly now: number };

/** On the way of a request, or every minute. What a write needs to be kept by the disk is not counted. */
export type Statement = { readonly name: string } & (
  | { readonly read: (db: Queries, occasion: Occasion) => Promise<unknown> }
  | { readonly write: (tx: Queries, occasion: Occasion) => Promise<unknown> }
  | { readonly sweep: (db: Database, occasion: Occasion) => Promise<unknown> }
);

const PAGE = 20;
const BATCH = 100;
const HOUR = 3600;

const tokens = new OpaqueTokens(['a-secret-that-only-this-uses']);

const newToken = ({ token, now }: Occasion) =>
  tokenRow({
    hash: tokens.mint('access_token').hash,
    request_id: orderedUuid(),
    client_id: token.client_id,
    issued_at: now,
    expires_at: now + HOUR,
  });

const newConsent = ({ consent, now }: Occasion) =>
  consentRow(orderedHex(), {
    ...consent,
    consent_request_id: orderedHex(),
    requested_at: now,
    handled_at: now,
    details: randomBytes(256),
  });

export const STATEMENTS: readonly Statement[] = [
  { name: 'find a token', read: (db, { token }) => findToken(db, token.hash) },
  { name: 'find a token with its client', read: (db, { token }) => findTokenWithClient(db, token.hash) },
  { name: 'find no token', read: (db) => findToken(db, randomBytes(32)) },
  { name: 'find a client', read: (db, { token }) => findClient(db, token.client_id) },
  { name: `list ${PAGE} clients`, read: (db, { token }) => listClients(db, {}, token.client_id.slice(0, 3), PAGE) },
  {
    name: 'find a remembered login',
    read: (db, { consent, now }) => findRememberedSession(db, consent.login_session_id, now),
  },
  {
    name: 'find a remembered consent',
    read: (db, { consent, now }) => findRememberedConsent(db, consent.subject, consent.client_id, now),
  },
  {
    name: 'list the consents of a person',
    read: (db, { consent, now }) => listConsents(db, { subject: consent.subject }, now, '', PAGE),
  },
  {
    name: 'list the clients of a login',
    read: (db, { consent }) => listSessionClients(db, consent.login_session_id, consent.subject),
  },
  { name: 'insert a token', write: (tx, occasion) => insertTokens(tx, [newToken(occasion)]) },
  { name: 'spend a token', write: (tx, { token, now }) => spendToken(tx, token.hash, now) },
  { name: 'delete a token', write: (tx, { token }) => deleteToken(tx, token.hash) },
  { name: 'delete a chain', write: (tx, { token }) => deleteChain(tx, token.request_id) },
  { name: 'insert a consent', write: (tx, occasion) => insertConsent(tx, newConsent(occasion)) },
  {
    name: 'insert a login',
    write: (tx, { consent, now }) =>
      upsertSession(tx, sessionRow(orderedUuid(), { subject: consent.subject, expires_at: now + HOUR })),
  },
  {
    name: `sweep ${BATCH} tokens`,
    sweep: (db, { now }) => sweepBatch(db, tokenTable(), { now, keep: 0, limit: BATCH }),
  },
];

function tokenTable() {
  const table = SWEPT.tokens.find(({ name }) => name === 'tokens');
  if (!table) throw new Error('Tokens are not swept.');
  return table;
}
