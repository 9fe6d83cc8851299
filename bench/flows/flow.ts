import type { Connection } from '../wire/connection.ts';
import type { Credentials } from '../wire/message.ts';

/** Whom a flow talks to, and as whom. */
export type Site = {
  readonly publicPort: number;
  readonly adminPort: number;
  readonly credentials: Credentials;
};

/** A client, with a browser and the two apps, and connections for them. */
export type Cast = Pick<Site, 'credentials'> & { readonly open: Connection; readonly admin: Connection };

/** One of those who do the same at the same time. */
export type Lane = Cast & {
  /** How many do the same. */
  readonly crowd: number;
  /** How long they are going to be measured. */
  readonly seconds: number;
};

/** What is measured: one flow, or one request. Resolves to false when there is nothing left to do. Throws where it fails. */
export type Step = () => Promise<boolean>;

/** Prepares what a lane needs, which is not measured. */
export type Flow = (lane: Lane) => Promise<Step>;
