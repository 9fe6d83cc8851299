/** MurmurHash3, x86, 32 bits, seed 0: the reference derives cookie names from it. Not a cryptographic hash. */
export function murmur3(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const blocks = bytes.length >>> 2;
  let hash = 0;
  for (let block = 0; block < blocks; block++) {
    hash ^= scramble(bytes.readUInt32LE(block * 4));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks * 4; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
