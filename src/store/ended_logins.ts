import { createHash } from 'node:crypto';
import type { Queries } from './tables.ts';

/** What has ended: one login session, or all of a person. */
export type Ended = { readonly sid: string } | { readonly subject: string };

export type Login = { readonly sid: string; readonly subject: string; readonly authenticated_at: number };

/** Seconds: for longer than what the login app has said is good, `ttl.login_consent_request`. */
const KEEP = 24 * 3600;

/** A login verifier is no secret to the browser that it was for: without this it would bring an ended login back. */
export async function insertEndedLogin(tx: Queries, ended: Ended, now: number): Promise<void> {
  const values = { ended_at: now, expires_at: now + KEEP };
  await tx
    .insertInto('ended_logins')
    .values({ hash: hashOf(ended), ...values })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet(values))
    .execute();
}

/** Whether it ended after it began: whoever has logged in again since then is not concerned. */
export async function hasEnded(db: Queries, { sid, subject, authenticated_at }: Login): Promise<boolean> {
  const row = await db
    .selectFrom('ended_logins')
    .select('ended_at')
    .where('hash', 'in', [hashOf({ sid }), hashOf({ subject })])
    .where('ended_at', '>', authenticated_at)
    .executeTakeFirst();
  return row !== undefined;
}

const hashOf = (ended: Ended): Buffer => createHash('sha256').update(JSON.stringify(ended)).digest();
