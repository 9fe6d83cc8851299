import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Round, Swept } from '../store/sweeper.ts';

/** What the sweeper of this process did. Returns the way to stop. */
export function countSweeping(registry: Registry): () => void {
  const registers = [registry];
  const deleted = new Counter({
    name: 'gatehouse_sweeper_deleted_rows_total',
    help: 'Expired rows that this process deleted.',
    labelNames: ['table'],
    registers,
  });
  const isLeader = new Gauge({
    name: 'gatehouse_sweeper_is_leader',
    help: 'Whether this process is the one that sweeps.',
    registers,
  });
  const lastRound = new Gauge({
    name: 'gatehouse_sweeper_last_round_timestamp_seconds',
    help: 'When this process last finished sweeping; 0 before.',
    // Of several processes that are counted together.
    aggregator: 'max',
    registers,
  });
  const onSwept = (message: unknown) => {
    const { table, deleted: count } = message as Swept;
    deleted.inc({ table }, count);
  };
  const onRound = (message: unknown) => {
    const round = message as Round;
    isLeader.set(round.isLeader ? 1 : 0);
    if (round.isLeader) lastRound.set(round.ended_at);
  };
  subscribe('gatehouse:swept', onSwept);
  subscribe('gatehouse:sweeper', onRound);
  return () => {
    unsubscribe('gatehouse:swept', onSwept);
    unsubscribe('gatehouse:sweeper', onRound);
  };
}
