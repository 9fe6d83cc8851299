import type { TObject, TSchema } from 'typebox';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

export type Endpoint<Server> = (server: Server, request: Request) => Reply | Promise<Reply>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** One URL of the product. `path` has `{name}` for a segment, as in OpenAPI. */
export type Route<Server> = {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  readonly endpoint: Endpoint<Server>;
  /** Read when `openapi.json` is made and by tests, never on a request's way. A route without it is not described. */
  readonly schema?: RouteSchema;
};

/** What may be sent to a route, and what comes back. Parameters of the path are told by the path. */
export type RouteSchema = {
  readonly summary: string;
  readonly query?: TObject;
  /** JSON. */
  readonly body?: TSchema;
  readonly form?: TObject;
  readonly security?: readonly ('basic' | 'bearer' | 'oauth2')[];
  /** By status. Errors of the usual shape are understood, and need no mention. */
  readonly responses: Readonly<Record<number, ResponseSchema>>;
};

/** A JSON body, no body at all, or bodies by media type. */
export type ResponseSchema = TSchema | null | Media;
export type Media = { readonly [type: `${string}/${string}`]: TSchema };

/** A module of endpoints, each under the name of its operation and with its schema under the same name. */
export type Described<Server, Id extends string> = Readonly<Record<Id, Endpoint<Server>>> & {
  readonly schemas: Readonly<Record<Id, RouteSchema>>;
};

/** The function for the rows of a table of routes. */
export const routeTo =
  <Server>() =>
  <Id extends string>(
    method: Method,
    path: string,
    endpoints: Described<Server, Id>,
    operationId: Id,
  ): Route<Server> => ({
    method,
    path,
    operationId,
    endpoint: endpoints[operationId],
    schema: endpoints.schemas[operationId],
  });
