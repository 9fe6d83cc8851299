import { pino } from 'pino';
import { loadConfig } from '../src/config/load.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { freePort } from './free_port.ts';
import { validateAnswersOf } from './openapi/validation.ts';
import { chosenEngine } from './store/engines.ts';
import { checkPlans, hearStatements } from './store/query_plans.ts';

/** Both listeners in this process, under the issuer that clients really reach. `env` configures as the environment does. */
export async function startRunningServer(
  env: Record<string, string> = {},
): Promise<RunningServer & { readonly issuer: string; readonly admin: string }> {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  const { dsn, drop } = await chosenEngine().create();
  const issuer = `http://127.0.0.1:${publicPort}`;
  const { config } = loadConfig({
    files: [],
    env: {
      DSN: dsn,
      SECRETS_SYSTEM: 'a-secret-for-tests-0123456789',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      URLS_SELF_ISSUER: issuer,
      ...env,
    },
    flags: { dev: true },
  });
  hearStatements();
  const running = await startServer(config, { listeners: ['public', 'admin'], log: pino({ level: 'silent' }) });
  validateAnswersOf(running.addresses.public, running.addresses.admin);
  const close = async () => {
    await checkPlans(running).finally(() => running.close());
    await drop();
  };
  return { ...running, close, issuer, admin: `http://127.0.0.1:${adminPort}` };
}
