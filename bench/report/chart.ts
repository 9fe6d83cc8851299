import type { Machine } from '../machine.ts';
import type { Result } from '../measure.ts';
import { spreadOf } from '../sample.ts';

const COLORS: Readonly<Record<string, string>> = {
  sqlite: '#0b6e4f',
  postgres: '#2f6db5',
  mysql: '#c46a1b',
  'oidc-provider': '#8a8f98',
  bare: '#cfd3d8',
  'bare, no read': '#cfd3d8',
};
const OTHER = '#b39ddb';

const TITLE = 'Requests or whole flows a second, the server on one core (median)';

const [WIDTH, LEFT, RIGHT, BAR, GAP] = [760, 300, 70, 13, 12];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const textAt = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${x}" y="${y}"${more}>${escaped(text)}</text>`;

const isComparison = ({ entries }: Result): boolean => entries.some(({ isBase }) => isBase);

/** Bars for the median rates. Each scenario has a scale of its own: what is compared stands together. */
export function chartOf(results: readonly Result[], machine: Machine): string {
  const parts: string[] = [];
  let y = 48;
  for (const { scenario, connections, entries } of results.filter(isComparison)) {
    const rates = entries.map(({ label, samples }) => ({
      label,
      rate: spreadOf(samples.map((sample) => sample.rate)).median,
    }));
    const most = Math.max(...rates.map(({ rate }) => rate));
    parts.push(textAt(8, y + BAR - 3, `${scenario}, ${connections}`, ' font-weight="bold"'));
    for (const { label, rate } of rates) {
      const width = Math.max(1, (rate / most) * (WIDTH - LEFT - RIGHT));
      parts.push(
        textAt(LEFT - 6, y + BAR - 3, label, ' text-anchor="end"'),
        `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${COLORS[label] ?? OTHER}"/>`,
        textAt(LEFT + width + 4, y + BAR - 3, rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)),
      );
      y += BAR;
    }
    y += GAP;
  }
  const { commit, processor, fsync, rsa } = machine;
  const conditions = `${processor}; fsync ${fsync.toFixed(2)} ms, RSA-2048 ${rsa.toFixed(2)} ms; commit ${commit}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" font-family="sans-serif" font-size="11">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    textAt(8, 18, TITLE, ' font-size="14"'),
    textAt(8, 34, conditions, ' fill="#666666"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
