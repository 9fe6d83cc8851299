import { basicCredentials, type Method } from './presented.ts';

/** RFC 6749 section 2.1: a public client only says who it is, in the body or in a header without a secret. */
export const none: Method = (request, parameters) => {
  const header = basicCredentials(request);
  const client_id = header ? header.client_id : parameters.get('client_id');
  const hasSecret = (header ? header.client_secret : parameters.get('client_secret')) !== '';
  // Whoever brings an assertion names itself in it; `client_id` beside it proves nothing.
  const hasAssertion = parameters.get('client_assertion_type') !== '';
  return client_id === '' || hasSecret || hasAssertion ? undefined : { client_id, verify: () => true };
};
