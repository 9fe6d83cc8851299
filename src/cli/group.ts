import { Command } from 'commander';

/**
 * Commands under one word. Hydra: the word alone shows the help and is no mistake. What follows a command belongs to it,
 * though the group may have an option of the same name.
 */
export const group = (name: string, description: string): Command =>
  new Command(name).description(description).enablePositionalOptions().allowExcessArguments().action(showHelp);

function showHelp(this: unknown, _options: unknown, command: Command): void {
  const [unknown] = command.args;
  if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`);
  command.outputHelp();
}

/** Of an option that may be repeated and whose value may be a list: `-c one.yml,two.yml -c three.yml`. */
export const collect = (value: string, sofar: readonly string[] = []): string[] => [
  ...sofar,
  ...value.split(',').filter((part) => part !== ''),
];
