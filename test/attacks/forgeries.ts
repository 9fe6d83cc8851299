import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Json } from '../e2e/flow.ts';

/** What an attacker of JWTs has: a genuine token to take apart, the public key that verifies it, and keys of their own. */
export type Loot = {
  readonly header: Json;
  readonly claims: Json;
  readonly publicKey: KeyObject;
  /** A token that was signed with the private key, over other claims. */
  readonly genuine: string;
  /** Where the attacker would like the server to look. */
  readonly site: string;
};

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

function hmac(header: Json, claims: unknown, key: string | Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const hash = HASHES[String(header.alg)] ?? 'sha256';
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
}

const ATTACKER = {
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

/** Signed by the attacker, in the algorithm of the header. */
function signed(header: Json, claims: unknown): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const key = String(header.alg).startsWith('ES') ? ATTACKER.EC : ATTACKER.RSA;
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

const attackersJwk = ({ alg }: Json) =>
  (String(alg).startsWith('ES') ? ATTACKER.EC : ATTACKER.RSA).publicKey.export({ format: 'jwk' });

/** By what is wrong with them. None may be taken. */
export function forgeries({ header, claims, publicKey, genuine, site }: Loot): Record<string, string> {
  const [h = '', p = '', s = ''] = genuine.split('.');
  const jwk = publicKey.export({ format: 'jwk' });
  const none = (alg: string, signature = '') => `${encode({ ...header, alg })}.${encode(claims)}.${signature}`;
  const half = Math.floor(s.length / 2);
  return {
    'alg none': none('none'),
    'alg None': none('None'),
    'alg NONE with the signature of another token': none('NONE', s),
    'an empty alg': none(''),
    'no alg': `${encode({ ...header, alg: undefined })}.${encode(claims)}.${s}`,
    'an alg that is a list': `${encode({ ...header, alg: [header.alg] })}.${encode(claims)}.${s}`,
    'HS256 with the public key as PEM': hmac(
      { ...header, alg: 'HS256' },
      claims,
      publicKey.export({ format: 'pem', type: 'spki' }),
    ),
    'HS384 with the public key as DER': hmac(
      { ...header, alg: 'HS384' },
      claims,
      publicKey.export({ format: 'der', type: 'spki' }),
    ),
    'HS512 with the public key as JWK': hmac({ ...header, alg: 'HS512' }, claims, JSON.stringify(jwk)),
    'HS256 with what the modulus or the point is': hmac(
      { ...header, alg: 'HS256' },
      claims,
      Buffer.from(String(jwk.n ?? jwk.x), 'base64url'),
    ),
    'HS256 with an empty key': hmac({ ...header, alg: 'HS256' }, claims, ''),
    'HS256 and a kid that leads to an empty file': hmac(
      { ...header, alg: 'HS256', kid: '../../../../dev/null' },
      claims,
      '',
    ),
    'a kid that is SQL': signed({ ...header, kid: "x' UNION SELECT 'secret' --" }, claims),
    'a kid that is a list': signed({ ...header, kid: [header.kid] }, claims),
    'a kid that is no text': signed({ ...header, kid: { $ne: null } }, claims),
    'a kid that every object has': signed({ ...header, kid: '__proto__' }, claims),
    'a key of the attacker in the header': signed({ ...header, jwk: attackersJwk(header) }, claims),
    'a key set of the attacker in jku': signed({ ...header, jku: `${site}/jwks.json` }, claims),
    'a certificate of the attacker in x5u': signed({ ...header, x5u: `${site}/cert.pem` }, claims),
    'a certificate of the attacker in x5c': signed(
      {
        ...header,
        x5c: [
          createPublicKey(ATTACKER.RSA.publicKey.export({ format: 'pem', type: 'spki' }))
            .export({ format: 'der', type: 'spki' })
            .toString('base64'),
        ],
      },
      claims,
    ),
    'an extension that must be understood': `${encode({ ...header, crit: ['exp'], exp: 1 })}.${p}.${s}`,
    'crit that is empty': `${encode({ ...header, crit: [] })}.${p}.${s}`,
    'an unencoded payload': `${encode({ ...header, b64: false, crit: ['b64'] })}.${JSON.stringify(claims)}.${s}`,
    'other claims under a good signature': `${h}.${encode(claims)}.${s}`,
    'another header over a good signature': `${encode({ ...header, typ: 'other' })}.${p}.${s}`,
    'half a signature': `${h}.${p}.${s.slice(0, half)}`,
    'a signature of zeros': `${h}.${encode(claims)}.${Buffer.alloc(Buffer.from(s, 'base64url').length).toString('base64url')}`,
    'a signature with a tail': `${h}.${p}.${s}AAAA`,
    'no signature': `${h}.${p}.`,
    'two parts': `${h}.${p}`,
    'four parts': `${genuine}.${s}`,
    'an encrypted token': `${encode({ alg: 'dir', enc: 'A256GCM' })}..${encode('iv-iv-iv-iv-')}.${p}.${encode('tag')}`,
    'a token within a token': signed({ ...header, cty: 'JWT' }, genuine),
    'a list of claims': signed(header, [claims]),
    'claims that are null': signed(header, null),
    'a header that is no object': `${encode('[]')}.${p}.${s}`,
    'JSON serialization': JSON.stringify({ protected: h, payload: p, signature: s }),
    'claims of half a megabyte': signed(header, { ...claims, filler: 'x'.repeat(500_000) }),
    'claims that are very deep': `${encode(header)}.${encode(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)}.${s}`,
    'bytes that are no UTF-8': `${encode(header)}.${Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('base64url')}.${s}`,
  };
}
