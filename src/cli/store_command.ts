import { Command, Option } from 'commander';
import { collect } from './group.ts';

export type StoreOptions = { readonly config: readonly string[]; readonly format: 'table' | 'json' };

/** A command that works on the configured database, and shows what it did. */
export const storeCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect, [])
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['table', 'json']).default('table'),
    );
