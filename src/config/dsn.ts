import { readFileSync } from 'node:fs';
import { durationSeconds, parseDuration } from '../lib/duration.ts';
import { ConfigError } from './config_error.ts';

export type Dsn = SqliteDsn | NetworkDsn;

export type SqliteDsn = {
  readonly engine: 'sqlite';
  /** As SQLite takes it; `:memory:` for a database that ends with the process. */
  readonly path: string;
};

export type NetworkDsn = {
  readonly engine: 'postgres' | 'mysql';
  /** A name, an address, or the path of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: TlsMode;
  readonly pool: Pool;
  /** What is left: settings of the session. */
  readonly settings: Readonly<Record<string, string>>;
};

export type Pool = {
  readonly max_conns: number;
  readonly max_idle_conns: number;
  /** Seconds; 0 for ever. */
  readonly max_conn_lifetime: number;
  readonly max_conn_idle_time: number;
};

/** `prefer` goes without where the server has none. The certificates are PEM. */
export type TlsMode =
  | { readonly mode: 'disable' }
  | {
      readonly mode: 'prefer' | 'require' | 'verify-ca' | 'verify-full';
      readonly ca?: string;
      readonly cert?: string;
      readonly key?: string;
    };

const ENGINES: Readonly<Record<string, { readonly engine: NetworkDsn['engine']; readonly port: number }>> = {
  postgres: { engine: 'postgres', port: 5432 },
  postgresql: { engine: 'postgres', port: 5432 },
  cockroach: { engine: 'postgres', port: 26257 },
  mysql: { engine: 'mysql', port: 3306 },
};

const FORMS =
  '"memory", "sqlite://path/to/file.sqlite", "postgres://user:password@host:5432/database?sslmode=verify-full" or "mysql://user:password@tcp(host:3306)/database"';

/** The reference's forms (operations.md C.1). Throws ConfigError without showing the DSN, which may hold a password. */
export function parseDsn(dsn: string): Dsn {
  if (dsn === 'memory') return { engine: 'sqlite', path: ':memory:' };
  const [, name = '', rest = ''] = /^([a-z0-9+]+):\/\/(.*)$/is.exec(dsn) ?? [];
  const scheme = name.toLowerCase();
  if (scheme === 'sqlite') return sqliteDsn(rest);
  const known = ENGINES[scheme];
  if (!known) throw new ConfigError(`The configuration key "dsn" must be ${FORMS}.`);
  return networkDsn(known.engine, known.port, rest);
}

/** Every parameter of the reference's driver is either what we do anyway or means nothing here. */
function sqliteDsn(rest: string): SqliteDsn {
  const path = rest.replace(/\?.*$/s, '');
  if (path === '') throw new ConfigError(`The configuration key "dsn" must be ${FORMS}.`);
  return { engine: 'sqlite', path: path === ':memory:' || path.startsWith('file::memory:') ? ':memory:' : path };
}

/** `user:password@host:port/database?parameters`, where the host of MySQL is `tcp(host:port)` or `unix(/path)`. */
const NETWORK =
  /^(?:(?<user>[^:]*?)(?::(?<password>.*))?@)?(?<address>[^@/]*(?:\([^)]*\))?)\/(?<database>[^/?]*)(?:\?(?<query>.*))?$/s;

function networkDsn(engine: NetworkDsn['engine'], port: number, rest: string): NetworkDsn {
  const parts = NETWORK.exec(rest)?.groups;
  if (!parts) throw new ConfigError(`The configuration key "dsn" must be ${FORMS}.`);
  const { pool, tls, host, settings } = takeParameters(engine, new URLSearchParams(parts.query ?? ''));
  // Hydra: the driver for MySQL takes the password as it is written.
  const decode = engine === 'mysql' ? (text: string) => text : decodeText;
  return {
    engine,
    ...addressOf(parts.address ?? '', port, host),
    user: decode(parts.user ?? ''),
    password: decode(parts.password ?? ''),
    database: decode(parts.database ?? ''),
    tls,
    pool,
    settings,
  };
}

