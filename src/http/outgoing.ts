import { lookup as lookUp } from 'node:dns';
import { lookup } from 'node:dns/promises';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { http } from '../lib/node_http.ts';

/** `clients.http` of the configuration: where the requests that clients make us send may go. */
export type OutgoingPolicy = {
  readonly disallow_private_ip_ranges: boolean;
  /** URLs that are exempt. `*` stands for what is between two of `.` and `/`, `**` for anything. */
  readonly private_ip_exception_urls: readonly string[];
};

type Outgoing = {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer, at most. */
  readonly limit: number;
  /** Milliseconds, for all of it. */
  readonly patience: number;
  readonly signal?: AbortSignal;
};

export type Incoming = { readonly status: number; readonly body: Buffer };

/**
 * A request to an address that a client chose, or the operator. The address that is connected to is the one that is
 * checked, so a name that changes its mind gains nothing; redirects are not followed. Throws an Error whose message
 * says why.
 */
export async function send(policy: OutgoingPolicy, url: string, outgoing: Outgoing): Promise<Incoming> {
  const target = URL.parse(url);
  if (!target || !/^https?:$/.test(target.protocol)) throw new Error('the address is not an http or https URL');
  const isAllowed = isExempt(policy, url) ? () => true : (address: string) => mayConnect(policy, address);
  const literal = literalOf(target);
  if (literal !== undefined && !isAllowed(literal)) throw privateAddress(literal);
  return exchange(target, outgoing, guardedLookup(isAllowed));
}

function exchange(target: URL, outgoing: Outgoing, lookup: LookupFunction): Promise<Incoming> {
  const { method = 'GET', headers = {}, body = '', limit, patience, signal } = outgoing;
  const deadline = AbortSignal.timeout(patience);
  const options = {
    method,
    headers: { ...headers, ...(method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}) },
    agent: false,
    lookup,
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  } as const;
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? https : http).request(target, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) response.destroy(new Error(`the answer is longer than ${limit} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.on('error', (error) => reject(deadline.aborted ? new Error('it took too long') : error));
    request.end(body);
  });
}

/** Link-local addresses hold the credentials of cloud machines; no client has its keys there. */
const mayConnect = ({ disallow_private_ip_ranges }: OutgoingPolicy, address: string): boolean =>
  disallow_private_ip_ranges ? rangeOf(address) === 'unicast' : rangeOf(address) !== 'linkLocal';

/** IANA's special-purpose registries; an IPv4 address inside of IPv6 is what it is inside. */
const rangeOf = (address: string): string => ipaddr.process(address).range();

const guardedLookup =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (!first) return callback(privateAddress(hostname), '');
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };

const privateAddress = (host: string): Error => new Error(`the address of '${host}' is not a public one`);

/** A host that is written as a number, without the brackets of IPv6. */
function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

function isExempt({ private_ip_exception_urls }: OutgoingPolicy, url: string): boolean {
  return private_ip_exception_urls.some((pattern) => patternOf(pattern).test(url));
}

const patternOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/(\*+)/)
      .map((part) => (part === '*' ? '[^./]*' : part.startsWith('**') ? '.*' : RegExp.escape(part)))
      .join('')}$`,
    's',
  );

/**
 * Refused at registration: what is private, and IPv4 addresses that an IPv6 address hides (RFC 4291 section 2.5.5, RFC
 * 6052, RFC 6145). Hydra: other special-purpose addresses are refused only when we would connect.
 */
const REFUSED_AT_REGISTRATION = [
  'loopback',
  'private',
  'uniqueLocal',
  'linkLocal',
  'unspecified',
  'ipv4Mapped',
  'rfc6052',
  'rfc6145',
];
/** Milliseconds for one name. */
const NAME_PATIENCE = 2000;

/** Whether a client may register this URL as an address for us to call. One whose name has no address may not. */
export async function mayRegister(policy: OutgoingPolicy, url: string): Promise<boolean> {
  if (!policy.disallow_private_ip_ranges || isExempt(policy, url)) return true;
  const target = URL.parse(url);
  if (!target) return false;
  const literal = literalOf(target);
  const addresses = literal === undefined ? await addressesOf(target.hostname) : [literal];
  return (
    addresses.length > 0 &&
    !addresses.some((address) => REFUSED_AT_REGISTRATION.includes(ipaddr.parse(address).range()))
  );
}

async function addressesOf(hostname: string): Promise<string[]> {
  const late = new Promise<[]>((resolve) => setTimeout(resolve, NAME_PATIENCE, []).unref());
  const found = await Promise.race([lookup(hostname, { all: true }).catch(() => []), late]);
  return found.map(({ address }) => address);
}
