/**
 * Durations in the notation of Go: `1h30m`, `1.5s`, `-200ms`, `0`. The reference reads and prints nothing else.
 * Nanoseconds are a bigint, so that 180 days keep every digit.
 */
const NANOSECONDS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
const LIMIT = 2n ** 63n - 1n;

/** Nanoseconds, or undefined where Go would report an error. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith('-') ? -1n : 1n;
  const rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0n;
  if (rest === '' || rest.length > 100) return undefined;
  let total = 0n;
  let end = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(rest); part; part = PART.exec(rest)) {
    total += nanoseconds(part[1] ?? '', NANOSECONDS[part[2] ?? ''] ?? 0n);
    end = PART.lastIndex;
  }
  return end === rest.length && total <= LIMIT ? sign * total : undefined;
}

function nanoseconds(number: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.');
  const parts = BigInt(fraction.padEnd(1, '0')) * unit;
  return BigInt(whole || '0') * unit + parts / 10n ** BigInt(Math.max(1, fraction.length));
}

/** The canonical text: `1h0m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDuration(value: bigint): string {
  if (value === 0n) return '0s';
  const sign = value < 0n ? '-' : '';
  const rest = value < 0n ? -value : value;
  if (rest < 1_000n) return `${sign}${rest}ns`;
  if (rest < 1_000_000n) return `${sign}${decimal(rest, 1_000n)}µs`;
  if (rest < 1_000_000_000n) return `${sign}${decimal(rest, 1_000_000n)}ms`;
  const seconds = decimal(rest % 60_000_000_000n, 1_000_000_000n);
  const minutes = rest / 60_000_000_000n;
  if (minutes === 0n) return `${sign}${seconds}s`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}s` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}s`;
}

function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction ? `${value / unit}.${fraction}` : String(value / unit);
}

/** Seconds, with a fraction where the text has one. */
export const durationSeconds = (nanoseconds: bigint): number => Number(nanoseconds) / 1e9;
