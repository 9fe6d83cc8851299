import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AuthorizationServer } from '../authorization_server.ts';
import { BoundedMap } from '../lib/bounded_map.ts';
import { onceFor } from '../lib/once_for.ts';
import { findFlowState, insertFlowState } from '../store/flow_states.ts';
import { write } from '../store/write.ts';
import {
  type ConsentRequest,
  type ConsentVerifier,
  type DeviceRequest,
  type DeviceVerifier,
  expiryOf,
  type Flow,
  type LoginRequest,
  type LoginVerifier,
} from './flow.ts';

/** Each state opens only under its own name: a login challenge is not a consent challenge. */
export type States = {
  login_challenge: LoginRequest;
  login_verifier: LoginVerifier;
  consent_challenge: ConsentRequest;
  consent_verifier: ConsentVerifier;
  device_challenge: DeviceRequest;
  device_verifier: DeviceVerifier;
};

const NAMES: Readonly<Record<keyof States, true>> = {
  login_challenge: true,
  login_verifier: true,
  consent_challenge: true,
  consent_verifier: true,
  device_challenge: true,
  device_verifier: true,
};

export const STATE_NAMES: readonly string[] = Object.keys(NAMES);

/** A sealed value longer than this stays here, and the URL carries a handle. */
const LONGEST = 1500;
/** 32 bytes in base64url; no sealed state is as short. */
const HANDLE = /^[\w-]{43}$/;
/** Nothing that we sealed inflates to more. */
const INFLATED_LIMIT = 4 * 1024 * 1024;

/** The pages of a flow, or the endpoints that they use, ask for one state several times. Up to 3 kB each. */
const MOST_KNOWN = 1000;
type Known = { readonly name: keyof States; readonly state: Flow };
const knownStates = onceFor((_server: AuthorizationServer) => new BoundedMap<string, Known>(MOST_KNOWN));

/** The text that goes into the URL. */
export async function sealState<Name extends keyof States>(
  server: AuthorizationServer,
  name: Name,
  state: States[Name],
): Promise<string> {
  const packed = pack(state);
  const sealed = server.keys.challenges.seal(packed, name);
  const text = sealed.toString('base64url');
  if (packed[0] === PLAIN) knownStates(server).set(text, { name, state });
  if (text.length <= LONGEST) return text;
  const handle = randomBytes(32).toString('base64url');
  const row = { hash: hashOfHandle(handle), sealed, expires_at: Math.ceil(expiryOf(server, state)) };
  await write(server, (tx) => insertFlowState(tx, row));
  return handle;
}

/** Undefined for what we did not seal under this name. */
export async function openState<Name extends keyof States>(
  server: AuthorizationServer,
  name: Name,
  text: string,
): Promise<States[Name] | undefined> {
  const known = knownStates(server).get(text);
  if (known?.name === name) return known.state as States[Name];
  const sealed = HANDLE.test(text)
    ? await findFlowState(server.db.queries, hashOfHandle(text))
    : Buffer.from(text, 'base64url');
  const packed = sealed && server.keys.challenges.open(sealed, name);
  const state = packed && (unpack(packed) as States[Name] | undefined);
  if (state && packed[0] === PLAIN) knownStates(server).set(text, { name, state });
  return state;
}

const hashOfHandle = (handle: string): Buffer => createHash('sha256').update(handle).digest();

/**
 * What most states have in common: deflate refers to it, which makes short texts a third shorter. A change of the
 * dictionary gets a new number and keeps the old ones for as long as a flow lives.
 */
const DICTIONARIES: ReadonlyMap<number, Buffer> = new Map([
  [
    1,
    Buffer.from(
      [
        '"error_hint":"","error_debug":"","status_code":400,"rejected":{"error":"access_denied","error_description":"',
        '"session":{"access_token":{},"id_token":{"email":"","email_verified":true,"name":"","preferred_username":"',
        '"accepted":{"grant_scope":["openid","offline_access","profile","email"],"grant_access_token_audience":[],',
        '"remember":false,"remember":true,"remember_for":0,"remember_for":3600,"handled_at":1',
        '"extend_session_lifespan":false,"acr":"","amr":["pwd"],"amr":[],"identity_provider_session_id":"",',
        '"force_subject_identifier":"","context":{},"skip":false,"skip":true,"mapped_subject":"","auth_time":1',
        '"remembered":{"subject":"","consent_request_id":"","sid":"","csrf":"","requested_at":1',
        '&code_challenge_method=S256&code_challenge=&prompt=login&prompt=consent&max_age=&login_hint=&ui_locales=',
        '&response_mode=form_post&audience=&id_token_hint=&acr_values=&nonce=&state=',
        '&redirect_uri=http%3A%2F%2F127.0.0.1%3A&redirect_uri=http%3A%2F%2Flocalhost%3A',
        '&redirect_uri=https%3A%2F%2Fapp.com%2Foauth2%2Fcallback&scope=openid%20offline_access%20profile%20email',
        '&scope=openid+offline_access+profile+email&response_type=code&client_id=',
        '{"flow_id":"","query":"client_id=',
      ].join(''),
    ),
  ],
]);
const CURRENT = 1;

/**
 * A window of 8 kB and blocks of 4 096 symbols are enough for the dictionary and a state, and take 64 kB; zlib takes 256
 * and Node.js another 16 for each piece of the outcome if nobody asks, which the garbage collector hears of
 * (docs/performance.md).
 */
const PIECE = { chunkSize: 4096 };
const MEMORY = { ...PIECE, windowBits: 13, memLevel: 6 };

/** In place of the number of a dictionary: what follows is the text itself. */
const PLAIN = 0;
/** Bytes. A text that is short as it is gains nothing that is worth the time (docs/performance.md). */
const LONGEST_PLAIN = 530;

function pack(state: unknown): Buffer {
  const text = JSON.stringify(state);
  if (Buffer.byteLength(text) <= LONGEST_PLAIN) return Buffer.from(`\0${text}`);
  const dictionary = DICTIONARIES.get(CURRENT);
  if (!dictionary) throw new Error(`no dictionary ${CURRENT}`);
  return Buffer.concat([Buffer.of(CURRENT), deflateRawSync(text, { ...MEMORY, dictionary })]);
}

function unpack(packed: Buffer): unknown {
  if (packed[0] === PLAIN) return JSON.parse(packed.toString('utf8', 1));
  const dictionary = DICTIONARIES.get(packed[0] ?? PLAIN);
  if (!dictionary) return undefined;
  const text = inflateRawSync(packed.subarray(1), { ...PIECE, dictionary, maxOutputLength: INFLATED_LIMIT });
  return JSON.parse(text.toString());
}
