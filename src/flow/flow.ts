import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { onceFor } from '../lib/once_for.ts';
import { urlBelow } from '../lib/url_below.ts';
import { OAuthError, Rejection } from '../oauth/error.ts';
import { Parameters } from '../oauth/parameters.ts';

/**
 * An authorization on its way through login and consent. It lives in the sealed values that the browser carries, so that
 * starting one and answering its questions writes nothing.
 */
export type Flow = {
  /** 32 hexadecimal digits: the key of the consent row, so that one flow completes once. */
  readonly flow_id: string;
  /** The query of the first visit, as sent: everything that the client asked for. */
  readonly query: string;
  /** OpenID Connect Core section 6.3.3: the query with its request object merged in. Absent where there is none. */
  readonly merged?: string;
  /** Seconds; the clock of login and consent together. */
  readonly requested_at: number;
  /** RFC 8628: the device that waits for the outcome. It asked, so the query does not say for what. */
  readonly device?: DeviceLink;
};

export type DeviceLink = {
  /** Of the device code, in base64url. */
  readonly hash: string;
  readonly client_id: string;
  readonly scope: string;
  readonly audience: readonly string[];
};

/** The question which device it is. */
export type DeviceRequest = Flow & {
  readonly csrf: string;
  /** A hash of the browser's, in base64url: what its guesses are counted by. */
  readonly address?: string;
};

export type DeviceVerifier = DeviceRequest & { readonly device: DeviceLink };

/** The question to the login app. */
export type LoginRequest = Flow & {
  readonly csrf: string;
  readonly sid: string;
  /** Of the remembered login that may be used again; the app is then asked to skip. */
  readonly remembered?: { readonly subject: string; readonly auth_time: number };
};

export type LoginAnswer = {
  readonly subject: string;
  /** Seconds. */
  readonly auth_time: number;
  readonly remember: boolean;
  readonly remember_for: number;
  readonly extend_session_lifespan: boolean;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly identity_provider_session_id: string;
  readonly force_subject_identifier: string;
  readonly context?: Json;
};

export type LoginVerifier = LoginRequest & Answered<LoginAnswer>;

/** The question to the consent app. */
export type ConsentRequest = Flow & {
  readonly csrf: string;
  readonly consent_request_id: string;
  readonly sid: string;
  readonly subject: string;
  readonly mapped_subject: string;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly context?: Json;
  readonly skip: boolean;
};

export type ConsentAnswer = {
  readonly grant_scope: readonly string[];
  readonly grant_access_token_audience: readonly string[];
  readonly session: { readonly access_token: JsonObject; readonly id_token: JsonObject };
  readonly remember: boolean;
  readonly remember_for: number;
  readonly handled_at: number;
  readonly context?: Json;
};

export type ConsentVerifier = ConsentRequest & Answered<ConsentAnswer>;

/** An app says one or the other. */
type Answered<Answer> =
  | { readonly accepted: Answer; readonly rejected?: undefined }
  | { readonly accepted?: undefined; readonly rejected: Refusal };

/** What an app says when it turns the person away. */
export type Refusal = {
  readonly error: string;
  readonly error_description: string;
  readonly error_hint: string;
  readonly error_debug: string;
  readonly status_code: number;
};

export function rejection({ error, error_description, error_hint, error_debug, status_code }: Refusal): Rejection {
  const description = [error_description, error_hint].filter((part) => part !== '').join(' ');
  return new Rejection(error, status_code, description, error_debug);
}

/** What the client asked for. */
export const parametersOf = onceFor(({ query, merged, device }: Flow): Parameters => {
  if (!device) return Parameters.parse(merged ?? query);
  const parameters = Parameters.of({ client_id: device.client_id, scope: device.scope });
  for (const audience of device.audience) parameters.append('audience', audience);
  return parameters;
});

export const expiryOf = (server: AuthorizationServer, flow: Flow): number =>
  flow.requested_at + server.config.ttl.login_consent_request;

/** Throws `request_unauthorized`. */
export function checkAge(server: AuthorizationServer, flow: Flow): void {
  if (expiryOf(server, flow) < seconds(server)) {
    throw new OAuthError('request_unauthorized', 'The request has expired; start again at the application.');
  }
}

/** So many seconds later, or as late as every database can tell. */
export const timeAfter = (time: number, seconds: number): number =>
  Math.min(Math.ceil(time + seconds), Number.MAX_SAFE_INTEGER);

/** The address of the first visit: where the browser comes back to. */
export const requestUrl = (server: AuthorizationServer, flow: Flow): string => {
  const { auth_url } = server.config.webfinger.oidc_discovery;
  return `${flow.device ? publicUrl(server, 'oauth2/device/verify') : auth_url}?${flow.query}`;
};

export const publicUrl = (server: AuthorizationServer, path: string): string =>
  urlBelow(server.config.urls.self.public, path);
