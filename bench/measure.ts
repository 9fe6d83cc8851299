import type { Contestant } from './contestants/contestant.ts';
import type { Field } from './contestants/field.ts';
import type { Generator } from './generator/generator.ts';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { type Turn, takeTurn } from './turn.ts';

/** What one scenario showed with so many connections. */
export type Result = {
  readonly scenario: string;
  readonly connections: number;
  readonly entries: readonly Measured[];
};

export type Measured = {
  readonly label: string;
  readonly isBase: boolean;
  /** One a round. */
  readonly samples: Sample[];
};

type Ready = { readonly measured: Measured; readonly contestant: Contestant | undefined; readonly turn: Turn };

/** Everybody has a turn in each round, so that what disturbs the machine disturbs all. */
export async function measure(
  scenario: Scenario,
  connections: number,
  { field, generator, options }: { readonly field: Field; readonly generator: Generator; readonly options: Options },
): Promise<Result> {
  const ready: Ready[] = [];
  for (const entry of scenario.entries(options.engines, options.scale)) {
    const contestant = await entry.contestant(field);
    const turn = await entry.prepare(contestant, field);
    const measured = { label: entry.label, isBase: entry.isBase ?? false, samples: [] };
    ready.push({ measured, contestant, turn });
  }
  const { seconds = options.seconds, rounds } = lengthOf(scenario, options);
  // Until what it runs is compiled, and the disk has what setting it up has written.
  for (const { contestant, turn } of ready) {
    await takeTurn(turn, contestant, { connections, generator, seconds: Math.min(seconds, options.seconds) / 2 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { measured, contestant, turn } of ready) {
      measured.samples.push(await takeTurn(turn, contestant, { connections, generator, seconds }));
    }
  }
  return { scenario: scenario.name, connections, entries: ready.map(({ measured }) => measured) };
}

const lengthOf = (scenario: Scenario, { rounds, scale }: Options) =>
  scenario.seconds ? { seconds: scenario.seconds(scale), rounds: 1 } : { rounds };
