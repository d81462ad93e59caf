// The free-text guard in the browser: the same words as on the server, by
// keyboard, in a language of two directions, and nothing leaves while typing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { journeys, say, faultsOf, tabTo, tooWide } from './harness.js';

const journey = journeys();
const spans = JSON.parse(readFileSync(new URL('../../internal/kit/guard/testdata/spans.json', import.meta.url), 'utf8'));

journey('the browser finds what the server finds, letter by letter', async ({ visit }) => {
  const page = await visit();
  await page.goto('/style');
  const differences = await page.evaluate(async (list) => {
    const script = [...document.scripts].find((s) => s.src.endsWith('/sb-guard.js'));
    const { check, clean, ready } = await import(script.src);
    await ready();
    return list.flatMap(({ text, name, found, clean: rest }) => {
      const got = check(text, !!name).map((h) => `${h.kind}: ${text.slice(h.from, h.to)}`);
      const left = clean(text, !!name);
      return JSON.stringify(got) === JSON.stringify(found) && left === rest ? [] : [{ text, got, found, left, rest }];
    });
  }, spans);
  assert.ok(spans.length > 500, `${spans.length} sentences`);
  assert.deepEqual(differences, []);
});

journey('four thousand letters are looked at in the blink of an eye', async ({ visit, t }) => {
  const page = await visit();
  await page.goto('/style');
  const text = spans.map((s) => s.text).join(' ').slice(0, 4096);
  const ms = await page.evaluate(async (long) => {
    const script = [...document.scripts].find((s) => s.src.endsWith('/sb-guard.js'));
    const { check, ready } = await import(script.src);
    await ready();
    check(long);
    const start = performance.now();
    for (let n = 0; n < 20; n++) check(long);
    return (performance.now() - start) / 20;
  }, text);
  t.diagnostic(`4 kB in the browser: ${ms.toFixed(1)} ms`);
});

const telling = { en: 'Rosa is undocumented and brings three neighbors', ar: 'روزا بلا أوراق إقامة وستدعو ثلاث جارات' };
const word = { en: 'undocumented', ar: 'بلا أوراق إقامة' };

for (const lang of ['en', 'ar']) {
  journey(`typing, marks and ways on by keyboard (${lang})`, async ({ visit }) => {
    const page = await visit({ width: 360, height: 740, locale: lang });
    await page.goto('/style');
    const field = page.locator('textarea[name=lnote]');
    const box = page.locator('#f-lnote-guard');
    await box.waitFor(); // the sample has something in it
    await page.evaluate(async () => { const s = [...document.scripts].find((e) => e.src.endsWith('/sb-guard.js')); await (await import(s.src)).ready(); });
    const asked = [];
    page.on('request', (r) => asked.push(r.url()));
    await field.fill('');
    await box.waitFor({ state: 'hidden' });
    await field.pressSequentially(telling[lang]);
    await box.waitFor();
    assert.equal(await box.locator('mark').innerText(), word[lang]);
    const status = page.locator('sb-guard[data-for=f-lnote] [role=status]');
    await page.waitForFunction(([w]) => document.querySelector('sb-guard[data-for=f-lnote] [role=status]').textContent.includes(w), [word[lang]]);
    assert.match(await status.textContent(), new RegExp(say(lang, 'style.guard.status').slice(0, 20)));
    assert.equal(await box.locator('label.guard-keep').isVisible(), false, 'status is never kept');
    assert.deepEqual((await faultsOf(page)).filter((f) => !/^\d+ h1$/.test(f)), []); // the catalogue shows headings as samples
    assert.deepEqual(await tooWide(page), []);
    const now = box.locator('[data-now] button');
    await tabTo(page, now);
    await page.keyboard.press('Enter');
    assert.ok(!(await field.inputValue()).includes(word[lang]));
    assert.equal(await page.evaluate(() => document.activeElement.name), 'lnote');
    await box.waitFor({ state: 'hidden' });
    await page.waitForFunction(([w]) => document.querySelector('sb-guard[data-for=f-lnote] [role=status]').textContent === w, [say(lang, 'style.guard.gone')]);
    assert.deepEqual(asked, [], 'nothing leaves while typing');
  });
}

journey('words about health may be kept, with a reason from the list', async ({ visit }) => {
  const page = await visit();
  await page.goto('/style');
  const box = page.locator('#f-lnote-guard');
  await box.waitFor();
  assert.equal(await box.locator('label.guard-keep').isVisible(), true);
  await box.locator('input[value=keep]').check();
  await box.locator('select').selectOption('group');
  assert.equal(await box.locator('input[type=hidden]').inputValue(), 'has diabetes');
});

journey('without JavaScript the form comes back with the words marked', async ({ demo, visit }) => {
  const page = await visit({ width: 360, height: 740, javaScriptEnabled: false });
  await page.goto('/me');
  await page.locator('input[name=code]').fill(demo.codes.Kim);
  await page.getByRole('button', { name: say('en', 'me.door.go') }).click();
  await page.waitForURL('**/me/info');
  await page.goto('/me/change');
  const name = page.locator('input[name=called_name]');
  const save = page.locator('main form .button.primary');
  const before = await name.inputValue();
  await name.fill(`${before} undocumented`);
  await save.click();
  await page.locator('#f-called_name-guard mark').waitFor();
  assert.equal(await page.locator('#f-called_name-guard mark').innerText(), 'undocumented');
  assert.equal(await name.inputValue(), `${before} undocumented`);
  assert.equal(await page.locator('#f-called_name-guard label.guard-keep').isVisible(), false, 'nothing is kept in a name');
  await page.locator('#f-called_name-guard input[value=remove]').check();
  await save.click();
  await page.waitForURL('**/me/info');
  assert.doesNotMatch(await page.locator('main').innerText(), /undocumented/);
});
