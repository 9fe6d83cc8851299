/** `path` below a base that may end in a slash. */
export const urlBelow = (base: string, path: string): string => `${base.replace(/\/$/, '')}/${path}`;
