/** How many rows there are of what grows. */
export type Size = {
  readonly tokens: number;
  readonly clients: number;
  readonly consents: number;
  readonly login_sessions: number;
};

/** A company that grows: fifty tokens a client, five a consent. */
export const sizeOf = (tokens: number): Size => ({
  tokens,
  clients: tokens / 50,
  consents: tokens / 5,
  login_sessions: tokens / 50,
});

export const SIZES: readonly Size[] = [50_000, 500_000, 5_000_000].map(sizeOf);

export const NOTHING: Size = sizeOf(0);
