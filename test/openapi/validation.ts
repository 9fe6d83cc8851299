import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Schema = { readonly [name: string]: unknown };
type Response = { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> };
type Operation = { readonly responses: Readonly<Record<string, Response>> };
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const document: Document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', components: closed(document.components) as Schema });

/** An object may hold what is described, and nothing else unless the description says so. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, closed(entry)]));
  if (typeof inner.$ref === 'string') return { $ref: `openapi${inner.$ref}` };
  // JSON Schema wants a type beside `nullable`; where a reference or a choice stands instead, null is one more choice.
  if (inner.nullable === true && inner.type === undefined) {
    const { nullable, ...rest } = inner;
    return { anyOf: [rest, { type: 'null' }] };
  }
  const isObject = inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isObject ? { ...inner, additionalProperties: false } : inner;
}

const validators = new WeakMap<Schema, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile(closed(schema) as Schema);
  validators.set(schema, known);
  return known;
}

/** Longer paths first, so that a literal segment wins over a parameter. */
const PATHS = Object.keys(document.paths)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')) || b.path.length - a.path.length);

function operationOf(method: string, pathname: string): Operation | undefined {
  const path = pathname.replace(/\/$/, '');
  const described = [path, `/admin${path}`, path.replace(/^\/admin/, '')].flatMap((candidate) =>
    PATHS.filter(({ pattern }) => pattern.test(candidate)),
  )[0];
  return described && document.paths[described.path]?.[method.toLowerCase()];
}

let validated = 0;
/** How many answers were held against the description in this process. */
export const validatedAnswers = (): number => validated;

/** Throws an AssertionError for an answer that openapi.json does not describe. Other paths than its own pass. */
export function validateAnswer(method: string, url: URL, status: number, contentType: string, body: string): void {
  const operation = operationOf(method, url.pathname);
  if (!operation) return;
  const shown = `${method} ${url.pathname} answered ${status} ${contentType}\n${body.slice(0, 2000)}\n`;
  const response = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined);
  assert.ok(response, `openapi.json has no such status: ${shown}`);
  validated++;
  if (body === '') return;
  const [type = ''] = contentType.split(';');
  const schema = response.content?.[type]?.schema;
  assert.ok(schema, `openapi.json has no such content: ${shown}`);
  if (type !== 'application/json') return;
  const validate = validatorOf(schema);
  assert.ok(validate(JSON.parse(body)), `${shown}${ajv.errorsText(validate.errors)}`);
}

const origins = new Set<string>();
const plainFetch = globalThis.fetch;

/** From now on every answer that `fetch` gets from these origins is held against openapi.json. */
export function validateAnswersOf(...addresses: readonly (string | undefined)[]): void {
  for (const address of addresses) if (address?.startsWith('http')) origins.add(new URL(address).origin);
  globalThis.fetch = validatingFetch;
}

const validatingFetch: typeof fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const url = new URL(input instanceof Request ? input.url : input);
  if (!origins.has(url.origin) || response.redirected) return response;
  const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
  const { status, headers } = response;
  validateAnswer(method, url, status, headers.get('content-type') ?? '', await response.clone().text());
  return response;
};
