import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDsn } from '../../src/config/dsn.ts';
import { startProcesses } from '../e2e/processes.ts';
import { chosenEngine } from '../store/engines.ts';
import { Wire } from '../store/wire.ts';
import { endure } from './endure.ts';

/** Milliseconds that a fault lasts, and that a slow packet takes longer. */
const DURATION = 800;
const DELAY = 60;

it('a network to the database that is cut, slow, or closed from one side loses nothing, and servers go on by themselves', async (test) => {
  const { dsn, drop } = await chosenEngine().create();
  const target = parseDsn(dsn);
  if (target.engine === 'sqlite') assert.fail('there is no network to SQLite');
  const wire = new Wire(target);
  await wire.open();
  test.after(async () => {
    await wire.cut();
    await drop();
  });
  const faults = [
    async () => {
      await wire.cut();
      await sleep(DURATION);
      await wire.open();
    },
    async () => {
      wire.slowDown(DELAY);
      await sleep(DURATION);
      wire.slowDown(0);
    },
    async () => wire.halfClose(),
  ];
  const servers = await startProcesses(test, { dsn: dsn.replace(`:${target.port}`, `:${wire.port}`) });
  await endure(test, servers, async (round) => faults[round % faults.length]?.());
});
