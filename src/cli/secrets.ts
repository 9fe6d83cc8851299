import type { Command } from 'commander';
import type { SecretStatus } from '../flow/secret_status.ts';
import { group } from './group.ts';
import { type KeyedStore, withKeys } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

/** The end of a rotation of `secrets.system`, beside the servers that run. */
export const secretsCommand = (): Command =>
  group('secrets', 'Finishes a rotation of secrets.system.')
    .addCommand(
      storeCommand('status', 'Shows what is still bound to earlier secrets, and when they can be left out.').action(
        (options: StoreOptions) => withKeys(options, (server) => show(server, options)),
      ),
    )
    .addCommand(
      storeCommand(
        'reseal',
        'Seals what is stored under the first secret. It can be stopped and started again.',
      ).action((options: StoreOptions) => withKeys(options, (server) => resealAll(server, options))),
    );

/** Rows after which people hear how far it is. */
const MILESTONE = 10_000;

async function resealAll(server: KeyedStore, options: StoreOptions): Promise<void> {
  const { reseal } = await import('../flow/reseal.ts');
  const done = new Map<string, number>();
  for await (const { column, resealed } of reseal(server)) {
    const said = done.get(column) ?? 0;
    done.set(column, resealed);
    const isMilestone = Math.floor(resealed / MILESTONE) > Math.floor(said / MILESTONE);
    if (options.format === 'table' && isMilestone) console.log(`${column}: ${resealed} values so far`);
  }
  if (options.format === 'table') {
    for (const [column, resealed] of done)
      console.log(`${column}: ${resealed} values were sealed under the first secret`);
    console.log('');
  }
  await show(server, options);
}

async function show(server: KeyedStore, { format }: StoreOptions): Promise<void> {
  const { statusOfSecrets } = await import('../flow/secret_status.ts');
  const { columns, secrets } = await statusOfSecrets(server);
  if (format === 'json') {
    const timed = secrets.map(({ last_used_at, safe_to_drop_at, ...secret }) => ({
      ...secret,
      last_used_at: last_used_at === null ? null : timeOf(last_used_at),
      safe_to_drop_at: safe_to_drop_at === null ? null : timeOf(safe_to_drop_at),
    }));
    return console.log(JSON.stringify({ columns, secrets: timed }, null, 2));
  }
  console.table(
    columns.map(({ column, rows, unreadable }) => ({
      column,
      ...Object.fromEntries(rows.map((count, at) => [`secret ${at + 1}`, count])),
      unreadable,
    })),
  );
  for (const secret of secrets) console.log(sentencesOf(secret, server.now() / 1000).join(' '));
}

function sentencesOf(status: SecretStatus, now: number): string[] {
  const { secret, rows, tokens, endless, logins, registrations, safe_to_drop_at } = status;
  const name = `Secret ${secret}`;
  const ofClients =
    registrations > 0
      ? [`${registrations} clients that registered themselves can no longer change their registration without it.`]
      : [];
  if (rows > 0) return [`${name} is needed: 'secrets reseal' has ${rows} values to do.`, ...ofClients];
  if (safe_to_drop_at === null) {
    return [
      `${name} is needed for ever by ${endless} tokens that never expire: revoke them, or let them end with it.`,
      ...ofClients,
    ];
  }
  if (safe_to_drop_at <= now) return [`${name} can be left out.`, ...ofClients];
  const bound = `${tokens} tokens and ${logins} logins end with it`;
  return [`${name} can be left out from ${timeOf(safe_to_drop_at)} on: until then, ${bound}.`, ...ofClients];
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
