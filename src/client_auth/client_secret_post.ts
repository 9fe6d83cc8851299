import type { Method } from './presented.ts';
import { verifyPresentedSecret } from './secret_guesses.ts';

/** RFC 6749 section 2.3.1, in the body. */
export const client_secret_post: Method = (request, parameters) => {
  const client_id = parameters.get('client_id');
  const client_secret = parameters.get('client_secret');
  if (client_id === '' || client_secret === '') return undefined;
  return {
    client_id,
    verify: (server, client) => verifyPresentedSecret(server, request, client_secret, client),
  };
};
