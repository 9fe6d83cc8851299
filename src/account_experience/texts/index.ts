/** Every language of the pages: one file and one line add one. */
export { de } from './de.ts';
export { en } from './en.ts';
export { fr } from './fr.ts';
