import type { Config } from '../config/schema.ts';
import { Seal } from '../keys/seal.ts';
import type { Database } from '../store/db.ts';
import { type HydraDatabase, HydraDatabaseError } from '../store/hydra/database.ts';
import { finishImport, isImportFinished } from '../store/imports.ts';
import { write } from '../store/write.ts';
import { HydraCipher } from './cipher.ts';
import { clients } from './clients.ts';
import { consents } from './consents.ts';
import { forced_subjects } from './forced_subjects.ts';
import { json_web_keys, opensAnyKey } from './json_web_keys.ts';
import { login_sessions } from './login_sessions.ts';
import { type Import, runStep, type Step } from './step.ts';
import type { TableReport } from './tally.ts';
import { access_tokens, refresh_tokens } from './tokens.ts';
import { trusted_jwt_issuers } from './trusted_jwt_issuers.ts';

/** In this order: what others refer to comes first. */
const STEPS: readonly Step[] = [
  clients,
  json_web_keys,
  trusted_jwt_issuers,
  login_sessions,
  forced_subjects,
  access_tokens,
  refresh_tokens,
  consents,
];

/** What ends with the switch, for the report. */
const NOT_CARRIED_OVER = [
  'authorization codes that are not redeemed',
  'logins, consents and logouts that are under way',
  'device codes',
  'the ids of assertions that were used',
] as const;

export type ImportReport = {
  /** The id of the network that was read. */
  readonly network: string;
  readonly dry_run: boolean;
  readonly tables: readonly TableReport[];
  readonly not_carried_over: readonly string[];
  readonly warnings: readonly string[];
};

export type ImportOptions = {
  /** Of the reference; the first one is not special. */
  readonly secrets: readonly string[];
  readonly isDryRun: boolean;
  /** Also what an import that was finished has left out, or what was removed here since. */
  readonly isAgain: boolean;
  progress(line: string): void;
};

type Target = { readonly db: Database; readonly config: Config; readonly now: () => number };

/**
 * Carries a network of the reference's over. What is there already stays as it is, so that an import that was cut off can
 * be run again. Throws HydraDatabaseError before anything is written.
 */
export async function importHydra(
  source: HydraDatabase,
  { db, config, now }: Target,
  { secrets, isDryRun, isAgain, progress }: ImportOptions,
): Promise<ImportReport> {
  const cipher = new HydraCipher(secrets);
  if (!(await opensAnyKey({ source, cipher }))) {
    throw new HydraDatabaseError(
      'None of the secrets opens the keys of that database: pass the secrets.system of Hydra with --from-secret.',
    );
  }
  const isFinished = !isAgain && (await isImportFinished(db.queries, source.network));
  const run: Import = {
    source,
    cipher,
    target: { db, config, keys: { rows: new Seal(config.secrets.system, 'rows') } },
    now: Math.floor(now() / 1000),
    mode: isFinished ? 'leave' : isDryRun ? 'count' : 'write',
    left_clients: new Set(),
    progress,
  };
  const tables: TableReport[] = [];
  for (const step of STEPS) tables.push(await runStep(run, step));
  if (run.mode === 'write') await write({ db }, (tx) => finishImport(tx, source.network, run.now));
  return {
    network: source.network,
    dry_run: isDryRun,
    tables,
    not_carried_over: NOT_CARRIED_OVER,
    warnings: warningsAbout(config, secrets),
  };
}

/** Opaque tokens are proven with `secrets.system`, in the same way here as there. */
function warningsAbout({ secrets: { system } }: Config, secrets: readonly string[]): string[] {
  if (secrets.every((secret) => system.includes(secret))) return [];
  return [
    'A secret of Hydra is not among "secrets.system", so the opaque tokens that it signed are not good here: add it there, after the first one.',
  ];
}
