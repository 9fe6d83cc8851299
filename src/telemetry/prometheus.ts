import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Metrics } from '../authorization_server.ts';
import type { Answer } from '../http/listener.ts';
import { readBuild } from '../lib/build.ts';
import { VERSION } from '../lib/version.ts';
import { type AllSeries, count, Distribution, type Measure, type Series, summedSeries } from './series.ts';
import { countSweeping } from './sweeper.ts';

type Labels = Readonly<Record<string, string | number>>;

/** What one process has counted, as JSON carries it to another. */
export type Counted = {
  readonly ofProcess: Awaited<ReturnType<Registry['getMetricsAsJSON']>>;
  readonly series: Readonly<Record<string, Series>>;
};

/** Of several processes that serve together, whoever is asked answers for all. */
export type ShareMetrics = (own: () => Promise<Counted>) => () => Promise<readonly Counted[]>;

/**
 * The reference's names and labels. An answer costs one look into a map: prom-client's own histograms hash their labels
 * at each observation, six times an answer, so it is asked only for the numbers of the process.
 */
export function startMetrics(share?: ShareMetrics): { metrics: Metrics; stop: () => void } {
  const series: AllSeries = new Map();
  const onAnswer = (message: unknown) => count(series, message as Answer);
  subscribe('gatehouse:answer', onAnswer);
  const ofProcess = processMetrics();
  const stopSweeping = countSweeping(ofProcess);
  let constant: Labels | undefined;
  const labels = () => {
    constant ??= constantLabels();
    ofProcess.setDefaultLabels(constant);
    return constant;
  };
  const read = async () => {
    const constant = labels();
    return `${await ofProcess.metrics()}${familiesOf([...series.values()], constant)}`;
  };
  const collect = share?.(async () => {
    labels();
    return { ofProcess: await ofProcess.getMetricsAsJSON(), series: Object.fromEntries(series) };
  });
  return {
    metrics: { read: collect ? async () => textOf(await collect(), labels()) : read },
    stop: () => {
      unsubscribe('gatehouse:answer', onAnswer);
      stopSweeping();
    },
  };
}

async function textOf(all: readonly Counted[], constant: Labels): Promise<string> {
  const sum = AggregatorRegistry.aggregate(all.map(({ ofProcess }) => ofProcess));
  return `${await sum.metrics()}${familiesOf(Object.values(summedSeries(all.map(({ series }) => series))), constant)}`;
}

/** What is left of processes that ended: what they counted, and not how they were. */
export async function remains(all: readonly Counted[]): Promise<Counted> {
  const counted = all.map(({ ofProcess }) => ofProcess.filter(({ type }) => String(type) !== 'gauge'));
  return {
    ofProcess: await AggregatorRegistry.aggregate(counted).getMetricsAsJSON(),
    series: summedSeries(all.map(({ series }) => series)),
  };
}

/** Hydra: dashboards of the reference select by these. */
function constantLabels(): Labels {
  const { git_hash, build_time } = readBuild();
  return { app: 'hydra', version: `v${VERSION}`, hash: git_hash, buildTime: build_time };
}

function processMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    // Hydra: what the reference's dashboards plot as load; here it is what keeps the event loop busy.
    name: 'go_goroutines',
    help: 'Active resources of the event loop.',
    registers: [registry],
    collect() {
      this.set(process.getActiveResourcesInfo().length);
    },
  });
  return registry;
}

type Family = readonly [name: string, help: string, of: Measure, labels: (one: Series) => Labels];

const byRoute = ({ code, method, endpoint }: Series): Labels => ({ code, method, endpoint });
const byCode = ({ code, method }: Series): Labels => ({ code, method });
const byStatus = ({ code, method }: Series): Labels => ({
  method,
  status_bucket: code >= 200 && code < 600 ? `${Math.floor(code / 100)}xx` : 'unknown',
});

const COUNTERS: readonly Family[] = [
  ['http_requests_total', 'Answers.', 'seconds', byRoute],
  ['http_requests_statuses_total', 'Answers by the hundred of their status.', 'seconds', byStatus],
];
const HISTOGRAMS: readonly Family[] = [
  ['http_requests_duration_seconds', 'Time until the answer was handed over.', 'seconds', byRoute],
  ['http_response_time_seconds', 'The same by endpoint alone.', 'seconds', ({ endpoint }) => ({ endpoint })],
  ['http_requests_size_bytes', 'Size of the bodies received.', 'received', byCode],
  ['http_response_size_bytes', 'Size of the bodies sent.', 'sent', byCode],
];

/** The text format of Prometheus, version 0.0.4. */
function familiesOf(series: readonly Series[], constant: Labels): string {
  const lines: string[] = [];
  for (const [name, help, of, labels] of COUNTERS) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
    for (const [group, { count }] of grouped(series, labels, of))
      lines.push(sample(name, { ...group, ...constant }, count));
  }
  for (const [name, help, of, labels] of HISTOGRAMS) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
    for (const [group, distribution] of grouped(series, labels, of))
      lines.push(...samples(name, { ...group, ...constant }, distribution));
  }
  return `${lines.join('\n')}\n`;
}

/** Series with equal labels become one. */
function grouped(series: readonly Series[], labelsOf: Family[3], of: Measure): [Labels, Distribution][] {
  const groups = new Map<string, [Labels, Distribution]>();
  for (const one of series) {
    const labels = labelsOf(one);
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? [labels, new Distribution(one[of].bounds)];
    group[1].add(one[of]);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function samples(name: string, labels: Labels, { bounds, counts, sum, count }: Distribution): string[] {
  let below = 0;
  const buckets = bounds.map((le, index) => {
    below += counts[index] ?? 0;
    return sample(`${name}_bucket`, { ...labels, le }, below);
  });
  return [
    ...buckets,
    sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    sample(`${name}_sum`, labels, sum),
    sample(`${name}_count`, labels, count),
  ];
}

/** Labels are our own words: none holds what would need an escape. */
const sample = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}} ${value}`;
