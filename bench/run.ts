/**
 * `npm run bench`: Gatehouse on each engine beside `oidc-provider`, a bare server and what a core can sign, on loopback.
 * Prints figures, ratios and whether the floors of bench/floors.ts hold. Ends with 1 where anything was not answered as it
 * should be; a floor that is missed is only said, because machines differ.
 */
import { writeFileSync } from 'node:fs';
import { Field } from './contestants/field.ts';
import { divideCores } from './cores.ts';
import { startDatabases } from './databases.ts';
import { floorsFor } from './floors.ts';
import { Generator } from './generator/generator.ts';
import { describeMachine, type Machine } from './machine.ts';
import { measure, type Result } from './measure.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { chartOf } from './report/chart.ts';
import { type Judgement, judge } from './report/judge.ts';
import { machineText, resultText, summaryText } from './report/text.ts';
import * as registry from './scenarios/index.ts';
import { signing } from './scenarios/rsa.ts';
import { requireWrk } from './wrk.ts';

const root = new URL('..', import.meta.url).pathname;

/** By name, those that take long at the end. */
const scenarios = Object.values(registry).toSorted(
  (one, other) => Number('seconds' in one) - Number('seconds' in other) || (one.name < other.name ? -1 : 1),
);

type Setting = { readonly field: Field; readonly generator: Generator; readonly options: Options };

async function lookAtMachine({ field, generator }: Setting): Promise<Machine> {
  const { publicPort } = await field.program('rsa_signer');
  const { p50 } = await signing(publicPort)({ connections: 1, seconds: 0.5, generator }, () => {});
  return describeMachine(root, p50);
}

/** Goes on with the others where one scenario fails, and says so. */
async function runAll(setting: Setting): Promise<boolean> {
  const { only, connections, json, chart } = setting.options;
  const machine = await lookAtMachine(setting);
  const floors = floorsFor(machine);
  console.log(machineText(machine));
  if (!setting.field.cores) console.log('no process is pinned: there is one processor, or no taskset');
  const [results, judgements, failures]: [Result[], Judgement[], string[]] = [[], [], []];
  for (const scenario of scenarios.filter(({ name }) => only.test(name))) {
    for (const count of scenario.connections ? [scenario.connections] : connections) {
      try {
        const result = await measure(scenario, count, setting);
        const judged = judge(result, floors);
        console.log(resultText(result, judged));
        results.push(result);
        judgements.push(...judged);
      } catch (error) {
        failures.push(`${scenario.name}, ${count} connections`);
        console.log(`\n${scenario.name}, ${count} connections: FAILED`, error);
      }
    }
  }
  console.log(summaryText(judgements));
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  if (json) writeFileSync(json, `${JSON.stringify({ machine, results, judgements, failures }, null, 2)}\n`);
  if (chart) writeFileSync(chart, chartOf(results, machine));
  return failures.length === 0 && results.length > 0;
}

async function run(options: Options): Promise<boolean> {
  requireWrk();
  const cores = divideCores();
  const databases = await startDatabases(options.engines);
  const field = new Field(databases.engines, cores);
  const generator = new Generator(cores?.others === '1' ? 1 : 2);
  try {
    return await runAll({ field, generator, options });
  } finally {
    await generator.close();
    await field.close();
    databases.stop();
  }
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}

${USAGE}`);
    return undefined;
  }
}

const args = process.argv.slice(2);
if (args.includes('--help')) console.log(USAGE);
else {
  const options = readOptions(args);
  process.exitCode = options && (await run(options)) ? 0 : 1;
}
