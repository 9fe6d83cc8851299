import Type, { type TSchema } from 'typebox';
import { nullable, TIME } from '../lib/schema.ts';
import { KINDS, MEMBERS } from './members.ts';

/**
 * RFC 7591 section 2, in requests and in answers. Every member may be left out: which of them an answer shows is the
 * `presence` of its row, and a client that registered itself sees those alone that are set.
 */
export const CLIENT = Type.Object(
  {
    client_id: Type.Optional(Type.String()),
    client_secret: Type.Optional(Type.String()),
    ...membersAs(() => true),
    registration_access_token: Type.Optional(Type.String()),
    registration_client_uri: Type.Optional(Type.String()),
    created_at: Type.Optional(TIME),
    updated_at: Type.Optional(TIME),
  },
  { $id: 'oAuth2Client' },
);

export const CLIENT_LIFESPANS = Type.Object(
  membersAs((name) => MEMBERS[name].kind === 'duration'),
  { $id: 'oAuth2ClientTokenLifespans' },
);

function membersAs(isWanted: (name: keyof typeof MEMBERS) => boolean): Record<string, TSchema> {
  const names = (Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]).filter(isWanted);
  return Object.fromEntries(
    names.map((name) => {
      const { kind, presence } = MEMBERS[name];
      return [name, Type.Optional(presence === 'listed' ? nullable(KINDS[kind]) : KINDS[kind])];
    }),
  );
}

/** RFC 6902. */
export const JSON_PATCH = Type.Array(
  Type.Object(
    {
      op: Type.String(),
      path: Type.String(),
      from: Type.Optional(Type.String()),
      value: Type.Optional(Type.Unknown()),
    },
    { $id: 'jsonPatch' },
  ),
  { $id: 'jsonPatchDocument' },
);
