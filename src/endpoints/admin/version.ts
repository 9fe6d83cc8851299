import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { RouteSchema } from '../../http/route.ts';
import { VERSION } from '../../lib/version.ts';

export const getVersion = (_server: AuthorizationServer): Reply => json(200, { version: `v${VERSION}` });

export const schemas = {
  getVersion: {
    summary: 'Tell which version runs.',
    responses: { 200: Type.Object({ version: Type.String() }, { $id: 'version' }) },
  },
} satisfies Record<string, RouteSchema>;
