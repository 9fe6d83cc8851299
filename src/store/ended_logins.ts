import { createHash } from 'node:crypto';
import { HotQuery } from './hot_query.ts';
import type { Queries } from './tables.ts';

/** What has ended: one login session, or all of a person. */
export type Ended = { readonly sid: string } | { readonly subject: string };

export type Login = { readonly sid: string; readonly subject: string; readonly authenticated_at: number };

/** Seconds. What the login app has said is good for `ttl.login_consent_request`, half an hour unless somebody sets it to days. */
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

const ending = new HotQuery(
  (db, login: { readonly session: Buffer; readonly person: Buffer; readonly authenticated_at: number }) =>
    db
      .selectFrom('ended_logins')
      .select('ended_at')
      .where('hash', 'in', [login.session, login.person])
      .where('ended_at', '>', login.authenticated_at),
);

/** Whether it ended after it began: whoever has logged in again since then is not concerned. */
export async function hasEnded(db: Queries, { sid, subject, authenticated_at }: Login): Promise<boolean> {
  const login = { session: hashOf({ sid }), person: hashOf({ subject }), authenticated_at };
  return (await ending.first(db, login)) !== undefined;
}

const hashOf = (ended: Ended): Buffer => createHash('sha256').update(JSON.stringify(ended)).digest();
