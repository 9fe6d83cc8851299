import { explain } from './failure.ts';
import { program } from './program.ts';

/** The launcher says by which name it was called: `gatehouse`, or `hydra` where an alias stands for the reference. */
const name = process.env.GATEHOUSE_PROGRAM === 'hydra' ? 'hydra' : 'gatehouse';

try {
  await program(name).parseAsync();
} catch (error) {
  process.stderr.write(`${await explain(error)}\n`);
  process.exit(1);
}
