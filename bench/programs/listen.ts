import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';

/** On the port that the command line names. `/health` says that it is ready. */
export function listen(answer: RequestListener): void {
  const server = createServer((request, response) => {
    if (request.url === '/health') response.end('ok');
    else answer(request, response);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(Number(process.argv[2]), '127.0.0.1');
  process.once('SIGTERM', () => process.exit());
}
