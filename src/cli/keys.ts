import { type Command, Option } from 'commander';
import type { KeyStatus } from '../keys/rotation.ts';
import { group } from './group.ts';
import { type KeyedStore, withKeys } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type Rotate = StoreOptions & { readonly set?: string; readonly algorithm?: string };

const SETS = ['hydra.openid.id-token', 'hydra.jwt.access-token'];

/** Keys that sign tokens. Servers that run beside this know within seconds. */
export const keysCommand = (): Command =>
  group('keys', 'Manages the keys that sign tokens.')
    .addCommand(
      storeCommand('status', 'Shows which keys sign, and which are still needed.').action((options: StoreOptions) =>
        withKeys(options, (server) => show(server, options)),
      ),
    )
    .addCommand(
      storeCommand('rotate', 'Adds a key, which signs after gatehouse.keys.lead_time. Earlier ones go on verifying.')
        .addOption(new Option('--set <name>', 'only of this set').choices(SETS))
        .option('--algorithm <alg>', 'such as RS256, ES256 or EdDSA; else that of the newest key')
        .action(rotate),
    );

async function rotate(options: Rotate, self: Command): Promise<void> {
  const { isSigningAlgorithm, SIGNING_ALGORITHMS } = await import('../keys/json_web_key.ts');
  const { algorithm, set } = options;
  if (algorithm !== undefined && !isSigningAlgorithm(algorithm)) {
    self.error(`error: there is no algorithm '${algorithm}': choose from ${SIGNING_ALGORITHMS.join(', ')}`);
  }
  const [{ addNextKey }, { keyStore }] = await Promise.all([
    import('../keys/rotation.ts'),
    import('../token/rotate_keys.ts'),
  ]);
  await withKeys(options, async (server) => {
    for (const name of set === undefined ? SETS : [set]) {
      const kid = await addNextKey(keyStore(server), name, algorithm);
      if (kid === undefined) self.error(`error: another key was added to ${name} at the same time`);
    }
    await show(server, options);
  });
}

async function show(server: KeyedStore, { format }: StoreOptions): Promise<void> {
  const { keyStatus } = await import('../token/rotate_keys.ts');
  const keys = (await Promise.all(SETS.map((set) => keyStatus(server, set)))).flat().map(shown);
  if (format === 'json') console.log(JSON.stringify(keys, null, 2));
  else console.table(keys);
}

const shown = ({ created_at, signs_from, needed_until, ...key }: KeyStatus) => ({
  ...key,
  created_at: timeOf(created_at),
  signs_from: signs_from === null ? null : timeOf(signs_from),
  needed_until: needed_until === null ? null : timeOf(needed_until),
});

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
