import assert from 'node:assert/strict';
import { it } from 'node:test';
import { markup } from '../../src/account_experience/markup.ts';

it('values are escaped, in text and in attributes', () => {
  const evil = `<script>"'&`;
  const escaped = '&#60;script&#62;&#34;&#39;&#38;';
  assert.equal(markup`<p title="${evil}">${evil}</p>`.text, `<p title="${escaped}">${escaped}</p>`);
});

it('markup inside of markup is escaped once', () => {
  assert.equal(
    markup`<ul>${['a<', 'b'].map((name) => markup`<li>${name}</li>`)}</ul>`.text,
    '<ul><li>a&#60;</li><li>b</li></ul>',
  );
});

it('what is not there leaves nothing, zero does not count as such', () => {
  assert.equal(markup`[${undefined}${false}${''}${[]}${0}]`.text, '[0]');
});
