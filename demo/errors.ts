import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

export type Explained = {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly advice: string;
};

/** What a person, or the developer beside them, can do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  access_denied: 'You declined, or you may not use this application. Log in again to decide anew.',
  login_required: 'The application asked to be let in without a page, and nobody is logged in. Log in with a page.',
  consent_required:
    'The application asked to be let in without a page, and you have not agreed yet. Log in with a page.',
  interaction_required:
    'The application asked to be let in without a page, but you have to be asked. Log in with a page.',
  invalid_scope:
    "The application asked for a scope that its client is not registered for: add it to the client's scope.",
  invalid_client: "The server does not accept the application's credentials: compare client_id and client_secret.",
  invalid_grant: 'The code or the refresh token is expired, or was used before. Log in again.',
  unauthorized_client:
    'The client is not registered for this kind of request: compare its grant types and response types.',
  temporarily_unavailable: 'The server is busy. Wait a little and try again.',
  server_error: 'The server failed: its log says why.',
  unreachable: 'Is the server running? Start it and try again.',
};

const OTHERWISE = 'Log in again. If that does not help, the log of the server may say more.';

/** Any failure as a page can show it. */
export function explain(error: unknown): Explained {
  const { code, status, description } = factsOf(error);
  return { status, error: code, description, advice: ADVICE[code] ?? OTHERWISE };
}

function factsOf(error: unknown): { code: string; status: number; description: string } {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return {
      code: error.error,
      status: 400,
      description: error.error_description ?? 'The server gave no description.',
    };
  }
  if (error instanceof ClientError) {
    return { code: error.code ?? 'unexpected', status: 502, description: withCause(error) };
  }
  // What fetch rejects with when nobody answers.
  if (error instanceof TypeError && error.cause instanceof Error) {
    return { code: 'unreachable', status: 502, description: 'The server does not answer.' };
  }
  return { code: 'unexpected', status: 500, description: error instanceof Error ? error.message : String(error) };
}

const withCause = ({ message, cause }: Error): string =>
  cause instanceof Error && cause.message !== message ? `${message}: ${cause.message}` : message;
