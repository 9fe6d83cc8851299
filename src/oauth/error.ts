/**
 * Every error of the product: its wire name, its HTTP status and one sentence for whoever reads it.
 * RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 7591 section 3.2.2, OpenID Connect Core section 3.1.2.6.
 */
const ERRORS = {
  invalid_request: [400, 'A parameter is missing, malformed, or does not fit the others.'],
  invalid_client: [401, 'The client could not be authenticated.'],
  invalid_grant: [400, 'The grant is invalid, expired, revoked, already used, or was issued to another client.'],
  unauthorized_client: [400, 'The client is not registered for this grant type.'],
  unsupported_grant_type: [400, 'The grant type is not supported.'],
  unsupported_response_type: [400, 'This response type is not available to the client.'],
  unsupported_response_mode: [400, 'This response mode is not supported.'],
  invalid_scope: [400, 'The requested scope is unknown or not allowed.'],
  access_denied: [403, 'The request was denied.'],
  server_error: [500, 'The server met a condition that it did not expect.'],
  temporarily_unavailable: [503, 'The server cannot answer at the moment; try again.'],
  invalid_state: [400, "The parameter 'state' is missing or too short."],
  insufficient_entropy: [400, 'A value is too short to be unguessable.'],
  misconfiguration: [500, 'The server is configured in a way that contradicts the request.'],
  not_found: [404, 'The requested resource does not exist.'],
  request_unauthorized: [401, 'The request lacks valid credentials.'],
  request_forbidden: [403, 'The request is not allowed from here.'],
  token_signature_mismatch: [400, 'The token is not one of ours.'],
  invalid_token: [401, 'The access token is malformed or has expired.'],
  insufficient_scope: [403, 'The bearer token lacks a scope.'],
  scope_not_granted: [403, 'The approval does not include a scope that this needs.'],
  login_required: [400, 'The user has to log in.'],
  consent_required: [400, 'The user has to consent.'],
  interaction_required: [400, 'The user has to be asked.'],
  request_not_supported: [400, 'Request objects are not supported.'],
  request_uri_not_supported: [400, 'Request objects by reference are not supported.'],
  registration_not_supported: [400, "The parameter 'registration' is not supported."],
  invalid_request_uri: [400, 'The request object could not be fetched.'],
  invalid_request_object: [400, 'The request object is not valid.'],
  authorization_pending: [400, 'The person has not finished yet.'],
  too_many_requests: [429, 'There were too many attempts.'],
  slow_down: [400, 'The device asks too often.'],
  expired_token: [400, 'The device code has expired.'],
  jti_known: [400, 'This assertion was used before.'],
  invalid_client_metadata: [400, 'A member of the client metadata is not valid.'],
  invalid_redirect_uri: [400, 'A redirect URI is not valid.'],
} as const satisfies Record<string, readonly [status: number, description: string]>;

/** The reference names these by an English title, which clients compare: the text on the wire is the contract. */
const TITLED = {
  bad_request: [400, 'The request was malformed or contained invalid parameters'],
  row_not_found: [404, 'Unable to locate the resource'],
  challenge_not_found: [404, 'Not Found'],
  unauthorized: [401, 'The request could not be authorized', 'There is no such client, or the token is not its own.'],
  forbidden: [403, 'The requested action was forbidden'],
  feature_off: [404, 'The requested resource could not be found'],
  key_algorithm: [400, 'Bad Request', 'No key can be made for this algorithm.'],
  missing_parameter: [400, 'missing_required_parameter', 'A required member is missing.'],
  conflict: [409, 'Unable to insert or update resource because a resource with that value exists already'],
  unclassified: [400, 'error', 'The request failed, and there is no better name for why.'],
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERRORS | keyof typeof TITLED;

type Row = readonly [status: number, error: string, description?: string];

function rowOf(code: ErrorCode): Row {
  if (code in TITLED) return TITLED[code as keyof typeof TITLED];
  const [status, description] = ERRORS[code as keyof typeof ERRORS];
  return [status, code, description];
}

type ErrorDetails = {
  readonly debug?: string;
  readonly headers?: Record<string, string>;
  /** Instead of the one in the table. */
  readonly status?: number;
};

/**
 * An answer of the kind 4xx or 5xx. `hint` is for the client, `debug` for the operator:
 * it travels only with `oauth2.expose_internal_errors`.
 */
export class OAuthError extends Error {
  readonly error: string;
  readonly status: number;
  readonly hint: string;
  readonly debug: string;
  /** Further headers of the answer, in lower case. */
  readonly headers: Record<string, string>;
  readonly #base: string;

  constructor(code: ErrorCode, hint = '', more: ErrorDetails = {}) {
    const [status, error, base = ''] = rowOf(code);
    super(hint ? `${code}: ${hint}` : code);
    this.error = error;
    this.status = more.status ?? status;
    this.hint = hint;
    this.debug = more.debug ?? '';
    this.headers = more.headers ?? {};
    this.#base = base;
  }

  /** `error_description`. */
  description(expose = false): string {
    return inAlphabet(
      [this.#base, this.hint, expose ? this.debug : '']
        .filter((part) => part !== '')
        .join(' ')
        .replaceAll('"', "'"),
    );
  }
}

/** RFC 6749 sections 4.1.2.1 and 5.2: no backslash, nothing beyond ASCII, though a hint may repeat what a client sent. */
const inAlphabet = (text: string): string => {
  const safe = text.replaceAll(/[^ !#-[\]-~]+/g, '?');
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
};

/** Characters. It travels in headers too, and what a client sent may be as long as a body. */
const LONGEST = 1_000;

/** What the login app said when it turned the user away: its words, not ours. */
export class Rejection extends OAuthError {
  override readonly error: string;
  override readonly status: number;
  readonly #description: string;

  constructor(error: string, status: number, description: string, debug: string) {
    super('access_denied', '', { debug });
    this.error = error;
    this.status = status;
    this.#description = description;
  }

  override description(expose = false): string {
    return [this.#description, expose ? this.debug : '']
      .filter((part) => part !== '')
      .join(' ')
      .replaceAll('"', "'");
  }
}
