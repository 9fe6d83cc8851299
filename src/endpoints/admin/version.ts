import type { AuthorizationServer } from '../../authorization_server.ts';
import { json, type Reply } from '../../http/reply.ts';
import { VERSION } from '../../lib/version.ts';

export const getVersion = (_server: AuthorizationServer): Reply => json(200, { version: `v${VERSION}` });
