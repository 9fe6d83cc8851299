import ipaddr from 'ipaddr.js';
import type { Request } from './request.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The addresses that begin alike: `10.0.0.0/8`. */
export type Network = readonly [beginning: Address, bits: number];

/** One address alone is a network too. Undefined for what is neither. */
export function parseNetwork(text: string): Network | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parseAddress(text);
  return address && [address, address.toByteArray().length * 8];
}

/**
 * Where the request began. `X-Forwarded-For` is read from its end, for as long as the one who says it is trusted; what
 * stands before that anybody can have written. Undefined where the connection has no address. Of IPv6 the network of 64
 * bits, because one machine has all of it.
 */
export function clientAddress(request: Request, trusted: readonly Network[]): string | undefined {
  let address = parseAddress(request.remote_address);
  const hops = [request.headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  while (address && isWithin(address, trusted)) {
    const before = parseAddress(withoutPort(hops.pop()?.trim() ?? ''));
    if (!before) break;
    address = before;
  }
  return address && text(address);
}

/**
 * Whether the request comes through a proxy beside us, and nobody told us of any: then all the world has one address, and
 * who counts by that lets anybody lock everybody out.
 */
export function isUnknownProxy(request: Request, trusted: readonly Network[]): boolean {
  const isForwarded = (request.headers['x-forwarded-for'] ?? request.headers.forwarded) !== undefined;
  return isForwarded && trusted.length === 0 && parseAddress(request.remote_address)?.range() !== 'unicast';
}

/** An IPv4 address inside of IPv6 is what it is inside. */
const parseAddress = (text: string): Address | undefined => (ipaddr.isValid(text) ? ipaddr.process(text) : undefined);

const isWithin = (address: Address, networks: readonly Network[]): boolean =>
  networks.some(([beginning, bits]) => beginning.kind() === address.kind() && address.match(beginning, bits));

/** Some proxies tell it. */
const withoutPort = (hop: string): string => hop.replace(/^([\d.]+):\d+$/, '$1').replace(/^\[(.*)\](?::\d+)?$/, '$1');

const text = (address: Address): string =>
  address instanceof ipaddr.IPv6
    ? `${address.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : address.toString();
