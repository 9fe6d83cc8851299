import { CONNECTIONS, type Floor, holds } from '../floors.ts';
import type { Measured, Result } from '../measure.ts';
import { type Metric, ratioOf, type Spread, spreadOf } from '../sample.ts';

/** A ratio, or a figure where there is nothing to compare it with. */
export type Judgement = {
  readonly scenario: string;
  readonly connections: number;
  readonly of: string;
  readonly to?: string;
  readonly metric: Metric;
  readonly value: Spread;
  /** Of a rate: the same by processor time, which tells what is the code and what is the disk, or a neighbour. */
  readonly byCpu?: Spread;
  readonly floor?: Floor;
  /** Whether the median is as the floor asks; absent without one. */
  readonly holds?: boolean;
};

/** Every entry against everything that it is compared with. */
export function judge(result: Result, floors: readonly Floor[]): Judgement[] {
  const own = floors.filter(({ scenario }) => scenario === result.scenario);
  const bases = result.entries.filter(({ isBase }) => isBase);
  return result.entries
    .filter(({ isBase }) => !isBase)
    .flatMap((entry) => [
      ...bases.map((base) => judgePair(result, entry, base, floorsOf(own, entry.label, base.label)[0])),
      ...floorsOf(own, entry.label).map((floor) => judgeAlone(result, entry, floor)),
    ]);
}

const floorsOf = (floors: readonly Floor[], of: string, to?: string): Floor[] =>
  floors.filter((floor) => floor.of === of && floor.to === to);

function judgePair(result: Result, of: Measured, to: Measured, floor: Floor | undefined): Judgement {
  const metric = floor?.metric ?? 'rate';
  const value = ratioOf(metric, of.samples, to.samples);
  const byCpu = metric === 'rate' ? { byCpu: ratioOf('cpu', to.samples, of.samples) } : {};
  return judged(result, { of: of.label, to: to.label, metric, value, ...byCpu }, floor);
}

const judgeAlone = (result: Result, { label, samples }: Measured, floor: Floor): Judgement =>
  judged(
    result,
    { of: label, metric: floor.metric, value: spreadOf(samples.map((sample) => sample[floor.metric])) },
    floor,
  );

function judged(
  { scenario, connections }: Result,
  judgement: Pick<Judgement, 'of' | 'to' | 'metric' | 'value' | 'byCpu'>,
  floor: Floor | undefined,
): Judgement {
  const isAsked = floor && connections === (floor.connections ?? CONNECTIONS);
  const verdict = isAsked ? { floor, holds: holds(floor, judgement.value.median) } : {};
  return { scenario, connections, ...judgement, ...verdict };
}
