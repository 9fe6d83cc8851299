import { applyPatch, Pointer, type Operation as Rfc6902Operation } from 'rfc6902';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';

type Operation = Extract<Rfc6902Operation, { op: 'add' | 'remove' | 'replace' }>;

/** Hydra: what only moves or tests is not understood. */
const OPERATIONS: readonly Json[] = ['add', 'remove', 'replace'];
const LONGEST = 1_000;

/** RFC 6902: the document with the patch applied to it. Throws `bad_request`; the document stays as it is. */
export function patchDocument(document: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch) || patch.length > LONGEST) {
    throw refused(`a patch is a list of at most ${LONGEST} operations`);
  }
  const patched = structuredClone(document);
  for (const operation of patch) apply(patched, readOperation(operation));
  return patched;
}

/** Whether the patch touches this member. */
export const touches = (patch: Json, member: string): boolean =>
  Array.isArray(patch) && patch.some((operation) => isObject(operation) && operation.path === `/${member}`);

function readOperation(operation: Json): Operation {
  if (!isObject(operation) || typeof operation.path !== 'string') throw refused("an operation has 'op' and 'path'");
  if (!OPERATIONS.includes(operation.op ?? null)) throw refused("'op' is 'add', 'remove' or 'replace'");
  if (operation.op !== 'remove' && operation.value === undefined) throw refused("'add' and 'replace' have a 'value'");
  const [member = ''] = operation.path.split('/').slice(1);
  if (['', 'id', 'client_id'].includes(member.toLowerCase())) throw refused(`'${operation.path}' cannot be changed`);
  return operation as unknown as Operation;
}

/** Names that mean something else to JavaScript, wherever in a path. */
const INHERITED = /\/(__proto__|constructor|prototype)(\/|$)/;

function apply(document: JsonObject, operation: Operation): void {
  if (INHERITED.test(operation.path)) throw refused(`'${operation.path}' does not exist`);
  const [problem] = attempt(() => applyPatch(document, [tolerant(document, operation)]));
  if (problem) throw refused(`'${operation.path}' does not exist`);
}

/** Hydra: replacing a member that is not there adds it; an entry of a list must be there. */
function tolerant(document: JsonObject, operation: Operation): Operation {
  if (operation.op !== 'replace' || /\/(\d+|-)$/.test(operation.path)) return operation;
  const isThere = Pointer.fromJSON(operation.path).get(document) !== undefined;
  return isThere ? operation : { ...operation, op: 'add' };
}

/** The library throws for paths that run through what has no members. */
function attempt(action: () => (Error | null)[]): (Error | null)[] {
  try {
    return action();
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
}

const refused = (reason: string): OAuthError => new OAuthError('bad_request', `Unable to apply the patch: ${reason}.`);
