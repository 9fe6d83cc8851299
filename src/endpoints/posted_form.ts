import { formOf, type Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';

/** RFC 6749 section 3.2: parameters come in the body, never in the URL. Throws `invalid_request`. */
export function postedForm(request: Request): Parameters {
  const parameters = formOf(request);
  if (parameters.isEmpty) {
    throw new OAuthError('invalid_request', 'The body must be form-urlencoded and must not be empty.');
  }
  return parameters;
}
