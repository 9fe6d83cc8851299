import type { en } from './texts/en.ts';

/** Every sentence that a person reads on our pages. What clients and operators read is English, and stands where it is said. */
export type Texts = typeof en;
