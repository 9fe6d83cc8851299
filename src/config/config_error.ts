/** Why the configuration cannot be used: one sentence that names the key. */
export class ConfigError extends Error {}
