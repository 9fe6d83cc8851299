/** What `npm run torture` asks for, beside that nothing is lost. */

/** Milliseconds from the end of a fault until flows end again, without anybody's help. */
export const RECOVERY = 5_000;
