import type { Logger } from 'pino';

/** Milliseconds. The listeners allow running requests half a second of it. */
const PATIENCE = 900;

/** SIGINT and SIGTERM: the first lets running requests finish, the second does not. */
export function closeOnSignal(close: () => Promise<void>, log: Logger): void {
  let isClosing = false;
  const onSignal = () => {
    if (isClosing) process.exit(1);
    isClosing = true;
    setTimeout(() => process.exit(1), PATIENCE).unref();
    close().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}
