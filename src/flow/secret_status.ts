import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { clientOf } from '../client/client.ts';
import { listClientsThatContain } from '../store/clients.ts';
import type { Database } from '../store/db.ts';
import { countIssued, countLoginsUntil, lastConsents } from '../store/sealed.ts';
import { type ColumnStatus, statusOfColumns } from './reseal.ts';

/** What an earlier secret is still good for. Times are seconds since 1970. */
export type SecretStatus = {
  /** Its place in `secrets.system`, from 1 on. */
  readonly secret: number;
  /** Values that `secrets reseal` has not come to yet. */
  readonly rows: number;
  /** Tokens and codes that carry its HMAC: they live and die with it. */
  readonly tokens: number;
  /** Of these, how many never expire. */
  readonly endless: number;
  /** Logins whose cookies are sealed with it. */
  readonly logins: number;
  /** Clients that registered themselves, and hold a registration access token with its HMAC, which never expires. */
  readonly registrations: number;
  /** When it last was the first one, as far as the database tells. */
  readonly last_used_at: number | null;
  /** When it can be left out without anybody noticing but `registrations`; null: not as long as `rows` or `endless` are there. */
  readonly safe_to_drop_at: number | null;
};

export type Secrets = { readonly columns: readonly ColumnStatus[]; readonly secrets: readonly SecretStatus[] };

type Server = Pick<AuthorizationServer, 'config' | 'db' | 'keys' | 'now'>;

export async function statusOfSecrets(server: Server): Promise<Secrets> {
  const columns = await statusOfColumns(server);
  const { queries } = server.db;
  const { rotation_grace_period } = server.config.oauth2.grant.refresh_token;
  const { retry_window } = server.config.gatehouse.refresh_token;
  const now = seconds(server);
  const [issued, consents] = await Promise.all([
    countIssued(queries, now, now - Math.max(rotation_grace_period, retry_window)),
    lastConsents(queries),
  ]);
  const earlier = server.keys.rows.ids.slice(1);
  const secrets = await Promise.all(
    earlier.map(async (id, at): Promise<SecretStatus> => {
      const tokens = issued.find(({ key_id }) => id.equals(key_id));
      const consent = consents.find(({ key_id }) => id.equals(key_id));
      const last_used_at = Math.max(tokens?.last_issued_at ?? 0, consent?.requested_at ?? 0);
      const rows = columns.reduce((sum, column) => sum + (column.rows[at + 1] ?? 0), 0);
      const logins = await loginsUntil(server, last_used_at);
      const endless = tokens?.endless ?? 0;
      const ends = Math.max(now, tokens?.expires_at ?? 0, logins.expires_at, devicesUntil(server, last_used_at));
      return {
        ...{ secret: at + 2, rows, tokens: tokens?.count ?? 0, endless, logins: logins.count },
        registrations: await countRegistrations(server.db, last_used_at),
        last_used_at: last_used_at === 0 ? null : last_used_at,
        safe_to_drop_at: rows > 0 || endless > 0 ? null : ends,
      };
    }),
  );
  return { columns, secrets };
}

/** Cookies have secrets of their own where `secrets.cookie` is set. */
async function loginsUntil({ config, db, now }: Server, time: number) {
  if (config.secrets.cookie !== config.secrets.system || time === 0) return { count: 0, expires_at: 0 };
  return countLoginsUntil(db.queries, time, seconds({ now }));
}

/** Device codes and challenges in URLs leave no trace of their secret. */
const devicesUntil = ({ config }: Server, time: number): number =>
  time === 0 ? 0 : time + Math.max(config.ttl.device_user_code, config.ttl.login_consent_request);

const PAGE = 500;

async function countRegistrations(db: Database, time: number): Promise<number> {
  if (time === 0) return 0;
  let count = 0;
  for (let after = ''; ; ) {
    const rows = await listClientsThatContain(db.queries, '"is_dynamic":true', after, PAGE);
    count += rows.map(clientOf).filter(({ created_at }) => Date.parse(created_at) <= time * 1000).length;
    if (rows.length < PAGE) return count;
    after = rows.at(-1)?.client_id ?? '';
  }
}
