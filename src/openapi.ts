import { STATUS_CODES } from 'node:http';
import type { TObject, TSchema } from 'typebox';
import { OAUTH_ERROR } from './http/error.ts';
import type { Media, ResponseSchema, RouteSchema } from './http/route.ts';
import type { Access } from './keys/api_key.ts';
import type { Json, JsonObject } from './lib/json.ts';
import { VERSION } from './lib/version.ts';
import { adminApi, publicApi } from './routes.ts';

type Row = (typeof publicApi)[number] & { readonly access?: Access };

const ROWS: readonly Row[] = [...publicApi, ...adminApi];

/** The description of both listeners, OpenAPI 3.0.3: made from the tables of routes and from nothing else. */
export function openApiDocument(): JsonObject {
  const schemas: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  const named = new Set<string>();
  for (const { method, path, operationId, schema, access } of ROWS) {
    if (!schema) continue;
    const described = describedPath(path);
    const operations = paths[described] ?? {};
    paths[described] = operations;
    operations[method.toLowerCase()] ??= {
      // An id stands once in a document: further addresses of an operation have none.
      ...(named.has(operationId) ? {} : { operationId }),
      ...operationOf(path, schema, schemas, access),
    };
    named.add(operationId);
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Gatehouse',
      description:
        'OAuth 2.0 and OpenID Connect. Paths under /admin are those of the admin listener; with `gatehouse.single_origin` the public listener has them too.',
      license: { name: 'Apache-2.0' },
      version: VERSION,
    },
    tags: TAGS.map(([, name, description]) => ({ name, description })),
    paths: sorted(paths),
    components: { schemas: sorted(schemas), securitySchemes: SECURITY },
  };
}

/** Hydra: these are described without the prefix, which may be left out on the admin listener. */
export const describedPath = (path: string): string => path.replace(/^\/admin(?=\/(health|version)\b)/, '');

/** The first that a path begins with. */
const TAGS = [
  ['/admin/keys', 'jwk', 'Keys that sign'],
  ['/.well-known/jwks', 'wellknown', 'Public keys'],
  ['/.well-known|/userinfo|/credentials|/oauth2/register|/oauth2/sessions', 'oidc', 'OpenID Connect'],
  ['/health|/admin/health|/admin/version', 'metadata', 'The server itself'],
  ['/', 'oAuth2', 'OAuth 2.0, and the login and consent apps'],
] as const;

const tagOf = (path: string): string => TAGS.find(([start]) => new RegExp(`^(${start})`).test(path))?.[1] ?? '';

const SECURITY = {
  basic: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer' },
  api_key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key from `gatehouse api-keys create`, where `gatehouse.admin.api_keys` is `required`.',
  },
  oauth2: {
    type: 'oauth2',
    flows: {
      authorizationCode: {
        authorizationUrl: '/oauth2/auth',
        tokenUrl: '/oauth2/token',
        scopes: {
          openid: 'An ID token',
          offline_access: 'A refresh token',
          offline: 'The same',
        },
      },
    },
  },
};

function operationOf(path: string, schema: RouteSchema, schemas: JsonObject, access?: Access): JsonObject {
  const { summary, query, body, form, security, responses } = schema;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(query ? queryParameters(query, schemas) : []),
  ];
  const media: Media | undefined = body
    ? { 'application/json': body }
    : form && { 'application/x-www-form-urlencoded': form };
  return {
    tags: [tagOf(path)],
    summary,
    ...(access === undefined || access === 'no key' ? {} : accessOf(access)),
    ...(security ? { security: security.map((name) => ({ [name]: [] })) } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(media ? { requestBody: { required: isRequired(media), content: contentOf(media, schemas) } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [
          status,
          responseOf(STATUS_CODES[status] ?? status, response, schemas),
        ]),
      ),
      default: responseOf('Error', OAUTH_ERROR, schemas),
    },
  };
}

/** OpenAPI 3.0 has no place for the scope of a bearer token but the text. Where keys are off, nobody is asked for one. */
const accessOf = (access: Exclude<Access, 'no key'>): JsonObject => ({
  description: access === 'any key' ? 'Any API key is good for this.' : `Scope of the API key: \`${access}\`.`,
  security: [{ api_key: [] }, {}],
});

/** A JSON body in which nothing is required may be left out whole. */
const isRequired = (media: Media): boolean =>
  Object.values(media).some((schema) => 'items' in schema || ('required' in schema && schema.required !== undefined));

const queryParameters = ({ properties, ...rest }: TObject, schemas: JsonObject): JsonObject[] => {
  const required: readonly string[] = rest.required ?? [];
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    schema: openApiSchema(schema, schemas),
  }));
};

function responseOf(description: string, response: ResponseSchema, schemas: JsonObject): JsonObject {
  if (response === null) return { description };
  const media = Object.keys(response).some((name) => name.includes('/'))
    ? (response as Media)
    : { 'application/json': response as TSchema };
  return { description, content: contentOf(media, schemas) };
}

const contentOf = (media: Media, schemas: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema: openApiSchema(schema, schemas) }]));

/** JSON Schema as TypeBox writes it, in the dialect of OpenAPI 3.0. What has an `$id` goes to the components. */
function openApiSchema(schema: TSchema, components: JsonObject): JsonObject {
  const { $id, ...rest } = JSON.parse(JSON.stringify(schema)) as JsonObject;
  if (typeof $id !== 'string') return translated(rest, components);
  components[$id] ??= translated(rest, components);
  return { $ref: `#/components/schemas/${$id}` };
}

function translated({ anyOf, patternProperties, ...rest }: JsonObject, components: JsonObject): JsonObject {
  const inner = (schema: Json | undefined) => openApiSchema(schema as TSchema, components);
  if (Array.isArray(anyOf)) return unionOf(anyOf.map(inner));
  const { const: literal, properties, items, additionalProperties, ...plain } = rest;
  const entries = Object.entries((properties ?? {}) as JsonObject);
  const [others] = Object.values((patternProperties ?? {}) as JsonObject);
  return {
    ...plain,
    ...(literal === undefined ? {} : { enum: [literal] }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(entries.map(([name, schema]) => [name, inner(schema)])) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(patternProperties === undefined ? {} : { additionalProperties: inner(others) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties }),
  };
}

function unionOf(schemas: JsonObject[]): JsonObject {
  const others = schemas.filter(({ type }) => type !== 'null');
  const [only = {}] = others;
  const nullable = others.length < schemas.length ? { nullable: true } : {};
  if (others.length > 1) return { anyOf: others, ...nullable };
  // A reference has no neighbours in OpenAPI 3.0.
  return '$ref' in only ? { allOf: [only], ...nullable } : { ...only, ...nullable };
}

const sorted = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The text of `openapi.json`. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;
