import Type from 'typebox';
import type { AuthorizationServer } from '../authorization_server.ts';
import { json, type Reply } from '../http/reply.ts';
import type { RouteSchema } from '../http/route.ts';
import { ping } from '../store/db.ts';

/** The process answers. */
export const isAlive = (): Reply => json(200, { status: 'ok' });

/** The database answers too, and the server is not about to end. */
export async function isReady(server: AuthorizationServer): Promise<Reply> {
  if (server.stopping.aborted) return json(503, { errors: { shutdown: 'The server is shutting down.' } });
  try {
    await ping(server.db);
    return json(200, { status: 'ok' });
  } catch (error) {
    server.log.error({ err: error }, 'the database does not answer');
    return json(503, { errors: { database: 'The database does not answer.' } });
  }
}

const STATUS = { status: Type.String() };

export const schemas = {
  isAlive: {
    summary: 'Tell whether the process answers.',
    responses: { 200: Type.Object(STATUS, { $id: 'healthStatus' }) },
  },
  isReady: {
    summary: 'Tell whether the database answers too.',
    responses: {
      200: Type.Object(STATUS),
      503: Type.Object({ errors: Type.Record(Type.String(), Type.String()) }),
    },
  },
} satisfies Record<string, RouteSchema>;
