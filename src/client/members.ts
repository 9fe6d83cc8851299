import Type, { type Static } from 'typebox';
import { JSON_WEB_KEY_SET } from '../keys/json_web_key.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { INTEGER, nullable, RAW_JSON, TEXTS } from '../lib/schema.ts';

/** How a member reads: the type on the wire, and what an absent or null one becomes. */
export const KINDS = {
  text: Type.String(),
  texts: TEXTS,
  flag: Type.Boolean(),
  optional_flag: nullable(Type.Boolean()),
  number: INTEGER,
  duration: nullable(Type.String({ pattern: '^([0-9]+([.][0-9]+)?(ns|us|µs|ms|s|m|h))+$' }), { $id: 'NullDuration' }),
  keys: Type.Unsafe<JsonObject>(JSON_WEB_KEY_SET),
  json: Type.Unsafe<Json>(RAW_JSON),
};
type Kind = keyof typeof KINDS;

/**
 * When a member is shown. `always`: with its default too. `filled`: unless empty or false. `listed`: always, but an
 * absent list is null in the answer to the request that left it out, and `[]` from then on.
 */
type Presence = 'always' | 'filled' | 'listed';

type Member = { readonly kind: Kind; readonly presence: Presence };

const member = <K extends Kind, P extends Presence>(kind: K, presence: P) => ({ kind, presence });

/** RFC 7591 section 2, OpenID Connect registration and logout, and the reference's own: one row a member. */
export const MEMBERS = {
  client_name: member('text', 'always'),
  redirect_uris: member('texts', 'listed'),
  grant_types: member('texts', 'listed'),
  response_types: member('texts', 'listed'),
  scope: member('text', 'always'),
  audience: member('texts', 'always'),
  owner: member('text', 'always'),
  policy_uri: member('text', 'always'),
  allowed_cors_origins: member('texts', 'always'),
  tos_uri: member('text', 'always'),
  client_uri: member('text', 'always'),
  logo_uri: member('text', 'always'),
  contacts: member('texts', 'listed'),
  client_secret_expires_at: member('number', 'always'),
  subject_type: member('text', 'always'),
  sector_identifier_uri: member('text', 'filled'),
  jwks_uri: member('text', 'filled'),
  jwks: member('keys', 'always'),
  token_endpoint_auth_method: member('text', 'always'),
  token_endpoint_auth_signing_alg: member('text', 'filled'),
  request_uris: member('texts', 'filled'),
  request_object_signing_alg: member('text', 'filled'),
  userinfo_signed_response_alg: member('text', 'always'),
  frontchannel_logout_uri: member('text', 'filled'),
  frontchannel_logout_session_required: member('flag', 'filled'),
  post_logout_redirect_uris: member('texts', 'filled'),
  backchannel_logout_uri: member('text', 'filled'),
  backchannel_logout_session_required: member('flag', 'filled'),
  metadata: member('json', 'always'),
  access_token_strategy: member('text', 'filled'),
  skip_consent: member('flag', 'always'),
  skip_logout_consent: member('optional_flag', 'always'),
  authorization_code_grant_access_token_lifespan: member('duration', 'always'),
  authorization_code_grant_id_token_lifespan: member('duration', 'always'),
  authorization_code_grant_refresh_token_lifespan: member('duration', 'always'),
  client_credentials_grant_access_token_lifespan: member('duration', 'always'),
  implicit_grant_access_token_lifespan: member('duration', 'always'),
  implicit_grant_id_token_lifespan: member('duration', 'always'),
  jwt_bearer_grant_access_token_lifespan: member('duration', 'always'),
  refresh_token_grant_id_token_lifespan: member('duration', 'always'),
  refresh_token_grant_access_token_lifespan: member('duration', 'always'),
  refresh_token_grant_refresh_token_lifespan: member('duration', 'always'),
  device_authorization_grant_id_token_lifespan: member('duration', 'always'),
  device_authorization_grant_access_token_lifespan: member('duration', 'always'),
  device_authorization_grant_refresh_token_lifespan: member('duration', 'always'),
} as const satisfies Record<string, Member>;

type MemberName = keyof typeof MEMBERS;

type TypeOf<M extends Member> =
  | Static<(typeof KINDS)[M['kind']]>
  | (M extends { readonly kind: 'texts'; readonly presence: 'listed' } ? null : never);

export type ClientMetadata = { -readonly [Name in MemberName]: TypeOf<(typeof MEMBERS)[Name]> };

/** What stands for a member that was left out. */
export const DEFAULTS: Readonly<Record<Kind, (presence: Presence) => Json>> = {
  text: () => '',
  texts: (presence) => (presence === 'listed' ? null : []),
  flag: () => false,
  optional_flag: () => null,
  number: () => 0,
  duration: () => null,
  keys: () => ({}),
  json: () => ({}),
};

/**
 * The metadata as an answer shows it. `asSent` is for the answer to the request that set it: lists that were left out
 * are null there and `[]` afterwards.
 */
export function presentMembers(metadata: ClientMetadata, asSent: boolean): JsonObject {
  const shown: JsonObject = {};
  for (const [name, { presence }] of Object.entries(MEMBERS)) {
    const value = metadata[name as MemberName];
    if (presence === 'filled' && isEmpty(value)) continue;
    shown[name] = presence === 'listed' && value === null && !asSent ? [] : value;
  }
  return shown;
}

/** Every member, empty ones too: what a patch applies to. */
export const completeMembers = (metadata: ClientMetadata): JsonObject =>
  Object.fromEntries(
    Object.entries(MEMBERS).map(([name, { kind }]) => {
      const value = metadata[name as MemberName];
      return [name, kind === 'texts' ? (value ?? []) : value];
    }),
  );

const isEmpty = (value: Json): boolean =>
  value === '' || value === false || (Array.isArray(value) && value.length === 0);
