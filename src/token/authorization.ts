import Type, { type Static } from 'typebox';
import type { Client } from '../client/client.ts';
import type { JsonObject } from '../lib/json.ts';
import { INTEGER } from '../lib/schema.ts';
import type { Queries } from '../store/tables.ts';

/** RFC 6749 section 5.1. `expires_in` counts seconds. */
export const TOKEN_RESPONSE = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: INTEGER,
    scope: Type.String(),
    refresh_token: Type.Optional(Type.String()),
    id_token: Type.Optional(Type.String()),
    c_nonce_draft_00: Type.Optional(Type.String()),
    c_nonce_expires_in_draft_00: Type.Optional(INTEGER),
  },
  { $id: 'oAuth2TokenExchange' },
);
export type TokenResponse = Readonly<Static<typeof TOKEN_RESPONSE>>;

/** What a grant has proven, and all that the issuer needs to mint tokens from it. */
export type Authorization = {
  readonly client: Client;
  /** Picks the lifespans. */
  readonly grant_type: string;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  /** The approval: its tokens are revoked together. */
  readonly request_id: string;
  readonly session: Session;
  /** OpenID Connect Core section 2: whether the grant is one that a person stands behind. */
  readonly mayIdentify: boolean;
  readonly mayRefresh: boolean;
  /** The conditional write that makes the grant single-use: the first statement of the issuing write. */
  readonly spend?: (tx: Queries, response: TokenResponse) => Promise<boolean>;
  /** What the loser of a race for `spend` is told. */
  readonly lost?: () => Promise<TokenResponse>;
};

/** A grant that was redeemed a moment ago: its client gets the answer that it missed. */
export type Repetition = { readonly again: TokenResponse };

/** What stays with the tokens of an approval. Stored sealed. */
export type Session = {
  /** The subject as the client knows it, where it differs from the plain one. */
  readonly mapped_subject?: string;
  /** Seconds since 1970; there as soon as a person logged in. */
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly sid?: string;
  readonly nonce?: string;
  /** Claims that the consent app added. */
  readonly id_token?: JsonObject;
  readonly access_token?: JsonObject;
};
