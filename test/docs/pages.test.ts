import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config/load.ts';
import { blocksOf, commandsOf, PAGES, proseOf, textOf, urlOf } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
after(() => rmSync(folder, { recursive: true }));
/** What the examples name. */
writeFileSync(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');

/** What each example leaves out. */
const BASE = {
  dsn: 'memory',
  urls: { self: { issuer: 'https://id.example.com' } },
  secrets: { system: ['a-secret-that-only-tests-use'] },
};

/** As a shell takes them apart, as far as the pages need it. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(([word, single, double]) => single ?? double ?? word);

/** Command lines of ours in a page: those to copy, and those in the text. */
function commandLinesOf(page: string): string[] {
  const inText = [...proseOf(page).matchAll(/`((?:bin\/)?gatehouse [^`]*)`/g)].map(([, line = '']) => line);
  const shell = [...commandsOf(page), ...blocksOf(page, 'sh')].join('\n').replaceAll('\\\n', ' ');
  return [...inText, ...shell.split(/\n|&&|\|/)].map((line) => line.trim()).filter(isOurs);
}

const isOurs = (line: string): boolean => /^(?:bin\/)?gatehouse /.test(line);

/** The command that a line means, with the options of those above it. Fails for what there is not. */
function checkLine(line: string): void {
  let command: Command = program('gatehouse');
  const options = [...command.options];
  for (const word of wordsOf(line).slice(1)) {
    const next = command.commands.find((each) => each.name() === word);
    if (next) {
      command = next;
      options.push(...command.options);
    } else if (word.startsWith('-')) {
      assert.ok(
        options.some(({ short, long }) => word === short || word === long),
        `${line}: ${command.name()} has no ${word}`,
      );
    }
  }
  const isHelp = wordsOf(line)[1] === 'help';
  assert.ok(isHelp || command.parent, `${line}: there is no such command`);
}

for (const page of PAGES) {
  describe(page.replace('../', ''), () => {
    it('shows configuration that can be loaded, and acts', () => {
      for (const block of blocksOf(page, 'yaml')) {
        const files = [join(folder, 'base.json'), join(folder, 'example.yml')] as const;
        writeFileSync(files[0], JSON.stringify(BASE));
        writeFileSync(files[1], block.replaceAll('/etc/gatehouse', folder));
        assert.deepEqual(loadConfig({ files, env: {}, flags: {} }).warnings, [], block);
      }
    });

    it('names commands and options that there are', () => {
      commandLinesOf(page).forEach(checkLine);
    });

    it('links to pages that there are', () => {
      for (const [, target = ''] of proseOf(page).matchAll(/(?<!!)\[[^\]]+\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(new URL(target, urlOf(page))), target);
    });
  });
}

describe('The pages', () => {
  it('are all to be found from the README', () => {
    const readme = textOf('../README.md');
    assert.deepEqual(
      PAGES.filter((page) => !page.startsWith('../') && !readme.includes(`](docs/${page})`)),
      [],
    );
  });

  it('have configuration, commands and links to check', () => {
    assert.ok(PAGES.flatMap((page) => blocksOf(page, 'yaml')).length >= 10);
    assert.ok(PAGES.flatMap(commandLinesOf).length >= 15);
    assert.throws(() => checkLine('gatehouse accounts create --mail x'), /no --mail/);
    assert.throws(() => checkLine('gatehouse serf'), /no such command/);
  });
});
