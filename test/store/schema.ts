import { sql } from 'kysely';
import type { Database } from '../../src/store/db.ts';

/** What migrating itself needs, and what the engine keeps for itself. */
const OWN = /^(leases|gatehouse_migrations.*|sqlite_.*)$/;

/** Every table as the engine describes it, with its columns, keys and indexes, whatever order they were made in. */
export async function schemaOf({ schema, dialect }: Database): Promise<Record<string, readonly string[]>> {
  const { rows } = await DESCRIPTIONS[dialect.engine].execute(schema);
  const own = rows.filter(({ table_name }) => !OWN.test(table_name));
  return Object.fromEntries(
    [...Map.groupBy(own, ({ table_name }) => table_name)]
      .map(([name, parts]) => [name, parts.map(({ part }) => part).sort()] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}

const DESCRIPTIONS = {
  sqlite: sql<{ table_name: string; part: string }>`
    select m.name as table_name, concat_ws(' ', 'column', c.name, c.type, c."notnull", c.dflt_value, c.pk) as part
      from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'
    union all select m.name, concat_ws(' ', 'reference', f."from", f."table", f."to", f.on_delete)
      from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'
    union all select m.name, concat_ws(' ', 'index', l.name, l."unique", i.seqno, i.name)
      from sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i where m.type = 'table'`,
  postgres: sql<{ table_name: string; part: string }>`
    select table_name::text, concat_ws(' ', 'column', column_name, data_type, character_maximum_length, collation_name, is_nullable, column_default) as part
      from information_schema.columns where table_schema = current_schema()
    union all select conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace = current_schema()::regnamespace and conrelid <> 0
    union all select tablename::text, indexdef from pg_indexes where schemaname = current_schema()`,
  mysql: sql<{ table_name: string; part: string }>`
    select table_name as table_name, concat_ws(' ', 'column', column_name, column_type, collation_name, is_nullable, column_default, extra) as part
      from information_schema.columns where table_schema = database()
    union all select table_name, concat_ws(' ', 'index', index_name, non_unique, seq_in_index, column_name)
      from information_schema.statistics where table_schema = database()
    union all select table_name, concat_ws(' ', 'reference', constraint_name, referenced_table_name, delete_rule)
      from information_schema.referential_constraints where constraint_schema = database()`,
};
