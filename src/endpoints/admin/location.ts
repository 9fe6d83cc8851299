import type { AuthorizationServer } from '../../authorization_server.ts';

/** Hydra: without the prefix `/admin`, which the admin listener does not need. The public one does. */
export const adminPath = ({ config }: AuthorizationServer, path: string): string =>
  config.gatehouse.single_origin ? `/admin${path}` : path;
