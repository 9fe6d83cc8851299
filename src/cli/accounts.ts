import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { JsonObject } from '../lib/json.ts';
import { importAccountsCommand } from './accounts_import.ts';
import { group } from './group.ts';
import { type OpenStore, openStore } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type Password = { readonly password?: string; readonly passwordStdin?: true };
type Details = { readonly name?: string; readonly claims?: string };
type Create = StoreOptions & Password & Details & { readonly email: string };
type Update = StoreOptions & Details & { readonly email?: string };

/** People who log in on the built-in pages. */
export const accountsCommand = (): Command =>
  group('accounts', 'Manages the accounts of the built-in login page.')
    .addCommand(
      withDetails(withPassword(storeCommand('create', 'Creates an account.')))
        .requiredOption('--email <address>', 'the address to log in with')
        .action(create),
    )
    .addCommand(storeCommand('list', 'Lists all accounts.').action(list))
    .addCommand(storeCommand('show', 'Shows an account.').argument('<email>', 'its address').action(showOne))
    .addCommand(
      withDetails(storeCommand('update', 'Changes what is kept of a person.'))
        .argument('<email>', 'the address of the account')
        .option('--email <address>', 'another address, which nobody has verified yet')
        .action(update),
    )
    .addCommand(
      storeCommand('delete', 'Deletes an account, with all that its person is logged in to and agreed to.')
        .argument('<email>', 'its address')
        .action(remove),
    )
    .addCommand(
      withPassword(
        storeCommand('set-password', 'Gives an account another password, and ends the logins of its person.'),
      )
        .argument('<email>', 'its address')
        .action(resetPassword),
    )
    .addCommand(importAccountsCommand());

const withPassword = (command: Command): Command =>
  command
    .option('--password <password>', 'the password; visible to other users of this machine')
    .option('--password-stdin', 'read the password from standard input');

const withDetails = (command: Command): Command =>
  command
    .option('--name <name>', 'the full name')
    .option(
      '--claims <json>',
      'claims by their names, such as {"locale":"en","email_verified":true}; null removes one',
    );

async function create(options: Create, self: Command): Promise<void> {
  const claims = await claimsOf(options, self);
  const password = await passwordOf(options, self);
  const { createAccount } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => {
    show([await createAccount(store, { email: options.email, password, name: options.name, claims })], options);
  });
}

async function list(options: StoreOptions): Promise<void> {
  const { allAccounts } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => show(await Array.fromAsync(allAccounts(store)), options));
}

async function showOne(email: string, options: StoreOptions): Promise<void> {
  const { accountOfEmail } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => show([await accountOfEmail(store, email)], options));
}

async function update(email: string, options: Update, self: Command): Promise<void> {
  const { name } = options;
  const claims = { ...(await claimsOf(options, self)), ...(name === undefined ? {} : { name: name || null }) };
  const { changeAccount } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => {
    show([await changeAccount(store, email, { email: options.email, claims })], options);
  });
}

async function remove(email: string, options: StoreOptions): Promise<void> {
  const { removeAccount } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => done(await removeAccount(store, email), options));
}

async function resetPassword(email: string, options: StoreOptions & Password, self: Command): Promise<void> {
  const password = await passwordOf(options, self);
  const { setPassword } = await import('../account_experience/accounts.ts');
  await withStore(options, async (store) => done((await setPassword(store, email, password)).email, options));
}

async function withStore(options: StoreOptions, work: (store: OpenStore) => Promise<void>): Promise<void> {
  const store = await openStore(options);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

async function passwordOf({ password, passwordStdin }: Password, self: Command): Promise<string> {
  if (passwordStdin) return (await text(process.stdin)).replace(/\r?\n$/, '');
  return password ?? self.error("error: pass '--password-stdin', or '--password' with the password");
}

async function claimsOf({ claims }: Details, self: Command): Promise<JsonObject> {
  if (claims === undefined) return {};
  const { isObject, parseJson } = await import('../lib/json.ts');
  try {
    const value = parseJson(Buffer.from(claims));
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return self.error(`error: '--claims' must be a JSON object, such as '{"locale":"en"}'`);
}

type Shown = { readonly subject: string; readonly email: string; readonly claims: Readonly<Record<string, unknown>> };

function show(accounts: readonly Shown[], { format }: StoreOptions): void {
  const items = accounts.map(({ subject, email, claims }) => ({ subject, email, ...claims }));
  if (format === 'json') console.log(JSON.stringify(items, null, 2));
  else console.table(items);
}

const done = (email: string, { format }: StoreOptions): void =>
  console.log(format === 'json' ? JSON.stringify({ email }) : email);
