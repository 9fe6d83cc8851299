import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthorizationServer } from '../authorization_server.ts';
import { purposeOfSet } from '../keys/signing_keys.ts';
import { countSealed, listSealedOtherwise, replaceSealed, type SealedColumn, type SealedRow } from '../store/sealed.ts';
import { write } from '../store/write.ts';
import { PURPOSE as SUCCESSOR } from '../token/refresh_token.ts';
import { PURPOSE as SESSION } from '../token/session.ts';
import { PURPOSE as NOTIFICATION } from './back_channel.ts';
import { STATE_NAMES } from './challenge.ts';
import { PURPOSE as CONSENT } from './consent_details.ts';
import { PURPOSE as LOGOUT } from './logout.ts';

type Column = SealedColumn & {
  readonly seal: 'rows' | 'challenges';
  /** What a value may have been sealed for. */
  purposes(row: SealedRow): readonly string[];
};

/** Everything in the database that is sealed. */
const COLUMNS: readonly Column[] = [
  {
    ...{ table: 'json_web_keys', key: 'id', column: 'jwk', context: 'set_name', seal: 'rows' },
    purposes: ({ context }) => [purposeOfSet(context ?? '')],
  },
  { table: 'consents', key: 'flow_id', column: 'details', seal: 'rows', purposes: () => [CONSENT] },
  { table: 'tokens', key: 'id', column: 'session', seal: 'rows', purposes: () => [SESSION] },
  { table: 'tokens', key: 'id', column: 'successor', seal: 'rows', purposes: () => [SUCCESSOR] },
  { table: 'device_codes', key: 'hash', column: 'session', seal: 'rows', purposes: () => [SESSION] },
  { table: 'logout_requests', key: 'hash', column: 'details', seal: 'rows', purposes: () => [LOGOUT] },
  { table: 'logout_notifications', key: 'id', column: 'logout_token', seal: 'rows', purposes: () => [NOTIFICATION] },
  { table: 'flow_states', key: 'hash', column: 'sealed', seal: 'challenges', purposes: () => STATE_NAMES },
];

type Server = Pick<AuthorizationServer, 'db' | 'keys'>;

const nameOf = ({ table, column }: Column): string => `${table}.${column}`;

const BATCH = 100;
/** Milliseconds between batches: those who serve go first. */
const REST = 10;

export type Resealed = {
  readonly column: string;
  readonly resealed: number;
  /** What none of the configured secrets opens. */
  readonly unreadable: number;
};

/**
 * Seals everything under the first secret that is under another. It may be stopped at any time and goes on where it was:
 * what it is done with is not found again. Servers may run beside it, as long as they know that secret too.
 */
export async function* reseal(server: Server): AsyncGenerator<Resealed> {
  for (const column of COLUMNS) {
    let sofar = { column: nameOf(column), resealed: 0, unreadable: 0 };
    for await (const { resealed, unreadable } of batches(server, column)) {
      sofar = { ...sofar, resealed: sofar.resealed + resealed, unreadable: sofar.unreadable + unreadable };
      yield sofar;
      await sleep(REST);
    }
  }
}

async function* batches(server: Server, column: Column): AsyncGenerator<Omit<Resealed, 'column'>> {
  const { db, keys } = server;
  const seal = keys[column.seal];
  for (let after: SealedRow['id'] | undefined; ; ) {
    const rows = await listSealedOtherwise(db.queries, column, seal.ids[0] ?? Buffer.of(), { after, limit: BATCH });
    if (rows.length === 0) return;
    const pairs = rows.map((row) => ({ row, value: seal.reseal(row.sealed, column.purposes(row)) }));
    const readable = pairs.flatMap(({ row, value }) => (value ? [{ row, value }] : []));
    const replaced = await write(server, async (tx) => {
      let count = 0;
      for (const { row, value } of readable) if (await replaceSealed(tx, column, row, value)) count += 1;
      return count;
    });
    yield { resealed: replaced, unreadable: rows.length - readable.length };
    if (rows.length < BATCH) return;
    after = rows.at(-1)?.id;
  }
}

/** How many values of a column there are by secret, in the order of the configuration. */
export type ColumnStatus = {
  readonly column: string;
  readonly rows: readonly number[];
  readonly unreadable: number;
};

export function statusOfColumns({ db, keys }: Server): Promise<ColumnStatus[]> {
  return Promise.all(
    COLUMNS.map(async (column) => {
      const counts = await countSealed(db.queries, column);
      const rows = keys[column.seal].ids.map((id) => counts.find(({ key_id }) => id.equals(key_id))?.count ?? 0);
      const all = counts.reduce((sum, { count }) => sum + count, 0);
      return { column: nameOf(column), rows, unreadable: all - rows.reduce((sum, count) => sum + count, 0) };
    }),
  );
}
