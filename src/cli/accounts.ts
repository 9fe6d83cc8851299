import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { group } from './group.ts';
import { openStore } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type Create = StoreOptions & {
  readonly email: string;
  readonly password?: string;
  readonly passwordStdin?: true;
  readonly name?: string;
};

/** People who log in on the built-in pages. */
export const accountsCommand = (): Command =>
  group('accounts', 'Manages the accounts of the built-in login page.')
    .addCommand(
      storeCommand('create', 'Creates an account.')
        .requiredOption('--email <address>', 'the address to log in with')
        .option('--password <password>', 'the password; visible to other users of this machine')
        .option('--password-stdin', 'read the password from standard input')
        .option('--name <name>', 'the full name')
        .action(create),
    )
    .addCommand(storeCommand('list', 'Lists all accounts.').action(list))
    .addCommand(storeCommand('delete', 'Deletes an account.').argument('<email>', 'its address').action(remove));

async function create(options: Create, self: Command): Promise<void> {
  const password = options.passwordStdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : options.password;
  if (password === undefined) self.error("error: pass '--password-stdin', or '--password' with the password");
  const { createAccount } = await import('../account_experience/accounts.ts');
  const store = await openStore(options);
  try {
    show([await createAccount(store, { email: options.email, password, name: options.name })], options);
  } finally {
    await store.close();
  }
}

async function list(options: StoreOptions): Promise<void> {
  const { allAccounts } = await import('../account_experience/accounts.ts');
  const store = await openStore(options);
  try {
    show(await Array.fromAsync(allAccounts(store)), options);
  } finally {
    await store.close();
  }
}

async function remove(email: string, options: StoreOptions): Promise<void> {
  const { removeAccount } = await import('../account_experience/accounts.ts');
  const store = await openStore(options);
  try {
    const removed = await removeAccount(store, email);
    console.log(options.format === 'json' ? JSON.stringify({ email: removed }) : removed);
  } finally {
    await store.close();
  }
}

type Shown = { readonly subject: string; readonly email: string; readonly claims: Readonly<Record<string, unknown>> };

function show(accounts: readonly Shown[], { format }: StoreOptions): void {
  const items = accounts.map(({ subject, email, claims }) => ({ subject, email, ...claims }));
  if (format === 'json') console.log(JSON.stringify(items, null, 2));
  else console.table(items);
}
