import type { Reply } from '../http/reply.ts';

/** Hydra: OPTIONS answers with nothing where CORS may be on. */
export const preflight = (): Reply => ({ status: 200, headers: {}, body: '' });
