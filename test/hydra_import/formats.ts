import {
  argon2Sync,
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKeyInput,
  pbkdf2Sync,
  randomBytes,
} from 'node:crypto';
import bcrypt from 'bcrypt';
import { SignJWT } from 'jose';

/** What Ory Hydra v26 writes, made here from its description and not with what the import reads it by. */

const sha256 = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest();

export const sha384 = (value: string): string => createHash('sha384').update(value).digest('hex');

const base64 = (value: Buffer): string => value.toString('base64').replace(/=+$/, '');

/** base64url with padding, as Go's URLEncoding writes it. */
const padded = (value: Buffer): string => value.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** The names of some say less than the truth: they are hashes of SHA-3. */
const DIGESTS: Readonly<Record<string, string>> = {
  sha1: 'sha1',
  sha224: 'sha3-224',
  sha256: 'sha256',
  sha384: 'sha3-384',
  sha512: 'sha512',
};

export const SCHEMES = [...Object.keys(DIGESTS), 'bcrypt', 'argon2i', 'argon2id'] as const;

export function hashedSecret(secret: string, scheme = 'sha256'): string {
  const salt = randomBytes(16);
  if (scheme === 'bcrypt') return bcrypt.hashSync(secret, 5);
  if (scheme === 'argon2i' || scheme === 'argon2id') {
    const options = { message: secret, nonce: salt, memory: 4096, passes: 2, parallelism: 1, tagLength: 32 };
    return `$${scheme}$v=19$m=4096,t=2,p=1$${base64(salt)}$${base64(argon2Sync(scheme, options))}`;
  }
  const key = pbkdf2Sync(secret, salt, 25_000, 32, DIGESTS[scheme] ?? '');
  return `$pbkdf2-${scheme}$i=25000,l=32$${base64(salt)}$${base64(key)}`;
}

export function encrypted(secret: string, value: unknown): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sha256(secret), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
  return padded(Buffer.concat([nonce, text, cipher.getAuthTag()]));
}

/** With what it is found by. */
export type Token = { readonly token: string; readonly signature: string };

export function opaque(prefix: 'ory_at_' | 'ory_rt_', secret: string): Token {
  const random = randomBytes(32);
  const signature = createHmac('sha512-256', sha256(secret)).update(random).digest('base64url');
  return { token: `${prefix}${random.toString('base64url')}.${signature}`, signature };
}

export type Key = { readonly kid: string; readonly jwk: Readonly<Record<string, unknown>> };

export function rsaKey(kid: string): Key {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, jwk: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } };
}

export async function jwt({ kid, jwk }: Key, claims: Record<string, unknown>): Promise<Token> {
  const key = createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' });
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key);
  return { token, signature: token.split('.')[2] ?? '' };
}

export type SessionClaims = {
  readonly subject: string;
  readonly claims?: Record<string, unknown>;
  readonly extra?: Record<string, unknown>;
  /** RFC 3339, by kind of token. */
  readonly expires_at?: Record<string, string>;
};

/** With the members that nobody reads, too. */
export const sessionData = ({ subject, claims = {}, extra = {}, expires_at = {} }: SessionClaims) => ({
  id_token: {
    id_token_claims: {
      jti: '',
      iss: '',
      sub: '',
      aud: [],
      nonce: '',
      exp: '0001-01-01T00:00:00Z',
      iat: '2026-01-01T00:00:00Z',
      rat: '2026-01-01T00:00:00Z',
      auth_time: '0001-01-01T00:00:00Z',
      at_hash: '',
      acr: '',
      amr: null,
      c_hash: '',
      ext: {},
      ...claims,
    },
    headers: { extra: { kid: 'some-key' } },
    expires_at,
    username: '',
    subject,
  },
  extra,
  kid: 'some-key',
  client_id: 'app',
  consent_challenge: '',
  exclude_not_before_claim: false,
  allowed_top_level_claims: [],
  mirror_top_level_claims: true,
  preserve_ext_claims: false,
});

/** A cookie of gorilla/sessions over `map[interface{}]interface{}{"sid": sid}`. */
export const sessionCookie = (key: Buffer, name: string, sid: string): string => cookieOver(key, name, gobOf({ sid }));

export function cookieOver(key: Buffer, name: string, content: Buffer, time = 1_700_000_000): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', sha256(key), iv);
  const value = padded(Buffer.concat([iv, cipher.update(content), cipher.final()]));
  const mac = createHmac('sha256', key).update(`${name}|${time}|${value}`).digest();
  return padded(Buffer.concat([Buffer.from(`${time}|${value}|`), mac]));
}

/** The definition of the type, then the map: names of types, their numbers, lengths, and the texts. */
export function gobOf(values: Record<string, string>): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.of(Buffer.byteLength(value)), Buffer.from(value)]);
  const anything = (value: string) => {
    const content = Buffer.concat([Buffer.of(0), text(value)]);
    return Buffer.concat([text('string'), Buffer.of(0x0c, content.length), content]);
  };
  const entries = Object.entries(values).flatMap(([key, value]) => [anything(key), anything(value)]);
  const map = Buffer.concat([Buffer.of(0xff, 0x82, 0, Object.keys(values).length), ...entries]);
  return Buffer.concat([Buffer.from('0eff81040102ff82000110011000', 'hex'), Buffer.of(0), Buffer.of(map.length), map]);
}
