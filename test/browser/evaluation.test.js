// S-12: the same evening. Fourteen people look back at what they did: on phones in
// Arabic and Spanish without a name, and aloud; words are counted, nobody is quoted,
// what comes next is promised, and only then is it done.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo } from './harness.js';

const journey = journeys();
const button = (page, lang, key) => page.getByRole('button', { name: say(lang, key), exact: true });
const worked = (page) => page.waitForFunction(() => document.querySelector('sb-proof input').value !== '');

/** Somebody answers on a phone, from the code to the thanks; no cookie on any screen. */
async function answer(visit, address, { lang, word, own, change, look = false, width = 360 }) {
  const phone = await visit({ width, height: 740, locale: lang });
  await phone.context().clearCookies();
  const seen = async (what) => {
    if (look) await sound(phone, `${what} in ${lang}`);
    assert.deepEqual(await phone.context().cookies(), [], `${what}: no cookie`);
  };
  await phone.goto(address);
  if (lang === 'ar') assert.equal(await phone.locator('html').getAttribute('dir'), 'rtl');
  await seen('the welcome');
  await press(phone, button(phone, lang, 'evaluation.phone.begin'));
  if (own) await phone.locator('[name=own]').fill(own);
  else await phone.locator('label.choice', { hasText: say(lang, `evaluation.feeling.${word}`) }).first().click();
  await seen('the word');
  if (look) await picture(phone, `evaluation-word-${lang}`);
  const next = () => press(phone, button(phone, lang, 'evaluation.phone.next'));
  await next();
  await seen('what worked');
  await next();
  if (change) await phone.locator('[name=change]').fill(change);
  await seen('what to change');
  await next();
  await phone.locator('input[name=saw]').first().check({ force: true });
  await seen('the reaction');
  await press(phone, button(phone, lang, 'evaluation.phone.back'));
  if (change) assert.equal(await phone.locator('[name=change]').inputValue(), change, 'going back keeps what was typed');
  await next();
  await next();
  await phone.locator('label.choice').nth(1).click();
  await seen('power');
  await next();
  await seen('what was learned');
  await next();
  await seen('what next');
  await next();
  await phone.getByRole('heading', { level: 1, name: say(lang, 'evaluation.phone.check') }).waitFor();
  await seen('the check');
  await worked(phone);
  await press(phone, button(phone, lang, 'evaluation.phone.send'));
  await phone.getByRole('heading', { level: 1, name: say(lang, 'evaluation.thanks') }).waitFor();
  await seen('the thanks');
  await phone.close();
}

journey('an evaluation the same evening, on phones and aloud', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  await ana.goto('/evaluations');
  await sound(ana, 'the evaluations');
  await picture(ana, 'evaluations');
  await press(ana, ana.locator('section[aria-labelledby=waiting] h3 a').last());
  const at = new URL(ana.url()).pathname;
  await sound(ana, 'a round that is open');
  await ana.goto(`${at}/paper`);
  await sound(ana, 'the sheets');
  await ana.goto(`${at}/screen`);
  await sound(ana, 'the code');
  const address = (await ana.locator('.url').first().innerText()).trim().replace(/^https?:\/\/[^/]+/, '');
  assert.match(address, /^\/e\/[A-Za-z0-9_-]{40,}$/);
  const change = 'الصوت كان ضعيفًا';
  await answer(visit, address, { lang: 'ar', word: 'proud', change, look: true, width: 320 });
  for (const one of [{ lang: 'es', word: 'proud' }, { lang: 'ar', own: 'فخورة' }, { lang: 'en', word: 'tired' }, { lang: 'vi', word: 'tired' }]) await answer(visit, address, one);

  await ana.goto(at);
  assert.equal(await ana.getByText(change).count(), 0, 'nothing is read before it is read together');
  await tabTo(ana, button(ana, 'en', 'evaluation.read'));
  await Promise.all([ana.waitForURL(/#heard$/), ana.keyboard.press('Enter')]);
  await ana.getByText(change).waitFor();
  await sound(ana, 'the words, together');
  await picture(ana, 'evaluation-words');
  const table = await ana.locator('table').first().textContent();
  assert.match(table, /Proud\s*3/, 'three languages, one word');
  assert.match(table, /Tired\s*2/);
  const late = await visit({ locale: 'ar' });
  assert.equal((await late.goto(address)).status(), 404, 'the phones are closed');

  await ana.locator('[name=felt]').fill('proud 3, hopeful 2');
  await ana.locator('[name=change]').fill('Better sound.');
  await press(ana, button(ana, 'en', 'evaluation.write'));
  const grew = ana.locator('input[name=grew]');
  if (await grew.count()) {
    await grew.first().check({ force: true });
    await press(ana, button(ana, 'en', 'evaluation.grew_save'));
  }
  await ana.locator('[name=next]').fill('Writes the thank-you notes');
  await press(ana, button(ana, 'en', 'evaluation.promise'));
  await ana.getByText('Writes the thank-you notes').waitFor();
  await sound(ana, 'with a commitment');
  await press(ana, button(ana, 'en', 'evaluation.finish'));
  await sound(ana, 'the round, done');
  await picture(ana, 'evaluation-done');
  await ana.goto('/evaluations');
  assert.match(await ana.locator('tbody tr', { has: ana.locator(`a[href="${at}"]`) }).innerText(), /Proud 6/, 'the room and the phones, together');
  assert.ok(!demo.log().includes(change), 'no log has the words');

  const arabic = await visit({ role: 'organizer', width: 320, height: 740, locale: 'ar' });
  await arabic.goto(at);
  await sound(arabic, 'the round in Arabic');
  const ruth = await visit({ role: 'lead' });
  await ruth.goto('/evaluations');
  await sound(ruth, 'sums only');
  assert.equal(await ruth.locator('main a[href^="/evaluations/"]').count(), 0);
  assert.equal((await ruth.goto(at)).status(), 404);
});
