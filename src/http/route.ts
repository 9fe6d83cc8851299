import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

export type Endpoint<Server> = (server: Server, request: Request) => Reply | Promise<Reply>;

/** One URL of the product. `path` has `{name}` for a segment, as in OpenAPI. */
export type Route<Server> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly path: string;
  readonly operationId: string;
  readonly endpoint: Endpoint<Server>;
};
