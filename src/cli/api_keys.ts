import type { Command } from 'commander';
import type { ApiKeyScope } from '../keys/api_key.ts';
import type { ApiKeyRow } from '../store/api_keys.ts';
import { collect, group } from './group.ts';
import { openStore } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type Create = StoreOptions & { readonly name: string; readonly scope: readonly string[]; readonly expires?: string };

/** Keys for the admin API. A server that runs beside this knows at once. */
export const apiKeysCommand = (): Command =>
  group('api-keys', 'Manages the keys of the admin API.')
    .addCommand(
      storeCommand('create', 'Makes a key and shows it, this once.')
        .requiredOption('--name <name>', 'who or what it is for')
        .requiredOption('--scope <scope>', 'what it is good for; may be repeated, or a list', collect)
        .option('--expires <when>', 'a duration such as 720h, or a date such as 2030-01-31; else never')
        .action(create),
    )
    .addCommand(storeCommand('list', 'Lists all keys, those that work no more too.').action(list))
    .addCommand(storeCommand('revoke', 'Ends a key, at once and for good.').argument('<id>', 'its id').action(revoke));

async function create(options: Create, self: Command): Promise<void> {
  const { createApiKey } = await import('../keys/api_key.ts');
  const expires_at = options.expires === undefined ? null : await expiryOf(options.expires, self);
  const wanted = { name: nameOf(options, self), scopes: await scopesOf(options, self), expires_at };
  const store = await openStore(options);
  try {
    const { key, row } = await createApiKey(store, wanted);
    if (options.format === 'json') return console.log(JSON.stringify({ ...shown(row), key }, null, 2));
    console.table([shown(row)]);
    console.log(`\n${key}\n\nThis is the key. Keep it: it is not shown again.`);
  } finally {
    await store.close();
  }
}

function nameOf({ name }: Create, self: Command): string {
  if (/^[^\p{C}]{1,100}$/u.test(name)) return name;
  return self.error("error: '--name' must have 1 to 100 characters, all of them visible");
}

async function scopesOf({ scope }: Create, self: Command): Promise<ApiKeyScope[]> {
  const { API_KEY_SCOPES } = await import('../keys/api_key.ts');
  const isScope = (text: string): text is ApiKeyScope => (API_KEY_SCOPES as readonly string[]).includes(text);
  const names = scope.map((name) => name.trim());
  const known = names.filter(isScope);
  if (known.length === names.length && known.length > 0) return known;
  const unknown = names.find((name) => !isScope(name)) ?? '';
  return self.error(`error: there is no scope '${unknown}': choose from ${API_KEY_SCOPES.join(', ')}`);
}

/** Seconds since 1970, which are still to come. */
async function expiryOf(text: string, self: Command): Promise<number> {
  const { durationSeconds, parseDuration } = await import('../lib/duration.ts');
  const now = Date.now() / 1000;
  const duration = parseDuration(text);
  const moment = Math.floor(duration === undefined ? momentOf(text) : now + durationSeconds(duration));
  if (moment > now) return moment;
  return self.error(`error: '--expires' must be a duration such as 720h or a date such as 2030-01-31, and not be over`);
}

/** RFC 3339: a day, which begins in UTC, or a moment with its offset. */
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;

/** Seconds since 1970, or NaN. */
function momentOf(text: string): number {
  const day = text.slice(0, 10);
  // Date takes a day that its month does not have for one of the next.
  const isDay = DATE.test(text) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return isDay ? Date.parse(text) / 1000 : Number.NaN;
}

async function list(options: StoreOptions): Promise<void> {
  const { listApiKeys } = await import('../store/api_keys.ts');
  const store = await openStore(options);
  try {
    const keys = (await listApiKeys(store.db.queries)).map(shown);
    if (options.format === 'json') console.log(JSON.stringify(keys, null, 2));
    else console.table(keys);
  } finally {
    await store.close();
  }
}

async function revoke(id: string, options: StoreOptions, self: Command): Promise<void> {
  const [{ revokeApiKey }, { write }] = await Promise.all([
    import('../store/api_keys.ts'),
    import('../store/write.ts'),
  ]);
  const store = await openStore(options);
  try {
    const now = Math.floor(store.now() / 1000);
    const isRevoked = await write(store, (tx) => revokeApiKey(tx, id, now));
    if (!isRevoked) self.error(`error: no key with the id '${id}' is left to revoke`);
    console.log(options.format === 'json' ? JSON.stringify({ id }) : id);
  } finally {
    await store.close();
  }
}

const shown = ({ id, name, scope, created_at, expires_at, revoked_at }: ApiKeyRow) => ({
  id,
  name,
  scope,
  created_at: timeOf(created_at),
  expires_at: expires_at === null ? null : timeOf(expires_at),
  revoked_at: revoked_at === null ? null : timeOf(revoked_at),
});

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
