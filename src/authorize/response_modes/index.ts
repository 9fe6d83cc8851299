/** The response modes: one file and one line each. `response_modes_supported` is made of this list. */
export { form_post } from './form_post.ts';
export { fragment } from './fragment.ts';
export { query } from './query.ts';
