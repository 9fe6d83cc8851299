import type { Client } from '../client/client.ts';
import { clientRow } from '../client/client.ts';
import { decodeClientDocument } from '../client/decode.ts';
import { type ClientMetadata, type KINDS, MEMBERS } from '../client/members.ts';
import { tokenHash } from '../keys/opaque_token.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import type { HydraRow } from '../store/hydra/database.ts';
import { eachRow, type Step } from './step.ts';
import { flag, integer, json, requiredMoment, text, texts, timeText, Unfit } from './values.ts';

/** Every member has a column of its name. */
export const clients: Step = {
  from: {
    table: 'hydra_client',
    key: ['id'],
    columns: [
      ...Object.keys(MEMBERS),
      'client_secret',
      'rotated_secrets',
      'registration_access_token_signature',
      'created_at',
      'updated_at',
    ],
  },
  into: { table: 'clients', key: ['client_id'] },
  nameOf: (row) => text(row, 'id'),
  prepare: eachRow((_run, row) => clientRow(clientOf(row))),
};

const clientOf = (row: HydraRow): Client => {
  const created_at = requiredMoment(row, 'created_at');
  const secret = text(row, 'client_secret');
  const registration = text(row, 'registration_access_token_signature');
  return {
    ...metadataOf(row),
    client_id: text(row, 'id'),
    created_at: timeText(created_at),
    updated_at: timeText(requiredMoment(row, 'updated_at')),
    secret_hashes: [...(secret === '' ? [] : [secret]), ...(texts(row, 'rotated_secrets') ?? [])],
    registration_access_token_hash: registration === '' ? '' : tokenHash(registration).toString('base64url'),
    is_dynamic: false,
  };
};

function metadataOf(row: HydraRow): ClientMetadata {
  const document: JsonObject = {};
  for (const [name, { kind }] of Object.entries(MEMBERS)) {
    if (text(row, name) !== '') document[name] = READERS[kind](row, name);
  }
  try {
    const { metadata } = decodeClientDocument(document);
    metadata.token_endpoint_auth_method ||= 'client_secret_basic';
    metadata.userinfo_signed_response_alg ||= 'none';
    metadata.subject_type ||= 'public';
    return metadata;
  } catch (error) {
    throw error instanceof OAuthError ? new Unfit(`is no client that we know (${error.hint})`) : error;
  }
}

const READERS: Readonly<Record<keyof typeof KINDS, (row: HydraRow, column: string) => Json>> = {
  text,
  texts,
  flag,
  optional_flag: flag,
  number: integer,
  duration: (row, column) => formatDuration(nanoseconds(text(row, column))),
  keys: json,
  json,
};

function nanoseconds(value: string): bigint {
  if (!/^-?\d{1,19}$/.test(value)) throw new Unfit('has a lifespan that is no number');
  return BigInt(value);
}
