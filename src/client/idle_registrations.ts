import { deleteIdleClient, listClients } from '../store/clients.ts';
import type { Database } from '../store/db.ts';
import type { Batch, Order } from '../store/sweep.ts';
import type { Chore } from '../store/sweeper.ts';
import { write } from '../store/write.ts';
import { type Client, clientOf, grantTypesOf } from './client.ts';

/** All clients are looked through, so not in every round. Seconds. */
const INTERVAL = 24 * 3600;

/** Use that leaves nothing behind once its tokens have expired: such a client looks idle when it is not. */
const TRACELESS: readonly string[] = ['client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer'];

/**
 * RFC 7591 section 5: anybody may register, so registrations that nobody uses are given up, where that is configured:
 * those unchanged for `age` seconds, without a token, a consent, or a device that waits.
 */
export function idleRegistrations(db: Database, age: number): Chore {
  let after = '';
  let due_at = 0;
  return {
    name: 'clients',
    async batch({ now, limit }: Order): Promise<Batch> {
      if (now < due_at) return { found: 0, deleted: 0 };
      const rows = await listClients(db.queries, {}, after, limit);
      let deleted = 0;
      for (const row of rows) {
        if (!mayBeIdle(clientOf(row), now - age)) continue;
        if (await write({ db }, (tx) => deleteIdleClient(tx, row))) deleted += 1;
      }
      after = rows.at(-1)?.client_id ?? '';
      if (rows.length < limit) [after, due_at] = ['', now + INTERVAL];
      return { found: rows.length, deleted };
    },
  };
}

const mayBeIdle = (client: Client, since: number): boolean =>
  client.is_dynamic &&
  Date.parse(client.updated_at) / 1000 <= since &&
  !grantTypesOf(client).some((grant_type) => TRACELESS.includes(grant_type));
