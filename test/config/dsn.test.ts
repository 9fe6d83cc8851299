import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NetworkDsn, parseDsn } from '../../src/config/dsn.ts';

const network = (dsn: string): NetworkDsn => {
  const parsed = parseDsn(dsn);
  return parsed.engine === 'sqlite' ? assert.fail('not of a network') : parsed;
};

const address = (dsn: string) => {
  const { engine, host, port, user, password, database } = network(dsn);
  return [engine, user, password, host, port, database];
};

describe('a DSN (operations.md C.1)', () => {
  it('of SQLite names a file, or memory', () => {
    assert.deepEqual(parseDsn('memory'), { engine: 'sqlite', path: ':memory:' });
    assert.deepEqual(parseDsn('sqlite:///var/db.sqlite?_fk=true'), { engine: 'sqlite', path: '/var/db.sqlite' });
    assert.deepEqual(parseDsn('sqlite://file::memory:?cache=shared'), { engine: 'sqlite', path: ':memory:' });
  });

  const rows: readonly (readonly [string, readonly unknown[]])[] = [
    ['postgres://u:p@db:6000/hydra', ['postgres', 'u', 'p', 'db', 6000, 'hydra']],
    ['postgresql://u@db/hydra', ['postgres', 'u', '', 'db', 5432, 'hydra']],
    ['cockroach://root@db/hydra?sslmode=disable', ['postgres', 'root', '', 'db', 26257, 'hydra']],
    ['postgres://u:p%40%2F%3A@db/hydra', ['postgres', 'u', 'p@/:', 'db', 5432, 'hydra']],
    ['postgres://u:a:b@[::1]:5433/hydra', ['postgres', 'u', 'a:b', '::1', 5433, 'hydra']],
    ['postgres://u@/hydra?host=/run/postgresql', ['postgres', 'u', '', '/run/postgresql', 5432, 'hydra']],
    ['mysql://u:p@tcp(db:3307)/hydra?parseTime=true', ['mysql', 'u', 'p', 'db', 3307, 'hydra']],
    ['mysql://u:p@w%40rd:@tcp(db)/hydra', ['mysql', 'u', 'p@w%40rd:', 'db', 3306, 'hydra']],
    ['mysql://u:p@unix(/run/mysqld.sock)/hydra', ['mysql', 'u', 'p', '/run/mysqld.sock', 3306, 'hydra']],
    ['mysql://u:p@db:3306/hydra', ['mysql', 'u', 'p', 'db', 3306, 'hydra']],
  ];
  for (const [dsn, expected] of rows) it(dsn, () => assert.deepEqual(address(dsn), expected));

  it('says how many connections are kept, and for how long', () => {
    const { pool } = network(
      'postgres://u@db/x?max_conns=7&max_idle_conns=9&max_conn_lifetime=1h&max_conn_idle_time=5m',
    );
    assert.deepEqual(pool, { max_conns: 7, max_idle_conns: 7, max_conn_lifetime: 3600, max_conn_idle_time: 300 });
  });

  it('keeps what is a setting of the session', () => {
    const dsn = 'postgres://u@db/x?max_conns=7&sslmode=disable&search_path=auth&application_name=id';
    assert.deepEqual(network(dsn).settings, { search_path: 'auth', application_name: 'id' });
  });

  it('says how much of TLS is wanted', () => {
    const modes = [
      ['postgres://u@db/x', 'prefer'],
      ['postgres://u@db/x?sslmode=allow', 'prefer'],
      ['postgres://u@db/x?sslmode=disable', 'disable'],
      ['postgres://u@db/x?sslmode=require', 'require'],
      ['cockroach://u@db/x?sslmode=verify-full', 'verify-full'],
      ['mysql://u@tcp(db)/x', 'disable'],
      ['mysql://u@tcp(db)/x?tls=true', 'verify-full'],
      ['mysql://u@tcp(db)/x?tls=skip-verify', 'require'],
    ] as const;
    for (const [dsn, mode] of modes) assert.equal(network(dsn).tls.mode, mode, dsn);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['oracle://x', /"dsn" must be "memory"/],
    ['sqlite://', /"dsn" must be "memory"/],
    ['postgres://user:hidden@db', /"dsn" must be "memory"/],
    ['postgres://u:hidden%zz@db/x', /a percent sign that escapes nothing/],
    ['postgres://u:hidden@db/x?sslmode=maybe', /"sslmode" of the configuration key "dsn" must be disable, /],
    ['postgres://u:hidden@db/x?sslrootcert=/nowhere/ca.pem', /the file \/nowhere\/ca\.pem, which cannot be read/],
    ['mysql://u:hidden@tcp(db)/x?tls=maybe', /"tls" of the configuration key "dsn" must be true/],
    ['postgres://u:hidden@db/x?max_conns=0', /"max_conns" of the configuration key "dsn" must be a number/],
    ['postgres://u:hidden@db/x?max_conn_lifetime=soon', /"max_conn_lifetime" .* must be a duration/],
  ];
  for (const [dsn, expected] of refused) {
    it(`is refused without showing its password: ${dsn}`, () =>
      assert.throws(
        () => parseDsn(dsn),
        ({ message }: Error) => expected.test(message) && !message.includes('hidden'),
      ));
  }
});
