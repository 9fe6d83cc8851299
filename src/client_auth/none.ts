import { basicCredentials, type Method } from './presented.ts';

/** RFC 6749 section 2.1: a public client only says who it is, in the body or in a header without a secret. */
export const none: Method = (request, parameters) => {
  const header = basicCredentials(request);
  const client_id = header ? header.client_id : parameters.get('client_id');
  const hasSecret = (header ? header.client_secret : parameters.get('client_secret')) !== '';
  return client_id === '' || hasSecret ? undefined : { client_id, verify: () => true };
};
