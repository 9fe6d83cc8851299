import { randomBytes } from 'node:crypto';
import { parseNetwork } from '../http/client_address.ts';
import type { JsonObject } from '../lib/json.ts';
import { isActing } from './acting.ts';
import { ConfigError } from './config_error.ts';
import { DOCUMENT } from './document.ts';
import { parseDsn } from './dsn.ts';
import { applyEnvironment } from './environment.ts';
import { readFiles } from './files.ts';
import { type FilledDocument, resolveConfig, resolveKeyTimes, tlsOf } from './resolve.ts';
import type { Config } from './schema.ts';
import { merge, pathsOf, valueAt, withValue } from './tree.ts';
import { checkTree, withDefaults } from './validate.ts';

export { ConfigError } from './config_error.ts';

export type Sources = {
  /** YAML, JSON or TOML; later ones win. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: { readonly dev?: boolean };
  /** What the program itself insists on: beats everything. */
  readonly forced?: JsonObject;
};

export type Loaded = {
  readonly config: Config;
  readonly warnings: readonly string[];
  /** Every process that loads this has another `secrets.system`. */
  readonly hasRandomSecret: boolean;
};

const read = ({ files, env, flags, forced = {} }: Sources): JsonObject =>
  merge(applyEnvironment(merge(readFiles(files), flags), env), forced);

/** Hydra: the environment beats flags, flags beat files, files beat defaults. Throws ConfigError. */
export function loadConfig(sources: Sources): Loaded {
  const given = read(sources);
  checkTree(DOCUMENT, given);
  const { tree, warnings, hasRandomSecret } = developmentDefaults(given);
  const document = withDefaults(DOCUMENT, tree) as FilledDocument;
  checkTogether(document);
  return {
    config: resolveConfig(document),
    warnings: [...warnings, ...openToAll(document), ...inactive(given)],
    hasRandomSecret,
  };
}

/** The DSN alone, for commands that must run beside a configuration that is not finished. Throws ConfigError. */
export function findDsn(sources: Sources): string {
  const dsn = read(sources).dsn;
  if (typeof dsn !== 'string' || dsn === '') throw new ConfigError('The configuration key "dsn" is required.');
  parseDsn(dsn);
  return dsn;
}

/** What a development server may be started without. */
function developmentDefaults(tree: JsonObject): { tree: JsonObject; warnings: string[]; hasRandomSecret: boolean } {
  if (tree.dev !== true) return { tree, warnings: [], hasRandomSecret: false };
  const port = valueAt(tree, 'serve.public.port') ?? 4444;
  const isSecure = valueAt(tree, 'serve.public.tls.enabled') ?? valueAt(tree, 'serve.tls.enabled') ?? false;
  const issuer = `${isSecure ? 'https' : 'http'}://localhost:${port}/`;
  const defaults = { dsn: 'memory', urls: { self: { issuer } } };
  const filled = merge(defaults, tree);
  if (valueAt(filled, 'secrets.system') !== undefined) return { tree: filled, warnings: [], hasRandomSecret: false };
  const isLost = filled.dsn !== 'memory';
  const consequence = isLost ? ': what is stored cannot be read after a restart' : '';
  return {
    hasRandomSecret: true,
    tree: withValue(filled, 'secrets.system', [randomBytes(24).toString('base64url')]),
    warnings: [
      `The configuration key "secrets.system" is not set, so a random secret is used until this process ends${consequence}.`,
    ],
  };
}

type Rule = (document: FilledDocument) => string | undefined | false;

/** What no key can say alone. The first rule that answers stops the start. */
const RULES: readonly Rule[] = [
  ({ dsn }) => !dsn && '"dsn" is required: "memory" to try things out, "sqlite://path/to/file.sqlite" to keep them.',
  ({ urls }) => !urls.self?.issuer && '"urls.self.issuer" is required: the https URL under which this server is known.',
  ({ urls, dev }) =>
    !dev && !urls.self.issuer.startsWith('https:') && '"urls.self.issuer" must be an https URL unless "dev" is on.',
  // RFC 8414 section 2.
  ({ urls }) => /[?#]/.test(urls.self.issuer) && '"urls.self.issuer" must be a URL without a query and a fragment.',
  ({ secrets }) =>
    !secrets.system?.length && '"secrets.system" is required: a list of random texts of at least 16 characters.',
  ({ oidc }) =>
    oidc.subject_identifiers.supported_types.includes('pairwise') &&
    oidc.subject_identifiers.pairwise.salt.length < 8 &&
    '"oidc.subject_identifiers.pairwise.salt" needs at least 8 characters where "pairwise" is supported.',
  ({ gatehouse }) =>
    gatehouse.single_origin &&
    gatehouse.admin.api_keys === 'off' &&
    '"gatehouse.admin.api_keys" must be "required" where "gatehouse.single_origin" is on: the admin API would be open to everybody.',
  ({ gatehouse }) =>
    gatehouse.trusted_proxies.some((network) => !parseNetwork(network)) &&
    '"gatehouse.trusted_proxies" must be a list of networks and addresses such as "10.0.0.0/8" and "::1".',
  ({ gatehouse }) => rotationProblem(gatehouse.keys),
  ({ serve }) => tlsProblem(serve, 'public') ?? tlsProblem(serve, 'admin'),
  ({ hsm }) => hsm.enabled && '"hsm.enabled" must be false: this server has no support for hardware security modules.',
];

function tlsProblem(serve: FilledDocument['serve'], name: 'public' | 'admin'): string | undefined {
  const tls = tlsOf(serve[name], serve.tls);
  const missing = tls.enabled && (['cert', 'key'] as const).find((part) => !tls[part]);
  return missing
    ? `"serve.${name}.tls.${missing}" is required where TLS is enabled: its "path" is a PEM file. Certificates that sign themselves are not made here.`
    : undefined;
}

/** How long relying parties may keep what `jwks.json` says, in seconds. */
const JWKS_LIFE = 300;

function rotationProblem(keys: FilledDocument['gatehouse']['keys']): string | undefined {
  const { lead_time, rotation } = resolveKeyTimes(keys);
  if (rotation.interval === undefined) return undefined;
  if (lead_time < JWKS_LIFE)
    return '"gatehouse.keys.lead_time" must be at least "5m" where keys are rotated: for so long others keep the key set.';
  if (rotation.interval <= lead_time)
    return `"gatehouse.keys.rotation.interval" must be longer than "gatehouse.keys.lead_time", which is ${lead_time} seconds.`;
  return undefined;
}

function checkTogether(document: FilledDocument): void {
  for (const rule of RULES) {
    const problem = rule(document);
    if (problem) throw new ConfigError(`The configuration key ${problem}`);
  }
  parseDsn(document.dsn);
}

/** operations.md H16. */
const openToAll = ({ serve }: FilledDocument): string[] =>
  (['public', 'admin'] as const)
    .filter((name) => serve[name].cors.enabled && serve[name].cors.allowed_origins.length === 0)
    .map(
      (name) =>
        `"serve.${name}.cors.allowed_origins" is empty, so the pages of every origin may read what is answered, though ` +
        'without credentials: list the origins that you mean, or "*" for all of them with credentials.',
    );

/** One sentence about everything that was set and does nothing. */
function inactive(given: JsonObject): string[] {
  const paths = pathsOf(given).filter((path) => !isActing(path));
  if (paths.length === 0) return [];
  const [subject, verb] =
    paths.length === 1 ? ['This configuration key is', 'does'] : ['These configuration keys are', 'do'];
  return [`${subject} known, but ${verb} not act in this version: ${paths.join(', ')}.`];
}
