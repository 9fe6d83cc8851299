/** What a core can do with RSA-2048: signs for as many milliseconds as the query says, one after the other. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { listen } from './listen.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const data = Buffer.alloc(400, 'a');

listen((request, response) => {
  const milliseconds = Number(new URL(request.url ?? '/', 'http://signer').searchParams.get('milliseconds'));
  const times: number[] = [];
  const began = performance.now();
  for (let now = began; now - began < milliseconds; ) {
    sign('sha256', data, privateKey);
    const then = performance.now();
    times.push(then - now);
    now = then;
  }
  response.end(JSON.stringify({ times, seconds: (performance.now() - began) / 1000 }));
});
