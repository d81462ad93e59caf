// Leaving at once, and the ways in which a form goes wrong at the last moment:
// pressed twice, left by the browser's own Back button, sent without a network.
import assert from 'node:assert/strict';
import { journeys, say, sound } from './harness.js';

const journey = journeys();

async function open(page, code, lang = 'en') {
  await page.goto('/me');
  await page.locator('input[name=code]').fill(code);
  await page.getByRole('button', { name: say(lang, 'me.door.go') }).click();
  await page.waitForURL('**/me/info');
  await page.getByRole('heading', { level: 1, name: say(lang, 'me.info.title') }).waitFor();
}

const gone = async (page, name) => {
  await page.getByRole('heading', { name: 'Elsewhere' }).waitFor();
  assert.ok(page.foreign.every((u) => /weather/.test(u)), 'a page that anybody may have open');
  page.foreign.length = 0;
  // Back must not show what was there.
  await page.goBack().catch(() => {}); // a page that was replaced may leave nothing to go back to
  await page.waitForLoadState();
  assert.doesNotMatch(await page.evaluate(() => document.body?.innerText ?? ''), new RegExp(`${name}|555`), 'Back shows nothing');
  await page.goto('/me/info');
  assert.doesNotMatch(await page.evaluate(() => document.body?.innerText ?? ''), new RegExp(`${name}|555`), 'the session has ended');
};

journey('leaving by a click', async ({ demo, visit }) => {
  const page = await visit({ width: 375, height: 740 });
  await open(page, demo.codes.Kim);
  await sound(page, 'my information');
  // The way out is the first thing the keyboard reaches.
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/exit');
  const beacon = page.waitForRequest((r) => r.url().endsWith('/exit') && r.method() === 'POST');
  await page.locator('sb-exit a').click();
  await beacon;
  await gone(page, 'Kim');
});

journey('leaving by Shift three times', async ({ demo, visit }) => {
  const page = await visit({ width: 375, height: 740 });
  await open(page, demo.codes.Kim);
  const beacon = page.waitForRequest((r) => r.url().endsWith('/exit') && r.method() === 'POST');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Shift');
  await beacon;
  await gone(page, 'Kim');
});

journey('leaving without JavaScript', async ({ demo, visit }) => {
  const page = await visit({ width: 375, height: 740, javaScriptEnabled: false });
  await page.goto('/me');
  await page.locator('input[name=code]').fill(demo.codes.Kim);
  await page.getByRole('button', { name: say('en', 'me.door.go') }).click();
  await page.waitForURL('**/me/info');
  const exit = await page.request.get('/exit', { maxRedirects: 0, headers: { cookie: '' } });
  assert.equal(exit.status(), 303);
  assert.match(exit.headers()['clear-site-data'], /cache/);
  assert.match(exit.headers()['cache-control'], /no-store/);
  await page.locator('sb-exit a').click();
  await page.getByRole('heading', { name: 'Elsewhere' }).waitFor();
  await page.goBack();
  assert.doesNotMatch(await page.content(), /Kim/, 'Back shows nothing');
  await page.goto('/me/info');
  assert.doesNotMatch(await page.content(), /Kim/);
});

/** Up to the last page of an introduction: the sentence that is read back. */
async function readBack(page, name) {
  await page.goto('/offer');
  await page.keyboard.type('ho');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: say('en', 'offer.show') }).click();
  await page.getByRole('heading', { level: 1, name: say('en', 'offer.groups.title') }).waitFor();
  await page.locator('label.pick').first().click();
  await page.locator('button[name=mode][value=call_back]').click();
  await page.getByRole('heading', { level: 1, name: say('en', 'offer.consent.title') }).waitFor();
  await page.locator('input[name=agree_contact]').check();
  await page.locator('input[name=called_name]').fill(name);
  await page.locator('label', { has: page.locator('input[name=contact][value=phone]') }).click();
  await page.locator('input[name=phone]').fill('503 555 0170');
  await page.locator('label', { has: page.locator('input[name=how][value=spoken]') }).click();
  await page.locator('select[name=witness]').selectOption('clinician');
  await page.getByRole('button', { name: say('en', 'offer.consent.next') }).click();
  await page.getByRole('heading', { level: 1, name: say('en', 'offer.review.title') }).waitFor();
}

/** How many introductions the clinician has begun, over all pages of the list. */
async function mine(page) {
  let n = 0;
  for (let next = '/introductions'; next;) {
    await page.goto(next);
    n += await page.locator('tbody tr').count();
    const more = page.locator('nav.pages a[rel=next]');
    next = await more.count() ? await more.getAttribute('href') : null;
  }
  return n;
}

journey('a double press on the last button makes one introduction, and Back after it is harmless', async ({ visit }) => {
  const page = await visit({ role: 'clinician', width: 400 });
  const before = await mine(page);
  await readBack(page, 'Benedikt');
  await page.getByRole('button', { name: say('en', 'offer.review.yes') }).dblclick();
  await page.locator('article.handout .code').waitFor();
  assert.equal(await mine(page), before + 1);
  await page.goBack();
  await page.goBack();
  await page.waitForLoadState();
  // Whatever the browser shows now, pressing again changes nothing.
  const again = page.getByRole('button', { name: say('en', 'offer.review.yes') });
  if (await again.count()) {
    await again.click();
    await page.waitForLoadState();
  }
  assert.equal(await mine(page), before + 1);
});

journey('without a double-press guard the server still makes one introduction', async ({ visit }) => {
  const page = await visit({ role: 'clinician', width: 400, javaScriptEnabled: true });
  const before = await mine(page);
  await readBack(page, 'Casimir');
  const form = await page.locator('form[action="/offer/introduce"]').evaluate((f) => [...new FormData(f)].map(([k, v]) => [k, String(v)]));
  const send = () => page.evaluate(async (fields) => (await fetch('/offer/introduce', { method: 'POST', body: new URLSearchParams(fields) })).status, form);
  const statuses = await Promise.all([send(), send(), send()]);
  assert.ok(statuses.every((s) => s < 500), `answers ${statuses}`);
  assert.equal(await mine(page), before + 1);
});

journey('a lost network loses nothing that was typed', async ({ visit }) => {
  const page = await visit({ role: 'admin' });
  await page.goto('/account');
  const name = page.locator('input[name=name]'), save = page.locator('form[action="/account"] button').first();
  await name.fill('Mina Castellan-Ortega');
  await page.context().setOffline(true);
  await save.click();
  await page.getByRole('alert').getByText(say('en', 'style.offline')).waitFor();
  await sound(page, 'offline');
  assert.equal(await name.inputValue(), 'Mina Castellan-Ortega', 'what was typed stays');
  await page.context().setOffline(false);
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await save.click();
  await page.locator('.account', { hasText: 'Mina Castellan-Ortega' }).first().waitFor();
  await sound(page, 'saved');
});
