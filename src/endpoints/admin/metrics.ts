import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import type { Reply } from '../../http/reply.ts';
import type { RouteSchema } from '../../http/route.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

export const getMetrics = async (server: AuthorizationServer): Promise<Reply> => ({
  status: 200,
  headers: { 'content-type': CONTENT_TYPE },
  body: await server.metrics.read(),
});

export const schemas = {
  getMetrics: {
    summary: 'Show what this process has counted, for Prometheus.',
    responses: { 200: { 'text/plain': Type.String() } },
  },
} satisfies Record<string, RouteSchema>;
