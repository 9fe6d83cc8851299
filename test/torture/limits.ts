/** What `npm run torture` asks for, beside that nothing is lost. */

/** How much slower than an idle machine this one may be. Where the tests run, other tests run too. */
const SLOWNESS = Number(process.env.GATEHOUSE_TEST_SLOWNESS ?? 12);

/** Milliseconds from the end of a fault until flows end again, without anybody's help. */
export const RECOVERY = 5_000 * SLOWNESS;

/** What memory and live rows may have become in the end, against what they were in the beginning. */
export const GROWTH = 1 + 0.25 * SLOWNESS;
/** Handles that may be open besides, because connections come and go. */
export const MORE_HANDLES = 20;

/** What the 99th percentile of the token endpoint may become while expired rows are swept. */
export const SWEEPING = 1.2 * SLOWNESS;

/** What the 99th percentile of the token endpoint may become beside ten thousand connections on which nothing happens. */
export const BESIDE_CROWD = 2 * SLOWNESS;
