import { it } from 'node:test';
import { goProgram } from '../installed.ts';
import { checkWalk } from './program.ts';

it('hydra-client-go walks every operation that it has', async (t) => {
  const program = await goProgram(new URL('go', import.meta.url).pathname);
  // Its parameters cannot be wrong: the page token is missing, and `MaxItems` is no name of the API.
  await checkWalk(t, [program], { listTrustedOAuth2JwtGrantIssuers: ['200'] });
});
