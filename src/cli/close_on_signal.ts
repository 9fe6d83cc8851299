import type { Logger } from 'pino';

/** Milliseconds. */
const PATIENCE = 800;
/** Milliseconds. Under npm one Ctrl-C arrives twice: from the terminal, and passed on. */
const SAME_SIGNAL = 50;

/** SIGINT and SIGTERM: the first lets running requests finish within `patience`, the second does not. */
export function closeOnSignal(close: () => Promise<void>, log: Logger, patience = PATIENCE): void {
  let first: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (first === undefined) void exitAfter(close, log, patience);
    else if (now - first > SAME_SIGNAL) process.exit(1);
    first ??= now;
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}

/**
 * A worker's parent passes on what it is told, and others may tell both: a terminal sends SIGINT to all, a service manager
 * SIGTERM. So here one is enough, and the end of the parent ends us at once.
 */
export function closeWorkerOnSignal(close: () => Promise<void>, log: Logger, patience: number): void {
  let isClosing = false;
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    if (!isClosing) void exitAfter(close, log, patience);
    isClosing = true;
  });
}

async function exitAfter(close: () => Promise<void>, log: Logger, patience: number): Promise<never> {
  setTimeout(() => process.exit(1), patience).unref();
  try {
    await close();
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'closing failed');
    process.exit(1);
  }
}
