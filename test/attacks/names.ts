import dns from 'node:dns';
import dnsPromises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Answers names as somebody who owns them would, each time anew. */
export async function withNames(
  answers: Readonly<Record<string, string[]>>,
  action: () => Promise<void>,
): Promise<void> {
  const [lookup, lookupPromise] = [dns.lookup, dnsPromises.lookup];
  const nextOf = (name: string): string[] | undefined => {
    const queue = answers[name];
    if (!queue) return undefined;
    return [(queue.length > 1 ? queue.shift() : queue[0]) ?? ''];
  };
  type Found = (error: Error | null, addresses: { address: string; family: number }[]) => void;
  const found = (addresses: string[]) =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  Object.assign(dns, {
    lookup: (name: string, _options: object, callback: Found) => callback(null, found(nextOf(name) ?? [])),
  });
  Object.assign(dnsPromises, { lookup: async (name: string) => found(nextOf(name) ?? []) });
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    Object.assign(dns, { lookup });
    Object.assign(dnsPromises, { lookup: lookupPromise });
    syncBuiltinESMExports();
  }
}
