import { basicCredentials, type Method } from './presented.ts';
import { verifyPresentedSecret } from './secret_guesses.ts';

/** RFC 6749 section 2.3.1, in the header. An empty secret proves nothing: see none.ts. */
export const client_secret_basic: Method = (request) => {
  const credentials = basicCredentials(request);
  if (!credentials?.client_secret) return undefined;
  const { client_id, client_secret } = credentials;
  return {
    client_id,
    verify: (server, client) => verifyPresentedSecret(server, request, client_secret, client),
  };
};
