// S-01: in the visit a clinician offers an introduction in under a minute, by
// keyboard alone in a 400 px panel. The patient takes a card. Nothing is kept
// but a count.
import assert from 'node:assert/strict';
import { journeys, say, sound, tabTo, picture } from './harness.js';

const journey = journeys();
const panel = { width: 400, height: 860 };

// Words that must not stand on a paper somebody else may find.
const health = /\b(salud|cl[ií]nica|paciente|doctora?|m[eé]dic[oa]|hospital|diagn[oó]stic|enfermedad|tratamiento|health|clinic|patient|medical)\b/i;

/** The offer up to the three groups, as hands on a keyboard do it; returns the number of acts. */
async function toGroups(page) {
  let acts = 0;
  const press = async (...keys) => { for (const k of keys) await page.keyboard.press(k); };
  await press('h', 'o', 'Enter'), acts++; // housing
  await press('w', 'o', 'Enter'), acts++; // work
  await page.waitForFunction(() => document.querySelectorAll('input[name=topics]:checked').length === 2);
  return { acts, press };
}

journey('S-01: two concerns, three groups, a card in Spanish, by keyboard in the narrow panel', async ({ visit }) => {
  const page = await visit({ role: 'clinician', ...panel });
  await page.goto('/offer');
  await sound(page, 'offer');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'combobox', 'the cursor stands where one types');
  assert.equal(await page.locator('main input[type=text], main textarea, main input:not([type])').count() - await page.locator('.combo-input').count(), 0, 'no field for free text');

  let { acts, press } = await toGroups(page);
  // The patient's language is one press more, and only when it is not the clinician's.
  await tabTo(page, page.locator('input[name=lang]:checked'));
  await press('ArrowRight');
  assert.equal(await page.locator('input[name=lang]:checked').inputValue(), 'es');
  await Promise.all([page.waitForFunction((h) => document.querySelector('h1')?.textContent === h, say('en', 'offer.groups.title')), press('Enter')]); acts++;
  await sound(page, 'groups');
  assert.equal(await page.locator('input[name=group]').count(), 3, 'three groups');
  for (const group of await page.locator('input[name=group]').all()) {
    const why = await group.evaluate((e) => e.closest('.pick').querySelectorAll('.because').length);
    assert.ok(why > 0, 'each group says why');
  }
  assert.ok((await page.locator('main').innerText()).includes('Inquilinos Unidos'));
  assert.ok(!page.url().includes('housing'), 'what was asked is not in the address');
  await picture(page, 'three-groups');

  await tabTo(page, page.locator('button[name=outcome][value=info]'));
  await Promise.all([page.waitForURL('**/offer/card?**'), press('Enter')]); acts++;
  assert.ok(acts <= 4, `${acts} acts`);
  await sound(page, 'card');
  assert.equal(await page.locator('html').getAttribute('lang'), 'es', 'the card is in the patient’s language');
  const card = await page.locator('main').evaluate((m) => [m.querySelector('h1'), ...m.querySelectorAll('article'), m.querySelector(':scope > p:last-child')].map((e) => e?.innerText ?? '').join('\n'));
  assert.match(card, /Inquilinos Unidos/);
  assert.doesNotMatch(card, health, 'no health word on the card');
  assert.doesNotMatch(card, /Amara Cole|Cedar Street Health/, 'neither the clinician nor the clinic');
  assert.equal(await page.locator('article svg').count() >= 3, true, 'a code to scan for each group');
  assert.doesNotMatch(page.url(), /housing|work|salud/);
  await picture(page, 'card-es');
});

journey('“Not now” is a full answer', async ({ visit }) => {
  const page = await visit({ role: 'clinician', ...panel });
  await page.goto('/offer');
  const { press } = await toGroups(page);
  await Promise.all([page.waitForFunction((h) => document.querySelector('h1')?.textContent === h, say('en', 'offer.groups.title')), press('Enter')]);
  await tabTo(page, page.locator('button[name=outcome][value=declined]'));
  await Promise.all([page.waitForURL('**/offer'), press('Enter')]);
  await page.getByText(say('en', 'offer.flash.declined')).waitFor();
  await sound(page, 'after not now');
  assert.equal(await page.locator('input[name=topics]:checked').count(), 0, 'nothing is left of the patient before');
});

journey('an offer without an interest says so at the field', async ({ visit }) => {
  const page = await visit({ role: 'clinician', ...panel });
  await page.goto('/offer');
  await page.getByRole('button', { name: say('en', 'offer.show') }).click();
  await page.locator('#errors').waitFor();
  await page.getByText(say('en', 'offer.error.topics')).first().waitFor();
  await sound(page, 'offer with an error');
});

journey('the offer works without JavaScript', async ({ visit }) => {
  const page = await visit({ role: 'clinician', ...panel, javaScriptEnabled: false });
  await page.goto('/offer');
  await page.locator('label', { has: page.locator('input[name=topics][value=housing]') }).or(page.locator('label[for="' + await page.locator('input[name=topics][value=housing]').getAttribute('id') + '"]')).first().click();
  await page.getByRole('button', { name: say('en', 'offer.show') }).click();
  await page.getByRole('heading', { level: 1, name: say('en', 'offer.groups.title') }).waitFor();
  const groups = await page.locator('input[name=group]').count();
  assert.ok(groups > 0 && groups <= 3);
  await page.locator('button[name=outcome][value=info]').click();
  await page.waitForURL('**/offer/card?**');
  assert.equal(await page.locator('article').count(), groups);
});

journey('an offer adds one to the count, and is no introduction', async ({ demo, visit }) => {
  const year = demo.now().getUTCFullYear();
  // A month is counted when it is over, so the program's clock is moved to look.
  const offered = async () => {
    demo.setClock(1500);
    const lead = await visit({ role: 'lead' });
    await lead.goto(`/counts?year=${year}`);
    await sound(lead, 'counts');
    const n = await lead.evaluate((word) => [...document.querySelectorAll('table')].map((t) => [...t.querySelectorAll('tr')].map((r) => [...r.children].map((c) => c.textContent.trim())))
      .flat().find((r) => r[0] === word)?.[1], say('en', 'counts.stage.offered'));
    demo.setClock(0);
    return Number(n?.replace(/\D/g, ''));
  };
  const before = await offered();
  assert.ok(before > 0, 'the count can be read');
  const page = await visit({ role: 'clinician', ...panel });
  const lines = async () => { await page.goto('/introductions'); return page.locator('tbody tr').count(); };
  const mine = await lines();
  await page.goto('/offer');
  const { press } = await toGroups(page);
  await Promise.all([page.waitForFunction((h) => document.querySelector('h1')?.textContent === h, say('en', 'offer.groups.title')), press('Enter')]);
  await page.locator('button[name=outcome][value=info]').click();
  await page.waitForURL('**/offer/card?**');
  await page.reload();
  assert.equal(await lines(), mine, 'no introduction began');
  assert.equal(await offered(), before + 1);
});
