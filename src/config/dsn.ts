import { ConfigError } from './config_error.ts';

export type Dsn = {
  readonly engine: 'sqlite';
  /** As SQLite takes it; `:memory:` for a database that ends with the process. */
  readonly path: string;
};

const LATER = ['postgres', 'postgresql', 'mysql', 'cockroach'];

/** The reference's forms: `memory` and `sqlite://path?_fk=true`. Throws ConfigError without showing the DSN, which may hold a password. */
export function parseDsn(dsn: string): Dsn {
  if (dsn === 'memory') return { engine: 'sqlite', path: ':memory:' };
  const scheme = /^([a-z0-9+]+):\/\//i.exec(dsn)?.[1]?.toLowerCase() ?? '';
  if (LATER.includes(scheme)) {
    throw new ConfigError(
      `The configuration key "dsn" names a ${scheme} database, but this version of Gatehouse stores in SQLite only: use "memory" or "sqlite://path/to/file.sqlite".`,
    );
  }
  // Every parameter of the reference's driver is either what we do anyway or means nothing here.
  const path = dsn.slice('sqlite://'.length).replace(/\?.*$/s, '');
  if (scheme !== 'sqlite' || path === '') {
    throw new ConfigError('The configuration key "dsn" must be "memory" or "sqlite://path/to/file.sqlite".');
  }
  return { engine: 'sqlite', path: path === ':memory:' || path.startsWith('file::memory:') ? ':memory:' : path };
}
