import type { Created, Engine } from '../../test/store/engines.ts';
import type { Cores } from '../cores.ts';
import type { Contestant } from './contestant.ts';
import { startGatehouse } from './gatehouse.ts';
import { startProgram } from './programs.ts';

/** What an entry is measured against stays up from its first use to the end. Idle ones cost nothing. */
export class Field {
  readonly cores: Cores | undefined;
  readonly #engines: Readonly<Record<string, Engine>>;
  readonly #running = new Map<string, Promise<Contestant>>();
  readonly #databases: Created[] = [];

  constructor(engines: Readonly<Record<string, Engine>>, cores: Cores | undefined) {
    this.#engines = engines;
    this.cores = cores;
  }

  /** An empty database, which goes when all is over. */
  async createDatabase(engine: string): Promise<string> {
    const created = await this.#engines[engine]?.create();
    if (!created) throw new Error(`There is no engine ${engine}.`);
    this.#databases.push(created);
    return created.dsn;
  }

  /** Another `purpose` is another server, with a database of its own. */
  gatehouse(engine: string, purpose = '', args: readonly string[] = []): Promise<Contestant> {
    // Several processes on one core would measure how they are switched.
    const cores = args.length > 0 ? undefined : this.cores?.server;
    return this.#once(`gatehouse ${engine} ${purpose}`, async () =>
      startGatehouse({ dsn: await this.createDatabase(engine), cores, args }),
    );
  }

  program(name: Parameters<typeof startProgram>[0]): Promise<Contestant> {
    return this.#once(name, () => startProgram(name, this.cores?.server));
  }

  #once(name: string, start: () => Promise<Contestant>): Promise<Contestant> {
    const running = this.#running.get(name) ?? start();
    this.#running.set(name, running);
    return running;
  }

  async close(): Promise<void> {
    for (const running of this.#running.values())
      await running.then((contestant) => contestant.close()).catch(() => {});
    for (const database of this.#databases) await database.drop();
  }
}
