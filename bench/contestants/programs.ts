import { freePort } from '../../test/free_port.ts';
import { type Contestant, startContestant } from './contestant.ts';

type Program = 'oidc_provider' | 'bare_server' | 'rsa_signer';

/** One of bench/programs, which is told its port and listens on that alone. */
export async function startProgram(name: Program, cores: string | undefined): Promise<Contestant> {
  const port = await freePort();
  const program = new URL(`../programs/${name}.ts`, import.meta.url).pathname;
  return startContestant({
    command: [process.execPath, program, String(port)],
    env: { NODE_ENV: 'production' },
    cores,
    publicPort: port,
    adminPort: port,
    health: '/health',
  });
}