function addressOf(address: string, port: number, host: string | undefined): Pick<NetworkDsn, 'host' | 'port'> {
  const inner = /^(?:tcp|unix)\((.*)\)$/.exec(address)?.[1] ?? address;
  if (inner.startsWith('/')) return { host: inner, port };
  const [, name = '', digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(inner) ?? [];
  return { host: name.replace(/^\[|\]$/g, '') || (host ?? '127.0.0.1'), port: Number(digits ?? port) };
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError('The configuration key "dsn" has a percent sign that escapes nothing: write it as "%25".');
  }
}

/** What the drivers of the reference take beside settings of the session, and what means nothing to ours. */
const WITHOUT_EFFECT = [
  'parseTime',
  'multiStatements',
  'clientFoundRows',
  'charset',
  'collation',
  'loc',
  'binary_parameters',
];

const DEFAULT_POOL = { max_conns: 20, max_conn_lifetime: 0, max_conn_idle_time: 60 };

function takeParameters(engine: NetworkDsn['engine'], parameters: URLSearchParams) {
  const take = (name: string): string | undefined => {
    const value = parameters.get(name) ?? undefined;
    parameters.delete(name);
    return value;
  };
  for (const name of WITHOUT_EFFECT) parameters.delete(name);
  const max_conns = count('max_conns', take('max_conns')) ?? DEFAULT_POOL.max_conns;
  const pool: Pool = {
    max_conns,
    max_idle_conns: Math.min(count('max_idle_conns', take('max_idle_conns')) ?? max_conns, max_conns),
    max_conn_lifetime: seconds('max_conn_lifetime', take('max_conn_lifetime')) ?? DEFAULT_POOL.max_conn_lifetime,
    max_conn_idle_time: seconds('max_conn_idle_time', take('max_conn_idle_time')) ?? DEFAULT_POOL.max_conn_idle_time,
  };
  const tls = engine === 'mysql' ? mysqlTls(take('tls')) : postgresTls(take);
  return { pool, tls, host: take('host'), settings: Object.fromEntries(parameters) };
}

function count(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(value)) throw wrong(name, 'a number from 1 to 99999');
  return Number(value);
}

function seconds(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const duration = parseDuration(value);
  if (duration === undefined) throw wrong(name, 'a duration such as "30m"');
  return durationSeconds(duration);
}

const wrong = (name: string, shape: string): ConfigError =>
  new ConfigError(`The parameter "${name}" of the configuration key "dsn" must be ${shape}.`);

const POSTGRES_MODES = ['prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** The names of libpq. */
function postgresTls(take: (name: string) => string | undefined): TlsMode {
  const given = take('sslmode') ?? 'prefer';
  const files = { ca: pem(take('sslrootcert')), cert: pem(take('sslcert')), key: pem(take('sslkey')) };
  if (given === 'disable') return { mode: 'disable' };
  const mode = POSTGRES_MODES.find((name) => name === (given === 'allow' ? 'prefer' : given));
  if (!mode) throw wrong('sslmode', 'disable, allow, prefer, require, verify-ca or verify-full');
  return { mode, ...defined(files) };
}

const MYSQL_MODES: Readonly<Record<string, TlsMode>> = {
  false: { mode: 'disable' },
  true: { mode: 'verify-full' },
  'skip-verify': { mode: 'require' },
  preferred: { mode: 'prefer' },
};

function mysqlTls(given = 'false'): TlsMode {
  const mode = MYSQL_MODES[given];
  if (!mode) throw wrong('tls', 'true, false, skip-verify or preferred');
  return mode;
}

const defined = (
  files: Record<'ca' | 'cert' | 'key', string | undefined>,
): { ca?: string; cert?: string; key?: string } =>
  Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined));

function pem(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`The configuration key "dsn" names the file ${path}, which cannot be read.`);
  }
}
