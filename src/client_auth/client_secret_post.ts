import { verifySecret } from '../client/secret.ts';
import type { Method } from './presented.ts';

/** RFC 6749 section 2.3.1, in the body. */
export const client_secret_post: Method = (_request, parameters) => {
  const client_id = parameters.get('client_id');
  const client_secret = parameters.get('client_secret');
  if (client_id === '' || client_secret === '') return undefined;
  return {
    client_id,
    verify: ({ config }, client) => verifySecret(config.oauth2.hashers, client_secret, client?.secret_hashes ?? []),
  };
};
