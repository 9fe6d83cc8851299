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

/** What was issued: an access token at the token endpoint, whatever the response type says at the authorization endpoint. */
export type Issued = Partial<TokenResponse> & { readonly code?: string };

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
  /** At the authorization endpoint alone: the answer goes through the browser. */
  readonly front_channel?: FrontChannel;
  /** OpenID Connect Core section 3.3.3.6: of a code that came with tokens. */
  readonly c_hash?: string;
  /** The conditional write that makes the grant single-use: the first statement of the issuing write. */
  readonly spend?: (tx: Queries, response: Issued) => Promise<boolean>;
  /** What the loser of a race for `spend` is told. */
  readonly lost?: () => Promise<Issued>;
};

/** OAuth 2.0 Multiple Response Types section 3: what the answer holds, beside the ID token that `mayIdentify` allows. */
export type FrontChannel = {
  readonly access_token: boolean;
  /** What it asks of whoever redeems it. Absent: there is no code. */
  readonly code?: CodeTerms;
};

/** What an authorization code remembers of the request that led to it. */
export type CodeTerms = {
  /** Only if the request carried one: RFC 6749 section 4.1.3 asks for it again in that case alone. */
  readonly redirect_uri?: string;
  /** RFC 7636 section 4.4. */
  readonly code_challenge?: string;
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
  /** Kept only where hooks are told of it. */
  readonly approved_request?: ApprovedRequest;
};

/** The request that a person approved. Times in seconds since 1970. */
export type ApprovedRequest = {
  readonly scope: readonly string[];
  readonly requested_at: number;
  readonly approved_at: number;
  readonly code_expires_at?: number;
};
