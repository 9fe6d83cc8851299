import assert from 'node:assert/strict';
import { validateAnswer } from '../openapi/validation.ts';
import { type Cell, expectedOf, type Row } from './cells.ts';
import { type Answer, outcomeOf } from './exchange.ts';
import { bodyOf, type Message, urlOf } from './message.ts';
import type { Tally } from './tally.ts';

/** One row, whose requests go one after the other: what one of them changes, the next one finds. */
export class Lane {
  readonly row: Row;
  readonly cells: readonly Cell[];
  readonly #tally: Tally;
  #message: Message;
  #turn: number;
  #random: number;

  constructor(tally: Tally, row: Row, message: Message, cells: readonly Cell[]) {
    this.row = row;
    this.cells = cells;
    this.#tally = tally;
    this.#message = message;
    this.#turn = tally.seed % 2_000;
    this.#random = tally.seed ^ row.label.length;
  }

  async single(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++, this.#turn++) for (const cell of this.cells) await this.#try([cell]);
  }

  async combined(requests: number): Promise<void> {
    for (let index = 0; index < requests; index++) {
      if (index % this.cells.length === 0) this.#turn++;
      const first = this.cells[index % this.cells.length];
      const others = Array.from({ length: 1 + this.#draw(2) }, () => this.cells[this.#draw(this.cells.length)]);
      await this.#try([first, ...others].filter((cell) => cell !== undefined));
    }
  }

  /** The sound request is answered as before. */
  async checkSound(): Promise<void> {
    const message = await this.row.build(this.#tally.world);
    const answer = await this.#tally.line.send(this.#tally.originOf(this.row), message);
    if (outcomeOf(answer) === this.row.operation.sound) return;
    this.#tally.fail(`${this.row.label}: the sound request is answered ${shown(answer)}\n    ${curl(message)}`);
  }

  async #try(cells: readonly Cell[]): Promise<void> {
    let message = this.#message;
    const expected = new Set<string>();
    for (const cell of cells) {
      const { place, name } = cell.parameter;
      const mutated = cell.mutation.apply(message, place, name, this.#turn);
      if (!mutated) continue;
      for (const outcome of expectedOf(this.row, cell, mutated, this.#message)) expected.add(outcome);
      message = mutated.message;
    }
    const [first] = cells;
    if (first) this.#tally.count(this.row, first);
    const problem = await this.#problemOf(message, cells.length === 1 ? expected : undefined);
    if (problem === undefined) return;
    const what = cells
      .map(({ mutation, parameter }) => `${parameter.place} ${parameter.name}: ${mutation.name}`)
      .join(', ');
    this.#tally.fail(`${this.row.label}, ${what}: ${problem}\n    ${curl(message)}`);
  }

  /** Undefined where the answer is one that is expected; where nothing certain is, any but a fault of the server. */
  async #problemOf(message: Message, expected: ReadonlySet<string> | undefined): Promise<string | undefined> {
    let answer: Answer;
    try {
      answer = await this.#tally.line.send(this.#tally.originOf(this.row), message);
    } catch (error) {
      return `no answer: ${error}`;
    }
    const outcome = outcomeOf(answer);
    await this.row.operation.undo?.(this.#tally.world, answer);
    await this.#renewAfter(outcome);
    if (answer.status >= 500 || outcome.endsWith('server_error')) return shown(answer);
    if (expected && !expected.has(outcome)) return `${shown(answer)} instead of ${[...expected].join(' or ')}`;
    return undescribed(message, answer);
  }

  async #renewAfter(outcome: string): Promise<void> {
    const { renew } = this.row.operation;
    const isRefused = /^(4|30\d .)/.test(outcome);
    if (renew === 'always' || (renew === undefined && !isRefused))
      this.#message = await this.row.build(this.#tally.world);
  }

  /** A small generator of numbers below a limit: mulberry32. */
  #draw(limit: number): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

/** What openapi.json does not know of the answer. */
function undescribed(message: Message, { status, headers, body }: Answer): string | undefined {
  // Those that no endpoint has seen.
  if (status === 431 || (status === 404 && !String(headers['content-type']).startsWith('application/json')))
    return undefined;
  try {
    const url = new URL(urlOf(message), 'http://server.test');
    validateAnswer(message.method, url, status, String(headers['content-type'] ?? ''), body);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message.slice(0, 400);
  }
}

const shown = ({ status, body, headers }: Answer): string =>
  `${outcomeOf({ status, headers, body })} ${JSON.stringify(`${headers.location ?? ''}${body}`.slice(0, 240))}`;

const curl = (message: Message): string =>
  `${message.method} ${urlOf(message).slice(0, 300)} ${JSON.stringify(message.pairs.header).slice(0, 200)} ${JSON.stringify(bodyOf(message).toString('latin1').slice(0, 400))}`;
