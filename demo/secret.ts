import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseDsn } from '../src/config/dsn.ts';

/** For `secrets.system`: beside a database that outlives us, so that what it holds can be opened again. */
export function secretFor(dsn: string): string {
  const parsed = parseDsn(dsn);
  if (parsed.engine !== 'sqlite' || parsed.path === ':memory:') return mintSecret();
  const file = `${parsed.path}-secret`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, mintSecret(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8');
}

const mintSecret = (): string => randomBytes(32).toString('base64url');
