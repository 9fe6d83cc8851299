import { type ErrorCode, OAuthError } from '../../src/oauth/error.ts';
import type { Answer } from './exchange.ts';
import type { Parts } from './message.ts';
import type { World } from './world.ts';

/** A sound request to one route, and what it may be answered when something is wrong with it. */
export type Operation = {
  /** `POST /oauth2/token`, as the table of routes has it. */
  readonly route: string;
  /** Tells several of one route apart. */
  readonly name?: string;
  /** Makes what the request needs, and the request. A new one is made after each that was not refused. */
  readonly build: (world: World) => Promise<Parts> | Parts;
  /** What the sound request is answered: `200`. */
  readonly sound: string;
  /** What a value that can be read, but is not good, may be answered. */
  readonly codes?: readonly Told[];
  /** Parameters that must be there, and what is said where they are not. All others may be left out. */
  readonly required?: Readonly<Record<string, Told>>;
  /** Parameters with one good value, and what any other is answered. */
  readonly exact?: Readonly<Record<string, Told>>;
  /** Parameters that are described, because answers have them, and that a request may say in vain. */
  readonly unread?: readonly string[];
  /** A body that cannot be read, or whose members have another type. */
  readonly malformed?: Told;
  /** A query or a form that cannot be read. `ignored` where nobody reads it. */
  readonly undecoded?: Told | 'ignored';
  /** A form in another type is no form. */
  readonly noForm?: Told;
  /** A new request after every answer, or never: else after each that was not a refusal. */
  readonly renew?: 'always' | 'never';
  /** Takes back what an answer has made and another request would meet. */
  readonly undo?: (world: World, answer: Answer) => Promise<void>;
  /** Errors travel in a redirect. */
  readonly redirects?: boolean;
};

/** A code of ours, or a whole outcome: `401 error`. */
export type Told = ErrorCode | `${number}` | `${number} ${string}`;

export function spokenOutcome(told: Told, redirects = false): string {
  if (/^\d/.test(told)) return told;
  const { status, error } = new OAuthError(told as ErrorCode);
  return `${redirects ? 302 : status} ${error}`;
}
