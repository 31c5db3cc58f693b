/** Every sentence of the screens has its English, and nothing else is kept. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ENGLISH } from '../english.ts';
import { dayWords, setLanguage, t } from '../words.ts';

const root = join(import.meta.dirname, '..');
const sources = ['.', 'parts', 'screens'].flatMap((folder) =>
  readdirSync(join(root, folder)).filter((name) => /\.(ts|vue)$/.test(name) && name !== 'english.ts').map((name) => readFileSync(join(root, folder, name), 'utf-8')),
);

test('every sentence has its English with the same figures in it, and none is left over', () => {
  const said = new Set(sources.flatMap((text) => [...text.matchAll(/\bt\('((?:[^'\\]|\\.)*)'/g)].map((found) => found[1]!)));
  for (const text of sources) {
    const table = /const FACTS[^{]*\{([^}]*)\}/.exec(text);
    for (const found of table?.[1]?.matchAll(/'([^']*)'/g) ?? []) said.add(found[1]!);
  }
  assert.ok(said.size > 200);
  assert.deepEqual([...said].filter((text) => !(text in ENGLISH)), []);
  assert.deepEqual(Object.keys(ENGLISH).filter((text) => !said.has(text)), []);
  const figures = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [chinese, english] of Object.entries(ENGLISH)) {
    for (const one of english.split('|')) assert.deepEqual(figures(one), figures(chinese), chinese);
  }
});

test('no Chinese stands in a screen outside the catalogue', () => {
  for (const text of sources) {
    const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? '';
    const bare = template.replace(/\bt\('(?:[^'\\]|\\.)*'/g, '').replace(/<button[^>]*lang="zh-CN"[^>]*>中文/g, '').replace(/<!--[\s\S]*?-->/g, '');
    assert.deepEqual(bare.match(/[㐀-鿿]+/g), null);
  }
});

test('one of a thing is said as one', async () => {
  await setLanguage('en');
  assert.deepEqual([0, 1, 2].map((n) => t('{n} 人', { n })), ['0 people', '1 person', '2 people']);
  await setLanguage('zh');
  assert.equal(t('{n} 人', { n: 1 }), '1 人');
});

test('a day is said as people say it, in both languages', async () => {
  assert.equal(dayWords('2016-06-08'), '6月8日星期三');
  for (const [language, locale] of [['zh', 'zh-CN'], ['en', 'en-GB']] as const) {
    await setLanguage(language);
    const words = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', day: 'numeric', weekday: 'long' });
    for (let day = 0; day < 366; day += 1) {
      const date = new Date(Date.UTC(2016, 0, 1 + day));
      assert.equal(dayWords(date.toISOString().slice(0, 10)), words.format(date).replace(',', ''));
    }
  }
});
