import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import { isObject, parseJson } from '../lib/json.ts';
import type { Request } from './request.ts';

/**
 * The JSON body in the shape of the schema, whatever its content type says. Hydra: `null` stands for an empty object,
 * and a member that is null for one that is missing. Throws a SyntaxError whose message may be shown.
 */
export function jsonBody<Schema extends TSchema>(request: Request, schema: Schema): Static<Schema> {
  const value = parseJson(request.body) ?? {};
  const filled = isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : value;
  if (Check(schema, filled)) return filled;
  const [, [first]] = Errors(schema, filled);
  const where = first?.instancePath.slice(1).replaceAll('/', '.');
  throw new SyntaxError(
    where ? `the member '${where}' ${first?.message}` : `the body ${first?.message ?? 'is not valid'}`,
  );
}
