import type { Selectable } from 'kysely';
import type { DeviceCodesTable, Queries } from './tables.ts';

export type DeviceCodeRow = Selectable<DeviceCodesTable>;

/** False when the user code is taken by a device that still waits. */
export async function insertDeviceCode(tx: Queries, row: DeviceCodeRow): Promise<boolean> {
  const result = await tx
    .insertInto('device_codes')
    .values(row)
    .onConflict((conflict) => conflict.column('user_code_hash').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

export function findDeviceCode(db: Queries, hash: Uint8Array): Promise<DeviceCodeRow | undefined> {
  return db.selectFrom('device_codes').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** A code that nobody has approved yet. */
export function findUserCode(db: Queries, user_code_hash: Uint8Array, now: number): Promise<DeviceCodeRow | undefined> {
  return db
    .selectFrom('device_codes')
    .selectAll()
    .where('user_code_hash', '=', user_code_hash)
    .where('request_id', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export type DeviceApproval = Pick<DeviceCodeRow, 'scope' | 'audience' | 'request_id' | 'subject' | 'session'>;

/** True for the one approval that counts. */
export async function approveDeviceCode(tx: Queries, hash: Uint8Array, approval: DeviceApproval): Promise<boolean> {
  const result = await tx
    .updateTable('device_codes')
    .set(approval)
    .where('hash', '=', hash)
    .where('request_id', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** RFC 8628 section 3.5: the device is not going to be approved. Nothing, where it was. */
export async function denyDeviceCode(tx: Queries, hash: Uint8Array, request_id: string): Promise<void> {
  await tx
    .updateTable('device_codes')
    .set({ request_id })
    .where('hash', '=', hash)
    .where('request_id', 'is', null)
    .execute();
}

/** Single use of an approved code. */
export async function spendDeviceCode(tx: Queries, hash: Uint8Array): Promise<boolean> {
  const result = await tx
    .deleteFrom('device_codes')
    .where('hash', '=', hash)
    .where('request_id', 'is not', null)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}
