import type { ForcedSubjectsTable, Queries } from './tables.ts';

export async function findForcedSubject(db: Queries, client_id: string, subject: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('forced_subjects')
    .select('identifier')
    .where('client_id', '=', client_id)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.identifier;
}

export async function upsertForcedSubject(tx: Queries, row: ForcedSubjectsTable): Promise<void> {
  await tx
    .insertInto('forced_subjects')
    .values(row)
    .onConflict((conflict) => conflict.columns(['client_id', 'subject']).doUpdateSet({ identifier: row.identifier }))
    .execute();
}
