/**
 * What of an OpenAPI document is a name or a rule and not prose. `reference_names.json` is what this makes of the
 * reference's document: bin/node test/openapi/names.ts api.json > test/openapi/reference_names.json
 */
import { readFileSync } from 'node:fs';

export type Shape = {
  /** Another schema of the same document. */
  readonly of?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
};

type Bodies = Readonly<Record<string, Shape>>;

export type OperationNames = {
  readonly operationId?: string;
  /** `query page_size` and the like: whether it is required. */
  readonly parameters: Readonly<Record<string, boolean>>;
  readonly body?: Bodies;
  /** By status; what `default` says is the error that all have in common. */
  readonly responses: Readonly<Record<string, Bodies>>;
};

export type Names = {
  readonly operations: Readonly<Record<string, OperationNames>>;
  readonly schemas: Readonly<Record<string, Shape>>;
};

type Json = { readonly [name: string]: unknown };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function namesOf(document: Json): Names {
  const resolved = (value: unknown): Json => {
    const { $ref } = value as { $ref?: string };
    return $ref === undefined
      ? (value as Json)
      : resolved($ref.slice(2).split('/').reduce<unknown>(memberOf, document));
  };
  const bodies = ({ content = {} }: Json): Bodies =>
    mapped(content as Json, (media) => shapeOf((media as { schema?: Json }).schema ?? {}));
  const operations = Object.entries(document.paths as Json).flatMap(([path, item]) =>
    Object.entries(item as Json)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, described]): [string, OperationNames] => {
        const { operationId, parameters = [], requestBody, responses } = described as Json;
        return [
          `${method} ${path}`,
          {
            ...(operationId === undefined ? {} : { operationId: String(operationId) }),
            parameters: Object.fromEntries(
              (parameters as unknown[])
                .map(resolved)
                .map(({ in: place, name, required = false }) => [`${place} ${name}`, required === true]),
            ),
            ...(requestBody ? { body: bodies(resolved(requestBody)) } : {}),
            responses: Object.fromEntries(
              Object.entries(responses as Json)
                .filter(([status]) => status !== 'default')
                .map(([status, response]) => [status, bodies(resolved(response))]),
            ),
          },
        ];
      }),
  );
  const { schemas = {} } = (document.components ?? {}) as Json;
  return {
    operations: Object.fromEntries(operations),
    schemas: mapped(schemas as Json, (schema) => shapeOf(schema as Json)),
  };
}

function shapeOf(schema: Json): Shape {
  if (typeof schema.$ref === 'string') return { of: schema.$ref.replace('#/components/schemas/', '') };
  const [only] = Array.isArray(schema.allOf) && schema.allOf.length === 1 ? schema.allOf : [];
  if (only) return shapeOf(only as Json);
  const { type, enum: words, required, properties, items } = schema;
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(Array.isArray(words) ? { enum: words.map(String) } : {}),
    ...(Array.isArray(required) ? { required: required.map(String) } : {}),
    ...(properties ? { members: mapped(properties as Json, (member) => shapeOf(member as Json)) } : {}),
    ...(items ? { items: shapeOf(items as Json) } : {}),
  };
}

const memberOf = (value: unknown, name: string): unknown => (value as Json)[name];

const mapped = <Value>(members: Json, of: (value: unknown) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, of(value)]));

if (import.meta.main) {
  const names = namesOf(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  process.stdout.write(`${JSON.stringify(names)}\n`);
}
