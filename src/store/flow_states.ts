import type { FlowStatesTable, Queries } from './tables.ts';

export async function insertFlowState(tx: Queries, row: FlowStatesTable): Promise<void> {
  await tx.insertInto('flow_states').values(row).execute();
}

export async function findFlowState(db: Queries, hash: Uint8Array): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom('flow_states').select('sealed').where('hash', '=', hash).executeTakeFirst();
  return row?.sealed;
}
