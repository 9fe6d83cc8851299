import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocksOf } from '../docs/page.ts';
import { packagesOf } from '../installed.ts';

/** Somebody else's login and consent pages, a process of its own which knows the admin API. Both let in EMAIL. */
export type LoginApp = {
  /** Configuration of the server. */
  readonly urls: Readonly<Record<string, string>>;
  /** Who that is, for clients. */
  readonly subject: string;
  /** What sends the code of a device. */
  readonly deviceButton: string;
  /** What is left to read when the device is done. */
  readonly deviceDone: string;
  /** Resolves when it answers. */
  start(admin: string): Promise<void>;
  stop(): Promise<void>;
};

export const EMAIL = 'foo@bar.com';
export const PASSWORD = 'foobar';

/** The npm package of that name, as it is. */
export async function hydraLoginConsentLogout(origin: string): Promise<LoginApp> {
  const folder = await packagesOf(new URL('../login_app', import.meta.url).pathname);
  const file = join(folder, 'node_modules/hydra-login-consent-logout/lib/app.js');
  const settings = (admin: string) => ({ HYDRA_ADMIN_URL: admin, PORT: new URL(origin).port, NODE_ENV: 'production' });
  return {
    urls: {
      URLS_LOGIN: `${origin}/login`,
      URLS_CONSENT: `${origin}/consent`,
      URLS_LOGOUT: `${origin}/logout`,
      URLS_DEVICE_VERIFICATION: `${origin}/device/verify`,
      URLS_DEVICE_SUCCESS: `${origin}/device/success`,
    },
    subject: EMAIL,
    deviceButton: '#verify',
    deviceDone: 'Verification successful',
    ...program(file, origin, settings),
  };
}

/** The one that docs/your-own-login-app.md shows. */
export function documentedLoginApp(origin: string): LoginApp {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-login-app-'));
  const file = join(folder, 'login_app.mjs');
  writeFileSync(file, blocksOf('your-own-login-app.md', 'js').join('\n'));
  const { start, stop } = program(file, origin, (admin) => ({ ADMIN_URL: admin, ORIGIN: origin }));
  return {
    urls: {
      URLS_LOGIN: `${origin}/login`,
      URLS_CONSENT: `${origin}/consent`,
      URLS_LOGOUT: `${origin}/logout`,
      URLS_DEVICE_VERIFICATION: `${origin}/device`,
    },
    subject: '4711',
    deviceButton: '#accept',
    deviceDone: 'Your device is connected',
    start,
    stop: () => stop().finally(() => rmSync(folder, { recursive: true })),
  };
}

function program(
  file: string,
  origin: string,
  settings: (admin: string) => Readonly<Record<string, string>>,
): Pick<LoginApp, 'start' | 'stop'> {
  let end = async () => {};
  return {
    async start(admin) {
      const { PATH, HOME } = process.env;
      const child = spawn(process.execPath, [file], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...settings(admin) },
      });
      let complaints = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaints += text;
      });
      const exit = once(child, 'exit');
      end = async () => {
        child.kill();
        await exit;
      };
      while (child.exitCode === null && !(await answers(origin))) await sleep(50);
      if (child.exitCode !== null) throw new Error(`${file} ended: ${complaints}`);
    },
    stop: () => end(),
  };
}

const answers = (origin: string): Promise<boolean> =>
  fetch(origin).then(
    () => true,
    () => false,
  );
