/** A stored hash that can be read. */
export type PasswordHash = {
  /**
   * Whether verifying it takes no more than some 1 s of one core and 256 MiB. One that takes more is not verified at all:
   * anybody can ask for that, with any password.
   */
  readonly isAffordable: boolean;
  /** The password in its normal spelling. */
  verify(password: string): Promise<boolean>;
  /** Whether that password, once it was right, is better kept in a hash of ours. */
  shouldRehash(password: string): boolean;
};

/** Undefined for a text of another form. */
export type PasswordHashForm = (text: string) => PasswordHash | undefined;

/** Without padding, as PHC strings have it, or with. */
export const bytes = (base64: string | undefined): Buffer => Buffer.from(base64 ?? '', 'base64');

export const base64 = (value: Buffer): string => value.toString('base64').replaceAll('=', '');
