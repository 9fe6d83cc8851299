import { sql } from 'kysely';
import { isBusy, SqliteConnection, sqliteQueries } from './dialects/sqlite.ts';
import { GroupCommit } from './group_commit.ts';
import type { Queries } from './tables.ts';

export type Database = {
  /** Reads see what is committed. Writes go through `write` of store/write.ts. */
  readonly queries: Queries;
  readonly writes: GroupCommit;
  /** For migrations, which bring their own transactions. */
  readonly schema: Queries;
  close(): Promise<void>;
};

/** `path` as SQLite takes it; `:memory:` lives as long as the process. */
export function openDatabase(path: string): Database {
  const connection = new SqliteConnection(path);
  const ungated = sqliteQueries(connection, false);
  const writes = new GroupCommit({
    tx: ungated,
    execute: (sql) => connection.database.exec(sql),
    alone: (work) => connection.alone(work),
    isBusy,
  });
  return {
    queries: sqliteQueries(connection, true),
    writes,
    schema: ungated,
    async close() {
      await writes.idle();
      connection.database.close();
    },
  };
}

/** Throws where the database does not answer. */
export async function ping(db: Database): Promise<void> {
  await sql`select 1`.execute(db.queries);
}
