import type { Command } from 'commander';
import { accountsCommand } from './accounts.ts';
import { apiKeysCommand } from './api_keys.ts';
import { group } from './group.ts';
import { importCommand } from './import.ts';
import { janitorCommand } from './janitor.ts';
import { keysCommand } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { secretsCommand } from './secrets.ts';
import { serveCommand } from './serve.ts';
import { versionCommand } from './version.ts';

/** Every command. What a command needs beyond its options is loaded when it runs: `version` answers in no time. */
export const program = (name: string): Command =>
  group(name, 'A headless OAuth 2.0 and OpenID Connect server.')
    .addCommand(serveCommand())
    .addCommand(migrateCommand())
    .addCommand(janitorCommand())
    .addCommand(importCommand())
    .addCommand(accountsCommand())
    .addCommand(apiKeysCommand())
    .addCommand(keysCommand())
    .addCommand(secretsCommand())
    .addCommand(versionCommand());
