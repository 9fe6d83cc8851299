import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Line } from '../lib/lines.ts';
import { type AccountOutcome, type ImportedRow, importRows } from '../store/accounts.ts';
import { write } from '../store/write.ts';
import { readAccount } from './imported_account.ts';

export type AccountImport = {
  /** Whether an account that is there already is overwritten, instead of left alone. */
  readonly update: boolean;
  refused(line: number, reason: string): void;
  /** After every batch. */
  progress(tally: ImportTally): void;
};

export type ImportTally = { lines: number; created: number; updated: number; already_there: number; refused: number };

/** Lines that are written together. */
const BATCH = 500;
/** Bytes of a line. */
export const LONGEST_LINE = 65_536;

type Numbered = ImportedRow & { readonly number: number };

/**
 * A line comes in as a whole or not at all, and once: what was imported before is there already. No more than a batch is
 * held in memory.
 */
export async function importAccounts(
  server: Pick<AuthorizationServer, 'db' | 'now'>,
  lines: AsyncIterable<Line>,
  { update, refused, progress }: AccountImport,
): Promise<ImportTally> {
  const tally = { lines: 0, created: 0, updated: 0, already_there: 0, refused: 0 };
  const refuse = (number: number, reason: string) => {
    tally.refused++;
    refused(number, reason);
  };
  const finish = async (batch: readonly Numbered[]) => {
    const outcomes = await write(server, (tx) => importRows(tx, batch, { update, now: seconds(server) }));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome in REASONS) refuse(batch[at]?.number ?? 0, REASONS[outcome as Conflict]);
      else tally[outcome as Exclude<AccountOutcome, Conflict>]++;
    }
    progress(tally);
  };
  let batch: Numbered[] = [];
  for await (const { number, text } of lines) {
    if (text && isBlank(text)) continue;
    tally.lines++;
    const read = text ? readAccount(text, seconds(server)) : TOO_LONG;
    if ('reason' in read) refuse(number, read.reason);
    else batch.push({ ...read.account, number });
    if (batch.length < BATCH) continue;
    await finish(batch);
    batch = [];
  }
  if (batch.length > 0) await finish(batch);
  return tally;
}

const isBlank = (text: Buffer): boolean => /^[ \t\r]*$/.test(text.toString('latin1'));
const TOO_LONG = { reason: `the line has more than ${LONGEST_LINE} bytes` };

type Conflict = keyof typeof REASONS;
const REASONS = {
  other_email: 'there is an account of this subject, with another address',
  other_subject: 'there is an account of this address, with another subject',
} as const satisfies Partial<Record<AccountOutcome, string>>;
