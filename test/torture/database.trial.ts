import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { startProcesses } from '../e2e/processes.ts';
import { endure } from './endure.ts';

const ENGINE = process.env.GATEHOUSE_TEST_ENGINE ?? 'postgres';

const databases = (...args: string[]) =>
  promisify(execFile)(new URL('../databases', import.meta.url).pathname, args, { env: process.env });

it('kill -9 of the database during a load of whole flows on two servers loses nothing, and they go on by themselves', async (test) => {
  await endure(test, await startProcesses(test), async () => {
    await databases('kill', ENGINE);
    await databases('start');
  });
});
