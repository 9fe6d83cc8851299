import { createHash } from 'node:crypto';
import { sql, type TableMetadata } from 'kysely';
import type { Database } from '../../src/store/db.ts';
import type { Queries } from '../../src/store/tables.ts';

/** Enough for an engine to prefer an index. */
const ROWS = 400;
/** Other tables refer to these. */
const FIRST = ['accounts', 'clients', 'login_sessions'];
/** Not ours to fill, and nothing that grows. */
const OWN = /^(gatehouse_migrations|sqlite_)/;

/** Rows in every table, different in every column, and statistics about them: plans for empty tables say little. */
export async function fill({ schema, dialect }: Database): Promise<void> {
  const tables = (await schema.introspection.getTables()).filter(({ name }) => !OWN.test(name));
  for (const table of tables.toSorted((a, b) => rank(a) - rank(b))) {
    const columns = table.columns.filter(({ isAutoIncrementing }) => !isAutoIncrementing);
    const names = sql.join(columns.map(({ name }) => sql.ref(name)));
    const rows = Array.from({ length: ROWS }, (_, at) => sql`(${sql.join(columns.map((one) => cellOf(one, at)))})`);
    await sql`insert into ${sql.table(table.name)} (${names}) values ${sql.join(rows)}`.execute(schema);
    await sql`${sql.raw(dialect.engine === 'mysql' ? 'analyze table' : 'analyze')} ${sql.table(table.name)}`.execute(
      schema,
    );
  }
}

const rank = ({ name }: TableMetadata): number => (FIRST.includes(name) ? 0 : 1);

type Column = TableMetadata['columns'][number];

function cellOf({ name, dataType }: Column, at: number): unknown {
  if (/int|serial/i.test(dataType)) return 1_000_000 + at;
  if (/bytea|binary|blob/i.test(dataType)) return createHash('sha256').update(`${name} ${at}`).digest();
  const number = String(at).padStart(3, '0');
  return name === 'login_session_id' ? `sid ${number}` : `${name} ${number}`.slice(-10);
}

/** The steps in which the engine would read a table, or an index, from one end to the other. */
export const fullReads = (db: Database, statement: string): Promise<string[]> =>
  db.dialect.engine === 'postgres' ? readsOfPostgres(db.schema, statement) : readsOfMysql(db.schema, statement);

type PostgresPlan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PostgresPlan[];
};

/** As it is prepared, for any values. Where there is an index, PostgreSQL is made to use it. */
async function readsOfPostgres(schema: Queries, statement: string): Promise<string[]> {
  const count = Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'null').join(', ')})`;
  for (const command of ['set enable_seqscan = off', 'set plan_cache_mode = force_generic_plan']) {
    await sql.raw(command).execute(schema);
  }
  await sql.raw(`prepare explained as ${statement}`).execute(schema);
  const { rows } = await sql
    .raw<{ 'QUERY PLAN': readonly { Plan: PostgresPlan }[] }>(`explain (format json) execute explained${values}`)
    .execute(schema);
  await sql.raw('deallocate explained').execute(schema);
  return rows.flatMap((row) => row['QUERY PLAN']).flatMap(({ Plan }) => nodesOf(Plan).filter(isFullRead).map(shown));
}

const nodesOf = (plan: PostgresPlan): PostgresPlan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

const isFullRead = (node: PostgresPlan): boolean =>
  node['Node Type'] === 'Seq Scan' || (/Index/.test(node['Node Type']) && node['Index Cond'] === undefined);

const shown = (node: PostgresPlan): string => `${node['Node Type']} ${node['Relation Name'] ?? node['Index Name']}`;

type MysqlPlan = {
  readonly select_type: string;
  readonly table: string | null;
  readonly type: string | null;
  readonly key: string | null;
};

/** For values of a row, chosen so that a range is a small part of the table. */
async function readsOfMysql(schema: Queries, statement: string): Promise<string[]> {
  const parts = statement.split('?');
  const typical = parts.map((part, at) =>
    at === 0 ? sql.raw(part) : sql`${valueBehind(parts.slice(0, at).join('?'))}${sql.raw(part)}`,
  );
  const { rows } = await sql<MysqlPlan>`explain ${sql.join(typical, sql``)}`.execute(schema);
  return (
    rows
      .filter(({ select_type, type }) => select_type !== 'INSERT' && (type === 'ALL' || type === 'index'))
      // What an index found for a subquery is read as a whole.
      .filter(({ table }) => !table?.startsWith('<subquery'))
      .map(({ table, type, key }) => `${type} ${table} ${key}`)
  );
}

/** What the column that was compared last has in some row: near the beginning, or for a range to the end near that. */
function valueBehind(text: string): unknown {
  if (/\blimit $/.test(text)) return 100;
  const [, name = '', operator = ''] = [...text.matchAll(/`?(\w+)`?\s*(<>|!=|[<>]=?|=|in \()/g)].at(-1) ?? [];
  const dataType = TIMES.test(name) ? 'bigint' : /hash$/.test(name) ? 'blob' : 'text';
  return cellOf({ name, dataType } as Column, operator.startsWith('>') ? ROWS * 0.95 : ROWS * 0.05);
}

const TIMES = /(_at|_until)$|^(skip|remember|uses|attempts)$/;
