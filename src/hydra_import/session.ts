import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { Session } from '../token/authorization.ts';
import { momentOf, Unfit } from './values.ts';

/** What the reference keeps with a token, as far as we ask for it. */
export type HydraSession = {
  readonly session: Session;
  /** Seconds since 1970, by kind of token; null: none is set. */
  expiryOf(kind: 'access_token' | 'refresh_token'): number | null;
};

export function readSession(value: Json): HydraSession {
  if (!isObject(value) || !isObject(value.id_token)) throw new Unfit('has no session of Hydra v2 or later');
  const { id_token, extra } = value;
  const claims = member(id_token, 'id_token_claims');
  const times = member(id_token, 'expires_at');
  return {
    session: { ...sessionOf(claims, textOf(id_token.subject)), ...filled('access_token', extra) },
    expiryOf: (kind) => momentOf(textOf(times[kind])),
  };
}

function sessionOf(claims: JsonObject, subject: string): Session {
  const { sid, ...custom } = member(claims, 'ext');
  const auth_time = momentOf(textOf(claims.auth_time));
  const amr = Array.isArray(claims.amr) ? claims.amr.filter((value) => typeof value === 'string') : [];
  return {
    ...(textOf(claims.sub) === '' || claims.sub === subject ? {} : { mapped_subject: textOf(claims.sub) }),
    ...(auth_time === null ? {} : { auth_time }),
    ...(textOf(claims.acr) === '' ? {} : { acr: textOf(claims.acr) }),
    ...(amr.length === 0 ? {} : { amr }),
    ...(textOf(sid) === '' ? {} : { sid: textOf(sid) }),
    ...(textOf(claims.nonce) === '' ? {} : { nonce: textOf(claims.nonce) }),
    ...filled('id_token', custom),
  };
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function member(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  return isObject(found) ? found : {};
}

/** Custom claims are left out where there are none. */
const filled = (name: 'access_token' | 'id_token', claims: Json | undefined): Session =>
  isObject(claims) && Object.keys(claims).length > 0 ? { [name]: claims } : {};
