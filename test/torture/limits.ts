/** What `npm run torture` asks for, beside that nothing is lost. */

/** How much slower than an idle machine this one may be. Where the tests run, other tests run too. */
const SLOWNESS = Number(process.env.GATEHOUSE_TEST_SLOWNESS ?? 12);

/** Milliseconds from the end of a fault until flows end again, without anybody's help. */
export const RECOVERY = 5_000 * SLOWNESS;
