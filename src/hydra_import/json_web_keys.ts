import { canonicalJwk } from '../keys/json_web_key.ts';
import { sealJwk } from '../keys/signing_keys.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { HydraRow } from '../store/hydra/database.ts';
import { eachRow, type Import, type Step } from './step.ts';
import { required, requiredMoment, text, Unfit } from './values.ts';

/** In the order in which they were made: here as there, the newest key of a set signs. */
export const json_web_keys: Step = {
  from: { table: 'hydra_jwk', key: ['created_at', 'pk'], columns: ['sid', 'kid', 'keydata'] },
  into: { table: 'json_web_keys', key: ['set_name', 'kid'] },
  nameOf: (row) => `${text(row, 'sid')} ${text(row, 'kid')}`,
  prepare: eachRow(({ cipher, target }, row) => {
    const set_name = required(row, 'sid');
    const kid = required(row, 'kid');
    const jwk = { ...soundJwk(cipher.openJson(text(row, 'keydata'))), kid };
    return {
      set_name,
      kid,
      created_at: requiredMoment(row, 'created_at'),
      jwk: sealJwk(target.keys.rows, set_name, jwk),
    };
  }),
};

function soundJwk(value: Json): JsonObject {
  try {
    if (isObject(value)) return canonicalJwk(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Unfit('is not a key that we know');
}

/** Whether the secrets are the right ones: a database with keys none of which opens is somebody else's. */
export async function opensAnyKey({ source, cipher }: Pick<Import, 'source' | 'cipher'>): Promise<boolean> {
  let isEmpty = true;
  for await (const rows of source.pages(json_web_keys.from, 100)) {
    isEmpty = false;
    if (rows.some((row: HydraRow) => cipher.open(text(row, 'keydata')))) return true;
  }
  return isEmpty;
}
